package io.daybook.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.daybook.contract.ContractEvent;
import io.daybook.contract.EventStoreContract;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.MessageContext;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.serialization.EventSerializer;
import io.daybook.tracing.RecordedObservations.Span;
import io.micrometer.observation.Observation;
import io.micrometer.observation.Observation.Context;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The contract without a tracer, which changes no event; and with one. */
class TracedEventStoreTest extends EventStoreContract {

    @Override
    protected EventStore store(EventSerializer serializer) {
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(new ObservationHandler<Context>() {
            @Override
            public boolean supportsContext(Context context) {
                return true;
            }
        });
        return new TracedEventStore(new InMemoryEventStore(serializer), registry);
    }

    @Nested
    class WithTracer {

        private static final StreamId STREAM = StreamId.of("Contract", "1");

        private final RecordedObservations observations = new RecordedObservations();
        private final ObservationRegistry registry = observations.registry();
        private final EventStore store =
                new TracedEventStore(new InMemoryEventStore(ContractEvent.serializer()), registry);

        private EventEnvelope event(long number, Map<String, String> attributes) {
            ContractEvent.Counted counted = new ContractEvent.Counted((int) number);
            EventMetadata metadata = ContractEvent.metadata(STREAM, number, counted)
                    .commandId("command")
                    .context(MessageContext.of("correlation", "causation", "alice", attributes))
                    .build();
            return EventEnvelope.of(metadata, counted);
        }

        private List<EventMetadata> stored() {
            try (Stream<EventEnvelope> events = store.read(STREAM, 0, Long.MAX_VALUE)) {
                return events.map(EventEnvelope::metadata).toList();
            }
        }

        private void inRequest(Runnable work) {
            Observation.createNotStarted("request", registry).observe(work);
        }

        @Test
        void events_carry_the_trace_context_of_their_append() {
            List<EventEnvelope> events = List.of(
                    event(1, Map.of("traceparent", "00-old-old-01", "tracestate", "old", "a", "b")),
                    event(2, Map.of()));
            inRequest(() -> store.append(STREAM, 0, events, AppendOptions.none()));

            Span append = observations.spans("daybook.append").get(0);
            assertThat(append.label()).isEqualTo("append Contract");
            assertThat(append.parent())
                    .isEqualTo(observations.spans("request").get(0).id());
            assertThat(append.tags()).isEqualTo(Map.of("aggregate", "Contract", "outcome", "stored"));
            assertThat(stored())
                    .extracting(EventMetadata::attributes)
                    .containsExactly(
                            Map.of("traceparent", append.traceparent(), "a", "b"),
                            Map.of("traceparent", append.traceparent()));
        }

        @Test
        void all_other_metadata_are_stored_unchanged() {
            EventEnvelope event = event(1, Map.of("a", "b"));
            inRequest(() -> store.append(STREAM, 0, List.of(event), AppendOptions.none()));

            assertThat(stored())
                    .singleElement()
                    .usingRecursiveComparison()
                    .ignoringFields("context.attributes")
                    .isEqualTo(event.metadata());
            assertThat(stored().get(0).attributes()).containsEntry("a", "b").hasSize(2);
        }

        @Test
        void events_read_from_a_store_are_copied_unchanged() {
            InMemoryEventStore source = new InMemoryEventStore(ContractEvent.serializer());
            source.append(STREAM, 0, List.of(event(1, Map.of("a", "b"))), AppendOptions.none());
            List<EventEnvelope> read = source.read(STREAM, 0, Long.MAX_VALUE).toList();

            inRequest(() -> store.append(STREAM, 0, read, AppendOptions.none()));

            assertThat(stored()).containsExactly(read.get(0).metadata());
        }

        @Test
        void without_current_observation_append_continues_the_trace_of_the_events() {
            store.append(STREAM, 0, List.of(event(1, Map.of("traceparent", "00-t-s-01"))), AppendOptions.none());

            assertThat(observations.spans())
                    .singleElement()
                    .returns("t", Span::trace)
                    .returns("s", Span::parent);
            assertThat(stored().get(0).attributes()).isEqualTo(Map.of("traceparent", "00-t-s-01"));
        }

        @Test
        void append_without_any_trace_starts_one() {
            store.append(STREAM, 0, List.of(event(1, Map.of())), AppendOptions.none());

            Span append = observations.spans().get(0);
            assertThat(append.parent()).isEmpty();
            assertThat(stored().get(0).attributes()).isEqualTo(Map.of("traceparent", append.traceparent()));
        }

        @Test
        void conflict_is_an_outcome_and_no_error() {
            store.append(STREAM, 0, List.of(event(1, Map.of())), AppendOptions.none());
            assertThatExceptionOfType(ConcurrencyException.class)
                    .isThrownBy(() -> store.append(STREAM, 0, List.of(event(1, Map.of())), AppendOptions.none()));
            store.delete(STREAM);
            assertThatExceptionOfType(StreamDeletedException.class)
                    .isThrownBy(() -> store.append(STREAM, 1, List.of(event(2, Map.of())), AppendOptions.none()));

            assertThat(observations.spans())
                    .extracting(span -> span.tags().get("outcome"))
                    .containsExactly("stored", "conflict", "failed");
            assertThat(observations.spans()).extracting(Span::error).containsExactly("", "", "StreamDeletedException");
        }

        @Test
        void repeated_append_is_recognized_although_its_trace_differs() {
            AppendOptions options = AppendOptions.none().idempotencyKey("key", "fingerprint");
            List<EventEnvelope> events = List.of(event(1, Map.of()));
            inRequest(() -> store.append(STREAM, 0, events, options));
            inRequest(() -> store.append(STREAM, 0, events, options));
            inRequest(() -> store.append(STREAM, 0, List.of(event(1, Map.of())), options));

            assertThat(observations.spans("daybook.append"))
                    .extracting(span -> span.tags().get("outcome"))
                    .containsExactly("stored", "stored", "duplicate");
            assertThat(stored())
                    .extracting(EventMetadata::attributes)
                    .containsExactly(Map.of(
                            "traceparent",
                            observations.spans("daybook.append").get(0).traceparent()));
        }
    }
}
