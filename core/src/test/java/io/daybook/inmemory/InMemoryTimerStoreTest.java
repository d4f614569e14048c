package io.daybook.inmemory;

import io.daybook.contract.TimerStoreContract;
import io.daybook.process.TimerStore;

class InMemoryTimerStoreTest extends TimerStoreContract {

    @Override
    protected TimerStore store() {
        return new InMemoryTimerStore();
    }
}
