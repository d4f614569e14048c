package io.daybook.servicebus;

import static io.daybook.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import io.daybook.subscription.DeliveryLoop;
import io.daybook.subscription.FailurePolicy;
import io.daybook.subscription.SubscriptionStatus.State;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What the threads of a subscription do when no session is granted. */
class ReceiveLoopTest {

    /** Fails each accept with the next failure, and never grants a session. */
    private static final class Refusing implements MessageSource {
        private final List<Long> askedNanos = new CopyOnWriteArrayList<>();
        private final Queue<Throwable> failures;
        private boolean broken;

        Refusing(Throwable... failures) {
            this.failures = new ConcurrentLinkedQueue<>(List.of(failures));
        }

        @Override
        public String entity() {
            if (broken && Thread.currentThread().getName().startsWith("daybook-")) {
                throw new StackOverflowError("not even the failure can be recorded");
            }
            return "orders";
        }

        @Override
        public Mono<MessageReceiver> next() {
            askedNanos.add(System.nanoTime());
            Throwable failure = failures.poll();
            return failure == null ? Mono.never() : Mono.error(failure);
        }

        @Override
        public void close() {}
    }

    private static ServiceBusSubscription subscription(Refusing source) {
        DeliveryLoop loop = DeliveryLoop.of("billing", FailurePolicy.retryForever(), events -> {});
        return new ServiceBusSubscription(
                "billing",
                source,
                loop,
                () -> new ReceiveLoop(
                        "billing", source, StoredEvents.SERIALIZER, loop, new OpenSessions(), Integer.MAX_VALUE),
                1,
                () -> {
                    throw new IllegalStateException("no broker in this test");
                },
                Schedulers.immediate());
    }

    private static AmqpException busy() {
        return new AmqpException(true, AmqpErrorCondition.SERVER_BUSY_ERROR, "The server is busy", null);
    }

    static Stream<Throwable> busyFailures() {
        return Stream.of(
                busy(), new IllegalStateException(busy()), new AmqpException(true, "retries exhausted", busy(), null));
    }

    @ParameterizedTest
    @MethodSource("busyFailures")
    void waits_two_seconds_after_the_broker_was_busy(Throwable busy) {
        Refusing source = new Refusing(busy);
        try (ServiceBusSubscription subscription = subscription(source)) {
            await().until(() -> source.askedNanos.size() == 2);
        }
        assertThat(Duration.ofNanos(source.askedNanos.get(1) - source.askedNanos.get(0)))
                .isGreaterThanOrEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void thread_that_has_ended_shows_in_the_status() {
        Refusing source = new Refusing(new IllegalStateException("first"), new IllegalStateException("second"));
        source.broken = true;
        try (ServiceBusSubscription subscription = subscription(source)) {
            // Until the thread has ended, the status asks the broker, and there is none.
            await().dontCatchUncaughtExceptions()
                    .ignoreExceptionsMatching(e -> "no broker in this test".equals(e.getMessage()))
                    .untilAsserted(
                            () -> assertThat(subscription.status().state()).isEqualTo(State.FAILED));
            assertThat(subscription.status().isHealthy()).isFalse();
        }
    }

    @Test
    void closed_subscription_is_stopped_and_not_failed() {
        ServiceBusSubscription subscription = subscription(new Refusing());
        subscription.close();

        assertThat(subscription.status().state()).isEqualTo(State.STOPPED);
    }

    static Stream<Duration> hugeTimeouts() {
        return Stream.of(
                Duration.ofSeconds(Long.MAX_VALUE), ChronoUnit.FOREVER.getDuration(), Duration.ofDays(200_000));
    }

    @ParameterizedTest
    @MethodSource("hugeTimeouts")
    void close_accepts_any_timeout(Duration timeout) {
        ServiceBusSubscription subscription = subscription(new Refusing());

        assertThat(subscription.close(timeout)).isTrue();
    }

    @Test
    void close_with_a_negative_timeout_does_not_wait() {
        ServiceBusSubscription subscription = subscription(new Refusing());

        assertThatCode(() -> subscription.close(Duration.ofSeconds(Long.MIN_VALUE)))
                .doesNotThrowAnyException();
        assertThat(subscription.close(Duration.ofDays(1))).isTrue();
    }
}
