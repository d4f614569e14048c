package io.daybook.sample.order;

import static io.daybook.contract.Patience.await;
import static io.daybook.sample.order.RunningOrders.CREATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.daybook.contract.Patience;
import io.daybook.inmemory.InMemoryEventPublisher;
import io.daybook.sample.order.RunningOrders.Answer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ShutdownIT {

    @TempDir
    Path directory;

    @Test
    void a_request_under_way_is_finished_and_no_other_is_accepted() throws Exception {
        InMemoryEventPublisher publisher = new InMemoryEventPublisher();
        OrderComponents components = OrderComponents.inMemory(publisher);
        ScriptedEventStore store = new ScriptedEventStore(components.eventStore());
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        store.beforeAppend(() -> {
            started.countDown();
            awaitUninterrupted(goOn);
        });
        RunningOrders orders = RunningOrders.start(components.withEventStore(store));
        CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> post(orders));
        started.await();

        CompletableFuture<Void> closing = CompletableFuture.runAsync(orders::close);
        await().untilAsserted(() -> assertThatThrownBy(
                        () -> new java.net.Socket("127.0.0.1", orders.uri("/").getPort()).close())
                .isInstanceOf(IOException.class));
        assertThat(closing).isNotDone();
        goOn.countDown();

        closing.join();
        assertThat(answer.join().status()).isEqualTo(201);
    }

    @Test
    void process_stops_cleanly_on_request() throws Exception {
        Path log = directory.resolve("log");
        Process process = SampleProcess.launch(log, Map.of("PORT", "0"));
        try {
            int status = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(SampleProcess.awaitUrl(log) + "/orders"))
                                    .header("Content-Type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofString(CREATE))
                                    .build(),
                            BodyHandlers.ofString())
                    .statusCode();
            assertThat(status).isEqualTo(201);

            process.destroy();

            assertThat(process.waitFor(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(process.exitValue()).isIn(0, 143);
            assertThat(Files.readString(log))
                    .contains("event published event=OrderCreated", "order sample stopped")
                    .doesNotContain("CUST-123", "level=WARN", "level=ERROR");
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void reports_invalid_setting_in_one_line() throws Exception {
        Path log = directory.resolve("log");
        Process process = SampleProcess.launch(log, Map.of("PORT", "many"));

        assertThat(process.waitFor(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();

        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(Files.readAllLines(log))
                .singleElement()
                .asString()
                .contains("PORT is \"many\": use a number from 0 to 65535");
    }

    private static Answer post(RunningOrders orders) {
        try {
            return orders.post("/orders", CREATE);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
