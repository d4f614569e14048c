package io.daybook.inmemory;

import io.daybook.contract.SnapshotStoreContract;
import io.daybook.snapshot.SnapshotStore;

class InMemorySnapshotStoreTest extends SnapshotStoreContract {

    @Override
    protected SnapshotStore store() {
        return new InMemorySnapshotStore();
    }
}
