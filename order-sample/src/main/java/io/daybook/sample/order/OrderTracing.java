package io.daybook.sample.order;

import io.micrometer.observation.ObservationHandler.FirstMatchingCompositeObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.util.Map;
import java.util.Optional;

/** Traces by OpenTelemetry. Thread-safe. */
final class OrderTracing implements AutoCloseable {

    private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private final SdkTracerProvider provider;

    /** Creates traces whose spans go to a processor. */
    OrderTracing(SpanProcessor spans) {
        Resource service = Resource.getDefault().toBuilder()
                .put("service.name", "order-sample")
                .build();
        provider = SdkTracerProvider.builder()
                .setResource(service)
                .addSpanProcessor(spans)
                .build();
    }

    /**
     * Sends spans to the collector that the environment names, or turns tracing off if it names none.
     *
     * @throws IllegalArgumentException if the address is invalid
     */
    static Optional<OrderTracing> from(Map<String, String> environment) {
        String endpoint = environment.getOrDefault(ENDPOINT, "").trim();
        if (endpoint.isEmpty()) {
            return Optional.empty();
        }
        if (!endpoint.matches("https?://[^?#\\s]+")) {
            throw new IllegalArgumentException(
                    ENDPOINT + " is not the address of a collector: use one such as http://localhost:4318");
        }
        OtlpHttpSpanExporter exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(endpoint.replaceFirst("/$", "") + "/v1/traces")
                .build();
        return Optional.of(new OrderTracing(BatchSpanProcessor.builder(exporter).build()));
    }

    /** Creates a registry whose observations become spans, also across the events that carry their trace context. */
    ObservationRegistry registry() {
        Tracer otel = provider.get("order-sample");
        OtelTracer tracer = new OtelTracer(otel, new OtelCurrentTraceContext(), event -> {});
        OtelPropagator propagator =
                new OtelPropagator(ContextPropagators.create(W3CTraceContextPropagator.getInstance()), otel);
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig()
                .observationHandler(new FirstMatchingCompositeObservationHandler(
                        new PropagatingSenderTracingObservationHandler<>(tracer, propagator),
                        new PropagatingReceiverTracingObservationHandler<>(tracer, propagator),
                        new DefaultTracingObservationHandler(tracer)));
        return registry;
    }

    /** Sends the remaining spans and stops. */
    @Override
    public void close() {
        provider.close();
    }
}
