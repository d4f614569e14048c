package io.daybook.servicebus;

import static io.daybook.contract.Patience.await;
import static io.daybook.servicebus.StoredEvents.counted;
import static io.daybook.servicebus.StoredEvents.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.azure.messaging.servicebus.ServiceBusMessage;
import com.azure.messaging.servicebus.ServiceBusSenderClient;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionStatus.State;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Over the real SDK and sockets, against an embedded broker. */
class ServiceBusEventFeedIT extends FeedFixture {

    @Test
    void delivers_events_of_a_stream_in_order_and_one_call_at_a_time() {
        for (int stream = 0; stream < 40; stream++) {
            publisher.publish(counted("s" + stream, 1, 25));
        }
        Recorder recorder = new Recorder();
        Subscription subscription = subscribe(recorder);
        awaitEmpty();

        for (int stream = 0; stream < 40; stream++) {
            assertThat(recorder.of("s" + stream)).isEqualTo(upTo(25));
        }
        assertThat(recorder.overlapped).isFalse();
        assertThat(subscription.status().handled()).isEqualTo(1_000);
        assertThat(subscription.status().state()).isEqualTo(State.RUNNING);
        assertThat(subscription.status().lag()).isEqualTo(-1);
    }

    @Test
    void redelivers_failed_event_before_later_ones_while_other_streams_continue() {
        AtomicBoolean fails = new AtomicBoolean(true);
        Recorder recorder = new Recorder();
        publisher.publish(counted("a", 1, 5));
        publisher.publish(counted("b", 1, 5));
        Subscription subscription = subscribe(events -> {
            boolean holdsThree = events.stream()
                    .anyMatch(event -> event.metadata().aggregateId().equals("a")
                            && event.metadata().sequenceNumber() == 3);
            if (fails.get() && holdsThree) {
                throw new IllegalStateException("no database");
            }
            recorder.handle(events);
        });

        await().untilAsserted(() -> {
            assertThat(recorder.of("a")).containsExactly(1L, 2L);
            assertThat(recorder.of("b")).isEqualTo(upTo(5));
            assertThat(subscription.status().state()).isEqualTo(State.RETRYING);
            assertThat(subscription.status().lastError()).contains("Contract-a", "no database", "attempt");
        });
        fails.set(false);
        awaitEmpty();

        assertThat(recorder.of("a")).isEqualTo(upTo(5));
        assertThat(subscription.status().state()).isEqualTo(State.RUNNING);
        assertThat(subscription.status().lastError()).isEmpty();
    }

    @Test
    void dead_letters_failing_event_only_if_configured() {
        Recorder recorder = new Recorder();
        publisher.publish(counted("a", 1, 5));
        AtomicInteger attempts = new AtomicInteger();
        subscribe(feed().deadLetterAfter(3), events -> {
            if (events.stream().anyMatch(event -> event.metadata().sequenceNumber() == 3)) {
                attempts.incrementAndGet();
                throw new IllegalStateException("the secret of the payload");
            }
            recorder.handle(events);
        });
        awaitEmpty();

        assertThat(recorder.of("a")).containsExactly(1L, 2L, 4L, 5L);
        assertThat(broker.messages(billing + "/$deadletterqueue"))
                .singleElement()
                .satisfies(message -> {
                    assertThat(message.properties())
                            .containsEntry("sequenceNumber", 3L)
                            .containsEntry("DeadLetterReason", "HandlerFailed");
                    assertThat(message.properties()
                                    .get("DeadLetterErrorDescription")
                                    .toString())
                            .contains("3 failures", "billing")
                            .doesNotContain("secret");
                });
    }

    @Test
    void unreadable_message_blocks_and_shows_until_dead_lettered() {
        ServiceBusMessage foreign =
                new ServiceBusMessage("hello").setSessionId("x").setMessageId("foreign-1");
        try (ServiceBusSenderClient sender =
                BROKER.client().sender().topicName(topic).buildClient()) {
            sender.sendMessage(foreign);
        }
        Recorder recorder = new Recorder();
        Subscription standing = subscribe(recorder);
        await().untilAsserted(() -> assertThat(standing.status().lastError())
                .contains("foreign-1", "does not contain an event")
                .doesNotContain("hello"));
        standing.close();

        subscribe(feed().deadLetterAfter(2), recorder);
        awaitEmpty();

        await().untilAsserted(() ->
                assertThat(broker.messages(billing + "/$deadletterqueue")).hasSize(1));
    }

    @Test
    void instances_share_sessions_and_take_over() {
        Recorder recorder = new Recorder();
        AtomicInteger first = new AtomicInteger();
        AtomicInteger second = new AtomicInteger();
        Subscription leaving = subscribe(feed().parallelSessions(2), events -> {
            recorder.handle(events);
            first.addAndGet(events.size());
        });
        subscribe(feed().parallelSessions(2), events -> {
            recorder.handle(events);
            second.addAndGet(events.size());
        });
        for (int round = 0; round < 4; round++) {
            for (int stream = 0; stream < 20; stream++) {
                publisher.publish(counted("s" + stream, round * 5L + 1, round * 5L + 5));
            }
            if (round == 2) {
                leaving.close();
            }
        }
        awaitEmpty();

        for (int stream = 0; stream < 20; stream++) {
            assertThat(firstOccurrences(recorder.of("s" + stream))).isEqualTo(upTo(20));
        }
        assertThat(recorder.overlapped).isFalse();
        assertThat(first.get()).isPositive();
        assertThat(second.get()).isPositive();
    }

    @Test
    void close_waits_for_the_handler_and_delivers_nothing_more() throws Exception {
        publisher.publish(counted("a", 1, 1));
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        AtomicBoolean finished = new AtomicBoolean();
        Subscription subscription = subscribe(events -> {
            entered.countDown();
            leave.await();
            finished.set(true);
        });
        entered.await();
        Thread closing = new Thread(subscription::close);
        closing.start();
        await().until(() -> closing.getState() == Thread.State.TIMED_WAITING);
        assertThat(finished).isFalse();
        leave.countDown();
        closing.join();

        assertThat(finished).isTrue();
        assertThat(subscription.status().state()).isEqualTo(State.STOPPED);
        assertThat(broker.messages(billing)).isEmpty();
        publisher.publish(counted("a", 2, 2));
        Recorder recorder = new Recorder();
        subscribe(recorder);
        await().untilAsserted(() -> assertThat(recorder.of("a")).containsExactly(2L));
    }

    @Test
    void close_does_not_wait_for_a_failing_handler() {
        publisher.publish(counted("a", 1, 3));
        Subscription failing = subscribe(events -> {
            throw new IllegalStateException("away");
        });
        await().until(() -> failing.status().lastError().matches("(?s).*attempt ([4-9]|\\d\\d).*"));
        failing.close();
        Recorder recorder = new Recorder();
        subscribe(recorder);
        awaitEmpty();

        assertThat(recorder.of("a")).isEqualTo(upTo(3));
    }

    @Test
    void handler_cannot_close_its_own_subscription() {
        publisher.publish(counted("a", 1, 1));
        List<Throwable> thrown = new CopyOnWriteArrayList<>();
        AtomicBoolean interrupted = new AtomicBoolean();
        Subscription[] own = new Subscription[1];
        CountDownLatch known = new CountDownLatch(1);
        own[0] = subscribe(events -> {
            known.await();
            try {
                own[0].close();
            } catch (IllegalStateException e) {
                thrown.add(e);
            }
            if (interrupted.compareAndSet(false, true)) {
                Thread.currentThread().interrupt();
                throw new InterruptedException("by the handler");
            }
        });
        known.countDown();
        awaitEmpty();

        assertThat(thrown).hasSize(2);
        assertThat(own[0].status().handled()).isEqualTo(1);
    }

    @Test
    void handles_queue_without_sessions_one_event_at_a_time() throws Exception {
        String queue = "queue-" + UUID.randomUUID();
        broker.createQueue(queue);
        try (ServiceBusEventPublisher toQueue =
                ServiceBusEventPublisher.toQueue(queue, BROKER::client).build()) {
            toQueue.publish(counted("a", 1, 30));
        }
        Recorder recorder = new Recorder();
        AtomicBoolean failed = new AtomicBoolean();
        Subscription subscription = ServiceBusEventFeed.fromQueue(queue, BROKER::client, StoredEvents.SERIALIZER)
                .withoutSessions()
                .build()
                .subscribe("any", StartPosition.NOW, events -> {
                    assertThat(events).hasSize(1);
                    if (events.get(0).metadata().sequenceNumber() == 7 && failed.compareAndSet(false, true)) {
                        throw new IllegalStateException("once");
                    }
                    recorder.handle(events);
                });
        subscriptions.add(subscription);

        await().untilAsserted(() -> assertThat(broker.messages(queue)).isEmpty());
        assertThat(recorder.of("a")).isEqualTo(upTo(30));
    }

    @Test
    void status_shows_missing_subscription() {
        Subscription lost = feed().build().subscribe("missing", StartPosition.NOW, events -> {});
        subscriptions.add(lost);

        await().untilAsserted(() -> {
            assertThat(lost.status().state()).isEqualTo(State.RETRYING);
            assertThat(lost.status().lastError()).contains("missing").contains("does not exist");
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {51, 64, 128})
    void refuses_subscription_name_that_service_bus_cannot_have(int length) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> feed().build().subscribe("n".repeat(length), StartPosition.NOW, events -> {}))
                .withMessageContaining("has " + length + " characters")
                .withMessageContaining("allows 50");
    }

    @Test
    void accepts_names_of_50_characters_and_longer_ones_for_queues() throws Exception {
        String longest = "n".repeat(50);
        String ofTopic = BROKER.newTopic(longest);
        String queue = "queue-" + UUID.randomUUID();
        broker.createQueue(queue);

        subscriptions.add(ServiceBusEventFeed.fromTopic(ofTopic, BROKER::client, StoredEvents.SERIALIZER)
                .build()
                .subscribe(longest, StartPosition.NOW, events -> {}));
        subscriptions.add(ServiceBusEventFeed.fromQueue(queue, BROKER::client, StoredEvents.SERIALIZER)
                .withoutSessions()
                .build()
                .subscribe("n".repeat(51), StartPosition.NOW, events -> {}));

        assertThat(subscriptions)
                .allSatisfy(subscription ->
                        assertThat(subscription.status().state()).isNotEqualTo(State.STOPPED));
    }

    @Test
    void refuses_invalid_names_and_options() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> feed().build().subscribe(" ", StartPosition.NOW, events -> {}));
        assertThatIllegalArgumentException().isThrownBy(() -> feed().parallelSessions(0));
        assertThatIllegalArgumentException().isThrownBy(() -> feed().eventsPerDelivery(1_001));
        assertThatIllegalArgumentException().isThrownBy(() -> feed().deadLetterAfter(0));
        for (Duration senseless : List.of(Duration.ZERO, Duration.ofMillis(-1), Duration.ofSeconds(Long.MAX_VALUE))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ServiceBusEventPublisher.toTopic(topic, BROKER::client)
                            .timeout(senseless));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ServiceBusEventPublisher.toTopic(topic, BROKER::client)
                            .sendTimeout(senseless));
        }
        assertThatIllegalStateException().isThrownBy(() -> {
            publisher.close();
            publisher.publish(counted("a", 1, 1));
        });
    }
}
