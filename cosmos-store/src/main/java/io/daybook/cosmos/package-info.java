/**
 * The event store, snapshot store and event feed on Azure Cosmos DB. Nothing of it is built yet.
 */
@NullMarked
package io.daybook.cosmos;

import org.jspecify.annotations.NullMarked;
