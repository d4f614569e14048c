package io.daybook.sample.order.command;

import java.math.BigDecimal;

/** A service that pays refunds. Implementations are thread-safe. */
@FunctionalInterface
public interface PaymentGateway {

    /**
     * Pays a refund. A repeat with the same key pays nothing and returns the same reference.
     *
     * @param idempotencyKey identifies the payment, at most 128 characters
     * @param orderId the id of the order
     * @param amount the amount
     * @return the reference of the payment
     * @throws PaymentFailedException if the gateway did not confirm the payment: retry with the same key
     */
    String refund(String idempotencyKey, String orderId, BigDecimal amount);
}
