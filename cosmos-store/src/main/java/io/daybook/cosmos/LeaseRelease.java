package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.models.CosmosItemRequestOptions;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.PartitionKey;
import com.azure.cosmos.models.SqlParameter;
import com.azure.cosmos.models.SqlQuerySpec;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.eventstore.CommandTimeout;
import java.time.Duration;
import java.util.List;

/**
 * Waits until the leases of a stopped instance are released, because the SDK's stop returns earlier. If the client were
 * closed at that point, the leases would be held until they expire. A renewal of the SDK that overlaps with the release
 * takes the lease again: after a conflict, it writes the lease as it read it earlier. This class releases such leases,
 * and leases that the SDK does not release in time.
 */
final class LeaseRelease {

    private static final String HELD = "SELECT * FROM c WHERE STARTSWITH(c.id, @prefix) AND c.Owner = @host";
    private static final int PAUSE_MILLIS = 50;
    /** The number of consecutive reads that must find no lease, so that a renewal in progress has time to end. */
    private static final int FREE_READS = 3;

    private final CosmosAsyncContainer leases;
    private final SqlQuerySpec query;

    LeaseRelease(CosmosAsyncContainer leases, String prefix, String host) {
        this.leases = leases;
        this.query = new SqlQuerySpec(HELD, new SqlParameter("@prefix", prefix), new SqlParameter("@host", host));
    }

    /**
     * Waits, and returns whether all leases are released.
     *
     * @param most the maximum time to wait
     * @param sdk the time for which the release is left to the SDK
     */
    boolean await(Duration most, Duration sdk) {
        CommandTimeout end = CommandTimeout.after(most);
        CommandTimeout patience = CommandTimeout.after(sdk);
        int freeReads = 0;
        boolean wereFree = false;
        while (ChangeFeedHandler.sleep(PAUSE_MILLIS) && !end.hasExpired()) {
            Duration left = end.remaining().orElseThrow();
            List<ObjectNode> held = leases.queryItems(query, new CosmosQueryRequestOptions(), ObjectNode.class)
                    .collectList()
                    .block(left);
            freeReads = held == null || held.isEmpty() ? freeReads + 1 : 0;
            wereFree |= freeReads > 0;
            if (freeReads == FREE_READS) {
                return true;
            } else if (freeReads == 0 && (wereFree || patience.hasExpired())) {
                held.forEach(lease -> release(lease, left));
            }
        }
        return false;
    }

    private void release(ObjectNode lease, Duration timeout) {
        String id = lease.path("id").asText();
        CosmosItemRequestOptions unchanged = new CosmosItemRequestOptions()
                .setIfMatchETag(lease.path("_etag").asText());
        lease.putNull("Owner");
        try {
            leases.replaceItem(lease, id, new PartitionKey(id), unchanged).block(timeout);
        } catch (RuntimeException e) {
            if (!CosmosFailures.isStatus(e, 412) && !CosmosFailures.isMissingItem(e)) {
                throw e;
            }
        }
    }
}
