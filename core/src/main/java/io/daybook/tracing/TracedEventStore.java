package io.daybook.tracing;

import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.EventTypes;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendOptions.IdempotencyKey;
import io.daybook.eventstore.AppendResult;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventFilter;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.HandledCommand;
import io.daybook.eventstore.ScanPage;
import io.daybook.eventstore.StreamId;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An event store that observes each append as {@code daybook.append} with the tags {@code aggregate} and
 * {@code outcome} ({@code stored}, {@code duplicate}, {@code conflict} or {@code failed}). The stored events carry the
 * trace context of the append in the attributes {@code traceparent} and {@code tracestate}, so everything that they
 * trigger continues the trace. Thread-safe.
 *
 * <pre>{@code
 * AggregateRepository<Order> orders = AggregateRepository.of(Order.TYPE, new TracedEventStore(eventStore, observations));
 * }</pre>
 *
 * <p>Without a current observation, the append continues the trace that the events already carry, and the events are
 * stored unchanged. Events that were {@linkplain EventEnvelope#stored read from a store} are always stored unchanged.
 * Each attempt gets its own trace context, so a caller that repeats an append with the same new events needs an
 * idempotency key. Reads are not observed. Feeds read the underlying store.
 */
public final class TracedEventStore implements EventStore {

    private final EventStore store;
    private final ObservationRegistry registry;

    /**
     * Creates the store.
     *
     * @param store stores the events
     * @param registry the registry of the observations
     */
    public TracedEventStore(EventStore store, ObservationRegistry registry) {
        this.store = store;
        this.registry = registry;
    }

    @Override
    public AppendResult append(
            StreamId stream, long expectedVersion, List<EventEnvelope> events, AppendOptions options) {
        if (registry.isNoop()) {
            return store.append(stream, expectedVersion, events, options);
        }
        Map<String, String> inherited =
                events.isEmpty() ? Map.of() : events.get(0).metadata().attributes();
        boolean continues = registry.getCurrentObservation() == null && TraceContext.isIn(inherited);
        SenderContext<Map<String, String>> carried = TraceContext.carried();
        Observation observation = Observation.createNotStarted(
                        "daybook.append",
                        () -> continues ? TraceContext.continuing(Kind.PRODUCER, inherited) : carried,
                        registry)
                .contextualName("append " + stream.aggregateType())
                .lowCardinalityKeyValue("aggregate", stream.aggregateType())
                .start();
        String outcome = "failed";
        try (Observation.Scope scope = observation.openScope()) {
            AppendResult result = store.append(stream, expectedVersion, with(carried, events), options);
            outcome = result.duplicate() ? "duplicate" : "stored";
            return result;
        } catch (ConcurrencyException e) {
            outcome = "conflict";
            throw e;
        } catch (RuntimeException e) {
            observation.error(e);
            throw e;
        } finally {
            observation.lowCardinalityKeyValue("outcome", outcome);
            observation.stop();
        }
    }

    /** Adds the trace context of the append to the new events. Without a tracer, there is no trace context. */
    private static List<EventEnvelope> with(SenderContext<Map<String, String>> carried, List<EventEnvelope> events) {
        Map<String, String> fields = carried.getCarrier();
        if (fields == null || !TraceContext.isIn(fields)) {
            return events;
        }
        return events.stream()
                .map(event -> event.data().isPresent()
                        ? event
                        : EventEnvelope.of(with(fields, event.metadata()), event.event()))
                .toList();
    }

    private static EventMetadata with(Map<String, String> fields, EventMetadata metadata) {
        return EventMetadata.builder()
                .eventId(metadata.eventId())
                .eventType(metadata.eventType(), metadata.eventVersion())
                .timestamp(metadata.timestamp())
                .aggregate(metadata.aggregateType(), metadata.aggregateId())
                .sequenceNumber(metadata.sequenceNumber())
                .commandId(metadata.commandId().orElse(null))
                .context(TraceContext.with(metadata.context(), fields))
                .build();
    }

    @Override
    public void requireEventTypes(EventTypes types) {
        store.requireEventTypes(types);
    }

    @Override
    public Stream<EventEnvelope> read(StreamId stream, long afterVersion, long toVersion) {
        return store.read(stream, afterVersion, toVersion);
    }

    @Override
    public Stream<EventEnvelope> readCurrent(StreamId stream, long afterVersion) {
        return store.readCurrent(stream, afterVersion);
    }

    @Override
    public long currentVersion(StreamId stream) {
        return store.currentVersion(stream);
    }

    @Override
    public Optional<HandledCommand> findCommand(StreamId stream, String commandId) {
        return store.findCommand(stream, commandId);
    }

    @Override
    public HandledCommand recordRejection(StreamId stream, IdempotencyKey command, String error) {
        return store.recordRejection(stream, command, error);
    }

    @Override
    public Stream<EventEnvelope> find(EventFilter filter) {
        return store.find(filter);
    }

    @Override
    public List<String> scanRanges() {
        return store.scanRanges();
    }

    @Override
    public ScanPage scan(String range, String after) {
        return store.scan(range, after);
    }

    @Override
    public void delete(StreamId stream, long expectedVersion) {
        store.delete(stream, expectedVersion);
    }

    @Override
    public void delete(StreamId stream) {
        store.delete(stream);
    }
}
