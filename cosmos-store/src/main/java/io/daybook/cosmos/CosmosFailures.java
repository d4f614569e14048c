package io.daybook.cosmos;

import com.azure.cosmos.CosmosException;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.readmodel.ReadModelUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/**
 * The meaning of the SDK's exceptions: whether a request may have taken effect, whether to retry it, and what to advise. The rules follow
 * the SDK's table of status codes (StatusCodes.md). Statuses without a rule may have taken effect.
 */
final class CosmosFailures {

    /** The timeout of creating or reading a container. */
    static final Duration SETUP_TIMEOUT = Duration.ofSeconds(60);

    /** What a failed request did, and whether to retry it. */
    enum Meaning {
        /** The service did nothing, and a retry may succeed. */
        TRY_AGAIN,
        /** It is unknown whether the request took effect. */
        UNKNOWN,
        /** The service did nothing, and a retry fails as well. */
        REFUSED,
        /** As {@link #REFUSED}: the logical partition has reached its size limit. */
        FULL;

        boolean isFinal() {
            return this == REFUSED || this == FULL;
        }
    }

    private static final int ANY = -1;

    /** The meaning of one status. */
    private record Rule(int status, int substatus, Meaning meaning, String advice) {

        boolean isOf(int status, int substatus) {
            return this.status == status && (this.substatus == ANY || this.substatus == substatus);
        }
    }

    /** The first rule that fits counts. */
    private static final List<Rule> RULES = List.of(
            new Rule(400, ANY, Meaning.REFUSED, "the service rejected the request"),
            new Rule(
                    401, ANY, Meaning.REFUSED, "the key or token is not valid for this account, or the clock is wrong"),
            new Rule(
                    403,
                    3,
                    Meaning.TRY_AGAIN,
                    "the region does not accept writes now, for example during a failover: try again"),
            new Rule(403, 1008, Meaning.TRY_AGAIN, "the replica does not know the account yet: try again"),
            new Rule(403, 1014, Meaning.FULL, "the logical partition has reached its limit of 20 GB"),
            new Rule(
                    403,
                    5300,
                    Meaning.REFUSED,
                    "a token credential cannot create or alter databases and containers: create them when you deploy"),
            new Rule(
                    403,
                    5301,
                    Meaning.REFUSED,
                    "the credential lacks a role of the data plane with this permission: see docs/operations.md"),
            new Rule(
                    403,
                    ANY,
                    Meaning.REFUSED,
                    "check the firewall and network rules of the account, the roles of the credential, and, if a container was"
                            + " to be created, the limit of the account's total throughput: pass a throughput to createIfMissing, or to the builder of the read model store"),
            new Rule(404, 1002, Meaning.TRY_AGAIN, "the replica is behind what this client has seen: try again"),
            new Rule(404, 1024, Meaning.TRY_AGAIN, "the container was deleted and created again: try again"),
            new Rule(
                    404,
                    ANY,
                    Meaning.REFUSED,
                    "the database or container does not exist: create it with CosmosContainers.createIfMissing()"),
            new Rule(405, ANY, Meaning.REFUSED, "the service rejected the request"),
            new Rule(409, ANY, Meaning.REFUSED, "the service rejected the request"),
            new Rule(412, ANY, Meaning.REFUSED, "the service rejected the request"),
            new Rule(413, ANY, Meaning.REFUSED, "the service rejected the request"),
            new Rule(
                    429,
                    3201,
                    Meaning.TRY_AGAIN,
                    "the account gets too many metadata requests, and more throughput does not help: build the client"
                            + " and its stores only once per process"),
            new Rule(
                    429,
                    ANY,
                    Meaning.TRY_AGAIN,
                    "the container has no throughput left: increase it, or try again later"),
            new Rule(449, ANY, Meaning.TRY_AGAIN, "try again"));

    private CosmosFailures() {}

    static Meaning meaning(Throwable failure) {
        return Exceptions.unwrap(failure) instanceof CosmosException cosmos
                ? meaning(cosmos.getStatusCode(), cosmos.getSubStatusCode())
                : Meaning.UNKNOWN; // our own timeout, an interrupt, a connection that broke during the response
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

    /** Returns the exception for a failed read, or for another request that stored nothing. */
    static EventStoreUnavailableException unavailable(String what, Throwable failure) {
        return unavailable(what, Outcome.NOT_STORED, failure);
    }

    /**
     * Returns an exception with the status and its meaning, without the SDK's message, which contains pages of
     * diagnostics.
     */
    static EventStoreUnavailableException unavailable(String what, Outcome outcome, Throwable failure) {
        Throwable cause = Exceptions.unwrap(failure);
        String advice = outcome == Outcome.UNKNOWN
                ? ": the request may have taken effect, so retry the command with the same command id"
                : ": " + advice(cause);
        return new EventStoreUnavailableException(
                what + " failed with " + name(cause) + advice, outcome, retryAfter(cause), cause);
    }

    /** Returns the exception for a request on a read model that failed, or whose outcome is not known. */
    static ReadModelUnavailableException readModelUnavailable(String what, boolean mayBeStored, Throwable failure) {
        Throwable cause = Exceptions.unwrap(failure);
        return new ReadModelUnavailableException(
                what + " failed with " + name(cause) + ": "
                        + (mayBeStored
                                ? "the write may have taken effect, so read before the next write"
                                : advice(cause)),
                retryAfter(cause),
                cause);
    }

    private static String name(Throwable cause) {
        if (cause instanceof CosmosException cosmos) {
            return "status " + cosmos.getStatusCode() + "/" + cosmos.getSubStatusCode() + " of Cosmos DB";
        }
        return cause instanceof TimeoutException
                ? "a timeout"
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
