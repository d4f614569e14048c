package io.daybook.sample.order;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.daybook.contract.Patience;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.eventstore.EventFilter;
import io.daybook.sample.order.FuzzRequests.BadRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bad requests get a problem document that puts the fault with the sender, and store nothing. */
class FuzzIT {

    private static final long SEED = 20_261_123L;
    private static final int REQUESTS = 4_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final OrderComponents components = OrderComponents.inMemory();
    private final RunningOrders orders = RunningOrders.start(components);

    @AfterEach
    void stop() {
        orders.close();
    }

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void bad_requests_get_problems_and_store_nothing() throws Exception {
        send(FuzzRequests::next, List.of(400, 404, 405, 412, 413, 415, 431));
    }

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void bad_queries_get_problems_and_store_nothing() throws Exception {
        send(FuzzRequests::query, List.of(400, 404, 414));
    }

    private void send(Function<FuzzRequests, BadRequest> draw, List<Integer> expected) throws Exception {
        String id = orders.post("/orders", RunningOrders.CREATE).orderId();
        List<EventMetadata> before = stored();
        FuzzRequests requests = new FuzzRequests(SEED, id);
        List<String> wrong = new ArrayList<>();
        Map<Integer, Integer> statuses = new HashMap<>();

        for (int i = 0; i < REQUESTS; i++) {
            BadRequest request = draw.apply(requests);
            String answer = send(request.bytes());
            String fault = faultOf(answer, statuses);
            if (!fault.isEmpty()) {
                wrong.add(i + " " + request.kind() + ": " + fault);
            }
        }

        assertThat(wrong).isEmpty();
        assertThat(stored()).isEqualTo(before);
        assertThat(new TreeSet<>(statuses.keySet())).containsAll(expected);
        assertThat(orders.get("/health").status()).isEqualTo(200);
    }

    private List<EventMetadata> stored() {
        return components
                .eventStore()
                .find(EventFilter.all())
                .map(EventEnvelope::metadata)
                .toList();
    }

    private static String faultOf(String answer, Map<Integer, Integer> statuses) {
        int end = answer.indexOf("\r\n\r\n");
        if (!answer.startsWith("HTTP/1.1 ") || end < 0) {
            return "no answer but \"" + answer + "\"";
        }
        int status = Integer.parseInt(answer.substring(9, 12));
        statuses.merge(status, 1, Integer::sum);
        String head = answer.substring(0, end).toLowerCase(Locale.ROOT);
        if (status < 400 || status > 499) {
            return "status " + status + " " + answer.substring(end);
        }
        if (!head.contains("content-type: application/problem+json")) {
            return "no problem document but " + head;
        }
        try {
            JsonNode problem = JSON.readTree(answer.substring(end + 4));
            return problem.path("status").asInt() == status
                            && problem.has("type")
                            && problem.has("title")
                            && problem.has("detail")
                    ? ""
                    : "an incomplete problem: " + problem;
        } catch (IOException e) {
            return "a problem that is not JSON: " + answer.substring(end);
        }
    }

    private String send(byte[] request) throws IOException {
        URI uri = orders.uri("/");
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.setSoTimeout((int) Patience.LIMIT.toMillis());
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            try {
                socket.getOutputStream().write(request);
                socket.getOutputStream().flush();
                socket.shutdownOutput();
            } catch (SocketException e) {
                answer.reset(); // the server may have answered and closed before it read all of it
            }
            try {
                socket.getInputStream().transferTo(answer);
            } catch (SocketException e) {
                return answer.toString(UTF_8); // what came before the connection was reset is the answer
            }
            return answer.toString(UTF_8);
        }
    }
}
