package io.daybook.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.daybook.contract.ContractEvent;
import io.daybook.contract.Patience;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.Backoff;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.SubscriptionStatus.State;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** The delivery of a page in its thread: the wait between attempts, and a close during the wait or a call. */
class DeliveryWaitTest {

    private static final StreamId STREAM = StreamId.of("Contract", "one");
    private static final List<EventEnvelope> FIRST = ContractEvent.events(STREAM, 0, 1);
    private static final List<EventEnvelope> SECOND = ContractEvent.events(STREAM, 1, 1);
    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);
    private static final Backoff AN_HOUR = new Backoff(Duration.ofHours(1), Duration.ofHours(1));

    private final List<Long> calls = new CopyOnWriteArrayList<>();

    /** What a call does, which gets the number of calls so far, this one included. */
    private interface Call {
        void run(int calls) throws Exception;
    }

    private record Running<T>(Thread thread, FutureTask<T> result) {

        static <T> Running<T> start(Callable<T> call) {
            FutureTask<T> result = new FutureTask<>(call);
            Thread thread = new Thread(result);
            thread.setDaemon(true);
            thread.start();
            return new Running<>(thread, result);
        }

        void awaitWaiting() {
            Patience.await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        }
    }

    private DeliveryLoop loop(Backoff backoff, Call call) {
        return DeliveryLoop.of("waits", FailurePolicy.retryForever().with(backoff), events -> {
            calls.add(events.get(0).metadata().sequenceNumber());
            call.run(calls.size());
        });
    }

    private static boolean deliver(DeliveryLoop loop, List<List<EventEnvelope>> appends) throws InterruptedException {
        return loop.deliver(loop.page("page", appends, List.of()), FOREVER, stream -> true);
    }

    private static void fail() {
        throw new IllegalStateException("poison");
    }

    @Test
    void delivers_again_after_the_pause() throws Exception {
        DeliveryLoop loop = loop(FailurePolicy.DEFAULT_BACKOFF, number -> {
            if (number < 3) {
                fail();
            }
        });

        assertThat(deliver(loop, List.of(FIRST))).isTrue();
        assertThat(calls).hasSize(3);
        assertThat(loop.isBusy()).isFalse();
        assertThat(loop.status(State.RUNNING, 0, true))
                .returns(State.RUNNING, SubscriptionStatus::state)
                .returns(1L, SubscriptionStatus::handled)
                .returns(2L, SubscriptionStatus::failures)
                .returns(Optional.of(FIRST.get(0).metadata().timestamp()), SubscriptionStatus::lastHandled);
    }

    @Test
    void waits_until_it_is_closed() throws Exception {
        DeliveryLoop loop = loop(AN_HOUR, number -> fail());
        Running<Boolean> delivery = Running.start(() -> deliver(loop, List.of(FIRST)));
        delivery.awaitWaiting();
        assertThat(loop.isBusy()).isTrue();

        assertThat(loop.close(FOREVER)).isTrue();
        assertThat(delivery.result().get()).isFalse();
        assertThat(calls).hasSize(1);
    }

    @Test
    void interrupt_ends_the_wait() {
        DeliveryLoop loop = loop(AN_HOUR, number -> fail());
        Running<Boolean> delivery = Running.start(() -> deliver(loop, List.of(FIRST)));
        delivery.awaitWaiting();
        delivery.thread().interrupt();

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(delivery.result()::get)
                .withCauseInstanceOf(InterruptedException.class);
        assertThat(loop.isBusy()).isFalse();
    }

    @Test
    void page_whose_failing_stream_is_no_longer_wanted_is_done() throws Exception {
        DeliveryLoop loop = loop(FailurePolicy.DEFAULT_BACKOFF, number -> fail());
        PageDelivery page = loop.page("page", List.of(FIRST), List.of());

        assertThat(loop.deliver(page, FOREVER, stream -> !stream.equals(STREAM)))
                .isTrue();
        assertThat(calls).hasSize(1);
        assertThat(loop.status(State.RUNNING, 0, true).state()).isEqualTo(State.RUNNING);
    }

    @Test
    void close_waits_for_the_handler_even_if_it_is_interrupted() throws Exception {
        CountDownLatch called = new CountDownLatch(1);
        CountDownLatch handled = new CountDownLatch(1);
        DeliveryLoop loop = loop(AN_HOUR, number -> {
            called.countDown();
            handled.await();
        });
        Running<Boolean> delivery = Running.start(() -> deliver(loop, List.of(FIRST)));
        called.await();
        assertThat(loop.close(Duration.ofMillis(5))).isFalse();
        assertThat(loop.isBusy()).isTrue();

        Running<List<Boolean>> closing = Running.start(
                () -> List.of(loop.close(FOREVER), Thread.currentThread().isInterrupted()));
        closing.awaitWaiting();
        closing.thread().interrupt();
        closing.awaitWaiting();
        handled.countDown();

        assertThat(closing.result().get()).as("closed, interrupted").containsExactly(true, true);
        assertThat(delivery.result().get()).as("its event was handled").isTrue();
    }

    @Test
    void delivers_no_further_append_once_it_is_closed() throws Exception {
        DeliveryLoop[] loop = new DeliveryLoop[1];
        loop[0] = loop(FailurePolicy.DEFAULT_BACKOFF, number -> {
            if (number == 1) {
                fail(); // so that the appends are delivered one by one
            }
            assertThat(Running.start(() -> loop[0].close(Duration.ZERO))
                            .result()
                            .get())
                    .isFalse();
        });

        assertThat(deliver(loop[0], List.of(FIRST, SECOND))).isFalse();
        assertThat(calls).containsExactly(1L, 1L);
        assertThat(loop[0].status(State.RUNNING, 1, false).state()).isEqualTo(State.STOPPED);
    }

    @Test
    void wait_tells_whether_the_subscription_is_closed() throws Exception {
        DeliveryLoop loop = loop(AN_HOUR, number -> fail());
        assertThat(loop.awaitClose(Duration.ZERO)).isFalse();
        loop.close(Duration.ZERO);

        assertThat(loop.awaitClose(FOREVER)).isTrue();
    }

    @Test
    void status_shows_a_subscription_that_ended_by_itself() {
        DeliveryLoop loop = loop(AN_HOUR, number -> fail());
        loop.died();

        assertThat(loop.status(State.RUNNING, 0, false).state()).isEqualTo(State.FAILED);
    }

    @Test
    void loop_that_cannot_park_has_no_parked_streams() {
        DeliveryLoop loop = loop(AN_HOUR, number -> fail());

        assertThat(loop.parked()).isEmpty();
        assertThat(loop.retryParked()).isZero();
    }
}
