package io.daybook.inmemory;

import io.daybook.contract.ContractEvent;
import io.daybook.contract.EventFeedContract;
import io.daybook.eventstore.EventStore;
import io.daybook.serialization.EventSerializer;
import io.daybook.subscription.EventFeed;

class InMemoryEventFeedTest extends EventFeedContract {

    private InMemoryEventStore store = new InMemoryEventStore(ContractEvent.serializer());
    private InMemoryEventFeed feed = new InMemoryEventFeed(store);

    @Override
    protected EventStore store(EventSerializer serializer) {
        store = new InMemoryEventStore(serializer);
        feed = new InMemoryEventFeed(store);
        return store;
    }

    @Override
    protected EventFeed feed() {
        return feed;
    }
}
