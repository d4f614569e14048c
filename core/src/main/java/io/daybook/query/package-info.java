/**
 * Queries and the bus that answers them. Implement {@link io.daybook.query.Query}, send it through a
 * {@link io.daybook.query.QueryBus}, and identify the user who sends it with {@link io.daybook.query.QueryMetadata}. A
 * bus adds authorization, validation, timeouts, metrics and logging to reads from a
 * {@link io.daybook.projection.ReadModel}; a service that needs none of these can call its read models directly.
 *
 * <pre>{@code
 * QueryMetadata alice = QueryMetadata.builder().userId("alice").build();
 * Optional<ReadDocument<OrderState>> order = queries.ask(new OrderById("42"), alice);
 * }</pre>
 *
 * @serial exclude
 */
@NullMarked
package io.daybook.query;

import org.jspecify.annotations.NullMarked;
