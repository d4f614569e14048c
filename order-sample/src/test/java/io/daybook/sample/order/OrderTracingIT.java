package io.daybook.sample.order;

import static io.daybook.contract.Patience.LIMIT;
import static io.daybook.contract.Patience.await;
import static io.daybook.sample.order.RunningOrders.CREATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.net.httpserver.HttpServer;
import io.daybook.sample.order.domain.OrderEvents;
import io.daybook.servicebus.ServiceBusEventFeed;
import io.daybook.servicebus.testserver.ServiceBusTestServer;
import io.daybook.servicebus.testserver.ServiceBusTestServerExtension;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.Subscription;
import io.daybook.tracing.EventTracing;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Traces by the SDK of OpenTelemetry, from requests over orders and Service Bus to the read models of two services. */
@ExtendWith(ServiceBusTestServerExtension.class)
class OrderTracingIT {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String CALLER = "00f067aa0ba902b7";

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final OrderTracing tracing = new OrderTracing(SimpleSpanProcessor.create(spans));
    private final ObservationRegistry registry = tracing.registry();

    @AfterEach
    void close() {
        tracing.close();
    }

    private List<SpanData> named(String name) {
        return spans.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .toList();
    }

    private SpanData child(String name, SpanData parent) {
        return named(name).stream()
                .filter(span -> span.getParentSpanId().equals(parent.getSpanId()))
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        name + " under " + parent.getName() + " is not among " + spans.getFinishedSpanItems()));
    }

    @Test
    void one_trace_leads_from_http_request_over_service_bus_to_read_models(ServiceBusTestServer broker)
            throws Exception {
        broker.createTopic("order-events", "billing");
        broker.requireSessions("order-events/subscriptions/billing");
        OrderComponents components = OrderComponents.from(
                        Map.of("SERVICEBUS_CONNECTION_STRING", broker.connectionString()))
                .withObservations(registry, () -> {});
        Map<String, String> elsewhere = new ConcurrentHashMap<>(); // the read model of another service
        EventHandler handler = events -> events.forEach(event ->
                elsewhere.put(event.metadata().aggregateId(), event.metadata().eventType()));
        try (RunningOrders orders = RunningOrders.start(components);
                Subscription billing = ServiceBusEventFeed.fromTopic(
                                "order-events", broker::clientBuilder, OrderEvents.serializer())
                        .build()
                        .subscribe(
                                "billing",
                                StartPosition.BEGINNING,
                                EventTracing.ofSubscriptions(registry).around("billing", handler))) {
            String id = orders.post("/orders", CREATE, "traceparent", "00-" + TRACE + "-" + CALLER + "-01")
                    .orderId();
            await().until(() -> "OrderCreated".equals(elsewhere.get(id)));
            orders.application().projector().drain(LIMIT);
            for (String last : List.of("handle billing", "publish orders", "append OrderExpiry")) {
                await().until(() -> !named(last).isEmpty());
            }
            await().until(() -> !named("step OrderExpiry").isEmpty());
        }

        SpanData request = named("POST /orders").get(0);
        assertThat(request.getParentSpanId()).isEqualTo(CALLER);
        assertThat(request.getKind()).isEqualTo(SpanKind.SERVER);
        SpanData append = child("append Order", child("command CreateOrder", request));
        for (String name : List.of("order-summaries-1", "customer-summaries-1", "daily-orders-1")) {
            child("project " + name, append);
        }
        child("append OrderExpiry", child("step OrderExpiry", append));
        child("publish orders", append);
        child("handle billing", append);
        assertThat(spans.getFinishedSpanItems())
                .extracting(SpanData::getTraceId)
                .containsOnly(TRACE);
    }

    @Test
    void span_of_a_refused_request_has_its_status_and_the_path_of_its_route() throws Exception {
        try (RunningOrders orders =
                RunningOrders.start(OrderComponents.inMemory().withObservations(registry, () -> {}))) {
            orders.get("/orders/secret", "traceparent", "00-" + TRACE + "-" + CALLER + "-01");
            orders.get("/orders?page=2", "traceparent", "nonsense");
            orders.get("/nowhere", "X-Correlation-Id", "x".repeat(129));
            orders.send("DELETE", "/orders/secret", BodyPublishers.noBody());
            await().until(() -> spans.getFinishedSpanItems().size() == 4);
        }

        assertThat(spans.getFinishedSpanItems())
                .extracting(
                        SpanData::getName,
                        span -> span.getAttributes().get(AttributeKey.stringKey("status")),
                        SpanData::getParentSpanId)
                .containsExactlyInAnyOrder(
                        tuple("GET /orders/{id}", "404", CALLER),
                        tuple("GET /orders", "400", SpanId.getInvalid()),
                        tuple("unknown", "400", SpanId.getInvalid()),
                        tuple("unknown", "405", SpanId.getInvalid()));
        assertThat(spans.getFinishedSpanItems().stream()
                        .map(SpanData::getTraceId)
                        .distinct())
                .hasSize(4);
        assertThat(spans.getFinishedSpanItems().toString()).doesNotContain("secret");
    }

    @Test
    void sends_spans_to_the_collector_of_the_environment() throws Exception {
        CompletableFuture<String> received = new CompletableFuture<>();
        HttpServer collector = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        collector.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1);
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
            received.complete(exchange.getRequestURI() + " " + body);
        });
        collector.start();
        String endpoint = "http://127.0.0.1:" + collector.getAddress().getPort();
        try (OrderTracing sending = OrderTracing.from(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint))
                .orElseThrow()) {
            Observation.start("work", sending.registry()).stop();
        } finally {
            collector.stop(0);
        }
        assertThat(received.get(LIMIT.toSeconds(), TimeUnit.SECONDS))
                .startsWith("/v1/traces ")
                .contains("order-sample", "work");
    }

    @Test
    void is_off_without_a_collector() {
        assertThat(OrderTracing.from(Map.of())).isEmpty();
        assertThat(OrderComponents.from(Map.of()).observations().isNoop()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:4318", "grpc://localhost:4317", "http://", "http://a b"})
    void refuses_an_address_that_is_not_http(String endpoint) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OrderTracing.from(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)))
                .withMessageStartingWith("OTEL_EXPORTER_OTLP_ENDPOINT is not");
    }
}
