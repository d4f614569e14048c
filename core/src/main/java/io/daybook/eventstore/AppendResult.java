package io.daybook.eventstore;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The result of an append: where its events stand. Returned by {@link EventStore#append EventStore.append}.
 *
 * @param fromSequenceNumber the sequence number of the first event
 * @param toSequenceNumber the sequence number of the last event; the version of the stream after the append
 * @param duplicate whether the append's command had been handled before, so that nothing was appended now and the numbers are those of
 *     the first time
 * @param otherPredecessor the id of the event that the store found at the expected version, if it is not the one that the options
 *     {@linkplain AppendOptions#builtOn(String) name}. The append is stored, but its decision was built on events that the stream
 *     does not hold: state in memory must be dropped. Empty in all other cases, and for a duplicate
 */
public record AppendResult(
        long fromSequenceNumber, long toSequenceNumber, boolean duplicate, Optional<String> otherPredecessor) {

    /**
     * Creates the result of an append that followed the event that it was built on.
     *
     * @param fromSequenceNumber the sequence number of the first event
     * @param toSequenceNumber the sequence number of the last event
     * @param duplicate whether the append's command had been handled before
     */
    public AppendResult(long fromSequenceNumber, long toSequenceNumber, boolean duplicate) {
        this(fromSequenceNumber, toSequenceNumber, duplicate, Optional.empty());
    }

    /**
     * Creates the result of an append that was stored; for stores.
     *
     * @param expectedVersion the version that the append was made for
     * @param events how many events were appended
     * @param options the options of the append
     * @param predecessorId the id of the event that the store holds at the expected version, or null at version 0
     * @return the result, which names the predecessor if the options name another one
     */
    public static AppendResult stored(
            long expectedVersion, int events, AppendOptions options, @Nullable String predecessorId) {
        Optional<String> other = Optional.ofNullable(predecessorId)
                .filter(id -> !id.equals(options.builtOn().orElse(id)));
        return new AppendResult(expectedVersion + 1, expectedVersion + events, false, other);
    }
}
