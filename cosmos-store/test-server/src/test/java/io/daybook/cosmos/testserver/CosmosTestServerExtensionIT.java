package io.daybook.cosmos.testserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.azure.cosmos.CosmosAsyncClient;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;

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
                .createItem(java.util.Map.of("id", "1", "stream", "a"))
                .block();
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
