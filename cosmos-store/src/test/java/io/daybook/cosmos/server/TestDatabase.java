package io.daybook.cosmos.server;

import com.azure.cosmos.models.ThroughputProperties;
import io.daybook.cosmos.CosmosContainers;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A database for the tests of one class: made before them, deleted after them. Faults end after each test.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final TestDatabase DATABASE = TestDatabase.create();
 * }</pre>
 */
public final class TestDatabase implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

    private final String name = CosmosAccount.newDatabase();
    private final int eventsThroughput;

    private TestDatabase(int eventsThroughput) {
        this.eventsThroughput = eventsThroughput;
    }

    /**
     * {@return a database whose containers have one physical partition each}
     */
    public static TestDatabase create() {
        return new TestDatabase(400);
    }

    /**
     * {@return a database whose events are in two physical partitions}
     */
    public static TestDatabase partitioned() {
        return new TestDatabase(20_000);
    }

    /**
     * {@return its name}
     */
    public String name() {
        return name;
    }

    /**
     * {@return its containers}
     */
    public CosmosContainers containers() {
        return CosmosContainers.in(CosmosAccount.client(), name);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        ThroughputProperties least = ThroughputProperties.createManualThroughput(400);
        containers().createIfMissing(ThroughputProperties.createManualThroughput(eventsThroughput), least, least);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (!CosmosAccount.isReal()) {
            CosmosAccount.server().clear(name);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        CosmosAccount.delete(name);
    }
}
