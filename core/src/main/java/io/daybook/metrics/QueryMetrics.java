package io.daybook.metrics;

import io.daybook.query.Query;
import io.daybook.query.QueryContext;
import io.daybook.query.QueryInterceptor;
import io.daybook.query.QueryOutcome;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * An interceptor that measures queries. Its meter is the timer {@code daybook.queries} with the tags {@code query} and
 * {@code outcome} (see {@link QueryOutcome}). Thread-safe.
 *
 * <pre>{@code
 * QueryBus.Builder builder = QueryBus.builder().interceptBeforeChecks(new QueryMetrics(registry));
 * }</pre>
 */
public final class QueryMetrics implements QueryInterceptor {

    private final MeterRegistry registry;

    /**
     * Creates the interceptor.
     *
     * @param registry the registry for the meters
     */
    public QueryMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public Object intercept(Query<?> query, QueryContext context, Next next) {
        long start = System.nanoTime();
        QueryOutcome outcome = QueryOutcome.FAILED;
        try {
            Object answer = next.proceed(query, context);
            outcome = QueryOutcome.ANSWERED;
            return answer;
        } catch (RuntimeException e) {
            outcome = QueryOutcome.of(e);
            throw e;
        } finally {
            registry.timer(
                            "daybook.queries",
                            "query",
                            context.queryType(),
                            "outcome",
                            outcome.name().toLowerCase(Locale.ROOT))
                    .record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        }
    }
}
