package io.daybook.cosmos.server;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.azure.cosmos.CosmosAsyncClient;
import com.azure.cosmos.CosmosClientBuilder;
import io.daybook.cosmos.CosmosContainers;
import io.daybook.cosmos.testserver.CosmosTestServer;
import java.util.UUID;

/**
 * The account that tests run against: the one that {@code COSMOS_ENDPOINT} and {@code COSMOS_KEY} name, or the test
 * server. An endpoint that begins with {@code http:}, such as that of the official emulator, is used in gateway mode, any other
 * one in direct mode unless {@code COSMOS_GATEWAY} is {@code true}. One client is shared by all tests of a process.
 */
public final class CosmosAccount {

    private static final String ENDPOINT = System.getenv("COSMOS_ENDPOINT");
    private static CosmosTestServer server;
    private static CosmosAsyncClient client;

    private CosmosAccount() {}

    /**
     * {@return whether an account was named, so that nothing can be injected or counted}
     */
    public static boolean isReal() {
        return ENDPOINT != null && !ENDPOINT.isBlank();
    }

    /**
     * Returns the test server, which is started when this is first called.
     *
     * @return the server; the test is skipped where an account was named or the server cannot run
     */
    public static synchronized CosmosTestServer server() {
        assumeTrue(!isReal(), "needs the test server, and COSMOS_ENDPOINT names an account");
        if (server == null) {
            requireNode();
            server = CosmosTestServer.start();
        }
        return server;
    }

    /** Without Node the tests are skipped; where that must not happen unseen, {@code CI=true} makes it a failure. */
    private static void requireNode() {
        String unavailableReason = CosmosTestServer.unavailableReason();
        if (!unavailableReason.isEmpty() && "true".equals(System.getenv("CI"))) {
            fail(unavailableReason);
        }
        assumeTrue(unavailableReason.isEmpty(), unavailableReason);
    }

    /**
     * {@return the client that all tests share; not to be closed}
     */
    public static synchronized CosmosAsyncClient client() {
        if (client == null) {
            client = (isReal() ? clientOfAccount() : server().clientBuilder()).buildAsyncClient();
        }
        return client;
    }

    private static CosmosClientBuilder clientOfAccount() {
        CosmosClientBuilder builder = new CosmosClientBuilder()
                .endpoint(ENDPOINT)
                .key(key())
                .multipleWriteRegionsEnabled(false)
                .contentResponseOnWriteEnabled(true);
        if (ENDPOINT.startsWith("http:")) {
            System.setProperty("COSMOS.HTTP_CONNECTION_WITHOUT_TLS_ALLOWED", "true");
            return builder.gatewayMode().endpointDiscoveryEnabled(false);
        }
        return "true".equals(System.getenv("COSMOS_GATEWAY")) ? builder.gatewayMode() : builder;
    }

    /**
     * {@return the address of the account}
     */
    public static String endpoint() {
        return isReal() ? ENDPOINT : server().endpoint();
    }

    /**
     * {@return the key of the account}
     */
    public static String key() {
        return isReal() ? System.getenv("COSMOS_KEY") : CosmosTestServer.KEY;
    }

    /**
     * {@return the name of a database that no other test uses}
     */
    public static String newDatabase() {
        return "daybook-test-" + UUID.randomUUID();
    }

    /**
     * Creates containers in a database of their own.
     *
     * @param database its name
     * @return the containers
     */
    public static CosmosContainers containers(String database) {
        CosmosContainers containers = CosmosContainers.in(client(), database);
        containers.createIfMissing();
        return containers;
    }

    /**
     * Deletes a database, if there is one.
     *
     * @param database its name
     */
    public static void delete(String database) {
        client().getDatabase(database).delete().onErrorComplete().block();
    }
}
