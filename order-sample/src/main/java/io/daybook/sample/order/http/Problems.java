package io.daybook.sample.order.http;

import io.daybook.aggregate.AggregateAlreadyExistsException;
import io.daybook.aggregate.AggregateNotFoundException;
import io.daybook.aggregate.DomainException;
import io.daybook.command.CommandNotAuthorizedException;
import io.daybook.command.CommandValidationException;
import io.daybook.command.Violation;
import io.daybook.eventstore.AppendTooLargeException;
import io.daybook.eventstore.CommandIdReusedException;
import io.daybook.eventstore.CommandTimeoutException;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.projection.ReadModelNotReadyException;
import io.daybook.projection.StreamParkedException;
import io.daybook.readmodel.ReadModelUnavailableException;
import io.javalin.http.HttpResponseException;
import io.javalin.http.MethodNotAllowedResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The mapping from failures to problems. */
final class Problems {

    private static final Logger log = LoggerFactory.getLogger(Problems.class);
    private static final Pattern HUMP = Pattern.compile("([a-z0-9])([A-Z])");
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    private static final Duration NOT_READY_RETRY_AFTER = Duration.ofSeconds(5);
    private static final Duration PARKED_RETRY_AFTER = Duration.ofSeconds(60);

    private Problems() {}

    /** Converts a failure to a problem. An unexpected failure is logged and becomes a 500 without details. */
    static ProblemException of(Throwable failure) {
        if (failure instanceof ProblemException problem) {
            return problem;
        } else if (failure instanceof CommandValidationException invalid) {
            return Problem.invalid(inSnakeCase(invalid.violations()));
        } else if (failure instanceof DomainException) {
            return Problem.of(422, "rule", "A rule forbids it", message(failure));
        } else if (failure instanceof AggregateNotFoundException notFound) {
            return unknownOrder(notFound.stream().aggregateId());
        } else if (failure instanceof StreamDeletedException deleted) {
            return Problem.of(
                    410,
                    "deleted",
                    "Deleted",
                    "The order " + deleted.stream().aggregateId() + " was deleted, and its id cannot be used again");
        } else if (failure instanceof AggregateAlreadyExistsException) {
            return Problem.of(409, "exists", "The order exists", message(failure));
        } else if (failure instanceof ConcurrencyException conflict) {
            return conflict.isPreconditionFailed() ? versionMismatch(conflict) : conflict();
        } else if (failure instanceof CommandIdReusedException) {
            return Problem.of(
                    422,
                    "idempotency-key-reused",
                    "Idempotency-Key used before",
                    "The Idempotency-Key was used before with other content: use a new key for each request");
        } else if (failure instanceof AppendTooLargeException) {
            return Problem.of(422, "too-large", "Too large to be stored", message(failure));
        } else if (failure instanceof CommandNotAuthorizedException) {
            return Problem.of(403, "forbidden", "Forbidden", "You may not do this");
        } else if (failure instanceof EventStoreUnavailableException unavailable) {
            return unavailable(unavailable);
        } else if (failure instanceof ReadModelUnavailableException unavailable) {
            return retryLater(
                    "The read model cannot be read at the moment: send the request again",
                    unavailable.retryAfter().orElse(RETRY_AFTER));
        } else if (failure instanceof ReadModelNotReadyException) {
            return retryLater("The read model is not built yet: send the request again later", NOT_READY_RETRY_AFTER);
        } else if (failure instanceof StreamParkedException parked) {
            return Problem.of(
                            503,
                            "parked",
                            "Order not up to date",
                            "Event " + parked.sequenceNumber() + " of the order "
                                    + parked.stream().aggregateId()
                                    + " could not be projected: without Consistency-Token the last good state is returned")
                    .header("Retry-After", Long.toString(PARKED_RETRY_AFTER.toSeconds()));
        } else if (failure instanceof CommandTimeoutException) {
            return retryLater("The request took too long, and nothing was stored: send it again", RETRY_AFTER);
        } else if (failure instanceof HttpResponseException http) {
            return ofJavalin(http);
        }
        log.error("request failed", failure);
        return Problem.ofStatus(500, "Internal Server Error", "Something is wrong with this program, it was logged");
    }

    static ProblemException unknownOrder(String id) {
        return Problem.notFound("There is no order with the id " + id);
    }

    private static ProblemException conflict() {
        return Problem.of(
                409, "conflict", "Conflict", "Others changed the order at the same time, again and again: try again");
    }

    private static ProblemException versionMismatch(ConcurrencyException conflict) {
        return Problem.of(
                412,
                "version",
                "Precondition failed",
                "The order is at version " + conflict.actualVersion() + ", If-Match asks for "
                        + conflict.expectedVersion() + ": look at it again");
    }

    private static ProblemException unavailable(EventStoreUnavailableException failure) {
        String detail = failure.outcome() == Outcome.UNKNOWN
                ? "The event store did not answer, the outcome is unknown: repeat the request with the same"
                        + " Idempotency-Key, it then takes effect once"
                : "The event store cannot be reached, and nothing was stored: send the request again";
        return retryLater(detail, failure.retryAfter().orElse(RETRY_AFTER));
    }

    private static ProblemException retryLater(String detail, Duration after) {
        long seconds = Math.max(1, after.plusNanos(999_999_999).toSeconds());
        return Problem.of(503, "unavailable", "Unavailable", detail).header("Retry-After", Long.toString(seconds));
    }

    private static ProblemException ofJavalin(HttpResponseException failure) {
        return switch (failure.getStatus()) {
            case 404 -> Problem.notFound("There is nothing at this path, see /docs");
            case 405 -> methodNotAllowed(failure);
            default -> Problem.ofStatus(failure.getStatus(), "Request refused", "The request could not be handled");
        };
    }

    private static ProblemException methodNotAllowed(HttpResponseException failure) {
        ProblemException problem = Problem.of(
                405, "method-not-allowed", "Method not allowed", "This path does not know that method, see Allow");
        String allowed = failure instanceof MethodNotAllowedResponse
                ? failure.getDetails().getOrDefault("availableMethods", "")
                : "";
        return allowed.isEmpty() ? problem : problem.header("Allow", allowed);
    }

    /** The paths as the sender knows them. */
    static List<Violation> inSnakeCase(List<Violation> violations) {
        return violations.stream()
                .map(violation -> new Violation(
                        HUMP.matcher(violation.path()).replaceAll("$1_$2").toLowerCase(Locale.ROOT),
                        violation.message()))
                .toList();
    }

    private static String message(Throwable failure) {
        return Objects.requireNonNullElse(failure.getMessage(), "");
    }
}
