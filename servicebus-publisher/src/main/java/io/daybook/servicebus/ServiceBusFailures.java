package io.daybook.servicebus;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.messaging.servicebus.ServiceBusException;
import com.azure.messaging.servicebus.ServiceBusFailureReason;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import reactor.core.Exceptions;

/**
 * What a failure of the SDK means. The outermost exception does not tell: after its retries the SDK reports a general error
 * that is not transient, and hides the broker's own word below. The meanings were measured against a broker, see
 * docs/service-bus.md.
 */
final class ServiceBusFailures {

    /** What is known, and what to do. */
    enum Meaning {
        /** The broker refused for now; nothing was taken. */
        BUSY("the broker is busy", true, true),
        /** No answer, or the connection broke: it may have been taken. */
        UNREACHABLE("the broker cannot be reached, or did not answer", true, false),
        /** The credential is not accepted. */
        UNAUTHORIZED("the credential may not use the entity: check it and its role", false, true),
        /** There is no such queue or topic. */
        MISSING("the entity does not exist: create it", false, true),
        /** It is switched off. */
        DISABLED("the entity is disabled: enable it", false, true),
        /** It is full. */
        QUOTA("the entity is full: let consumers catch up, or raise its size", false, true),
        /** A message is too large for the entity. */
        TOO_LARGE("a message is too large", false, true),
        /** The broker refused for another reason. */
        REFUSED("the broker refused the messages", false, true),
        /** The SDK itself failed. */
        OTHER("the SDK failed", true, false);

        private final String text;
        private final boolean transientFailure;
        private final boolean nothingTaken;

        Meaning(String text, boolean transientFailure, boolean nothingTaken) {
            this.text = text;
            this.transientFailure = transientFailure;
            this.nothingTaken = nothingTaken;
        }

        /** What to tell the user. */
        String text() {
            return text;
        }

        /** Whether to try again makes sense. */
        boolean isTransient() {
            return transientFailure;
        }

        /** Whether it is known that the broker took nothing. */
        boolean nothingTaken() {
            return nothingTaken;
        }
    }

    private static final Map<ServiceBusFailureReason, Meaning> BY_REASON = Map.of(
            ServiceBusFailureReason.MESSAGE_SIZE_EXCEEDED, Meaning.TOO_LARGE,
            ServiceBusFailureReason.MESSAGING_ENTITY_DISABLED, Meaning.DISABLED,
            ServiceBusFailureReason.MESSAGING_ENTITY_NOT_FOUND, Meaning.MISSING,
            ServiceBusFailureReason.QUOTA_EXCEEDED, Meaning.QUOTA,
            ServiceBusFailureReason.SERVICE_BUSY, Meaning.BUSY,
            ServiceBusFailureReason.UNAUTHORIZED, Meaning.UNAUTHORIZED,
            ServiceBusFailureReason.SERVICE_COMMUNICATION_ERROR, Meaning.UNREACHABLE,
            ServiceBusFailureReason.SERVICE_TIMEOUT, Meaning.UNREACHABLE);

    private static final Set<AmqpErrorCondition> OF_CONNECTION = EnumSet.of(
            AmqpErrorCondition.CONNECTION_FORCED,
            AmqpErrorCondition.CONNECTION_FRAMING_ERROR,
            AmqpErrorCondition.CONNECTION_REDIRECT,
            AmqpErrorCondition.PROTON_IO);
    private static final int MAX_CAUSES = 20;

    private ServiceBusFailures() {}

    static Meaning meaning(Throwable failure) {
        Meaning meaning = Meaning.OTHER;
        Throwable cause = Exceptions.unwrap(failure);
        for (int depth = 0; cause != null && depth < MAX_CAUSES; cause = cause.getCause(), depth++) {
            Meaning deeper = own(cause);
            boolean says = deeper != Meaning.OTHER && deeper != Meaning.REFUSED;
            if (says || meaning == Meaning.OTHER) {
                meaning = deeper; // the deepest that says something is the broker's own word
            }
        }
        return meaning;
    }

    /**
     * Whether the broker itself answered with an error, as when it is busy. The connection works then, and so do the other links on it.
     */
    static boolean isAnswer(Throwable failure) {
        Throwable cause = Exceptions.unwrap(failure);
        for (int depth = 0; cause != null && depth < MAX_CAUSES; cause = cause.getCause(), depth++) {
            if (cause instanceof AmqpException amqp && amqp.getErrorCondition() != null) {
                return !OF_CONNECTION.contains(amqp.getErrorCondition());
            }
        }
        return false;
    }

    private static Meaning own(Throwable cause) {
        if (cause instanceof AmqpException amqp) {
            // without a condition it is the SDK's own: a link or a connection that ended
            return amqp.getErrorCondition() == null
                    ? Meaning.UNREACHABLE
                    : isForbidden(amqp) ? Meaning.UNAUTHORIZED : ofCondition(amqp.getErrorCondition());
        }
        if (cause instanceof ServiceBusException serviceBus) {
            return BY_REASON.getOrDefault(serviceBus.getReason(), Meaning.OTHER);
        }
        if (cause instanceof UnsupportedOperationException) {
            return Meaning.REFUSED; // how the SDK tells amqp:not-allowed and amqp:not-implemented
        }
        if (cause instanceof TimeoutException
                || cause instanceof IOException
                || cause instanceof MessageReceiver.EndedException) {
            return Meaning.UNREACHABLE;
        }
        return Meaning.OTHER;
    }

    /** A token refused with 403 is told under the condition of an entity that is full; only the text tells the two apart. */
    private static boolean isForbidden(AmqpException amqp) {
        return amqp.getErrorCondition() == AmqpErrorCondition.RESOURCE_LIMIT_EXCEEDED
                && String.valueOf(amqp.getMessage()).contains("status-code: 403");
    }

    private static Meaning ofCondition(AmqpErrorCondition condition) {
        return switch (condition) {
            case SERVER_BUSY_ERROR -> Meaning.BUSY;
            case UNAUTHORIZED_ACCESS, PUBLISHER_REVOKED_ERROR -> Meaning.UNAUTHORIZED;
            case NOT_FOUND -> Meaning.MISSING;
            case ENTITY_DISABLED_ERROR -> Meaning.DISABLED;
            case RESOURCE_LIMIT_EXCEEDED -> Meaning.QUOTA;
            case LINK_PAYLOAD_SIZE_EXCEEDED -> Meaning.TOO_LARGE;
            case NOT_ALLOWED, ARGUMENT_ERROR, ARGUMENT_OUT_OF_RANGE_ERROR, NOT_IMPLEMENTED, ILLEGAL_STATE ->
                Meaning.REFUSED;
            default -> Meaning.UNREACHABLE;
        };
    }
}
