package io.daybook.cosmos;

import com.azure.cosmos.CosmosException;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/**
 * The meaning of the failures that the SDK raises: whether a request may have taken effect, whether to send it again, and what to
 * advise. The rules follow the SDK's own table of status codes (StatusCodes.md); what is not in {@link #RULES} may have taken effect.
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

    private static final int ANY = -1;

    /** What is known of a status. */
    private record Rule(int status, int substatus, Meaning meaning, String advice) {

        boolean isOf(int status, int substatus) {
            return this.status == status && (this.substatus == ANY || this.substatus == substatus);
        }
    }

    /** The first that fits counts. */
    private static final List<Rule> RULES = List.of(
            new Rule(400, ANY, Meaning.REFUSED, "the service refused it"),
            new Rule(
                    401, ANY, Meaning.REFUSED, "the key or token is not valid for this account, or the clock is wrong"),
            new Rule(403, 3, Meaning.TRY_AGAIN, "the region does not take writes now, as during a failover: try again"),
            new Rule(403, 1008, Meaning.TRY_AGAIN, "the replica does not know the account yet: try again"),
            new Rule(403, 1014, Meaning.FULL, "the logical partition has reached its 20 GB"),
            new Rule(
                    403,
                    5300,
                    Meaning.REFUSED,
                    "a token credential cannot create or alter databases and containers: create them when you deploy"),
            new Rule(
                    403,
                    5301,
                    Meaning.REFUSED,
                    "the credential lacks a role of the data plane with this permission, see docs/operations.md"),
            new Rule(
                    403,
                    ANY,
                    Meaning.REFUSED,
                    "check the firewall and network rules of the account, the roles of the credential, and, if a container was"
                            + " to be created, the limit of the account's total throughput: pass a throughput to createIfMissing"),
            new Rule(404, 1002, Meaning.TRY_AGAIN, "the replica is behind what this client has seen: try again"),
            new Rule(404, 1024, Meaning.TRY_AGAIN, "the container was deleted and created again: try again"),
            new Rule(
                    404,
                    ANY,
                    Meaning.REFUSED,
                    "the database or container does not exist, CosmosContainers.createIfMissing() creates it"),
            new Rule(405, ANY, Meaning.REFUSED, "the service refused it"),
            new Rule(409, ANY, Meaning.REFUSED, "the service refused it"),
            new Rule(412, ANY, Meaning.REFUSED, "the service refused it"),
            new Rule(413, ANY, Meaning.REFUSED, "the service refused it"),
            new Rule(
                    429,
                    3201,
                    Meaning.TRY_AGAIN,
                    "the account gets too many requests for metadata, which throughput does not help: build one client and"
                            + " its stores once per process"),
            new Rule(429, ANY, Meaning.TRY_AGAIN, "the container needs more throughput, or try again later"),
            new Rule(449, ANY, Meaning.TRY_AGAIN, "try again"));

    private CosmosFailures() {}

    static Meaning meaning(Throwable failure) {
        return Exceptions.unwrap(failure) instanceof CosmosException cosmos
                ? meaning(cosmos.getStatusCode(), cosmos.getSubStatusCode())
                : Meaning.UNKNOWN; // a timeout of ours, an interruption, a connection that broke while it was read
    }

    static Meaning meaning(int status, int substatus) {
        return rule(status, substatus).map(Rule::meaning).orElse(Meaning.UNKNOWN);
    }

    private static Optional<Rule> rule(int status, int substatus) {
        return RULES.stream().filter(rule -> rule.isOf(status, substatus)).findFirst();
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
        return rule(cosmos.getStatusCode(), cosmos.getSubStatusCode())
                .map(Rule::advice)
                .orElse("try again");
    }
}
