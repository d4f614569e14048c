package io.daybook.sample.order.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
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
import io.daybook.eventstore.StreamFullException;
import io.daybook.projection.ReadModelNotReadyException;
import io.daybook.projection.ReadModelState;
import io.daybook.projection.StreamParkedException;
import io.daybook.readmodel.ReadModelUnavailableException;
import io.daybook.sample.order.http.Problem.Kind;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The mapping from failures to problems. The library's messages contain no secrets, so most of them are the detail of the problem. */
final class Problems {

    /** The maximum size of a body, in bytes. */
    static final long MAX_BODY = 64 * 1024;

    private static final Logger log = LoggerFactory.getLogger(Problems.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private Problems() {}

    static void register(RoutesConfig routes) {
        on(routes, CommandNotAuthorizedException.class, Kind.FORBIDDEN);
        on(routes, AggregateNotFoundException.class, Kind.NOT_FOUND);
        on(routes, AggregateAlreadyExistsException.class, Kind.EXISTS);
        on(routes, StreamDeletedException.class, Kind.DELETED);
        on(routes, DomainException.class, Kind.RULE);
        on(routes, CommandIdReusedException.class, Kind.IDEMPOTENCY_KEY_REUSED);
        on(routes, AppendTooLargeException.class, Kind.TOO_LARGE);
        on(routes, StreamFullException.class, Kind.TOO_LARGE);
        routes.exception(ConcurrencyException.class, (failure, ctx) -> {
            Kind type = failure.isPreconditionFailed() ? Kind.VERSION : Kind.CONFLICT;
            new Problem(type, failure.getMessage()).answer(ctx);
        });
        routes.exception(
                CommandValidationException.class,
                (failure, ctx) ->
                        Problem.invalid(inSnakeCase(failure.violations())).answer(ctx));
        routes.exception(CommandTimeoutException.class, (failure, ctx) -> {
            retryLater(ctx, Kind.UNAVAILABLE, RETRY_AFTER, failure.getMessage());
        });
        routes.exception(EventStoreUnavailableException.class, (failure, ctx) -> {
            String detail = failure.outcome() == Outcome.UNKNOWN
                    ? "The event store did not respond, so the outcome is unknown: retry the request with the same"
                            + " Idempotency-Key, which then takes effect only once"
                    : "The event store cannot be reached, and nothing was stored: retry the request";
            retryLater(ctx, Kind.UNAVAILABLE, failure.retryAfter().orElse(RETRY_AFTER), detail);
        });
        routes.exception(ReadModelUnavailableException.class, (failure, ctx) -> {
            String detail = "The read model cannot be read at the moment: retry the request";
            retryLater(ctx, Kind.UNAVAILABLE, failure.retryAfter().orElse(RETRY_AFTER), detail);
        });
        routes.exception(ReadModelNotReadyException.class, (failure, ctx) -> {
            String detail = failure.state() == ReadModelState.CAUGHT_UP
                    ? "The read model is built, but not active: an operator must activate it"
                    : "The read model is not built yet: retry the request later";
            retryLater(ctx, Kind.UNAVAILABLE, Duration.ofSeconds(5), detail);
        });
        routes.exception(StreamParkedException.class, (failure, ctx) -> {
            String detail = "Event " + failure.sequenceNumber() + " of the order "
                    + failure.stream().aggregateId()
                    + " could not be projected: send no Consistency-Token to get the last good state";
            retryLater(ctx, Kind.PARKED, Duration.ofMinutes(1), detail);
        });
        routes.exception(Problem.class, Problem::answer);
        routes.exception(
                HttpResponseException.class,
                (failure, ctx) -> ofJavalin(failure, ctx).answer(ctx));
        routes.exception(Exception.class, (failure, ctx) -> {
            log.error("request failed", failure);
            new Problem(500, "Internal Server Error", "The program has an error, which was logged").answer(ctx);
        });
    }

    private static void on(RoutesConfig routes, Class<? extends Exception> failures, Kind type) {
        routes.exception(failures, (failure, ctx) -> new Problem(type, failure.getMessage()).answer(ctx));
    }

    private static void retryLater(Context ctx, Kind type, Duration retryAfter, @Nullable String detail) {
        long seconds = Math.max(1, retryAfter.plusNanos(999_999_999).toSeconds());
        ctx.header("Retry-After", Long.toString(seconds));
        new Problem(type, detail).answer(ctx);
    }

    private static Problem ofJavalin(HttpResponseException failure, Context ctx) {
        if (failure.getDetails().containsKey("availableMethods")) {
            ctx.header("Allow", failure.getDetails().get("availableMethods"));
        }
        return switch (failure.getStatus()) {
            case 404 -> new Problem(Kind.NOT_FOUND, "There is nothing at this path: see /docs");
            case 405 -> new Problem(Kind.METHOD_NOT_ALLOWED, "This path does not support the method: see Allow");
            case 413 -> new Problem(Kind.BODY_TOO_LARGE, "The body may have at most " + MAX_BODY + " bytes");
            default -> new Problem(failure.getStatus(), "Request rejected", "The request could not be handled");
        };
    }

    /** Converts the paths to those that the sender knows. */
    static List<Violation> inSnakeCase(List<Violation> violations) {
        return violations.stream()
                .map(each -> new Violation(SnakeCaseStrategy.INSTANCE.translate(each.path()), each.message()))
                .toList();
    }
}
