package io.daybook.inmemory;

import io.daybook.contract.ReadModelStoreContract;
import io.daybook.readmodel.ReadModelStore;

class InMemoryReadModelStoreTest extends ReadModelStoreContract {

    @Override
    protected ReadModelStore store() {
        return new InMemoryReadModelStore();
    }
}
