package io.daybook.servicebus;

import static io.daybook.contract.Patience.await;
import static io.daybook.servicebus.StoredEvents.counted;
import static io.daybook.servicebus.StoredEvents.stream;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.contract.AppliedEvents;
import io.daybook.servicebus.testserver.ServiceBusFault;
import io.daybook.subscription.IdempotentEventHandler;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionStatus.State;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Delivery while the broker or the connection fails. */
class ServiceBusEventFeedFaultIT extends FeedFixture {

    @Test
    void loses_and_duplicates_nothing_when_broker_and_connections_fail() throws Exception {
        AppliedEvents applied = new AppliedEvents();
        subscribe(IdempotentEventHandler.of(applied));
        for (int round = 0; round < 6; round++) {
            for (int stream = 0; stream < 5; stream++) {
                publisher.publish(counted("s" + stream, round * 10L + 1, round * 10L + 10));
            }
            if (round == 2) {
                broker.kill();
                broker.restart();
            } else {
                broker.cutConnections();
            }
        }
        await().untilAsserted(() -> assertThat(applied.count()).isEqualTo(300));
        for (int stream = 0; stream < 5; stream++) {
            assertThat(applied.of(stream("s" + stream))).isEqualTo(upTo(60));
        }
    }

    @Test
    void status_shows_broker_that_is_down_until_it_is_back() throws Exception {
        Recorder recorder = new Recorder();
        Subscription subscription = subscribe(recorder);
        publisher.publish(counted("a", 1, 1));
        awaitEmpty();
        broker.kill();
        try {
            await().untilAsserted(
                            () -> assertThat(subscription.status().lastError()).contains("cannot be reached"));
        } finally {
            broker.restart();
        }
        await().until(() -> subscription.status().state() == State.RUNNING);
        publisher.publish(counted("a", 2, 2));
        await().untilAsserted(() -> assertThat(recorder.of("a")).containsExactly(1L, 2L));
    }

    /**
     * A request for a session from the outage, which the SDK gives up 15 seconds later, must not get one afterwards. The
     * broker of this test would lock such a session for a day.
     */
    @Test
    @Tag("faults")
    void request_that_has_timed_out_holds_no_session() throws Exception {
        Recorder recorder = new Recorder();
        subscribe(recorder);
        publisher.publish(counted("before", 1, 1));
        awaitEmpty();
        long killed = System.nanoTime();
        broker.kill();
        try {
            Thread.sleep(1_500);
        } finally {
            broker.restart();
        }
        Thread.sleep(Math.max(0, 14_500 - (System.nanoTime() - killed) / 1_000_000));

        for (int i = 0; i < 50; i++) {
            publisher.publish(counted("s" + i, 1, 1));
            Thread.sleep(100);
        }

        awaitEmpty();
    }

    private void lose(String what) {
        switch (what) {
            case "completion" ->
                broker.show(billing, ServiceBusFault.refuseSettlement("com.microsoft:session-lock-lost"));
            case "answer" -> broker.show(billing, ServiceBusFault.cutAfterSettling());
            case "link" -> broker.detachReceivers(billing, "amqp:link:detach-forced");
            case "lock" -> broker.detachReceivers(billing, "com.microsoft:session-lock-lost");
            case "connection" -> broker.closeConnections("amqp:connection:forced");
            case "socket" -> broker.cutConnections();
            default -> throw new IllegalArgumentException(what);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"completion", "answer", "link", "lock", "connection", "socket"})
    void redelivers_handled_but_uncompleted_events_in_order(String lost) {
        publisher.publish(counted("a", 1, 10));
        publisher.publish(counted("b", 1, 10));
        Recorder recorder = new Recorder();
        AtomicBoolean first = new AtomicBoolean(true);
        AppliedEvents applied = new AppliedEvents();
        IdempotentEventHandler once = IdempotentEventHandler.of(applied);
        Subscription subscription = subscribe(feed().eventsPerDelivery(4), events -> {
            once.handle(events);
            recorder.handle(events);
            if (first.compareAndSet(true, false)) {
                lose(lost);
            }
        });
        awaitEmpty();

        for (String id : List.of("a", "b")) {
            assertThat(firstOccurrences(recorder.of(id))).isEqualTo(upTo(10));
            assertThat(applied.of(stream(id))).isEqualTo(upTo(10));
        }
        assertThat(recorder.of("a").size() + recorder.of("b").size())
                .isGreaterThan(lost.equals("completion") ? 20 : 19);
        await().until(() -> subscription.status().state() == State.RUNNING);
        assertThat(broker.faultsLeft(billing)).isZero();
    }

    @Test
    void accepts_sessions_after_temporary_refusals() {
        publisher.publish(counted("a", 1, 10));
        broker.show(
                billing,
                ServiceBusFault.refuseAttach("com.microsoft:server-busy").times(3));
        broker.show(billing, ServiceBusFault.refuseAttach("amqp:internal-error").times(3));
        broker.show(billing, ServiceBusFault.refuseToken(500).times(2));
        Recorder recorder = new Recorder();
        subscribe(recorder);
        awaitEmpty();

        assertThat(recorder.of("a")).isEqualTo(upTo(10));
        assertThat(broker.faultsLeft(billing)).isZero();
    }

    @Test
    void replaces_a_connection_that_does_not_answer_about_sessions() {
        publisher.publish(counted("a", 1, 10));
        publisher.publish(counted("b", 1, 10));
        broker.show(billing, ServiceBusFault.ignoreStateReads());
        Recorder recorder = new Recorder();
        subscribe(recorder);
        awaitEmpty();

        assertThat(firstOccurrences(recorder.of("a"))).isEqualTo(upTo(10));
        assertThat(firstOccurrences(recorder.of("b"))).isEqualTo(upTo(10));
        assertThat(recorder.overlapped).isFalse();
        assertThat(broker.faultsLeft(billing)).isZero();
    }

    @Test
    void two_threads_handle_a_hundred_sessions() {
        Recorder recorder = new Recorder();
        for (int stream = 0; stream < 100; stream++) {
            publisher.publish(counted("s" + stream, 1, 3));
        }
        subscribe(feed().parallelSessions(2), recorder);
        await().until(() -> !recorder.of("s50").isEmpty());
        for (int stream = 0; stream < 5; stream++) {
            publisher.publish(counted("s" + stream, 4, 6));
        }
        awaitEmpty();

        for (int stream = 0; stream < 100; stream++) {
            assertThat(recorder.of("s" + stream)).isEqualTo(upTo(stream < 5 ? 6 : 3));
        }
        assertThat(recorder.overlapped).isFalse();
    }
}
