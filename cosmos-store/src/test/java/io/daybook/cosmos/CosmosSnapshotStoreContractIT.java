package io.daybook.cosmos;

import io.daybook.contract.SnapshotStoreContract;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.snapshot.SnapshotStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class CosmosSnapshotStoreContractIT extends SnapshotStoreContract {

    private static final String DATABASE = CosmosAccount.newDatabase();
    private static CosmosContainers containers;

    @BeforeAll
    static void createContainers() {
        containers = CosmosAccount.containers(DATABASE);
    }

    @AfterAll
    static void deleteDatabase() {
        CosmosAccount.delete(DATABASE);
    }

    @Override
    protected SnapshotStore store() {
        return CosmosSnapshotStore.of(containers);
    }
}
