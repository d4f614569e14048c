/**
 * Aggregates and their repositories. Extend {@link io.daybook.aggregate.AggregateRoot}, define it with an
 * {@link io.daybook.aggregate.AggregateType}, and load and update it through an {@link io.daybook.aggregate.AggregateRepository}. Start
 * with {@link io.daybook.aggregate.AggregateRoot}.
 *
 * <pre>{@code
 * AggregateRepository<Order> orders = AggregateRepository.of(Order.TYPE, eventStore);
 * orders.create("43", UpdateContext.empty(), order -> order.create("alice"));
 * UpdateResult<Void> result = orders.update("43", UpdateContext.empty(), order -> order.ship("1Z999", Instant.now()));
 * Order order = orders.load("43"); // at result.version()
 * }</pre>
 *
 * <p>Applications usually update aggregates through {@link io.daybook.command}, whose bus calls a repository for each
 * {@link io.daybook.command.Command}.
 *
 * @serial exclude
 */
@NullMarked
package io.daybook.aggregate;

import org.jspecify.annotations.NullMarked;
