package io.daybook.servicebus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import io.daybook.subscription.DeliveryLoop;
import io.daybook.subscription.FailurePolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

/** How often a retry asks for the session of a parked stream. */
class SessionAcceptorTest {

    private final DeliveryLoop loop = DeliveryLoop.of("billing", FailurePolicy.retryForever(), events -> {});
    private final List<String> asked = new ArrayList<>();

    private SessionAcceptor refusing(Throwable failure, Duration pause) {
        return new SessionAcceptor(
                session -> {
                    asked.add(session);
                    return Mono.error(failure);
                },
                loop,
                pause);
    }

    private static AmqpException refusal(AmqpErrorCondition condition) {
        return new AmqpException(false, condition, "refused", null);
    }

    static Stream<Throwable> otherFailures() {
        return Stream.of(
                refusal(AmqpErrorCondition.UNAUTHORIZED_ACCESS),
                refusal(AmqpErrorCondition.NOT_FOUND),
                refusal(AmqpErrorCondition.SERVER_BUSY_ERROR),
                refusal(AmqpErrorCondition.SESSION_LOCK_LOST),
                new AmqpException(true, "the connection ended", null),
                new TimeoutException("no answer"),
                new IllegalStateException("the connection is closed"));
    }

    @ParameterizedTest
    @MethodSource("otherFailures")
    void asks_once_if_the_broker_is_unavailable_or_refuses(Throwable failure) {
        SessionAcceptor acceptor = refusing(failure, Duration.ofDays(1));

        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> acceptor.accept("Order-1"))
                .withCause(failure);
        assertThat(asked).hasSize(1);
    }

    static Stream<Throwable> heldSessions() {
        AmqpException held = refusal(AmqpErrorCondition.SESSION_CANNOT_BE_LOCKED);
        return Stream.of(held, new IllegalStateException(held), new AmqpException(false, "not accepted", held, null));
    }

    @ParameterizedTest
    @MethodSource("heldSessions")
    void pauses_for_held_sessions_are_limited_for_all_sessions_together(Throwable held) throws Exception {
        SessionAcceptor acceptor = refusing(held, Duration.ofNanos(1));

        assertThat(acceptor.accept("Order-1")).isEmpty();
        assertThat(asked).hasSize(SessionAcceptor.MAX_PAUSES + 1).containsOnly("Order-1");
        asked.clear();
        assertThat(acceptor.accept("Order-2")).isEmpty();
        assertThat(asked).containsExactly("Order-2");
    }

    @Test
    void close_ends_the_wait_for_a_held_session() throws Exception {
        SessionAcceptor acceptor = refusing(refusal(AmqpErrorCondition.SESSION_CANNOT_BE_LOCKED), Duration.ofDays(1));
        loop.close(Duration.ZERO);

        assertThat(acceptor.accept("Order-1")).isEmpty();
        assertThat(asked).hasSize(1);
    }
}
