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
 *         return database.query("select last from progress where stream = ?", stream).orElse(0);
 *     }
 *     public void apply(StreamId stream, EventEnvelope event) {
 *         database.inTransaction(transaction -> {
 *             long number = event.metadata().sequenceNumber();
 *             transaction.advance("update progress set last = ? where stream = ? and last = ?", number, stream, number - 1);
 *             transaction.insert(…);
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
         * Fails if the last one is not the number before any more, since another instance was faster.
         *
         * @param stream the event's stream
         * @param event the next event of the stream
         * @throws Exception if nothing was applied; the events come again
         */
        void apply(StreamId stream, EventEnvelope event) throws Exception;
    }

    private final Effects effects;
    private final boolean startsAnywhere;

    private IdempotentEventHandler(Effects effects, boolean startsAnywhere) {
        this.effects = effects;
        this.startsAnywhere = startsAnywhere;
    }

    /**
     * Creates a handler that wants each stream from its first event on.
     *
     * @param effects what is done with the events
     * @return the handler
     */
    public static IdempotentEventHandler of(Effects effects) {
        return new IdempotentEventHandler(effects, false);
    }

    /**
     * Lets a stream begin with whatever event of it comes first: for a consumer that was not there from the beginning.
     *
     * @return this handler with it
     */
    public IdempotentEventHandler startingAnywhere() {
        return new IdempotentEventHandler(effects, true);
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
                boolean first = before == 0 && startsAnywhere;
                if (number != before + 1 && !first) {
                    throw new IllegalStateException(stream + " stands at " + before + " and event " + number
                            + " came: those between are missing. If they were skipped or dead-lettered on purpose, apply"
                            + " them or move the stream's last sequence number to " + (number - 1));
                }
                effects.apply(stream, event);
                before = number;
            }
            last.put(stream, before);
        }
    }
}
