package com.example.cart;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import java.math.BigDecimal;
import java.time.Instant;

public sealed interface CartEvent extends DomainEvent {
    @EventType("ItemAdded")
    record ItemAdded(String sku, int quantity, BigDecimal price) implements CartEvent {}

    @EventType("CheckedOut")
    record CheckedOut(Instant at) implements CartEvent {}
}
