package io.daybook.servicebus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.daybook.contract.Patience;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Calls of the SDK in threads of a subscription, whose answers arrive in other threads. */
class SdkThreadTest {

    private final Scheduler scheduler = Schedulers.newBoundedElastic(1, 10, "sdk");

    @AfterEach
    void dispose() {
        scheduler.dispose();
    }

    @Test
    void answer_that_arrives_before_the_call_returns_interrupts_nothing() {
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        CountDownLatch answered = new CountDownLatch(1);
        Mono<String> question = Mono.create(sink -> {
            CompletableFuture.runAsync(() -> sink.success("answer"));
            try {
                answered.await(Patience.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
                interrupted.complete(Thread.interrupted());
            } catch (InterruptedException e) {
                interrupted.complete(true);
            }
        });

        assertThat(SdkThread.call(scheduler, question)
                        .doFinally(signal -> answered.countDown())
                        .block(Patience.LIMIT))
                .isEqualTo("answer");
        assertThat(interrupted.join()).isFalse();
    }

    @Test
    void cancel_reaches_the_question_and_interrupts_nothing() throws Exception {
        AtomicBoolean canceled = new AtomicBoolean();
        CountDownLatch asked = new CountDownLatch(1);
        CompletableFuture<String> answer = SdkThread.call(
                        scheduler,
                        Mono.<String>never()
                                .doOnCancel(() -> canceled.set(true))
                                .doOnSubscribe(subscription -> asked.countDown()))
                .toFuture();
        asked.await();
        scheduler.schedule(() -> answer.cancel(true)); // after the call has returned, as there is one thread

        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        scheduler.schedule(() -> interrupted.complete(Thread.currentThread().isInterrupted()));
        assertThat(interrupted.join()).isFalse();
        assertThat(canceled).isTrue();
    }

    @Test
    void errors_and_empty_answers_arrive() {
        assertThat(SdkThread.call(scheduler, Mono.empty()).block(Patience.LIMIT))
                .isNull();
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> SdkThread.call(scheduler, Mono.error(new IllegalArgumentException("no")))
                        .block(Patience.LIMIT));
        scheduler.dispose();
        assertThatExceptionOfType(RejectedExecutionException.class)
                .isThrownBy(() -> SdkThread.call(scheduler, Mono.just("late")).block(Patience.LIMIT));
    }
}
