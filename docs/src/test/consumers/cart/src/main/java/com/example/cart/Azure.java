package com.example.cart;

import com.azure.cosmos.CosmosAsyncClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.messaging.servicebus.ServiceBusClientBuilder;
import io.daybook.cosmos.CosmosContainers;
import io.daybook.cosmos.CosmosEventStore;
import io.daybook.eventstore.EventStore;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.servicebus.ServiceBusEventPublisher;

/** The adapters. */
final class Azure {

    private Azure() {}

    static CosmosAsyncClient client(String endpoint, String key) {
        return new CosmosClientBuilder()
                .endpoint(endpoint)
                .key(key)
                .gatewayMode()
                .endpointDiscoveryEnabled(false)
                .contentResponseOnWriteEnabled(true)
                .buildAsyncClient();
    }

    static EventStore store(CosmosAsyncClient client) {
        return CosmosEventStore.of(
                CosmosContainers.in(client, "carts"), JacksonEventSerializer.of(Cart.TYPE.eventTypes()));
    }

    static ServiceBusEventPublisher publisher(String connectionString) {
        return ServiceBusEventPublisher.toTopic(
                        "cart-events", () -> new ServiceBusClientBuilder().connectionString(connectionString))
                .build();
    }
}
