package io.daybook.query;

import io.daybook.command.NoHandlerException;
import io.daybook.command.Violations;
import java.lang.reflect.Modifier;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bus that passes queries to their handlers on the caller's thread. Immutable and thread-safe.
 *
 * <pre>{@code
 * QueryBus queries = QueryBus.builder()
 *         .handling(OrderById.class, (query, context) -> states.get(query.orderId(), context.metadata().consistencyToken()))
 *         .authorize((query, metadata) -> metadata.roles().contains("clerk"))
 *         .build();
 * QueryMetadata clerk = QueryMetadata.builder().roles(Set.of("clerk")).build();
 * Optional<ReadDocument<OrderState>> order = queries.ask(new OrderById("42"), clerk);
 * }</pre>
 *
 * <p>A query passes through these steps, in order:
 * <ol>
 *   <li>logging;
 *   <li>the interceptors added with {@link Builder#interceptBeforeChecks}, such as metrics, which see every query and every outcome;
 *   <li>the timeout check;
 *   <li>the {@link QueryAuthorizer};
 *   <li>{@link Query#validate Query.validate};
 *   <li>the interceptors added with {@link Builder#intercept}, which see only the queries that passed these checks;
 *   <li>the handler.
 * </ol>
 */
public final class QueryBus {

    private static final Logger log = LoggerFactory.getLogger(QueryBus.class);

    private final QueryInterceptor.Next chain;
    private final Clock clock;
    private final @Nullable Duration defaultTimeout;

    private QueryBus(Builder builder) {
        clock = builder.clock;
        defaultTimeout = builder.defaultTimeout;
        List<QueryInterceptor> interceptors = new ArrayList<>(builder.interceptBeforeChecks);
        interceptors.add(timeout());
        interceptors.add(authorization(builder.authorizer == null ? (query, metadata) -> true : builder.authorizer));
        interceptors.add(validation());
        interceptors.addAll(builder.intercept);
        QueryInterceptor.Next last = handler(Map.copyOf(builder.handlers));
        for (int i = interceptors.size() - 1; i >= 0; i--) {
            last = link(interceptors.get(i), last);
        }
        chain = last;
    }

    /**
     * {@return a builder without handlers}
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Sends a query to its handler and returns the answer.
     *
     * @param <R> the type of the answer
     * @param query the query
     * @param metadata the metadata of the query
     * @return the answer
     * @throws NoHandlerException if no handler is registered for the class of the query
     * @throws QueryNotAuthorizedException if the caller is not authorized to send the query
     * @throws QueryValidationException if the query is invalid
     * @throws QueryTimeoutException if the timeout expired before the handler was called
     * @throws io.daybook.DaybookException if the handler throws it; see {@link io.daybook.projection.ReadModel} for the
     *     exceptions that reads throw
     * @throws IllegalStateException if the handler or an interceptor returns null
     */
    @SuppressWarnings(
            "unchecked") // the handler's answer type is that of its query, and interceptors pass answers through
    public <R> R ask(Query<R> query, QueryMetadata metadata) {
        QueryContext context = new QueryContext(
                query.getClass().getSimpleName(),
                metadata,
                clock.instant(),
                metadata.timeout().orElse(defaultTimeout));
        long start = System.nanoTime();
        try {
            R answer = (R) chain.proceed(query, context);
            if (log.isDebugEnabled()) {
                log.debug(
                        "query answered type={} {} micros={}",
                        context.queryType(),
                        metadata,
                        (System.nanoTime() - start) / 1_000);
            }
            return answer;
        } catch (RuntimeException e) {
            logFailure(context, e);
            throw e;
        }
    }

    private static void logFailure(QueryContext context, RuntimeException e) {
        QueryOutcome outcome = QueryOutcome.of(e);
        switch (outcome) {
            case FAILED ->
                log.error("query failed type={} {} outcome={}", context.queryType(), context.metadata(), outcome, e);
            case PARKED, UNAVAILABLE, TIMEOUT ->
                log.warn(
                        "query failed type={} {} outcome={} reason=\"{}\"",
                        context.queryType(),
                        context.metadata(),
                        outcome,
                        e.getMessage());
            default ->
                log.info(
                        "query rejected type={} {} outcome={} reason={}",
                        context.queryType(),
                        context.metadata(),
                        outcome,
                        e.getClass().getSimpleName());
        }
    }

    private static QueryInterceptor.Next link(QueryInterceptor interceptor, QueryInterceptor.Next next) {
        return (query, context) -> requireAnswer(
                interceptor.intercept(query, context, next),
                "the interceptor " + interceptor.getClass().getName(),
                "the answer of next.proceed",
                context);
    }

    private static Object requireAnswer(@Nullable Object answer, String who, String what, QueryContext context) {
        if (answer == null) {
            throw new IllegalStateException(who + " returned null for " + context.queryType() + ": return " + what);
        }
        return answer;
    }

    private static QueryInterceptor timeout() {
        return (query, context, next) -> {
            context.checkTimeout();
            return next.proceed(query, context);
        };
    }

    private static QueryInterceptor authorization(QueryAuthorizer authorizer) {
        return (query, context, next) -> {
            if (!authorizer.permits(query, context.metadata())) {
                throw new QueryNotAuthorizedException(
                        context.queryType(), context.metadata().userId().orElse(null));
            }
            return next.proceed(query, context);
        };
    }

    private static QueryInterceptor validation() {
        return (query, context, next) -> {
            Violations violations = new Violations();
            query.validate(violations);
            if (!violations.found().isEmpty()) {
                throw new QueryValidationException(context.queryType(), violations.found());
            }
            return next.proceed(query, context);
        };
    }

    private static QueryInterceptor.Next handler(Map<Class<?>, QueryInterceptor.Next> handlers) {
        return (query, context) -> {
            QueryInterceptor.Next handler = handlers.get(query.getClass());
            if (handler == null) {
                throw NoHandlerException.ofQuery(query.getClass().getName());
            }
            return requireAnswer(
                    handler.proceed(query, context),
                    "the handler",
                    "an empty Optional or an empty page if there is no result",
                    context);
        };
    }

    /** A builder of {@link QueryBus}. Not thread-safe. */
    public static final class Builder {

        private final Map<Class<?>, QueryInterceptor.Next> handlers = new HashMap<>();
        private final List<QueryInterceptor> interceptBeforeChecks = new ArrayList<>();
        private final List<QueryInterceptor> intercept = new ArrayList<>();
        private @Nullable QueryAuthorizer authorizer;
        private Clock clock = Clock.systemUTC();
        private @Nullable Duration defaultTimeout;

        private Builder() {}

        /**
         * Registers the handler for a class of queries.
         *
         * @param <R> the type of the answer
         * @param <Q> the query's class
         * @param type the query's class
         * @param handler the handler that answers these queries
         * @return this builder
         * @throws IllegalArgumentException if the class already has a handler or is abstract
         */
        public <R, Q extends Query<R>> Builder handling(Class<Q> type, QueryHandler<Q, R> handler) {
            if (Modifier.isAbstract(type.getModifiers())) {
                throw new IllegalArgumentException("the query type " + type.getName()
                        + " is abstract, so no query has that class: register each concrete subclass");
            }
            if (handlers.putIfAbsent(type, (query, context) -> handler.handle(type.cast(query), context)) != null) {
                throw new IllegalArgumentException("the query " + type.getName() + " has two handlers: register one");
            }
            return this;
        }

        /**
         * Sets the authorizer. Without one, every caller may send every query.
         *
         * @param authorizer the authorizer
         * @return this builder
         * @throws IllegalArgumentException if an authorizer is already set
         */
        public Builder authorize(QueryAuthorizer authorizer) {
            if (this.authorizer != null) {
                throw new IllegalArgumentException("the bus has two authorizers: combine them into one");
            }
            this.authorizer = authorizer;
            return this;
        }

        /**
         * Adds an interceptor before all checks. The interceptor sees every query and every outcome. The interceptor
         * that was added first is outermost.
         *
         * @param interceptor the interceptor, such as {@code QueryMetrics}
         * @return this builder
         */
        public Builder interceptBeforeChecks(QueryInterceptor interceptor) {
            interceptBeforeChecks.add(interceptor);
            return this;
        }

        /**
         * Adds an interceptor between the checks and the handler. The interceptor sees only queries that are
         * authorized, valid and within their timeout. The interceptor that was added first is outermost.
         *
         * @param interceptor the interceptor
         * @return this builder
         */
        public Builder intercept(QueryInterceptor interceptor) {
            intercept.add(interceptor);
            return this;
        }

        /**
         * Sets the timeout for queries that do not specify one, measured from when the bus receives the query. By
         * default, such queries have no timeout.
         *
         * @param timeout the timeout, more than zero
         * @return this builder
         * @throws IllegalArgumentException if the timeout is zero or negative
         */
        public Builder defaultTimeout(Duration timeout) {
            if (timeout.isZero() || timeout.isNegative()) {
                throw new IllegalArgumentException("the default timeout is " + timeout + ": use more than zero");
            }
            this.defaultTimeout = timeout;
            return this;
        }

        /**
         * Sets the clock for {@link QueryContext#now()}.
         *
         * @param clock the clock; the default is the system clock
         * @return this builder
         */
        public Builder clock(Clock clock) {
            this.clock = clock;
            return this;
        }

        /**
         * Builds the bus.
         *
         * @return the bus
         */
        public QueryBus build() {
            return new QueryBus(this);
        }
    }
}
