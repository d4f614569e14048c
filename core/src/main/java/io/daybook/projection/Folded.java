package io.daybook.projection;

import io.daybook.eventstore.StreamId;
import io.daybook.readmodel.Parking;
import org.jspecify.annotations.Nullable;

/**
 * What a stream's events make of its state.
 */
record Folded<S>(
        StreamId stream,
        StreamState<S> before,
        long number,
        String eventId,
        @Nullable S value,
        boolean gone,
        @Nullable Poison poison,
        @Nullable Parking parking) {

    static <S> Folded<S> gone(StreamId stream, StreamState<S> before, long version) {
        long number = before.document().gone() ? before.number() : Math.max(version, before.number()) + 1;
        return new Folded<>(stream, before, number, "", null, true, null, null);
    }

    Folded<S> parked(@Nullable Parking why) {
        return new Folded<>(stream, before, number, eventId, value, gone, poison, why);
    }

    /** Leaves the stream where it was, since its events cannot be projected. */
    Folded<S> refused(Throwable failure) {
        Poison refused = new Poison(before.number() + 1, "", failure);
        return new Folded<>(stream, before, before.number(), before.eventId(), before.value(), false, refused, null);
    }

    boolean changesNothing() {
        return number == before.number()
                && eventId.equals(before.eventId())
                && gone == before.document().gone()
                && parking == null
                && !before.isParked();
    }
}
