package io.daybook.cosmos;

import io.daybook.contract.ContractEvent;
import io.daybook.contract.ContractEvent.Counted;
import io.daybook.contract.ContractEvent.Noted;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamId;
import io.daybook.projection.Projection;

/**
 * A document that shows each event that it was folded from, in order: one that was left out, repeated or folded too early gives
 * another checksum.
 *
 * @param count how many events
 * @param checksum of their numbers, in order
 */
record SeenEvents(int count, int checksum) {

    static final String TYPE = "Order";

    static final Projection<SeenEvents> PROJECTION = Projection.named(
                    "seen-events", 1, TYPE, ContractEvent.class, SeenEvents.class)
            .on(Counted.class, (seen, event, metadata) -> and(seen, event.number()))
            .ignoring(Noted.class)
            .index("count", SeenEvents::count)
            .listedBy("count")
            .build();

    private static SeenEvents and(SeenEvents seen, int number) {
        return seen == null
                ? new SeenEvents(1, number)
                : new SeenEvents(seen.count() + 1, seen.checksum() * 1_000_003 + number);
    }

    /** The document as a plain loop makes it of what is stored. */
    static SeenEvents of(EventStore store, StreamId stream) {
        return store.readLatest(stream, 0)
                .map(EventEnvelope::event)
                .map(Counted.class::cast)
                .reduce((SeenEvents) null, (seen, event) -> and(seen, event.number()), (one, other) -> one);
    }
}
