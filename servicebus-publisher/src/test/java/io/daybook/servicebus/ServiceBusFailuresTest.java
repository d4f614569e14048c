package io.daybook.servicebus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.messaging.servicebus.ServiceBusException;
import com.azure.messaging.servicebus.ServiceBusFailureReason;
import io.daybook.servicebus.ServiceBusFailures.Kind;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Exceptions;

class ServiceBusFailuresTest {

    /** The SDK derives the reason from a cause, so that no constructor takes one. */
    private static ServiceBusException failed(ServiceBusFailureReason reason) {
        ServiceBusException failure = mock(ServiceBusException.class);
        when(failure.getReason()).thenReturn(reason);
        return failure;
    }

    private static AmqpException refused(AmqpErrorCondition condition, String text) {
        return new AmqpException(false, condition, text, null);
    }

    static Stream<Arguments> reasons() {
        return Stream.of(
                Arguments.of(ServiceBusFailureReason.MESSAGE_SIZE_EXCEEDED, Kind.TOO_LARGE),
                Arguments.of(ServiceBusFailureReason.MESSAGING_ENTITY_DISABLED, Kind.DISABLED),
                Arguments.of(ServiceBusFailureReason.MESSAGING_ENTITY_NOT_FOUND, Kind.MISSING),
                Arguments.of(ServiceBusFailureReason.QUOTA_EXCEEDED, Kind.QUOTA),
                Arguments.of(ServiceBusFailureReason.SERVICE_BUSY, Kind.BUSY),
                Arguments.of(ServiceBusFailureReason.UNAUTHORIZED, Kind.UNAUTHORIZED),
                Arguments.of(ServiceBusFailureReason.SERVICE_COMMUNICATION_ERROR, Kind.UNREACHABLE),
                Arguments.of(ServiceBusFailureReason.SERVICE_TIMEOUT, Kind.UNREACHABLE),
                Arguments.of(ServiceBusFailureReason.GENERAL_ERROR, Kind.OTHER),
                Arguments.of(ServiceBusFailureReason.MESSAGE_LOCK_LOST, Kind.OTHER));
    }

    @ParameterizedTest
    @MethodSource("reasons")
    void kind_follows_the_reason_of_the_sdk(ServiceBusFailureReason reason, Kind kind) {
        assertThat(ServiceBusFailures.kind(failed(reason))).isEqualTo(kind);
    }

    @Test
    void error_of_the_broker_counts_more_than_the_general_error_around_it() {
        ServiceBusException general = failed(ServiceBusFailureReason.GENERAL_ERROR);
        AmqpException busy = refused(AmqpErrorCondition.SERVER_BUSY_ERROR, "busy");
        when(general.getCause()).thenReturn(new IllegalStateException("retries exhausted", busy));

        assertThat(ServiceBusFailures.kind(Exceptions.propagate(general))).isEqualTo(Kind.BUSY);
        assertThat(ServiceBusFailures.isAnswer(general)).isTrue();
    }

    @Test
    void failure_in_a_cycle_of_causes_has_a_kind() {
        ServiceBusException first = failed(ServiceBusFailureReason.GENERAL_ERROR);
        ServiceBusException second = failed(ServiceBusFailureReason.SERVICE_TIMEOUT);
        when(first.getCause()).thenReturn(second);
        when(second.getCause()).thenReturn(first);

        assertThat(ServiceBusFailures.kind(first)).isEqualTo(Kind.UNREACHABLE);
        assertThat(ServiceBusFailures.isAnswer(first)).isFalse();
    }

    @Test
    void refused_token_is_not_a_full_entity() {
        AmqpErrorCondition both = AmqpErrorCondition.RESOURCE_LIMIT_EXCEEDED;

        assertThat(ServiceBusFailures.kind(refused(both, "status-code: 403, status-description: Forbidden")))
                .isEqualTo(Kind.UNAUTHORIZED);
        assertThat(ServiceBusFailures.kind(refused(both, "the entity is full"))).isEqualTo(Kind.QUOTA);
        assertThat(ServiceBusFailures.kind(refused(both, null))).isEqualTo(Kind.QUOTA);
    }

    @ParameterizedTest
    @EnumSource(AmqpErrorCondition.class)
    void kind_that_is_retried_does_not_claim_a_decision_of_the_broker(AmqpErrorCondition condition) {
        Kind kind = ServiceBusFailures.kind(refused(condition, "refused"));

        assertThat(kind).isNotEqualTo(Kind.OTHER);
        assertThat(kind.isTransient()).isEqualTo(kind == Kind.BUSY || kind == Kind.UNREACHABLE);
        assertThat(kind.acceptedNothing()).isEqualTo(kind != Kind.UNREACHABLE);
    }

    @Test
    void missing_answer_leaves_the_outcome_unknown() {
        assertThat(Stream.of(
                                new TimeoutException(),
                                new IOException("reset"),
                                new AmqpException(true, "the connection ended", null))
                        .map(ServiceBusFailures::kind))
                .containsOnly(Kind.UNREACHABLE);
        assertThat(Kind.UNREACHABLE.acceptedNothing()).isFalse();
    }
}
