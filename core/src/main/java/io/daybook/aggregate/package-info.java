/**
 * Aggregates: extend {@link io.daybook.aggregate.AggregateRoot}, describe it with an
 * {@link io.daybook.aggregate.AggregateType}, load and change it through an
 * {@link io.daybook.aggregate.AggregateRepository}. Start at {@link io.daybook.aggregate.AggregateRoot}.
 *
 * @serial exclude
 */
@NullMarked
package io.daybook.aggregate;

import org.jspecify.annotations.NullMarked;
