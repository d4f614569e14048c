package io.daybook.projection;

import io.daybook.eventstore.StreamId;
import io.daybook.readmodel.Parking;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The streams whose events could not be projected in one call: some are parked, the others are retried. Not thread-safe. */
final class Failures {

    private final Parks parks;
    private final ProjectionCounters counters;
    private final Map<StreamId, Poison> retried = new LinkedHashMap<>();
    private final Set<StreamId> counted = new HashSet<>();
    private final Map<StreamId, Parking> parkings = new HashMap<>();

    Failures(Parks parks, ProjectionCounters counters) {
        this.parks = parks;
        this.counters = counters;
    }

    /** Parks the stream if it has failed often enough. */
    <S> Folded<S> decide(Folded<S> folded) {
        Poison poison = folded.poison();
        if (poison == null) {
            return folded;
        }
        StreamId stream = folded.stream();
        if (folded.before().isParked()) {
            retried.putIfAbsent(stream, poison);
            return folded.parked(parks.parking(
                    poison, folded.before().document().parking().orElseThrow().attempts() + 1));
        }
        if (counted.add(stream)) {
            Parking parking = parks.failed(stream, poison);
            if (parking == null) {
                retried.putIfAbsent(stream, poison);
            } else {
                counters.parked();
                parkings.put(stream, parking);
            }
        }
        Parking parking = parkings.get(stream); // even after a lost race
        return parking == null ? folded : folded.parked(parks.parking(poison, parking.attempts()));
    }

    /** Returns whether no stream is retried. */
    boolean isEmpty() {
        return retried.isEmpty();
    }

    /** Returns the streams that are retried. */
    Set<StreamId> retried() {
        return retried.keySet();
    }

    void throwFirst() {
        retried.forEach((stream, poison) -> {
            throw new ProjectionFailedException(stream, poison.number(), poison.failure());
        });
    }
}
