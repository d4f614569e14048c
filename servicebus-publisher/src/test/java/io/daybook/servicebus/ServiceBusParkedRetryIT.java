package io.daybook.servicebus;

import static io.daybook.servicebus.StoredEvents.counted;
import static io.daybook.servicebus.StoredEvents.stream;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.servicebus.ServiceBusMessage;
import com.azure.messaging.servicebus.ServiceBusSenderClient;
import io.daybook.event.EventEnvelope;
import io.daybook.servicebus.testserver.ServiceBusFault;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.FailurePolicy;
import io.daybook.subscription.ParkedStream;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionOptions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Retries of many parked streams, and of ones whose messages or answers are damaged. */
class ServiceBusParkedRetryIT extends FeedFixture {

    private static final FailurePolicy PARK = FailurePolicy.parkStreamAfter(2);

    private final String deadLetters = billing + "/$deadletterqueue";
    private final Recorder recorder = new Recorder();

    private Subscription parking(EventHandler handler) {
        Subscription subscription = feed().build()
                .subscribe(
                        "billing",
                        SubscriptionOptions.from(StartPosition.BEGINNING).onFailure(PARK),
                        handler);
        subscriptions.add(subscription);
        return subscription;
    }

    /** The dead letter of an event, as parking leaves it. */
    private static ServiceBusMessage letter(EventEnvelope event) {
        ServiceBusMessage message = EventMessages.message(event);
        ParkedPosition position = new ParkedPosition(1, "e1", "Failure", Instant.EPOCH, 2);
        message.getApplicationProperties().put("DeadLetterReason", DeadLetters.STREAM_PARKED);
        message.getApplicationProperties().put(DeadLetters.POSITION, position.toJson());
        return message;
    }

    private void send(List<ServiceBusMessage> letters) {
        try (ServiceBusSenderClient sender =
                BROKER.client().sender().queueName(deadLetters).buildClient()) {
            letters.forEach(sender::sendMessage);
        }
    }

    @Test
    void parking_whose_answer_was_lost_is_repeated_before_the_handler_is_called() {
        AtomicInteger calls = new AtomicInteger();
        broker.show(billing, ServiceBusFault.loseStateAnswer(500));
        publisher.publish(counted("a", 1, 1));
        Subscription subscription = parking(events -> {
            if (calls.incrementAndGet() <= 2) {
                throw new IllegalArgumentException("poison");
            }
            recorder.handle(events);
        });
        awaitEmpty();

        assertThat(broker.faultsLeft(billing)).isZero();
        assertThat(calls)
                .as("the stream may be parked, so a success would be hidden")
                .hasValue(2);
        assertThat(subscription.parked())
                .extracting(ParkedStream::sequenceNumber)
                .containsExactly(1L);
        assertThat(subscription.retryParked()).isEqualTo(1);
        publisher.publish(counted("a", 2, 3));
        awaitEmpty();
        assertThat(recorder.of("a")).isEqualTo(upTo(3));
    }

    @Test
    void retry_of_many_streams_looks_at_the_queue_a_few_times() {
        int streams = 120;
        List<ServiceBusMessage> letters = new ArrayList<>();
        for (int number = 1; number <= 2; number++) {
            for (int i = 0; i < streams; i++) {
                letters.add(letter(counted("s" + i, number, number).get(0)));
            }
        }
        send(letters);
        Subscription subscription = parking(recorder);

        assertThat(subscription.parked()).hasSize(streams);
        int before = broker.peeks(deadLetters);
        assertThat(subscription.retryParked()).isEqualTo(streams);
        assertThat(broker.peeks(deadLetters) - before)
                .as("three batches, with 240 messages at first")
                .isLessThan(30);
        for (int i = 0; i < streams; i++) {
            assertThat(recorder.of("s" + i)).isEqualTo(upTo(2));
        }
        assertThat(broker.messages(deadLetters)).isEmpty();
    }

    @Test
    void message_that_cannot_be_read_leaves_its_stream_parked_and_no_other() {
        ServiceBusMessage damaged = letter(counted("damaged", 1, 1).get(0));
        damaged.getApplicationProperties().remove("timestamp");
        send(List.of(damaged, letter(counted("whole", 1, 1).get(0))));
        Subscription subscription = parking(recorder);

        assertThat(subscription.retryParked()).isEqualTo(1);
        assertThat(recorder.of("whole")).containsExactly(1L);
        assertThat(subscription.parked()).singleElement().satisfies(parked -> {
            assertThat(parked.stream()).isEqualTo(stream("damaged"));
            assertThat(parked.error()).isEqualTo(IllegalArgumentException.class.getName());
            assertThat(parked.attempts()).isEqualTo(3);
        });
    }

    @Test
    void interrupt_ends_the_retry_and_the_flag_is_set_again() {
        send(List.of(
                letter(counted("a", 1, 1).get(0)), letter(counted("b", 1, 1).get(0))));
        Subscription subscription = parking(events -> {
            recorder.handle(events);
            Thread.currentThread().interrupt();
        });

        assertThat(subscription.retryParked()).isLessThan(2);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(recorder.of("a")).containsExactly(1L);
        assertThat(recorder.of("b")).isEmpty();
        assertThat(subscription.parked()).extracting(ParkedStream::stream).contains(stream("b"));
    }
}
