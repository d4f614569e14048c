package io.daybook.projection;

import io.daybook.eventstore.StreamId;
import io.daybook.readmodel.Parking;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of applying a stream's events to its state.
 *
 * @param groups the groups that the stream was in after any of the events; the current group is last
 */
record Folded<S>(
        StreamId stream,
        StreamState<S> before,
        long number,
        String eventId,
        @Nullable S value,
        List<String> groups,
        boolean gone,
        @Nullable Poison poison,
        @Nullable Parking parking) {

    static <S> Folded<S> gone(StreamId stream, StreamState<S> before, long version) {
        long number = before.document().gone() ? before.number() : Math.max(version, before.number()) + 1;
        return new Folded<>(stream, before, number, "", null, List.of(), true, null, null);
    }

    Folded<S> parked(@Nullable Parking why) {
        return new Folded<>(stream, before, number, eventId, value, groups, gone, poison, why);
    }

    /** Returns the same result, to be written in place of another revision of the document at the same position. */
    Folded<S> after(StreamState<S> written) {
        return new Folded<>(stream, written, number, eventId, value, groups, gone, poison, parking);
    }

    /** Leaves the stream at its position, because its events cannot be projected. */
    Folded<S> refused(Throwable failure) {
        Poison refused = new Poison(before.number() + 1, "", failure);
        return new Folded<>(
                stream, before, before.number(), before.eventId(), before.value(), List.of(), false, refused, null);
    }

    /** Returns whether the position changes; otherwise only the parking may change. */
    boolean isMoved() {
        return number != before.number()
                || !eventId.equals(before.eventId())
                || gone != before.document().gone();
    }

    boolean changesNothing() {
        return !isMoved() && parking == null && !before.isParked();
    }
}
