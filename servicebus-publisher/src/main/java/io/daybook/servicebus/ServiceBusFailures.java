package io.daybook.servicebus;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.messaging.servicebus.ServiceBusException;
import com.azure.messaging.servicebus.ServiceBusFailureReason;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import reactor.core.Exceptions;

/**
 * A classifier for failures of the SDK. The outermost exception is not enough: after its retries, the SDK reports a
 * general error that is not transient, and the broker's error is one of its causes. The kinds were observed in tests
 * against a broker: see docs/service-bus.md.
 */
final class ServiceBusFailures {

    /** A kind of failure, with its remedy. */
    enum Kind {
        /** The broker temporarily rejected the messages and accepted none of them. */
        BUSY("the broker is busy", true, true),
        /** There was no response, or the connection broke. The messages may have been accepted. */
        UNREACHABLE("the broker cannot be reached, or did not respond", true, false),
        /** The credential is not accepted. */
        UNAUTHORIZED(
                "the credential does not allow access to the entity: check the credential and its role", false, true),
        /** There is no such queue or topic. */
        MISSING("the entity does not exist: create it", false, true),
        /** The entity is disabled. */
        DISABLED("the entity is disabled: enable it", false, true),
        /** The entity is full. */
        QUOTA("the entity is full: wait until consumers catch up, or increase its size", false, true),
        /** A message is too large for the entity. */
        TOO_LARGE("a message is too large", false, true),
        /** The broker rejected the messages for another reason. */
        REFUSED("the broker rejected the messages", false, true),
        /** The SDK itself failed. */
        OTHER("the SDK failed", true, false);

        private final String text;
        private final boolean transientFailure;
        private final boolean acceptedNothing;

        Kind(String text, boolean transientFailure, boolean acceptedNothing) {
            this.text = text;
            this.transientFailure = transientFailure;
            this.acceptedNothing = acceptedNothing;
        }

        /** Returns what is wrong and what to do, for error messages. */
        String text() {
            return text;
        }

        /** Returns whether a retry may succeed. */
        boolean isTransient() {
            return transientFailure;
        }

        /** Returns whether the broker is known to have accepted nothing. */
        boolean acceptedNothing() {
            return acceptedNothing;
        }
    }

    private static final Map<ServiceBusFailureReason, Kind> BY_REASON = Map.of(
            ServiceBusFailureReason.MESSAGE_SIZE_EXCEEDED, Kind.TOO_LARGE,
            ServiceBusFailureReason.MESSAGING_ENTITY_DISABLED, Kind.DISABLED,
            ServiceBusFailureReason.MESSAGING_ENTITY_NOT_FOUND, Kind.MISSING,
            ServiceBusFailureReason.QUOTA_EXCEEDED, Kind.QUOTA,
            ServiceBusFailureReason.SERVICE_BUSY, Kind.BUSY,
            ServiceBusFailureReason.UNAUTHORIZED, Kind.UNAUTHORIZED,
            ServiceBusFailureReason.SERVICE_COMMUNICATION_ERROR, Kind.UNREACHABLE,
            ServiceBusFailureReason.SERVICE_TIMEOUT, Kind.UNREACHABLE);

    private static final Set<AmqpErrorCondition> OF_CONNECTION = EnumSet.of(
            AmqpErrorCondition.CONNECTION_FORCED,
            AmqpErrorCondition.CONNECTION_FRAMING_ERROR,
            AmqpErrorCondition.CONNECTION_REDIRECT,
            AmqpErrorCondition.PROTON_IO);
    private static final int MAX_CAUSES = 20;

    private ServiceBusFailures() {}

    static Kind kind(Throwable failure) {
        Kind kind = Kind.OTHER;
        Throwable cause = Exceptions.unwrap(failure);
        for (int depth = 0; cause != null && depth < MAX_CAUSES; cause = cause.getCause(), depth++) {
            Kind deeper = own(cause);
            boolean says = deeper != Kind.OTHER && deeper != Kind.REFUSED;
            if (says || kind == Kind.OTHER) {
                kind = deeper; // the innermost known error is that of the broker
            }
        }
        return kind;
    }

    /**
     * Returns whether the broker itself responded with an error, for example because it is busy. The connection and its
     * other links then still work.
     */
    static boolean isAnswer(Throwable failure) {
        return condition(failure)
                .filter(condition -> !OF_CONNECTION.contains(condition))
                .isPresent();
    }

    /** Returns whether the broker rejected a session because another receiver holds its lock. */
    static boolean isSessionHeld(Throwable failure) {
        return condition(failure)
                .filter(condition -> condition == AmqpErrorCondition.SESSION_CANNOT_BE_LOCKED)
                .isPresent();
    }

    private static Optional<AmqpErrorCondition> condition(Throwable failure) {
        Throwable cause = Exceptions.unwrap(failure);
        for (int depth = 0; cause != null && depth < MAX_CAUSES; cause = cause.getCause(), depth++) {
            if (cause instanceof AmqpException amqp && amqp.getErrorCondition() != null) {
                return Optional.of(amqp.getErrorCondition());
            }
        }
        return Optional.empty();
    }

    private static Kind own(Throwable cause) {
        if (cause instanceof AmqpException amqp) {
            // the SDK's own failure, of a link or a connection that ended
            return amqp.getErrorCondition() == null
                    ? Kind.UNREACHABLE
                    : isForbidden(amqp) ? Kind.UNAUTHORIZED : ofCondition(amqp.getErrorCondition());
        }
        if (cause instanceof ServiceBusException serviceBus) {
            return BY_REASON.getOrDefault(serviceBus.getReason(), Kind.OTHER);
        }
        if (cause instanceof UnsupportedOperationException) {
            return Kind.REFUSED; // how the SDK reports amqp:not-allowed and amqp:not-implemented
        }
        if (cause instanceof TimeoutException
                || cause instanceof IOException
                || cause instanceof MessageReceiver.EndedException) {
            return Kind.UNREACHABLE;
        }
        return Kind.OTHER;
    }

    /**
     * A token that is rejected with 403 has the same condition as an entity that is full. Only the text distinguishes
     * the two.
     */
    private static boolean isForbidden(AmqpException amqp) {
        return amqp.getErrorCondition() == AmqpErrorCondition.RESOURCE_LIMIT_EXCEEDED
                && String.valueOf(amqp.getMessage()).contains("status-code: 403");
    }

    private static Kind ofCondition(AmqpErrorCondition condition) {
        return switch (condition) {
            case SERVER_BUSY_ERROR -> Kind.BUSY;
            case UNAUTHORIZED_ACCESS, PUBLISHER_REVOKED_ERROR -> Kind.UNAUTHORIZED;
            case NOT_FOUND -> Kind.MISSING;
            case ENTITY_DISABLED_ERROR -> Kind.DISABLED;
            case RESOURCE_LIMIT_EXCEEDED -> Kind.QUOTA;
            case LINK_PAYLOAD_SIZE_EXCEEDED -> Kind.TOO_LARGE;
            case NOT_ALLOWED, ARGUMENT_ERROR, ARGUMENT_OUT_OF_RANGE_ERROR, NOT_IMPLEMENTED, ILLEGAL_STATE ->
                Kind.REFUSED;
            default -> Kind.UNREACHABLE;
        };
    }
}
