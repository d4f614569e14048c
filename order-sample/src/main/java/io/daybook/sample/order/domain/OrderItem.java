package io.daybook.sample.order.domain;

import java.math.BigDecimal;
import java.util.List;

/**
 * A quantity of one product at one price.
 *
 * @param productId the id of the product
 * @param quantity the quantity
 * @param unitPrice the price of one
 */
public record OrderItem(String productId, int quantity, BigDecimal unitPrice) {

    /**
     * {@return the price of the whole quantity}
     */
    public BigDecimal amount() {
        return unitPrice.multiply(BigDecimal.valueOf(quantity));
    }

    /**
     * Adds this item to the lines of an order. An item of the same product at the same price joins its line.
     *
     * @param lines the lines, which this method changes
     */
    public void addTo(List<OrderItem> lines) {
        int line = lineIn(lines);
        if (line < 0) {
            lines.add(this);
        } else {
            lines.set(line, new OrderItem(productId, lines.get(line).quantity() + quantity, unitPrice));
        }
    }

    /** Returns the index of the line with the same product and price; -1 if there is none. */
    int lineIn(List<OrderItem> lines) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).productId().equals(productId)
                    && lines.get(i).unitPrice().compareTo(unitPrice) == 0) {
                return i;
            }
        }
        return -1;
    }
}
