/**
 * An event store, a snapshot store, a read model store, a timer store and an event feed on Azure Cosmos DB. Start with
 * {@link io.daybook.cosmos.CosmosContainers}, which names the containers, and
 * {@link io.daybook.cosmos.CosmosEventStore}. {@code docs/cosmos-data-model.md} describes the documents and their cost.
 *
 * <pre>{@code
 * CosmosContainers containers = CosmosContainers.in(client, "orders");
 * EventStore store = CosmosEventStore.of(containers, serializer);
 * SnapshotStore snapshots = CosmosSnapshotStore.of(containers);
 * EventFeed feed = CosmosEventFeed.of(containers, serializer);
 * ReadModelStore readModelStore = CosmosReadModelStore.of(containers);
 * }</pre>
 */
@NullMarked
package io.daybook.cosmos;

import org.jspecify.annotations.NullMarked;
