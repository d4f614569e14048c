/**
 * A test server for Azure Cosmos DB, for the tests of a service: no account and no container engine is needed, only Node 20 or
 * later. Start with {@link io.daybook.cosmos.testserver.CosmosTestServerExtension} in a test, and with
 * {@link io.daybook.cosmos.testserver.CosmosTestServer} in a program.
 *
 * <pre>{@code
 * try (CosmosTestServer server = CosmosTestServer.start();
 *         CosmosAsyncClient cosmos = server.clientBuilder().buildAsyncClient()) {
 *     CosmosContainers.in(cosmos, "orders").createIfMissing();
 * }
 * }</pre>
 */
@NullMarked
package io.daybook.cosmos.testserver;

import org.jspecify.annotations.NullMarked;
