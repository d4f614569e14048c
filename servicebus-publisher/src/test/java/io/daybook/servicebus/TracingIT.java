package io.daybook.servicebus;

import static io.daybook.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import io.daybook.command.Command;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandMetadata;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.eventstore.EventStore;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemoryReadModelStore;
import io.daybook.inmemory.InMemoryTimerStore;
import io.daybook.process.ProcessEvent;
import io.daybook.process.ProcessManager;
import io.daybook.process.ProcessRunner;
import io.daybook.projection.Projection;
import io.daybook.projection.Projector;
import io.daybook.publishing.EventRelay;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.servicebus.broker.TestBroker;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.Subscription;
import io.daybook.tracing.CommandTracing;
import io.daybook.tracing.EventTracing;
import io.daybook.tracing.TracedEventPublisher;
import io.daybook.tracing.TracedEventStore;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationHandler.FirstMatchingCompositeObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One trace, by the SDK of OpenTelemetry: from a command over a process and Service Bus to the read models of two services. */
class TracingIT {

    /** What happens to a lamp. */
    sealed interface LampEvent extends DomainEvent {
        @EventType("LampLit")
        record LampLit(String lampId) implements LampEvent {}

        @EventType("LampDarkened")
        record LampDarkened(String lampId) implements LampEvent {}
    }

    static final class Lamp extends AggregateRoot<LampEvent> {
        static final AggregateType<Lamp, LampEvent> TYPE = AggregateType.named("Lamp", LampEvent.class, Lamp::new)
                .on(LampEvent.LampLit.class, Lamp::lit)
                .on(LampEvent.LampDarkened.class, Lamp::darkened)
                .build();

        private boolean isLit;

        private void lit(LampEvent.LampLit event) {
            isLit = true;
        }

        private void darkened(LampEvent.LampDarkened event) {
            isLit = false;
        }

        void light() {
            raise(new LampEvent.LampLit(id()));
        }

        void darken() {
            require(isLit, "the lamp is not lit");
            raise(new LampEvent.LampDarkened(id()));
        }
    }

    record Light(String aggregateId) implements Command {}

    record Darken(String aggregateId) implements Command {}

    record Saving(String lampId) {}

    record LampState(boolean lit) {}

    private static final Projection<LampState> LAMPS = Projection.named("lamps", 1, Lamp.TYPE, LampState.class)
            .on(LampEvent.LampLit.class, (none, event, metadata) -> new LampState(true))
            .on(LampEvent.LampDarkened.class, (lamp, event, metadata) -> new LampState(false))
            .build();
    private static final ProcessManager<Saving> SAVER = ProcessManager.named("Saver", 1, Saving.class)
            .startsWith(
                    LampEvent.LampLit.class,
                    LampEvent.LampLit::lampId,
                    (step, event) -> step.become(new Saving(event.lampId())).send("darken", new Darken(event.lampId())))
            .on(LampEvent.LampDarkened.class, LampEvent.LampDarkened::lampId, (step, event) -> step.end())
            .build();
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String CALLER = "00f067aa0ba902b7";

    @RegisterExtension
    static final TestBroker BROKER = TestBroker.create();

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final SdkTracerProvider provider = SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(exporter))
            .build();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ObservationRegistry registry = registry();

    private ObservationRegistry registry() {
        io.opentelemetry.api.trace.Tracer otel = provider.get("daybook");
        OtelTracer tracer = new OtelTracer(otel, new OtelCurrentTraceContext(), event -> {});
        OtelPropagator propagator =
                new OtelPropagator(ContextPropagators.create(W3CTraceContextPropagator.getInstance()), otel);
        ObservationRegistry created = ObservationRegistry.create();
        created.observationConfig()
                .observationHandler(new DefaultMeterObservationHandler(meters))
                .observationHandler(new FirstMatchingCompositeObservationHandler(
                        new PropagatingSenderTracingObservationHandler<>(tracer, propagator),
                        new PropagatingReceiverTracingObservationHandler<>(tracer, propagator),
                        new DefaultTracingObservationHandler(tracer)));
        return created;
    }

    @AfterEach
    void close() {
        provider.close();
    }

    private List<SpanData> spans(String name) {
        return exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .toList();
    }

    private SpanData span(String name, SpanData parent) {
        return spans(name).stream()
                .filter(span -> span.getParentSpanId().equals(parent.getSpanId()))
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        name + " under " + parent.getName() + " is not among " + exporter.getFinishedSpanItems()));
    }

    @Test
    void one_trace_leads_from_command_over_process_and_service_bus_to_read_models() {
        String topic = BROKER.newTopic("lights");
        InMemoryEventStore store = new InMemoryEventStore(JacksonEventSerializer.of(Lamp.TYPE.eventTypes()));
        InMemoryEventStore processStore = new InMemoryEventStore(ProcessEvent.serializer());
        EventStore traced = new TracedEventStore(store, registry);
        AggregateRepository<Lamp> lamps = AggregateRepository.of(Lamp.TYPE, traced);
        CommandBus bus = CommandBus.builder()
                .interceptBeforeChecks(new CommandTracing(registry))
                .creating(Light.class, lamps, (lamp, command, context) -> lamp.light())
                .updating(Darken.class, lamps, (lamp, command, context) -> lamp.darken())
                .build();
        Map<String, String> elsewhere = new ConcurrentHashMap<>(); // the read model of another service
        try (Projector projector = Projector.builder(new InMemoryEventFeed(store), store, new InMemoryReadModelStore())
                        .intercept(EventTracing.ofProjections(registry))
                        .project(LAMPS)
                        .start();
                ProcessRunner processes = ProcessRunner.builder(new InMemoryEventFeed(store), store, bus)
                        .processStore(
                                new TracedEventStore(processStore, registry),
                                new InMemoryEventFeed(processStore),
                                new InMemoryTimerStore())
                        .intercept(EventTracing.ofProcesses(registry))
                        .run(SAVER)
                        .start();
                ServiceBusEventPublisher publisher =
                        ServiceBusEventPublisher.toTopic(topic, BROKER::client).build();
                EventRelay relay = EventRelay.builder(
                                new InMemoryEventFeed(store), new TracedEventPublisher("lights", publisher, registry))
                        .start();
                Subscription consumer = ServiceBusEventFeed.fromTopic(
                                topic, BROKER::client, JacksonEventSerializer.of(Lamp.TYPE.eventTypes()))
                        .build()
                        .subscribe(
                                "lights",
                                StartPosition.BEGINNING,
                                EventTracing.ofSubscriptions(registry)
                                        .around(
                                                "lights",
                                                events -> events.forEach(event -> elsewhere.put(
                                                        event.metadata().aggregateId(),
                                                        event.metadata().eventType()))))) {
            bus.send(
                    new Light("1"),
                    CommandMetadata.builder()
                            .attribute("traceparent", "00-" + TRACE + "-" + CALLER + "-01")
                            .build());
            await().until(() -> "LampDarkened".equals(elsewhere.get("1")));
            await().until(() -> projector
                    .readModel(LAMPS)
                    .get("1")
                    .filter(lamp -> !lamp.content().lit())
                    .isPresent());
            await().until(() -> spans("step Saver").size() == 2 && relay.published() == 2);
        }

        SpanData light = spans("command Light").get(0);
        assertThat(light.getParentSpanId()).isEqualTo(CALLER);
        assertThat(light.getKind()).isEqualTo(SpanKind.SERVER);
        SpanData lit = span("append Lamp", light);
        assertThat(lit.getKind()).isEqualTo(SpanKind.PRODUCER);
        SpanData step = span("step Saver", lit);
        assertThat(step.getKind()).isEqualTo(SpanKind.CONSUMER);
        span("append Saver", step);
        SpanData darken = span("command Darken", step);
        SpanData darkened = span("append Lamp", darken);
        for (SpanData append : List.of(lit, darkened)) {
            span("step Saver", append);
            assertThat(span("publish lights", append).getKind()).isEqualTo(SpanKind.PRODUCER);
            span("handle lights", append);
        }
        span("project lamps-1", darkened);
        assertThat(exporter.getFinishedSpanItems())
                .extracting(SpanData::getTraceId)
                .containsOnly(TRACE);
        assertThat(meters.get("daybook.command")
                        .tags("command", "Darken", "outcome", "stored")
                        .timer()
                        .count())
                .isOne();
        assertThat(meters.get("daybook.append")
                        .tags("aggregate", "Lamp", "outcome", "stored")
                        .timer()
                        .count())
                .isEqualTo(2);
        for (String observation : List.of("projection", "process.step", "publish", "subscription")) {
            assertThat(meters.get("daybook." + observation).timer().count()).isPositive();
        }
    }
}
