package io.daybook.sample.order.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.contract.Patience;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.javalin.router.Endpoint;
import io.micrometer.observation.ObservationRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Clients of a service that has restarted send their requests as soon as it listens. */
class FirstRequestsTest {

    private static final int CLIENTS = 8;
    private static final int STARTS = 20;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void requests_that_reach_a_new_server_at_once_are_all_answered() {
        for (int start = 0; start < STARTS; start++) {
            assertThat(answers(ctx -> ctx.json(Map.of("first", true))))
                    .as("start %s", start)
                    .hasSize(CLIENTS)
                    .containsOnly("{\"first\":true}");
        }
    }

    @Test
    void slow_first_request_delays_no_other() {
        CyclicBarrier handled = new CyclicBarrier(CLIENTS);

        assertThat(answers(ctx -> {
                    handled.await(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
                    ctx.result("answered");
                }))
                .hasSize(CLIENTS)
                .containsOnly("answered");
    }

    private List<String> answers(Handler handler) {
        Endpoint endpoint = new Endpoint(HandlerType.GET, "/first", handler);
        try (HttpServer server = HttpServer.start(List.of(endpoint), "127.0.0.1", 0, ObservationRegistry.NOOP)) {
            URI address = URI.create("http://127.0.0.1:" + server.port() + "/first");
            List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, CLIENTS)
                    .mapToObj(each ->
                            client.sendAsync(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString()))
                    .toList();
            return answers.stream().map(answer -> answer.join().body()).toList();
        }
    }
}
