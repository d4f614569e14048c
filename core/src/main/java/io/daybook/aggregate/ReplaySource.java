package io.daybook.aggregate;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an aggregate was rebuilt from. After a conflict it is rebuilt from the same once more, and from the events that the
 * store saw in the way, without asking for anything again. Used by one thread.
 */
final class ReplaySource {

    /** More are not kept: an aggregate with so many events and no snapshot is read again. */
    private static final int MAX_EVENTS = 500;

    private @Nullable Snapshot<?> snapshot;
    private final List<EventEnvelope> events = new ArrayList<>();
    private boolean complete = true;

    void startFrom(@Nullable Snapshot<?> start) {
        snapshot = start;
        events.clear();
        complete = true;
    }

    void add(EventEnvelope event) {
        if (events.size() == MAX_EVENTS) {
            events.clear();
            complete = false;
        } else if (complete) {
            events.add(event);
        }
    }

    @Nullable
    Snapshot<?> snapshot() {
        return snapshot;
    }

    /** To be decoded anew: what was decoded once, a handler may have made part of its state. */
    List<EventEnvelope> events() {
        return events.stream().map(EventEnvelope::undecoded).toList();
    }

    /**
     * Adds what the store saw in the way of a decision.
     *
     * @return whether this is now the whole history up to the actual version
     */
    boolean extend(ConcurrencyException conflict) {
        List<EventEnvelope> conflictingEvents = conflict.conflictingEvents();
        if (!complete || conflictingEvents.isEmpty() || version() != conflict.expectedVersion()) {
            return false;
        }
        int known = 0;
        if (version() > 0) {
            known = 1;
            if (!conflictingEvents.get(0).metadata().eventId().equals(lastEventId())) {
                return false; // the stream is not the one that was read: it was deleted and begun anew
            }
        }
        long next = version() + 1;
        for (EventEnvelope event : conflictingEvents.subList(known, conflictingEvents.size())) {
            if (event.metadata().sequenceNumber() != next++) {
                return false;
            }
            add(event);
        }
        return complete && version() == conflict.actualVersion();
    }

    /** Whether nothing is left out of what an aggregate can be rebuilt from. */
    boolean isComplete() {
        return complete;
    }

    private long version() {
        if (!events.isEmpty()) {
            return events.get(events.size() - 1).metadata().sequenceNumber();
        }
        return snapshot == null ? 0 : snapshot.version();
    }

    private @Nullable String lastEventId() {
        if (!events.isEmpty()) {
            return events.get(events.size() - 1).metadata().eventId();
        }
        return snapshot == null ? null : snapshot.eventId();
    }
}
