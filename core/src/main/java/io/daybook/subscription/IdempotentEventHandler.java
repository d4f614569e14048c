package io.daybook.subscription;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets each event have its effect once, though a feed hands some of them on several times: keeps the last sequence number of
 * each stream together with the effect. The next event is applied, earlier ones are left out, a later one is refused.
 *
 * <pre>{@code
 * EventHandler handler = IdempotentEventHandler.of(new Effects() {
 *     public long lastSequenceNumber(StreamId stream) {
 *         return database.queryForLong("select last from progress where stream = ?", stream.toString()).orElse(0);
 *     }
 *     public void apply(StreamId stream, long last, EventEnvelope event) {
 *         database.inTransaction(transaction -> {
 *             // fails unless it is one row; a stream's first event inserts it instead
 *             transaction.updateOne("update progress set last = ? where stream = ? and last = ?",
 *                     event.metadata().sequenceNumber(), stream.toString(), last);
 *             transaction.insert("insert into shipped (stream) values (?)", stream.toString());
 *         });
 *     }
 * });
 * }</pre>
 *
 * <p>It needs a feed that keeps the order of a stream. Safe for use by many threads if the effects are.
 */
public final class IdempotentEventHandler implements EventHandler {

    /** What a consumer does with events, and where it keeps how far it is. Safe for use by many threads. */
    public interface Effects {

        /**
         * Reads how far a stream is.
         *
         * @param stream the stream
         * @return the sequence number of the event of the stream that was applied last, 0 if none was
         * @throws Exception if it cannot be read; the events come again
         */
        long lastSequenceNumber(StreamId stream) throws Exception;

        /**
         * Applies an event and keeps its sequence number as the last one of the stream, both or none, in one transaction.
         * Fails if the last one is not {@code last} any more, since another instance was faster.
         *
         * @param stream the event's stream
         * @param last what {@link #lastSequenceNumber lastSequenceNumber} told, or the number of the event applied before
         * @param event the next event of the stream
         * @throws Exception if nothing was applied; the events come again
         */
        void apply(StreamId stream, long last, EventEnvelope event) throws Exception;
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
     * Creates a handler that wants each stream from its first event on.
     *
     * @param effects what is done with the events
     * @return the handler
     */
    public static IdempotentEventHandler of(Effects effects) {
        return new IdempotentEventHandler(effects, Gaps.NONE);
    }

    /**
     * Accepts any first event of a stream, for a consumer that was added after the first events. A handler that
     * {@linkplain #acceptingGaps() accepts gaps} anywhere does so already and stays as it is.
     *
     * @return a handler with the same effects
     */
    public IdempotentEventHandler startingAnywhere() {
        return gaps == Gaps.ANYWHERE ? this : new IdempotentEventHandler(effects, Gaps.AT_THE_START);
    }

    /**
     * Takes any later event for the next one: for a consumer that gets some of the events only, such as those that a filter of
     * a Service Bus subscription lets through. An event that went missing is not noticed then.
     *
     * @return this handler with it
     */
    public IdempotentEventHandler acceptingGaps() {
        return new IdempotentEventHandler(effects, Gaps.ANYWHERE);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if an event is missing before one of these; those before it were applied
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
                    throw new IllegalStateException(stream + " stands at " + before + " and event " + number
                            + " came: those between are missing. If they were skipped or dead-lettered on purpose, apply"
                            + " them or move the stream's last sequence number to " + (number - 1));
                }
                effects.apply(stream, before, event);
                before = number;
            }
            last.put(stream, before);
        }
    }
}
