package io.daybook.projection;

import io.daybook.eventstore.StreamId;
import io.daybook.readmodel.Parking;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a stream is parked: after a number of attempts, unless one stream after another fails, which indicates a
 * bug in the projection.
 */
final class Parks {

    private static final int IN_A_ROW = 20;
    private static final int MAX_COUNTED = 10_000;

    private record Attempts(long number, int count) {}

    private final int attempts;
    private final Clock clock;
    private final Map<StreamId, Attempts> counted = new LinkedHashMap<>();
    private int inARow;

    Parks(int attempts, Clock clock) {
        this.attempts = attempts;
        this.clock = clock;
    }

    int attempts() {
        return attempts;
    }

    /** Counts a failure. Returns why the stream is parked, or null if it is retried. */
    synchronized @Nullable Parking failed(StreamId stream, Poison poison) {
        if (poison.failure() instanceof MissingEventsException) {
            return parking(poison, 1); // no retry brings the events, and no handler is to blame
        }
        Attempts before = counted.remove(stream);
        int count = before == null || before.number() != poison.number() ? 1 : before.count() + 1;
        if (count >= attempts && inARow < IN_A_ROW - 1) {
            inARow++;
            return parking(poison, count);
        }
        counted.put(stream, new Attempts(poison.number(), count));
        if (counted.size() > MAX_COUNTED) {
            counted.remove(counted.keySet().iterator().next());
        }
        return null;
    }

    Parking parking(Poison poison, int count) {
        return new Parking(poison.number(), poison.eventId(), poison.error(), clock.instant(), count);
    }

    synchronized void succeeded(StreamId stream) {
        inARow = 0;
        if (!counted.isEmpty()) {
            counted.remove(stream);
        }
    }
}
