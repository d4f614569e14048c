package io.daybook.eventstore;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The result of an append: the sequence numbers of its events. Returned by {@link EventStore#append EventStore.append}.
 *
 * @param fromSequenceNumber the sequence number of the first event
 * @param toSequenceNumber the sequence number of the last event; the version of the stream after the append
 * @param duplicate whether the command of the append had already been handled. If so, nothing was appended this time,
 *     and the numbers are those of the first append
 * @param otherPredecessor the id of the event that the store found at the expected version, if it is not the one that
 *     the options {@linkplain AppendOptions#builtOn(String) specify}. The append is stored, but its decision was based
 *     on events that the stream does not contain, so state in memory must be discarded. Empty in all other cases,
 *     including duplicates
 */
public record AppendResult(
        long fromSequenceNumber, long toSequenceNumber, boolean duplicate, Optional<String> otherPredecessor) {

    /**
     * Creates the result of an append whose predecessor is the event on which the decision was based.
     *
     * @param fromSequenceNumber the sequence number of the first event
     * @param toSequenceNumber the sequence number of the last event
     * @param duplicate whether the command of the append was handled before
     */
    public AppendResult(long fromSequenceNumber, long toSequenceNumber, boolean duplicate) {
        this(fromSequenceNumber, toSequenceNumber, duplicate, Optional.empty());
    }

    /**
     * Creates the result of a stored append. For stores.
     *
     * @param expectedVersion the expected version of the append
     * @param events the number of events that were appended
     * @param options the options of the append
     * @param predecessorId the id of the event at the expected version in the store, or null at version 0
     * @return the result, which contains the predecessor if it is not the event that the options specify
     */
    public static AppendResult stored(
            long expectedVersion, int events, AppendOptions options, @Nullable String predecessorId) {
        Optional<String> other = Optional.ofNullable(predecessorId)
                .filter(id -> !id.equals(options.builtOn().orElse(id)));
        return new AppendResult(expectedVersion + 1, expectedVersion + events, false, other);
    }
}
