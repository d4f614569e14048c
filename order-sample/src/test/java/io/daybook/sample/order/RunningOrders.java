package io.daybook.sample.order;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.daybook.contract.Patience;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.OptionalInt;
import java.util.Set;

/** The application on a free port, and a client. */
public final class RunningOrders implements AutoCloseable {

    /** The bodies of the two calls, unchanged. */
    public static final String CREATE = """
            {
              "customer_id": "CUST-123",
              "items": [{"product_id": "PROD-001", "quantity": 2, "unit_price": 49.99}],
              "shipping_address": {"street": "123 Main St", "city": "Seattle", "state": "WA", "zip": "98101"}}""";

    public static final String ADD = "{\"product_id\": \"PROD-002\", \"quantity\": 1, \"unit_price\": 29.99}";
    public static final String SHIP = "{\"tracking_number\": \"1Z999\", \"carrier\": \"UPS\"}";
    public static final String CANCEL = "{\"reason\": \"Ordered by mistake\"}";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    /** An answer and its body as JSON. */
    public record Answer(HttpResponse<String> response) {

        public int status() {
            return response.statusCode();
        }

        public String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        public String body() {
            return response.body();
        }

        public JsonNode json() {
            try {
                return JSON.readTree(response.body());
            } catch (IOException e) {
                throw new AssertionError("not JSON: " + response.body(), e);
            }
        }

        public String orderId() {
            return json().get("order_id").textValue();
        }
    }

    private final OrderApplication application;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private RunningOrders(OrderApplication application) {
        this.application = application;
    }

    public static RunningOrders start(OrderComponents components) {
        return start(components, Role.values());
    }

    /** Starts a process with some roles, and with an administration if there is something to administer. */
    public static RunningOrders start(OrderComponents components, Role... roles) {
        Set<Role> all = Set.of(roles);
        OptionalInt adminPort =
                all.contains(Role.PROJECTOR) || all.contains(Role.PROCESSES) ? OptionalInt.of(0) : OptionalInt.empty();
        OrderSettings settings = new OrderSettings(all, "127.0.0.1", 0, adminPort, OrderSettings.DEFAULT_ORDER_EXPIRY);
        return new RunningOrders(OrderApplication.start(components, settings));
    }

    public OrderApplication application() {
        return application;
    }

    public URI uri(String path) {
        return URI.create(application.url() + path);
    }

    public Answer post(String path, String body, String... headers) throws IOException, InterruptedException {
        return send("POST", path, BodyPublishers.ofString(body), with("Content-Type", "application/json", headers));
    }

    public Answer get(String path, String... headers) throws IOException, InterruptedException {
        return send("GET", path, BodyPublishers.noBody(), headers);
    }

    public Answer send(String method, String path, BodyPublisher body, String... headers)
            throws IOException, InterruptedException {
        return send(method, uri(path), body, headers);
    }

    /** Sends a request without a body to the administration. */
    public Answer administer(String method, String path, String... headers) throws IOException, InterruptedException {
        return send(method, URI.create(application.adminUrl() + path), BodyPublishers.noBody(), headers);
    }

    private Answer send(String method, URI uri, BodyPublisher body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).timeout(Patience.LIMIT).method(method, body);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return new Answer(client.send(request.build(), BodyHandlers.ofString()));
    }

    private static String[] with(String name, String value, String... headers) {
        String[] all = new String[headers.length + 2];
        all[0] = name;
        all[1] = value;
        System.arraycopy(headers, 0, all, 2, headers.length);
        return all;
    }

    @Override
    public void close() {
        application.close();
    }
}
