package io.daybook.servicebus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.daybook.event.EventEnvelope;
import io.daybook.publishing.EventPublishException;
import io.daybook.servicebus.broker.TestBroker;
import io.daybook.servicebus.testserver.ServiceBusTestServer;
import io.daybook.servicebus.testserver.StoredMessage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A publisher to a new queue with duplicate detection, over the real SDK and sockets to an embedded broker. */
abstract class PublisherFixture {

    @RegisterExtension
    static final TestBroker BROKER = TestBroker.create();

    final ServiceBusTestServer broker = BROKER.broker();
    final String queue = BROKER.newQueueWithoutDuplicates();
    ServiceBusEventPublisher publisher = builder().build();

    @AfterEach
    void close() {
        publisher.close();
    }

    final ServiceBusEventPublisher.Builder builder() {
        return builder(queue);
    }

    static ServiceBusEventPublisher.Builder builder(String queue) {
        return ServiceBusEventPublisher.toQueue(queue, BROKER::client)
                .sendTimeout(Duration.ofSeconds(1))
                .timeout(Duration.ofSeconds(20));
    }

    final List<StoredMessage> messages() {
        return broker.messages(queue);
    }

    final List<Long> numbers(String id) {
        return messages().stream()
                .filter(message -> ("Contract-" + id).equals(message.sessionId()))
                .map(message -> (Long) message.properties().get("sequenceNumber"))
                .toList();
    }

    static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    static List<Long> firstOccurrences(List<Long> numbers) {
        return List.copyOf(new LinkedHashSet<>(numbers));
    }

    final EventPublishException refused(List<EventEnvelope> events) {
        EventPublishException failure =
                catchThrowableOfType(EventPublishException.class, () -> publisher.publish(events));
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        assertThat(text.toString()).doesNotContain(ServiceBusTestServer.KEY, "canary");
        return failure;
    }
}
