package io.daybook.cosmos;

import io.daybook.contract.SnapshotStoreContract;
import io.daybook.cosmos.server.TestDatabase;
import io.daybook.snapshot.SnapshotStore;
import org.junit.jupiter.api.extension.RegisterExtension;

class CosmosSnapshotStoreContractIT extends SnapshotStoreContract {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    @Override
    protected SnapshotStore store() {
        return CosmosSnapshotStore.of(DATABASE.containers());
    }
}
