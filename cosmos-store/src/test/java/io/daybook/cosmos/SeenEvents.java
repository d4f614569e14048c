package io.daybook.cosmos;

import io.daybook.contract.ContractEvent;
import io.daybook.contract.ContractEvent.Counted;
import io.daybook.contract.ContractEvent.Noted;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamId;
import io.daybook.projection.GroupedProjection;
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

    /** What an order adds to its group: it moves to another one with each event. */
    record Share(String group, int events) {}

    /** The orders of a group and their events. */
    record Totals(int orders, int events) {}

    static final GroupedProjection<Share, Totals> GROUPS = GroupedProjection.named(
                    "seen-groups", 1, Share.class, Totals.class)
            .contribution(
                    TYPE,
                    ContractEvent.class,
                    share -> share.on(
                                    Counted.class,
                                    (none, event, metadata) -> new Share(groupOf(event.number()), event.number()))
                            .ignoring(Noted.class))
            .groupedBy(Share::group)
            .startingWith(group -> new Totals(0, 0))
            .adding((totals, share) -> new Totals(totals.orders() + 1, totals.events() + share.events()))
            .removing((totals, share) -> new Totals(totals.orders() - 1, totals.events() - share.events()))
            .build();

    static String groupOf(long number) {
        return "group-" + number % 3;
    }

    static SeenEvents and(SeenEvents seen, int number) {
        return seen == null
                ? new SeenEvents(1, number)
                : new SeenEvents(seen.count() + 1, seen.checksum() * 1_000_003 + number);
    }

    /** The document as a plain loop makes it of what is stored. */
    static SeenEvents of(EventStore store, StreamId stream) {
        return store.readCurrent(stream, 0)
                .map(EventEnvelope::event)
                .map(Counted.class::cast)
                .reduce((SeenEvents) null, (seen, event) -> and(seen, event.number()), (one, other) -> one);
    }
}
