package io.daybook.subscription;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An event handler that applies each event once, even if the feed redelivers it. The last sequence number of each
 * stream is stored together with the effect. The handler applies the next event, skips earlier events and rejects later
 * ones.
 *
 * <pre>{@code
 * EventHandler handler = IdempotentEventHandler.of(new Effects() {
 *     public long lastSequenceNumber(StreamId stream) {
 *         return database.queryForLong("select last from progress where stream = ?", stream.toString()).orElse(0);
 *     }
 *     public void apply(StreamId stream, long last, EventEnvelope event) {
 *         database.inTransaction(transaction -> {
 *             // fails unless exactly one row is updated; for a stream's first event, insert the row instead
 *             transaction.updateOne("update progress set last = ? where stream = ? and last = ?",
 *                     event.metadata().sequenceNumber(), stream.toString(), last);
 *             transaction.insert("insert into shipped (stream) values (?)", stream.toString());
 *         });
 *     }
 * });
 * }</pre>
 *
 * <p>The feed must keep the order of each stream. Thread-safe if the effects are.
 */
public final class IdempotentEventHandler implements EventHandler {

    /** The effects of events in a consumer, and the store of the consumer's progress. Thread-safe. */
    public interface Effects {

        /**
         * Returns the progress of a stream.
         *
         * @param stream the stream
         * @return the sequence number of the last applied event of the stream, 0 if there is none
         * @throws Exception if the progress cannot be read; the events are redelivered
         */
        long lastSequenceNumber(StreamId stream) throws Exception;

        /**
         * Applies an event and stores its sequence number as the last one of the stream, in one transaction. Must throw
         * an exception if the stored number is no longer {@code last}, because another instance was faster.
         *
         * @param stream the event's stream
         * @param last the sequence number of the event that was applied last; 0 if there is none
         * @param event the next event of the stream
         * @throws Exception if nothing was applied; the events are redelivered
         */
        void apply(StreamId stream, long last, EventEnvelope event) throws Exception;

        /**
         * Removes the effects of a deleted stream and stores {@code version + 1} as its last sequence number, in one
         * transaction. Keep that number: it ensures that redelivered events and deletions have no effect. The default
         * does nothing and is called again for each redelivery.
         *
         * @param stream the deleted stream
         * @param last the result of {@link #lastSequenceNumber lastSequenceNumber}
         * @param version the last version of the stream
         * @throws Exception if nothing was changed; the deletion is redelivered
         */
        default void deleted(StreamId stream, long last, long version) throws Exception {}
    }

    private enum Gaps {
        NONE,
        AT_THE_START,
        ANYWHERE;

        boolean allowAfter(long last) {
            return this == ANYWHERE || (this == AT_THE_START && last == 0);
        }
    }

    private final Effects effects;
    private final Gaps gaps;

    private IdempotentEventHandler(Effects effects, Gaps gaps) {
        this.effects = effects;
        this.gaps = gaps;
    }

    /**
     * Creates a handler that requires all events of each stream, starting with the first.
     *
     * @param effects applies the events
     * @return the handler
     */
    public static IdempotentEventHandler of(Effects effects) {
        return new IdempotentEventHandler(effects, Gaps.NONE);
    }

    /**
     * Returns a handler that accepts any first event of a stream, for a consumer that was added after the first events
     * were published. A handler that already {@linkplain #acceptingGaps() accepts gaps} anywhere is returned unchanged.
     *
     * @return a handler with the same effects
     */
    public IdempotentEventHandler startingAnywhere() {
        return gaps == Gaps.ANYWHERE ? this : new IdempotentEventHandler(effects, Gaps.AT_THE_START);
    }

    /**
     * Returns a handler that accepts any later event as the next one, for a consumer that receives only some of the
     * events, such as those that match the filter of a Service Bus subscription. Such a handler does not detect missing
     * events.
     *
     * @return a handler with the same effects
     */
    public IdempotentEventHandler acceptingGaps() {
        return new IdempotentEventHandler(effects, Gaps.ANYWHERE);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if an event is missing before one of the given events; the events before the gap
     *     were applied
     */
    @Override
    public void handle(List<EventEnvelope> events) throws Exception {
        Map<StreamId, Long> last = new HashMap<>();
        for (EventEnvelope event : events) {
            StreamId stream = StreamId.of(
                    event.metadata().aggregateType(), event.metadata().aggregateId());
            Long known = last.get(stream);
            long before = known == null ? effects.lastSequenceNumber(stream) : known;
            long number = event.metadata().sequenceNumber();
            if (number > before) {
                if (number != before + 1 && !gaps.allowAfter(before)) {
                    throw new IllegalStateException(stream + " is at " + before + ", but event " + number
                            + " was delivered: the events between them are missing. If those events were skipped or dead-lettered on purpose, apply them or set the stream's last sequence number to "
                            + (number - 1));
                }
                effects.apply(stream, before, event);
                before = number;
            }
            last.put(stream, before);
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>Passes the deletion to the effects unless it was already applied. Events of the stream may be missing before
     * the deletion, because it also removes events that a feed has not delivered yet.
     */
    @Override
    public void deleted(StreamId stream, long version) throws Exception {
        long last = effects.lastSequenceNumber(stream);
        if (last <= version) {
            effects.deleted(stream, last, version);
        }
    }
}
