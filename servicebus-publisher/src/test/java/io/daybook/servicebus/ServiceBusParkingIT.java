package io.daybook.servicebus;

import static io.daybook.contract.Patience.await;
import static io.daybook.servicebus.StoredEvents.counted;
import static io.daybook.servicebus.StoredEvents.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.tuple;

import com.azure.messaging.servicebus.ServiceBusReceiverClient;
import com.azure.messaging.servicebus.ServiceBusSessionReceiverClient;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.servicebus.testserver.ServiceBusFault;
import io.daybook.servicebus.testserver.StoredMessage;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.FailurePolicy;
import io.daybook.subscription.ParkedStream;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionOptions;
import io.daybook.subscription.SubscriptionStatus.State;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Poison events park their stream in the dead-letter queue, and later events of it wait behind them. */
class ServiceBusParkingIT extends FeedFixture {

    private static final FailurePolicy PARK = FailurePolicy.parkStreamAfter(2);

    private final String deadLetters = billing + "/$deadletterqueue";
    private final Recorder recorder = new Recorder();
    private final Set<String> poison = ConcurrentHashMap.newKeySet();
    private final List<String> attempts = new CopyOnWriteArrayList<>();

    private void handle(List<EventEnvelope> events) {
        for (EventEnvelope event : events) {
            String name =
                    event.metadata().aggregateId() + "#" + event.metadata().sequenceNumber();
            if (poison.contains(name)) {
                attempts.add(name);
                throw new IllegalArgumentException("the payload is not for logs");
            }
        }
        recorder.handle(events);
    }

    private Subscription subscribe(FailurePolicy policy) {
        return subscribe(policy, this::handle);
    }

    private Subscription subscribe(FailurePolicy policy, EventHandler handler) {
        Subscription subscription = feed().eventsPerDelivery(1)
                .build()
                .subscribe(
                        "billing",
                        SubscriptionOptions.from(StartPosition.BEGINNING).onFailure(policy),
                        handler);
        subscriptions.add(subscription);
        return subscription;
    }

    @Test
    void poison_event_parks_its_stream_only() {
        poison.add("a#2");
        List<EventEnvelope> events = counted("a", 1, 3);
        publisher.publish(events);
        for (int other = 1; other <= 20; other++) {
            publisher.publish(counted("b" + other, 1, 3));
        }
        Subscription subscription = subscribe(PARK);
        awaitEmpty();
        publisher.publish(counted("a", 4, 5));
        awaitEmpty();

        assertThat(recorder.of("a")).containsExactly(1L);
        for (int other = 1; other <= 20; other++) {
            assertThat(recorder.of("b" + other)).isEqualTo(upTo(3));
        }
        assertThat(attempts).containsExactly("a#2", "a#2");
        assertThat(subscription.parked()).singleElement().satisfies(parked -> {
            assertThat(parked.stream()).isEqualTo(stream("a"));
            assertThat(parked.sequenceNumber()).isEqualTo(2);
            assertThat(parked.lastSequenceNumber()).isEqualTo(5);
            assertThat(parked.attempts()).isEqualTo(2);
            assertThat(parked.error()).isEqualTo(IllegalArgumentException.class.getName());
            assertThat(parked.eventId()).isEqualTo(events.get(1).metadata().eventId());
        });
        assertThat(subscription.status().state()).isEqualTo(State.RUNNING);
        assertThat(broker.messages(deadLetters))
                .hasSize(4)
                .allSatisfy(message -> assertThat(message.properties().toString())
                        .contains("DeadLetterReason=StreamParked", "at number 2")
                        .doesNotContain("payload"));
    }

    @ParameterizedTest
    @EnumSource
    void instance_that_takes_over_delivers_nothing_of_a_parked_stream(TakeOver takeOver) {
        poison.add("a#1");
        publisher.publish(counted("a", 1, 2));
        Subscription first = subscribe(PARK);
        await().until(() -> !first.parked().isEmpty());
        first.close();
        poison.clear();
        publisher.publish(counted("a", 3, 4));
        publisher.publish(counted("b", 1, 2));
        Subscription second = subscribe(takeOver == TakeOver.SAME_POLICY ? PARK : FailurePolicy.retryForever());
        awaitEmpty();

        assertThat(recorder.of("a")).isEmpty();
        assertThat(recorder.of("b")).isEqualTo(upTo(2));
        assertThat(second.parked()).singleElement().satisfies(parked -> {
            assertThat(parked.sequenceNumber()).isEqualTo(1);
            assertThat(parked.lastSequenceNumber()).isEqualTo(4);
        });
    }

    /** The policy of the instance that takes over. */
    enum TakeOver {
        SAME_POLICY,
        RETRY_FOREVER
    }

    @Test
    void retry_delivers_events_in_order_and_unparks() {
        poison.addAll(Set.of("a#2", "c#1"));
        publisher.publish(counted("a", 1, 6));
        publisher.publish(counted("c", 1, 3));
        Subscription subscription = subscribe(PARK);
        awaitEmpty();
        assertThat(subscription.parked()).hasSize(2);
        poison.clear();

        assertThat(subscription.retryParked()).isEqualTo(2);

        publisher.publish(counted("a", 7, 9));
        awaitEmpty();
        assertThat(recorder.of("a")).isEqualTo(upTo(9));
        assertThat(recorder.of("c")).isEqualTo(upTo(3));
        assertThat(recorder.overlapped).isFalse();
        assertThat(subscription.parked()).isEmpty();
        assertThat(broker.messages(deadLetters)).isEmpty();
        assertThat(subscription.retryParked()).isZero();
    }

    @Test
    void retry_that_fails_keeps_the_stream_parked_where_it_failed() {
        poison.add("a#2");
        publisher.publish(counted("a", 1, 5));
        Subscription subscription = subscribe(PARK);
        awaitEmpty();

        assertThat(subscription.retryParked()).isZero();
        assertThat(subscription.parked()).singleElement().satisfies(parked -> {
            assertThat(parked.sequenceNumber()).isEqualTo(2);
            assertThat(parked.attempts()).isEqualTo(3);
        });

        poison.clear();
        poison.add("a#4");
        assertThat(subscription.retryParked()).isZero();
        assertThat(recorder.of("a")).isEqualTo(upTo(3));
        assertThat(subscription.parked())
                .extracting(ParkedStream::sequenceNumber, ParkedStream::attempts, ParkedStream::lastSequenceNumber)
                .containsExactly(tuple(4L, 1, 5L));

        poison.clear();
        assertThat(subscription.retryParked()).isEqualTo(1);
        assertThat(recorder.of("a")).isEqualTo(upTo(5));
    }

    @Test
    void retry_leaves_dead_letters_of_other_reasons_alone() {
        publisher.publish(counted("x", 1, 1));
        Subscription discarding = subscribe(feed().deadLetterAfter(1), events -> {
            throw new IllegalStateException("always");
        });
        await().until(() -> broker.messages(deadLetters).size() == 1);
        discarding.close();
        poison.add("a#1");
        publisher.publish(counted("a", 1, 2));
        Subscription subscription = subscribe(PARK);
        awaitEmpty();
        poison.clear();

        assertThat(subscription.retryParked()).isEqualTo(1);
        assertThat(recorder.of("a")).isEqualTo(upTo(2));
        // the broker gives back the other message after it has answered that it does
        await().untilAsserted(() -> assertThat(broker.messages(deadLetters))
                .extracting(StoredMessage::sessionId)
                .containsExactly("Contract-x"));
    }

    @ParameterizedTest
    @EnumSource
    void crash_between_session_state_and_dead_letter_loses_nothing(Crash crash) {
        poison.add("a#1");
        switch (crash) {
            case BEFORE_DEAD_LETTERING ->
                broker.show(billing, ServiceBusFault.refuseSettlement("com.microsoft:session-lock-lost"));
            case AFTER_DEAD_LETTERING -> broker.show(billing, ServiceBusFault.cutAfterSettling());
            case BEFORE_STATE -> broker.show(billing, ServiceBusFault.refuseState(500));
        }
        publisher.publish(counted("a", 1, 4));
        Subscription subscription = subscribe(PARK);
        awaitEmpty();
        assertThat(broker.faultsLeft(billing)).isZero();
        assertThat(recorder.of("a")).isEmpty();
        assertThat(subscription.parked())
                .extracting(ParkedStream::lastSequenceNumber)
                .containsExactly(4L);
        poison.clear();

        assertThat(subscription.retryParked()).isEqualTo(1);
        assertThat(recorder.of("a")).isEqualTo(upTo(4));
    }

    /** Where parking is cut off. */
    enum Crash {
        BEFORE_STATE,
        BEFORE_DEAD_LETTERING,
        AFTER_DEAD_LETTERING
    }

    @Test
    void retry_that_cannot_clear_the_state_leaves_the_stream_parked() {
        poison.add("a#1");
        publisher.publish(counted("a", 1, 2));
        Subscription subscription = subscribe(PARK);
        awaitEmpty();
        poison.clear();
        broker.show(billing, ServiceBusFault.refuseState(500));

        assertThatExceptionOfType(EventStoreUnavailableException.class).isThrownBy(subscription::retryParked);
        publisher.publish(counted("a", 3, 4));
        awaitEmpty();
        assertThat(recorder.of("a")).isEqualTo(upTo(2));
        assertThat(subscription.parked())
                .extracting(ParkedStream::sequenceNumber)
                .containsExactly(3L);
        assertThat(subscription.retryParked()).isEqualTo(1);
        assertThat(recorder.of("a")).isEqualTo(upTo(4));
    }

    @Test
    void redelivered_earlier_event_does_not_move_the_parked_position() {
        poison.add("a#2");
        publisher.publish(counted("a", 1, 3));
        Subscription subscription = subscribe(PARK);
        awaitEmpty();
        publisher.publish(counted("a", 1, 1));
        awaitEmpty();

        assertThat(recorder.of("a")).containsExactly(1L);
        assertThat(subscription.parked())
                .extracting(ParkedStream::sequenceNumber)
                .containsExactly(2L);
    }

    @Test
    void retry_waits_for_a_session_that_another_receiver_holds() {
        poison.add("a#1");
        publisher.publish(counted("a", 1, 2));
        Subscription subscription = subscribe(PARK);
        awaitEmpty();
        poison.clear();
        CompletableFuture<Integer> retry;
        try (ServiceBusSessionReceiverClient sessions = BROKER.client()
                        .sessionReceiver()
                        .topicName(topic)
                        .subscriptionName("billing")
                        .buildClient();
                ServiceBusReceiverClient holder = await().ignoreExceptions()
                        .until(() -> sessions.acceptSession("Contract-a"), Objects::nonNull)) {
            retry = CompletableFuture.supplyAsync(subscription::retryParked);
            assertThat(holder.getSessionId()).isEqualTo("Contract-a");
            assertThat(recorder.of("a")).isEmpty();
        }

        assertThat(retry.join()).isEqualTo(1);
        assertThat(recorder.of("a")).isEqualTo(upTo(2));
    }

    @Test
    void retry_reports_a_session_that_the_broker_refuses() {
        poison.add("a#1");
        publisher.publish(counted("a", 1, 2));
        Subscription subscription = subscribe(PARK);
        awaitEmpty();
        poison.clear();
        broker.show(
                billing,
                ServiceBusFault.refuseAttach("amqp:unauthorized-access").always());

        assertThatExceptionOfType(EventStoreUnavailableException.class)
                .isThrownBy(subscription::retryParked)
                .withMessageContaining("credential");
        broker.clearFaults();
        assertThat(recorder.of("a")).isEmpty();
        assertThat(subscription.retryParked()).isEqualTo(1);
        assertThat(recorder.of("a")).isEqualTo(upTo(2));
    }

    @ParameterizedTest
    @EnumSource
    void close_waits_for_a_retry_and_keeps_what_it_handled(Close close) throws Exception {
        int connections = broker.connections();
        AtomicBoolean failing = new AtomicBoolean(true);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        publisher.publish(counted("a", 1, 3));
        Subscription subscription = subscribe(PARK, events -> {
            if (failing.get()) {
                throw new IllegalStateException("not fixed yet");
            }
            entered.countDown();
            leave.await();
            recorder.handle(events);
        });
        awaitEmpty();
        failing.set(false);
        CompletableFuture<Integer> retry = CompletableFuture.supplyAsync(subscription::retryParked);
        entered.await();

        assertThat(subscription.close(Duration.ofMillis(200))).isFalse();
        CompletableFuture<Void> closing = CompletableFuture.runAsync(() -> close.of(subscription));
        assertThat(closing).isNotDone();
        leave.countDown();
        closing.join();

        assertThat(retry.join()).isZero();
        assertThat(recorder.of("a")).containsExactly(1L);
        assertThat(broker.messages(deadLetters))
                .extracting(message -> message.properties().get("sequenceNumber"))
                .containsExactly(2L, 3L);
        publisher.close();
        await().untilAsserted(() -> assertThat(broker.connections())
                .as("connections that are left, beside those that the test before was closing")
                .isLessThanOrEqualTo(connections));
    }

    /** How a subscription is closed. */
    enum Close {
        HOWEVER_LONG,
        WITH_TIMEOUT;

        void of(Subscription subscription) {
            if (this == HOWEVER_LONG) {
                subscription.close();
            } else {
                assertThat(subscription.close(Duration.ofSeconds(Long.MAX_VALUE)))
                        .isTrue();
            }
        }
    }

    @Test
    void handler_cannot_retry_its_own_subscription() {
        List<Throwable> thrown = new CopyOnWriteArrayList<>();
        Subscription[] own = new Subscription[1];
        own[0] = subscribe(PARK, events -> {
            await().until(() -> own[0] != null);
            try {
                own[0].retryParked();
            } catch (IllegalStateException e) {
                thrown.add(e);
            }
        });
        publisher.publish(counted("a", 1, 1));
        awaitEmpty();

        assertThat(thrown).hasSize(1);
        own[0].close();
        assertThatIllegalStateException().isThrownBy(own[0]::retryParked).withMessageContaining("closed");
    }

    @Test
    void refuses_parking_without_sessions_or_beside_dead_lettering() {
        SubscriptionOptions parking =
                SubscriptionOptions.from(StartPosition.BEGINNING).onFailure(PARK);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> feed().withoutSessions().build().subscribe("billing", parking, events -> {}))
                .withMessageContaining("without sessions");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> feed().deadLetterAfter(3).build().subscribe("billing", parking, events -> {}))
                .withMessageContaining("set only one");
    }
}
