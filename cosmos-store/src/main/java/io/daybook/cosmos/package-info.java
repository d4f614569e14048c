/**
 * The event store, the snapshot store and the event feed on Azure Cosmos DB. Start with {@link io.daybook.cosmos.CosmosContainers}, which
 * says where the documents are, and {@link io.daybook.cosmos.CosmosEventStore}. How the documents look and what they cost is in
 * {@code docs/cosmos-data-model.md}.
 *
 * <pre>{@code
 * CosmosContainers containers = CosmosContainers.in(client, "orders");
 * EventStore store = CosmosEventStore.of(containers, serializer);
 * SnapshotStore snapshots = CosmosSnapshotStore.of(containers);
 * EventFeed feed = CosmosEventFeed.of(containers, serializer);
 * }</pre>
 */
@NullMarked
package io.daybook.cosmos;

import org.jspecify.annotations.NullMarked;
