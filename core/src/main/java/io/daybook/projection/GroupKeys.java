package io.daybook.projection;

import io.daybook.event.TextRules;
import io.daybook.eventstore.StreamId;
import io.daybook.readmodel.DocumentKey;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The keys under which the documents of a grouped projection are stored. Each stream has a separate partition. A group
 * has a partition for each of its shards, with the contributions and their summary. The id of a summary begins with a
 * hyphen, which no stream id does, and names the group, so that lists of summaries have an order.
 */
record GroupKeys(int shards) {

    private static final int MAX_GROUP_BYTES = 512;
    private static final int MAX_SHARDS = 100;

    static String requireGroup(String group) {
        TextRules.requireStorable("a group key", group);
        int bytes = group.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > MAX_GROUP_BYTES) {
            throw new IllegalArgumentException("a group key has " + bytes + " bytes: use 1 to " + MAX_GROUP_BYTES);
        }
        return group;
    }

    /** Returns a function that checks the keys that another one returns. */
    static <S> Function<S, @Nullable String> checked(Function<S, @Nullable String> groupOf) {
        return share -> {
            String group = groupOf.apply(share);
            return group == null ? null : requireGroup(group);
        };
    }

    static int requireShards(String owner, int shards) {
        if (shards < 2 || shards > MAX_SHARDS) {
            throw new IllegalArgumentException(owner + " has " + shards + " shards: use 2 to " + MAX_SHARDS);
        }
        return shards;
    }

    static DocumentKey ofStream(StreamId stream) {
        return new DocumentKey("s:" + stream, stream.toString());
    }

    static boolean isOfStream(DocumentKey key) {
        return key.partition().startsWith("s:");
    }

    static DocumentKey ofContribution(String partition, StreamId stream) {
        return new DocumentKey(partition, stream.toString());
    }

    /** Returns the stream of a contribution. */
    static StreamId streamOf(DocumentKey contribution) {
        return StreamId.parse(contribution.id());
    }

    /** Returns the key of the summary of a contribution. */
    static DocumentKey summaryOf(DocumentKey contribution) {
        String partition = contribution.partition();
        return new DocumentKey(partition, "-" + partition.substring(partition.indexOf(':') + 1));
    }

    static boolean isSummary(DocumentKey key) {
        return key.id().startsWith("-");
    }

    static String groupOf(DocumentKey summary) {
        return summary.id().substring(1);
    }

    DocumentKey ofSummary(String group, int shard) {
        return new DocumentKey(partition(group, shard), "-" + group);
    }

    /** Returns the key of the summary to which a stream contributes. */
    DocumentKey ofSummary(String group, StreamId stream) {
        return ofSummary(group, Math.floorMod(stream.toString().hashCode(), shards));
    }

    List<DocumentKey> ofSummaries(String group) {
        return IntStream.range(0, shards)
                .mapToObj(shard -> ofSummary(group, shard))
                .toList();
    }

    private String partition(String group, int shard) {
        return (shards == 1 ? "g:" : "g" + shard + ":") + group;
    }
}
