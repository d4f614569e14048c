package io.daybook.query;

import io.daybook.command.Violations;

/**
 * A request for data from read models. Queries are immutable values, preferably records, and have no side effects.
 *
 * <pre>{@code
 * public record OrderById(String orderId) implements Query<Optional<ReadDocument<OrderState>>> {
 *     public void validate(Violations violations) {
 *         violations.requireText(orderId, "orderId", 128);
 *     }
 * }
 * }</pre>
 *
 * @param <R> the type of the answer
 */
public interface Query<R> {

    /**
     * Checks every rule that does not depend on a read model. All violations are reported together. The default
     * implementation reports no violations.
     *
     * @param violations the collector to which violations are added
     */
    default void validate(Violations violations) {}
}
