package io.daybook.cosmos.testserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.azure.cosmos.CosmosAsyncClient;
import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.models.ThroughputProperties;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;

/** As a service's own tests use it. */
@EnabledIf("hasNode")
@ExtendWith(CosmosTestServerExtension.class)
class CosmosTestServerExtensionIT {

    private static CosmosTestServer server;

    static boolean hasNode() {
        return CosmosTestServer.unavailableReason().isEmpty() || "true".equals(System.getenv("CI"));
    }

    @BeforeAll
    static void keep(CosmosTestServer started) {
        server = started;
    }

    @Test
    void client_of_the_server_creates_a_database_and_meets_a_fault(CosmosTestServer given) {
        assertThat(given).isSameAs(server);
        try (CosmosAsyncClient client = given.clientBuilder().buildAsyncClient()) {
            client.createDatabase("orders").block();
            client.getDatabase("orders").createContainer("events", "/stream").block();
            given.inject(
                    CosmosFault.on("orders", "events", "create").status(403).times(1));

            assertThatExceptionOfType(RuntimeException.class)
                    .isThrownBy(() -> create(client))
                    .withMessageContaining("403");
            create(client);

            assertThat(given.requests("orders")).containsEntry("events/create", 2);
        }
    }

    private static void create(CosmosAsyncClient client) {
        client.getDatabase("orders")
                .getContainer("events")
                .createItem(Map.of("id", "1", "stream", "a"))
                .block();
    }

    @Test
    void physical_partitions_serve_requests_one_by_one_at_their_rate(CosmosTestServer given) {
        try (CosmosAsyncClient client = given.clientBuilder().buildAsyncClient()) {
            client.createDatabase("rated").block();
            client.getDatabase("rated")
                    .createContainer("events", "/stream", ThroughputProperties.createManualThroughput(40_000))
                    .block();
            CosmosAsyncContainer events = client.getDatabase("rated").getContainer("events");
            given.limitRate("rated", "events", 100, Duration.ofMillis(10));
            long start = System.nanoTime();
            Flux.range(0, 100)
                    .flatMap(i -> events.createItem(Map.of("id", "1", "stream", "stream-" + i)), 100)
                    .blockLast();
            long slots = (System.nanoTime() - start) / 10_000_000;

            Map<String, Integer> used = given.slots("rated");
            assertThat(used).hasSize(4 * 3);
            assertThat(IntStream.range(0, 4)
                            .map(i -> used.get("events/" + i + "/used"))
                            .sum())
                    .isEqualTo(100);
            for (int i = 0; i < 4; i++) {
                assertThat(used.get("events/" + i + "/last") - used.get("events/" + i + "/first"))
                        .isBetween(used.get("events/" + i + "/used") - 1, (int) slots + 1);
            }

            given.clear("rated");
            assertThat(given.slots("rated")).isEmpty();
        }
    }

    @Test
    void rates_out_of_range_are_rejected(CosmosTestServer given) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> given.limitRate("rated", "events", 0, Duration.ZERO))
                .withMessageContaining("0 requests per second");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> given.limitRate("rated", "events", 1, Duration.ofMillis(-1)))
                .withMessageContaining("PT-0.001S");
    }

    @Nested
    class NestedTests {
        @Test
        void nested_class_shares_the_server(CosmosTestServer given) {
            assertThat(given).isSameAs(server);
        }
    }

    @Test
    void request_for_an_unknown_container_is_reported(CosmosTestServer given) {
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> given.split("no", "container"))
                .withMessageContaining("/_test/split");
    }

    @Test
    void servers_are_independent_and_close_ends_the_process() {
        CosmosTestServer other = CosmosTestServer.start();
        try (other) {
            assertThat(other.endpoint()).isNotEqualTo(server.endpoint());
            assertThat(other.handle().isAlive()).isTrue();
        }
        assertThat(other.handle().isAlive()).isFalse();
        assertThat(server.handle().isAlive()).isTrue();
    }
}
