package io.daybook.projection;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A way to turn contributions into a summary: either each contribution is added and removed, or the summary is
 * recomputed from all of them. The summaries of shards are merged.
 *
 * @param recomputing null if contributions are added and removed
 * @param merging null if groups are not sharded
 */
record Summarizing<S, D>(
        @Nullable Function<String, D> startingWith,
        @Nullable BiFunction<D, S, D> adding,
        @Nullable BiFunction<D, S, D> removing,
        @Nullable Function<List<S>, D> recomputing,
        @Nullable BinaryOperator<D> merging) {

    static final int MAX_RECOMPUTED = 1_000;

    void require(String owner, boolean hasIndexes) {
        boolean steps = startingWith != null && adding != null && removing != null;
        boolean anyStep = startingWith != null || adding != null || removing != null;
        if (recomputing == null ? !steps : anyStep) {
            throw new IllegalArgumentException(
                    owner + " has no function that summarizes contributions: set startingWith,"
                            + " adding and removing, or only recomputing");
        }
        if (merging != null && hasIndexes) {
            throw new IllegalArgumentException(owner + " is sharded and has indexes, but shards are merged only when"
                    + " a group is read: remove the shards or the indexes");
        }
    }

    D start(String group) {
        return required(startingWith, "startingWith").apply(group);
    }

    D add(D summary, S share) {
        return required(required(adding, "adding").apply(summary, share), "adding");
    }

    D remove(D summary, S share) {
        return required(required(removing, "removing").apply(summary, share), "removing");
    }

    D recompute(List<S> shares) {
        if (shares.size() > MAX_RECOMPUTED) {
            throw new IllegalStateException("a group has " + shares.size() + " contributions, but at most "
                    + MAX_RECOMPUTED + " can be recomputed: group by a finer key, or set adding and removing");
        }
        return required(required(recomputing, "recomputing").apply(shares), "recomputing");
    }

    /** Merges the summaries of the shards of a group, of which there is at least one. */
    D merge(List<D> shards) {
        D merged = shards.get(0);
        for (D each : shards.subList(1, shards.size())) {
            merged = required(merging, "merging").apply(merged, each);
        }
        return merged;
    }

    private static <T> T required(@Nullable T value, String what) {
        if (value == null) {
            throw new IllegalStateException(what + " returned no summary: return a summary, even if it is empty");
        }
        return value;
    }
}
