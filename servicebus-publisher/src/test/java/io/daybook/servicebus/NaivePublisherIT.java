package io.daybook.servicebus;

import static io.daybook.contract.Patience.await;
import static io.daybook.servicebus.StoredEvents.counted;
import static io.daybook.servicebus.StoredEvents.sized;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.azure.core.amqp.AmqpRetryOptions;
import com.azure.messaging.servicebus.ServiceBusClientBuilder.ServiceBusSenderClientBuilder;
import com.azure.messaging.servicebus.ServiceBusMessage;
import com.azure.messaging.servicebus.ServiceBusMessageBatch;
import com.azure.messaging.servicebus.ServiceBusSenderAsyncClient;
import com.azure.messaging.servicebus.ServiceBusSenderClient;
import io.daybook.contract.Patience;
import io.daybook.event.EventEnvelope;
import io.daybook.publishing.EventPublishException;
import io.daybook.publishing.EventPublishException.Delivery;
import io.daybook.servicebus.testserver.ServiceBusFault;
import io.daybook.servicebus.testserver.StoredMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The ways in which the SDK loses, doubles and reorders messages when it is used as one would think: each is shown with a
 * few lines of the plain SDK, and then that {@link ServiceBusEventPublisher} does not do it.
 */
@Tag("faults")
class NaivePublisherIT extends PublisherFixture {

    private final String naive = BROKER.newQueue();

    private ServiceBusSenderClientBuilder naiveSender(int retries) {
        return naiveSender(retries, Patience.LIMIT);
    }

    private ServiceBusSenderClientBuilder naiveSender(int retries, Duration tryTimeout) {
        return BROKER.client()
                .retryOptions(new AmqpRetryOptions().setMaxRetries(retries).setTryTimeout(tryTimeout))
                .sender()
                .queueName(naive);
    }

    private static List<ServiceBusMessage> messagesOf(List<EventEnvelope> events) {
        return events.stream().map(EventMessages::message).toList();
    }

    private static List<EventEnvelope> sizedEvents(int count, int bytes) {
        return LongStream.rangeClosed(1, count)
                .mapToObj(number -> sized("a", number, bytes))
                .toList();
    }

    private List<Long> arrived(String where) {
        return broker.messages(where).stream()
                .map(message -> (Long) message.properties().get("sequenceNumber"))
                .toList();
    }

    @Test
    void sdk_drops_message_just_below_the_limit_and_publisher_refuses_it() {
        EventEnvelope event = sized("a", 1, 260_000);
        try (ServiceBusSenderClient sender = naiveSender(0).buildClient()) {
            sender.sendMessage(EventMessages.message(event)); // returns as if all were well
        }
        assertThat(broker.messages(naive)).isEmpty();
        assertThat(broker.transfers(naive)).isEmpty();

        EventPublishException e = refused(List.of(event));

        assertThat(e.delivery(event.metadata().eventId())).isEqualTo(Delivery.IMPOSSIBLE);
    }

    @Test
    void sdk_drops_what_does_not_fit_and_publisher_uses_next_batch() {
        List<EventEnvelope> events = sizedEvents(20, 20_000);
        try (ServiceBusSenderClient sender = naiveSender(0).buildClient()) {
            ServiceBusMessageBatch batch = sender.createMessageBatch();
            messagesOf(events).forEach(batch::tryAddMessage); // says whether it did, and is not asked
            sender.sendMessages(batch);
        }
        assertThat(broker.messages(naive)).hasSizeLessThan(20);

        publisher.publish(events);

        assertThat(numbers("a")).isEqualTo(upTo(20));
    }

    @Test
    void sdk_sends_empty_batch_and_publisher_does_not() {
        try (ServiceBusSenderClient sender = naiveSender(0).buildClient()) {
            ServiceBusMessageBatch batch = sender.createMessageBatch();
            batch.tryAddMessage(EventMessages.message(sized("a", 1, 260_000)));
            sender.sendMessages(batch);
        }
        assertThat(broker.transfers(naive)).isEmpty();

        publisher.publish(List.of());

        assertThat(broker.transfers(queue)).isEmpty();
    }

    @Test
    void sdk_reorders_parallel_sends_and_publisher_does_not() {
        List<EventEnvelope> events = counted("a", 1, 500);
        try (ServiceBusSenderAsyncClient sender = naiveSender(0).buildAsyncClient()) {
            Flux.fromIterable(messagesOf(events))
                    .flatMap(sender::sendMessage)
                    .then()
                    .block(Patience.LIMIT);
        }
        assertThat(arrived(naive)).hasSize(500).isNotEqualTo(upTo(500));

        publisher.publish(events);

        assertThat(numbers("a")).isEqualTo(upTo(500));
    }

    @Test
    void sdk_retry_is_overtaken_and_publisher_waits() {
        List<EventEnvelope> events = counted("a", 1, 2);
        broker.show(naive, ServiceBusFault.reject("amqp:internal-error"));
        try (ServiceBusSenderAsyncClient sender = naiveSender(1).buildAsyncClient()) {
            Flux.fromIterable(messagesOf(events))
                    .flatMapSequential(sender::sendMessage)
                    .then()
                    .block(Patience.LIMIT);
        }
        assertThat(arrived(naive)).containsExactly(2L, 1L);

        broker.show(queue, ServiceBusFault.reject("amqp:internal-error"));
        events.forEach(event -> publisher.publish(List.of(event)));

        assertThat(numbers("a")).containsExactly(1L, 2L);
    }

    @Test
    void sdk_transmits_failed_sends_later_once_credit_arrives_and_publisher_does_not() {
        List<EventEnvelope> events = counted("a", 1, 1);
        broker.show(naive, ServiceBusFault.withholdCredit());
        try (ServiceBusSenderClient sender =
                naiveSender(0, Duration.ofSeconds(2)).buildClient()) {
            for (int attempt = 1; attempt <= 2; attempt++) {
                assertThat(catchThrowable(() -> sender.sendMessages(messagesOf(events))))
                        .isNotNull();
            }
            assertThat(arrived(naive)).isEmpty();
            broker.clearFaults(); // which gives the credit
            await().untilAsserted(() -> assertThat(arrived(naive)).containsExactly(1L, 1L));
        }

        String plain = BROKER.newQueue();
        try (ServiceBusEventPublisher ours = builder(plain).build()) {
            broker.show(plain, ServiceBusFault.withholdCredit().times(2));
            ours.publish(events);
            broker.clearFaults();
            ours.publish(counted("a", 2, 2));
        }
        assertThat(firstOccurrences(arrived(plain))).containsExactly(1L, 2L);
    }

    @Test
    void sdk_delivers_failed_message_after_its_successor_and_publisher_does_not() {
        broker.show(naive, ServiceBusFault.withholdCredit());
        try (ServiceBusSenderClient sender =
                        naiveSender(0, Duration.ofSeconds(2)).buildClient();
                ServiceBusSenderClient other = naiveSender(0).buildClient()) {
            assertThat(catchThrowable(() -> sender.sendMessages(messagesOf(counted("a", 1, 1)))))
                    .isNotNull();
            other.sendMessages(messagesOf(counted("a", 2, 2)));
            broker.clearFaults();
            await().untilAsserted(() -> assertThat(arrived(naive)).containsExactly(2L, 1L));
        }

        String plain = BROKER.newQueue();
        broker.show(plain, ServiceBusFault.withholdCredit().times(1_000));
        try (ServiceBusEventPublisher ours =
                builder(plain).timeout(Duration.ofSeconds(5)).build()) {
            assertThat(catchThrowable(() -> ours.publish(counted("a", 1, 1))))
                    .isInstanceOf(EventPublishException.class);
            broker.clearFaults();
            ours.publish(counted("a", 2, 2));
        }
        await().until(() -> !broker.hasSender(plain));
        assertThat(arrived(plain)).containsOnly(2L);
    }

    @Test
    void sdk_duplicates_messages_without_id_and_publisher_does_not() {
        broker.show(queue, ServiceBusFault.cutAfterStoring());
        ServiceBusSenderClient sender = BROKER.client()
                .retryOptions(new AmqpRetryOptions().setMaxRetries(0))
                .sender()
                .queueName(queue)
                .buildClient();
        try (sender) {
            assertThat(catchThrowable(() -> sender.sendMessage(new ServiceBusMessage("1"))))
                    .isNotNull(); // it did not arrive, one thinks
            sender.sendMessage(new ServiceBusMessage("1"));
        }
        assertThat(messages()).extracting(StoredMessage::text).containsExactly("1", "1");

        broker.show(queue, ServiceBusFault.cutAfterStoring());
        publisher.publish(counted("a", 1, 1));

        assertThat(numbers("a")).containsExactly(1L);
        assertThat(broker.transfers(queue)).hasSizeGreaterThanOrEqualTo(4);
    }

    @Test
    void sdk_resends_half_of_a_list_and_publisher_reports_which_half() {
        List<EventEnvelope> events = sizedEvents(20, 20_000);
        broker.show(naive, ServiceBusFault.reject("amqp:not-allowed").after(1));
        try (ServiceBusSenderClient sender = naiveSender(0).buildClient()) {
            Throwable thrown = catchThrowable(() -> sender.sendMessages(messagesOf(events)));
            assertThat(thrown).isNotNull();
            assertThat(arrived(naive)).hasSizeBetween(1, 19);
            sender.sendMessages(messagesOf(events));
        }
        assertThat(arrived(naive)).hasSizeGreaterThan(20);

        String plain = BROKER.newQueue();
        broker.show(plain, ServiceBusFault.reject("amqp:not-allowed").after(1));
        try (ServiceBusEventPublisher ours = builder(plain).build()) {
            List<EventEnvelope> left = new ArrayList<>(events);
            EventPublishException e = (EventPublishException) catchThrowable(() -> ours.publish(events));
            left.removeIf(event -> e.delivery(event.metadata().eventId()) == Delivery.SENT);
            assertThat(left).hasSizeBetween(1, 19);
            ours.publish(left);
        }
        assertThat(firstOccurrences(arrived(plain))).isEqualTo(upTo(20));
    }

    @Test
    void sdk_mixes_sessions_in_a_batch_and_publisher_separates_them() {
        List<EventEnvelope> events = new ArrayList<>();
        for (long number = 1; number <= 5; number++) {
            events.addAll(counted("a", number, number));
            events.addAll(counted("b", number, number));
        }
        try (ServiceBusSenderClient sender = naiveSender(0).buildClient()) {
            sender.sendMessages(messagesOf(events));
        }
        assertThat(broker.mixedTransfers(naive)).isEqualTo(1);

        publisher.publish(events);

        assertThat(broker.transfers(queue)).hasSizeGreaterThanOrEqualTo(2).containsOnly(5);
        assertThat(broker.mixedTransfers(queue)).isZero();
    }

    @Test
    void naive_loop_leaves_gap_after_failure_and_publisher_stops() {
        List<EventEnvelope> events = sizedEvents(30, 20_000);
        broker.show(naive, ServiceBusFault.reject("amqp:not-allowed").after(1));
        try (ServiceBusSenderAsyncClient sender = naiveSender(0).buildAsyncClient()) {
            Flux.fromIterable(messagesOf(events))
                    .concatMap(message -> sender.sendMessage(message).onErrorResume(e -> Mono.empty()))
                    .then()
                    .block(Patience.LIMIT);
        }
        assertThat(arrived(naive)).hasSize(29).doesNotContain(2L).contains(3L);

        broker.show(queue, ServiceBusFault.reject("amqp:not-allowed").after(1));
        refused(events);

        assertThat(numbers("a"))
                .hasSizeBetween(1, 29)
                .isEqualTo(upTo(numbers("a").size()));
    }
}
