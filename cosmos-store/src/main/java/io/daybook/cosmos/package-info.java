/**
 * The event store, the snapshot store and the event feed on Azure Cosmos DB. Start with
 * {@link io.daybook.cosmos.CosmosContainers}, which says where the documents are, and
 * {@link io.daybook.cosmos.CosmosEventStore}. How the documents look and what they cost is in
 * {@code docs/cosmos-data-model.md}.
 */
@NullMarked
package io.daybook.cosmos;

import org.jspecify.annotations.NullMarked;
