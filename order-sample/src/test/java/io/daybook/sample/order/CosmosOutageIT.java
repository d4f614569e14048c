package io.daybook.sample.order;

import static io.daybook.sample.order.RunningOrders.CREATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.server.TestDatabase;
import io.daybook.cosmos.testserver.CosmosFault;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.sample.order.RunningOrders.Answer;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the sample answers while its database is down, which takes until a command is given up. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class CosmosOutageIT {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    private RunningOrders start(CosmosTestServer on) {
        return RunningOrders.start(CosmosComponents.connect(CosmosOrdersIT.environment(on, DATABASE.name())));
    }

    @Test
    void health_reports_outage_and_commands_get_retry_after() throws Exception {
        try (RunningOrders orders = start(CosmosAccount.server())) {
            assertThat(orders.get("/health").status()).isEqualTo(200);

            CosmosAccount.server()
                    .inject(CosmosFault.on(DATABASE.name(), "events", "batch|query|plan|read")
                            .status(503));
            assertUnavailable(orders);

            CosmosAccount.server().clear(DATABASE.name());
            assertThat(orders.get("/health")
                            .json()
                            .at("/components/event_store")
                            .asText())
                    .isEqualTo("connected");
            assertThat(orders.post("/orders", CREATE).status()).isEqualTo(201);
        }
    }

    private void assertUnavailable(RunningOrders orders) throws IOException, InterruptedException {
        Answer health = orders.get("/health");
        assertThat(health.status()).isEqualTo(503);
        assertThat(health.json().at("/components/event_store").asText()).isEqualTo("unavailable");
        Answer refused = orders.post("/orders", CREATE);
        assertThat(refused.status()).isEqualTo(503);
        assertThat(Integer.parseInt(refused.header("Retry-After"))).isPositive();
        assertThat(refused.body()).doesNotContain("127.0.0.1", DATABASE.name());
    }

    @Test
    void a_database_that_is_gone_is_reported_too() throws Exception {
        try (CosmosTestServer own = CosmosTestServer.start(0);
                RunningOrders orders = start(own)) {
            String id = orders.post("/orders", CREATE).orderId();
            own.close();

            assertUnavailable(orders);
            assertThat(orders.get("/orders/" + id + "/events").status()).isEqualTo(503);
        }
    }
}
