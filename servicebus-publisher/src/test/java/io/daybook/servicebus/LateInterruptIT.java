package io.daybook.servicebus;

import static io.daybook.contract.Patience.await;
import static io.daybook.servicebus.StoredEvents.counted;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionStatus.State;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Interrupts that reach a thread of the subscription after its handler has returned. */
class LateInterruptIT extends FeedFixture {

    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final Recorder recorder = new Recorder();

    private Subscription subscribe() {
        return subscribe(feed().parallelSessions(2).eventsPerDelivery(4), events -> {
            threads.add(Thread.currentThread());
            recorder.handle(events);
        });
    }

    @Test
    void interrupt_while_waiting_for_a_session_does_not_end_the_thread() {
        Subscription subscription = subscribe();
        for (int round = 1; round <= 20; round++) {
            long number = round;
            publisher.publish(counted("a", number, number));
            publisher.publish(counted("b", number, number));
            awaitEmpty();
            threads.forEach(Thread::interrupt);
        }
        assertThat(recorder.of("a")).isEqualTo(upTo(20));
        assertThat(recorder.of("b")).isEqualTo(upTo(20));
        assertThat(threads).hasSizeLessThanOrEqualTo(2).allMatch(Thread::isAlive);
        assertThat(subscription.status().state()).isEqualTo(State.RUNNING);
    }

    @Test
    void interrupts_while_events_are_completed_cause_no_redelivery() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        Thread interrupting = new Thread(() -> {
            while (!done.get()) {
                threads.forEach(Thread::interrupt);
                Thread.onSpinWait();
            }
        });
        Subscription subscription = subscribe();
        interrupting.start();
        try {
            for (int batch = 0; batch < 10; batch++) {
                publisher.publish(counted("a", batch * 20L + 1, batch * 20L + 20));
                publisher.publish(counted("b", batch * 20L + 1, batch * 20L + 20));
            }
            awaitEmpty();
        } finally {
            done.set(true);
            interrupting.join();
        }
        assertThat(recorder.of("a")).isEqualTo(upTo(200));
        assertThat(recorder.of("b")).isEqualTo(upTo(200));
        assertThat(threads).allMatch(Thread::isAlive);
        assertThat(subscription.status().state()).isEqualTo(State.RUNNING);
    }

    @Test
    void interrupt_during_a_pause_does_not_end_the_thread() {
        AtomicBoolean fails = new AtomicBoolean(true);
        publisher.publish(counted("a", 1, 3));
        Subscription subscription = subscribe(feed().parallelSessions(1), events -> {
            threads.add(Thread.currentThread());
            if (fails.get()) {
                throw new IllegalStateException("not yet");
            }
            recorder.handle(events);
        });
        await().until(() -> subscription.status().failures() > 6);
        threads.forEach(Thread::interrupt);
        fails.set(false);
        awaitEmpty();

        assertThat(recorder.of("a")).isEqualTo(upTo(3));
        assertThat(threads).hasSize(1).allMatch(Thread::isAlive);
    }
}
