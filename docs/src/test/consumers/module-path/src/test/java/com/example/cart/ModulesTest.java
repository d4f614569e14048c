package com.example.cart;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.azure.cosmos.CosmosAsyncClient;
import io.daybook.aggregate.AggregateRoot;
import io.daybook.cosmos.CosmosEventStore;
import io.daybook.servicebus.ServiceBusEventPublisher;
import org.junit.jupiter.api.Test;

class ModulesTest {

    @Test
    void everything_is_on_the_module_path() {
        assertEquals("com.example.cart", Cart.class.getModule().getName());
        assertEquals("io.daybook.core", AggregateRoot.class.getModule().getName());
        assertEquals("io.daybook.cosmos", CosmosEventStore.class.getModule().getName());
        assertEquals(
                "io.daybook.servicebus", ServiceBusEventPublisher.class.getModule().getName());
        assertEquals("com.azure.cosmos", CosmosAsyncClient.class.getModule().getName());
    }
}
