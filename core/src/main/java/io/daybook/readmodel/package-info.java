/**
 * Read models: queryable documents that are derived from events. A {@link io.daybook.readmodel.ReadModelStore} stores
 * the documents, {@link io.daybook.readmodel.Filter} and {@link io.daybook.readmodel.Page} list them, and a
 * {@link io.daybook.readmodel.ConsistencyToken} lets a client read its own writes. Start with
 * {@link io.daybook.readmodel.Filter}.
 *
 * <pre>{@code
 * Filter open = Filter.where("customer").is("alice").and("status").isAnyOf("CREATED", "SHIPPED").orderBy("changed").descending().limit(20);
 * }</pre>
 *
 * @serial exclude
 */
@NullMarked
package io.daybook.readmodel;

import org.jspecify.annotations.NullMarked;
