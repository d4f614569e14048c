package io.daybook.cosmos;

import com.azure.cosmos.CosmosException;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/**
 * What a failure of the SDK means. The meanings were measured against a server over the SDK's gateway mode, see
 * docs/cosmos-data-model.md.
 */
final class CosmosFailures {

    /** The longest that creating or looking at a container may take. */
    static final Duration SETUP_BOUND = Duration.ofSeconds(60);

    /** What may be done about a failed request. */
    enum Meaning {
        /** The service did nothing and says that it may be asked again. */
        TRY_AGAIN,
        /** Nobody knows whether the service did it. */
        UNKNOWN,
        /** The service did nothing and would do nothing if asked again. */
        REFUSED,
        /** As {@link #REFUSED}, since the logical partition has reached its size. */
        FULL;

        boolean isFinal() {
            return this == REFUSED || this == FULL;
        }
    }

    private CosmosFailures() {}

    static Meaning meaning(Throwable failure) {
        return Exceptions.unwrap(failure) instanceof CosmosException cosmos
                ? meaning(cosmos.getStatusCode(), cosmos.getSubStatusCode())
                : Meaning.UNKNOWN; // a timeout of ours, an interruption, a connection that broke while it was read
    }

    static Meaning meaning(int status, int substatus) {
        return switch (status) {
            case 429, 449 -> Meaning.TRY_AGAIN;
            case 404 -> substatus == 1002 ? Meaning.TRY_AGAIN : Meaning.REFUSED;
            case 403 -> substatus == 1014 ? Meaning.FULL : Meaning.REFUSED;
            case 400, 401, 405, 409, 412, 413 -> Meaning.REFUSED;
            default -> Meaning.UNKNOWN;
        };
    }

    static boolean isStatus(Throwable failure, int status) {
        return Exceptions.unwrap(failure) instanceof CosmosException cosmos && cosmos.getStatusCode() == status;
    }

    static boolean isMissingItem(Throwable failure) {
        return Exceptions.unwrap(failure) instanceof CosmosException cosmos
                && cosmos.getStatusCode() == 404
                && cosmos.getSubStatusCode() == 0;
    }

    static @Nullable Duration retryAfter(Throwable failure) {
        if (Exceptions.unwrap(failure) instanceof CosmosException cosmos) {
            Duration after = cosmos.getRetryAfterDuration();
            return after == null || after.isZero() || after.isNegative() ? null : after;
        }
        return null;
    }

    /** Reports a read, or anything else that stored nothing. */
    static EventStoreUnavailableException unavailable(String what, Throwable failure) {
        return unavailable(what, Outcome.NOT_STORED, failure);
    }

    /** Tells the status and what it means; never the SDK's own message, which quotes pages of diagnostics. */
    static EventStoreUnavailableException unavailable(String what, Outcome outcome, Throwable failure) {
        Throwable cause = Exceptions.unwrap(failure);
        String advice = outcome == Outcome.UNKNOWN
                ? ": it may have taken effect, repeat the command with the same command id"
                : ": " + advice(cause);
        return new EventStoreUnavailableException(
                what + " failed with " + name(cause) + advice, outcome, retryAfter(cause), cause);
    }

    private static String name(Throwable cause) {
        if (cause instanceof CosmosException cosmos) {
            return "status " + cosmos.getStatusCode() + "/" + cosmos.getSubStatusCode() + " of Cosmos DB";
        }
        return cause instanceof TimeoutException
                ? "no answer in time"
                : cause.getClass().getSimpleName();
    }

    private static String advice(Throwable cause) {
        if (!(cause instanceof CosmosException cosmos)) {
            return "try again";
        }
        if (meaning(cosmos) == Meaning.FULL) {
            return "the logical partition has reached its 20 GB";
        }
        return switch (cosmos.getStatusCode()) {
            case 401, 403 -> "the credential is not allowed to do that";
            case 404 -> "the database or container does not exist, CosmosContainers.createIfMissing() creates it";
            case 429 -> "the container needs more throughput, or try again later";
            case 400, 405, 409, 412, 413 -> "the service refused it";
            default -> "try again";
        };
    }
}
