package io.daybook.servicebus;

import static io.daybook.contract.Patience.await;
import static io.daybook.servicebus.StoredEvents.counted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.azure.messaging.servicebus.ServiceBusClientBuilder;
import io.daybook.contract.Patience;
import io.daybook.event.EventEnvelope;
import io.daybook.publishing.EventPublishException;
import io.daybook.servicebus.testserver.ServiceBusFault;
import io.daybook.servicebus.testserver.ServiceBusTestServer;
import io.daybook.servicebus.testserver.StoredMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a publisher says of its broker while there is nothing to publish. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class UnavailableReasonIT {

    private static final String DOWN = "orders: the broker cannot be reached, or did not respond";

    @TempDir
    Path directory;

    private ServiceBusTestServer broker;
    private ServiceBusEventPublisher publisher;

    @BeforeEach
    void start() throws Exception {
        broker = ServiceBusTestServer.start(directory, 0);
        broker.createQueue("orders");
        publisher = to("orders");
    }

    @AfterEach
    void close() throws Exception {
        publisher.close();
        broker.close();
    }

    private ServiceBusEventPublisher to(String queue) {
        return ServiceBusEventPublisher.toQueue(
                        queue, () -> new ServiceBusClientBuilder().connectionString(broker.connectionString()))
                .build();
    }

    private void awaitUnavailableReason(String unavailableReason) {
        await().untilAsserted(() -> assertThat(publisher.unavailableReason()).isEqualTo(unavailableReason));
    }

    @Test
    void unavailable_reason_reports_each_outage_and_recovery() throws Exception {
        assertThat(publisher.unavailableReason()).isEmpty();

        for (int i = 0; i < 3; i++) {
            broker.kill();
            awaitUnavailableReason(DOWN);
            broker.restart();
            awaitUnavailableReason("");
        }
        assertThat(broker.messages("orders")).isEmpty();
    }

    @Test
    void unavailable_reason_reports_broker_that_is_down_from_the_start() throws Exception {
        broker.kill();

        assertThat(publisher.unavailableReason()).isEqualTo(DOWN);
        broker.restart();
        awaitUnavailableReason("");
    }

    @Test
    void recovers_from_a_link_that_was_never_answered() {
        broker.show("orders", ServiceBusFault.ignoreAttach());

        assertThat(publisher.unavailableReason()).isEqualTo(DOWN);
        awaitUnavailableReason("");
    }

    @Test
    void unavailable_reason_names_missing_entity_and_remedy() {
        try (ServiceBusEventPublisher lost = to("nowhere")) {
            assertThat(lost.unavailableReason()).isEqualTo("nowhere: the entity does not exist: create it");
        }
    }

    @Test
    void fails_within_the_bound_for_many_streams_while_the_broker_is_down() throws Exception {
        List<EventEnvelope> events = IntStream.range(0, 100)
                .mapToObj(stream -> counted("s" + stream, 1, 1).get(0))
                .toList();
        broker.kill();
        try (ServiceBusEventPublisher impatient = ServiceBusEventPublisher.toQueue(
                        "orders", () -> new ServiceBusClientBuilder().connectionString(broker.connectionString()))
                .sendTimeout(Duration.ofSeconds(1))
                .timeout(Duration.ofSeconds(4))
                .build()) {
            long startNanos = System.nanoTime();
            assertThatExceptionOfType(EventPublishException.class).isThrownBy(() -> impatient.publish(events));
            assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isLessThan(Patience.LIMIT);
            broker.restart();
        }
        publisher.publish(events);
        assertThat(broker.messages("orders"))
                .extracting(StoredMessage::sessionId)
                .containsAll(events.stream()
                        .map(event -> "Contract-" + event.metadata().aggregateId())
                        .toList());
    }

    @Test
    void unavailable_reason_does_not_disturb_a_publish() {
        assertThat(publisher.unavailableReason()).isEmpty();
        publisher.publish(counted("1", 1, 3));
        assertThat(publisher.unavailableReason()).isEmpty();

        assertThat(broker.messages("orders")).hasSize(3);
        publisher.close();
        assertThat(publisher.unavailableReason()).isEqualTo("orders: the connection is closed");
    }
}
