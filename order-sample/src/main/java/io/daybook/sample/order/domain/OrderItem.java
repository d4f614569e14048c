package io.daybook.sample.order.domain;

import java.math.BigDecimal;

/**
 * A number of one product at one price.
 *
 * @param productId which product
 * @param quantity how many
 * @param unitPrice the price of one
 */
public record OrderItem(String productId, int quantity, BigDecimal unitPrice) {

    BigDecimal amount() {
        return unitPrice.multiply(BigDecimal.valueOf(quantity));
    }

    boolean isSameLineAs(OrderItem other) {
        return productId.equals(other.productId) && unitPrice.compareTo(other.unitPrice) == 0;
    }

    OrderItem plus(int more) {
        return new OrderItem(productId, quantity + more, unitPrice);
    }
}
