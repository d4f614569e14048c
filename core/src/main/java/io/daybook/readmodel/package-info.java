/**
 * Read models: documents that are made of events and can be queried. {@link io.daybook.readmodel.ReadModelStore} keeps them, {@link
 * io.daybook.readmodel.Filter} and {@link io.daybook.readmodel.Page} list them, and a {@link io.daybook.readmodel.ConsistencyToken} lets a
 * client read its own writes. Start at {@link io.daybook.readmodel.Filter}.
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
