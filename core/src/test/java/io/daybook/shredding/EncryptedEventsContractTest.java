package io.daybook.shredding;

import io.daybook.contract.ContractEvent.Counted;
import io.daybook.contract.EventStoreContract;
import io.daybook.eventstore.EventStore;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemorySubjectKeys;
import io.daybook.serialization.EventSerializer;

/** A store promises the same with events that are encrypted; not those by which the suite measures to the last byte. */
class EncryptedEventsContractTest extends EventStoreContract {

    @Override
    protected EventStore store(EventSerializer serializer) {
        return new InMemoryEventStore(ShreddingEventSerializer.of(serializer, new InMemorySubjectKeys())
                .protect(Counted.class, event -> "counted", "number")
                .replacement(Counted.class, "number", -1));
    }
}
