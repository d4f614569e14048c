package io.daybook.sample.order.domain;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/** Values that the tests share. */
public final class Orders {

    public static final Instant NOW = Instant.parse("2026-11-23T10:15:30.123456789Z");
    public static final ShippingAddress SEATTLE = new ShippingAddress("123 Main St", "Seattle", "WA", "98101");

    private Orders() {}

    public static OrderItem item(String productId, int quantity, String unitPrice) {
        return new OrderItem(productId, quantity, new BigDecimal(unitPrice));
    }

    public static OrderCreated created(String orderId) {
        return new OrderCreated(
                orderId, "CUST-123", List.of(item("PROD-001", 2, "49.99")), new BigDecimal("99.98"), SEATTLE);
    }

    public static OrderShipped shipped(String orderId) {
        return new OrderShipped(orderId, "1Z999", "UPS", NOW);
    }

    public static OrderCancelled cancelled(String orderId) {
        return new OrderCancelled(orderId, "Ordered by mistake", NOW, new BigDecimal("99.98"));
    }
}
