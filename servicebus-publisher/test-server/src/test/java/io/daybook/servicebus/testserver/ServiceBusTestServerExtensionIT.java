package io.daybook.servicebus.testserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.azure.messaging.servicebus.ServiceBusMessage;
import com.azure.messaging.servicebus.ServiceBusSenderClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** As a service's own tests use it; the tests of the publisher check what the broker does. */
@ExtendWith(ServiceBusTestServerExtension.class)
class ServiceBusTestServerExtensionIT {

    private static ServiceBusTestServer server;

    @BeforeAll
    static void keep(ServiceBusTestServer started) {
        server = started;
        started.createTopic("order-events", "billing");
    }

    @Test
    void message_to_a_topic_is_stored_for_its_subscription(ServiceBusTestServer given) {
        assertThat(given).isSameAs(server);
        try (ServiceBusSenderClient sender =
                given.clientBuilder().sender().topicName("order-events").buildClient()) {
            sender.sendMessage(new ServiceBusMessage("body").setSubject("OrderShipped"));
        }

        assertThat(given.messages("order-events/subscriptions/billing"))
                .extracting(StoredMessage::subject, StoredMessage::text)
                .containsExactly(org.assertj.core.api.Assertions.tuple("OrderShipped", "body"));
    }

    @Nested
    class NestedTests {
        @Test
        void nested_class_shares_the_server(ServiceBusTestServer given) {
            assertThat(given).isSameAs(server);
        }
    }

    @Test
    void name_that_is_taken_is_refused() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> server.createQueue("order-events"))
                .withMessage("order-events exists already: use another name");
    }

    @Test
    void unknown_entity_is_refused() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> server.messages("absent"))
                .withMessage("no queue or subscription absent: create it first");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> server.requireSessions("absent"))
                .withMessage("no queue, topic or subscription absent: create it first");
    }

    @Test
    void stopped_server_is_restarted_before_it_is_used(@TempDir Path directory) throws Exception {
        try (ServiceBusTestServer other = ServiceBusTestServer.start(directory, 0)) {
            other.createQueue("orders");
            other.kill();
            assertThat(other.isRunning()).isFalse();
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> other.createQueue("more"))
                    .withMessage("the Service Bus test server is stopped: restart it first");
            other.restart();
            assertThat(other.messages("orders")).isEmpty();
        }
        try (Stream<Path> kept = Files.list(directory)) {
            assertThat(kept).isNotEmpty();
        }
    }
}
