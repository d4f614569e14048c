/**
 * A test server for Azure Cosmos DB, for the tests of a service. It needs only Node.js 20 or later, neither an account
 * nor a container engine. Use {@link io.daybook.cosmos.testserver.CosmosTestServerExtension} in a test, and {@link
 * io.daybook.cosmos.testserver.CosmosTestServer} in a program.
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
