package com.example.cart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.daybook.aggregate.UpdateResult;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandMetadata;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemorySnapshotStore;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.testkit.AggregateScenario;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class CartTest {

    @Test
    void a_command_sent_twice_takes_effect_once() {
        CommandBus bus = Cart.bus(
                new InMemoryEventStore(JacksonEventSerializer.of(Cart.TYPE.eventTypes())), new InMemorySnapshotStore());
        bus.send(new Cart.StartCart("7", "apple", new BigDecimal("1.50")), CommandMetadata.empty());
        CommandMetadata click = CommandMetadata.builder().idempotencyKey("click-1").build();
        bus.send(new Cart.CheckOut("7"), click);
        UpdateResult<?> again = bus.send(new Cart.CheckOut("7"), click);
        assertEquals(2, again.version());
        assertTrue(again.duplicate());
    }

    @Test
    void a_scenario_needs_nothing_else() {
        AggregateScenario.of(Cart.TYPE)
                .given()
                .when(cart -> cart.add("pear", BigDecimal.TEN))
                .then(new CartEvent.ItemAdded("pear", 1, BigDecimal.TEN));
    }
}
