package io.daybook.cosmos;

import com.azure.cosmos.BridgeInternal;
import com.azure.cosmos.implementation.routing.PartitionKeyInternalHelper;
import com.azure.cosmos.models.PartitionKey;
import io.daybook.eventstore.StreamId;
import java.util.ArrayList;
import java.util.List;

/**
 * Ids of aggregates whose streams and documents are spread evenly over physical partitions. The hash of a few hundred random ids is not
 * even: the fullest of 16 partitions would have a fifth more work than the mean.
 */
final class EvenIds {

    private EvenIds() {}

    /** Returns ids, in random order. The number for each partition is a multiple of the number of partitions. */
    static List<String> of(String type, int partitions, int ofEachPartition) {
        int most = ofEachPartition / partitions;
        int[][] counts = new int[partitions][partitions];
        List<String> ids = new ArrayList<>();
        for (int i = 0; ids.size() < partitions * partitions * most; i++) {
            String id = "order-" + i;
            int ofStream = partition(StreamId.of(type, id).toString(), partitions);
            int ofDocument = partition(id, partitions);
            if (counts[ofStream][ofDocument] < most) {
                counts[ofStream][ofDocument]++;
                ids.add(id);
            }
        }
        return ids;
    }

    /** The hashes of keys are below 40, and the test server divides them into equal ranges. */
    private static int partition(String key, int partitions) {
        String hash = PartitionKeyInternalHelper.getEffectivePartitionKeyForHashPartitioningV2(
                BridgeInternal.getPartitionKeyInternal(new PartitionKey(key)));
        return Integer.parseInt(hash.substring(0, 2), 16) * partitions / 0x40;
    }
}
