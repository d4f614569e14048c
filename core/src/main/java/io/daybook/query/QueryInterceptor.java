package io.daybook.query;

/**
 * An interceptor between the caller and the handler of a query. It sees each query and its answer, and can reject the
 * query. Add it with {@link QueryBus.Builder#interceptBeforeChecks} to run before all checks, or with
 * {@link QueryBus.Builder#intercept} to run after them.
 *
 * <pre>{@code
 * QueryInterceptor slow = (query, context, next) -> {
 *     long start = System.nanoTime();
 *     try {
 *         return next.proceed(query, context);
 *     } finally {
 *         if (System.nanoTime() - start > 1_000_000_000) {
 *             System.err.println("slow: " + context.queryType() + " " + context.metadata());
 *         }
 *     }
 * };
 * }</pre>
 *
 * <p>An implementation must either call {@link Next#proceed Next.proceed} once and return its answer, or reject the
 * query by throwing an exception before the call. It must not suppress exceptions thrown by {@code proceed}. It must be
 * thread-safe, and it should be fast because the caller waits for it.
 */
@FunctionalInterface
public interface QueryInterceptor {

    /** The rest of the pipeline, up to and including the handler. */
    @FunctionalInterface
    interface Next {

        /**
         * Passes the query to the next step.
         *
         * @param query the query
         * @param context the context of the query
         * @return the answer
         */
        Object proceed(Query<?> query, QueryContext context);
    }

    /**
     * Intercepts a query. An implementation calls {@code next} to proceed, or throws an exception to reject the query.
     *
     * @param query the query
     * @param context the context of the query
     * @param next the rest of the pipeline, which must be called at most once
     * @return the answer, an instance of the class that the query declares
     */
    Object intercept(Query<?> query, QueryContext context, Next next);
}
