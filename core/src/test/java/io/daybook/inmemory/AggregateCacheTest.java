package io.daybook.inmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.daybook.contract.AggregateCacheContract;
import io.daybook.eventstore.StreamId;
import io.daybook.snapshot.AggregateCache;
import io.daybook.snapshot.Snapshot;
import org.junit.jupiter.api.Test;

class AggregateCacheTest extends AggregateCacheContract {

    @Override
    protected AggregateCache cache() {
        return AggregateCache.inMemory(2);
    }

    private static Snapshot<String> state(String id, long version) {
        return new Snapshot<>(StreamId.of("Order", id), version, "event-" + version, 1, "state " + version);
    }

    private static boolean holds(AggregateCache cache, String id) {
        return cache.get(StreamId.of("Order", id)).isPresent();
    }

    @Test
    void evicts_least_recently_used_state() {
        AggregateCache cache = cache();
        cache.put(state("1", 1));
        cache.put(state("2", 1));
        assertThat(holds(cache, "1")).isTrue();
        cache.put(state("3", 1));

        assertThat(holds(cache, "1")).isTrue();
        assertThat(holds(cache, "2")).isFalse();
        assertThat(holds(cache, "3")).isTrue();
    }

    @Test
    void refuses_to_keep_nothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AggregateCache.inMemory(0))
                .withMessage("maxEntries is 0: use 1 or more");
        assertThatIllegalArgumentException().isThrownBy(() -> state("1", 0));
    }
}
