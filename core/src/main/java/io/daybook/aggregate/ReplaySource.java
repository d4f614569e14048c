package io.daybook.aggregate;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The snapshot and events from which an aggregate was rebuilt. After a conflict, the aggregate is rebuilt from the same
 * data and the conflicting events that the store has already read, without another request. Confined to one thread.
 */
final class ReplaySource {

    /** The maximum number of events to keep. An aggregate with more events after its snapshot is read again. */
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
        if (events.size() < MAX_EVENTS) {
            events.add(event);
        } else {
            complete = false;
        }
    }

    @Nullable
    Snapshot<?> snapshot() {
        return snapshot;
    }

    /**
     * Returns the events undecoded. A handler may have made a decoded event part of its state, so it cannot be shared.
     */
    List<EventEnvelope> events() {
        return events.stream().map(EventEnvelope::undecoded).toList();
    }

    /**
     * Adds the conflicting events that the store has read.
     *
     * @return whether this is now the complete history up to the actual version
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
                return false; // not the stream that was read: it was deleted and created again
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

    /** Returns whether all events are kept, so that the aggregate can be rebuilt. */
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
