package io.daybook.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.eventstore.StreamId;
import io.daybook.snapshot.AggregateCache;
import io.daybook.snapshot.Snapshot;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * What every {@link AggregateCache} promises. A cache joins with a subclass:
 *
 * <pre>{@code
 * class InMemoryCacheTest extends AggregateCacheContract { // yours
 *     protected AggregateCache cache() {
 *         return AggregateCache.inMemory(10_000);
 *     }
 * }
 * }</pre>
 */
public abstract class AggregateCacheContract {

    /**
     * The state that the suite caches.
     *
     * @param text any text
     */
    public record State(String text) {}

    private final StreamId stream =
            StreamId.of("Cached", "a-" + UUID.randomUUID().toString().toLowerCase(Locale.ROOT));

    /** Creates the suite. */
    protected AggregateCacheContract() {}

    /**
     * Makes the cache under test, which keeps at least two states; called once in each test.
     *
     * @return the cache
     */
    protected abstract AggregateCache cache();

    private static Snapshot<State> state(StreamId stream, long version, int schemaVersion) {
        return new Snapshot<>(stream, version, "event-" + version, schemaVersion, new State("state " + version));
    }

    @Test
    void returns_state_that_was_put() {
        AggregateCache cache = cache();
        assertThat(cache.get(stream)).isEmpty();

        cache.put(state(stream, 7, 2));

        assertThat(cache.get(stream)).hasValue(state(stream, 7, 2));
    }

    @Test
    void later_version_replaces_earlier_one_in_any_order() {
        AggregateCache cache = cache();
        cache.put(state(stream, 5, 1));
        cache.put(state(stream, 4, 1));
        assertThat(cache.get(stream)).hasValue(state(stream, 5, 1));

        cache.put(state(stream, 6, 1));

        assertThat(cache.get(stream)).hasValue(state(stream, 6, 1));
    }

    @Test
    void state_of_another_schema_version_replaces_at_any_version() {
        AggregateCache cache = cache();
        cache.put(state(stream, 5, 2));
        cache.put(state(stream, 4, 1));

        assertThat(cache.get(stream)).hasValue(state(stream, 4, 1));
    }

    @Test
    void removed_state_is_gone_and_other_streams_keep_theirs() {
        AggregateCache cache = cache();
        StreamId other = StreamId.of("Cached", stream.aggregateId() + "b");
        cache.put(state(stream, 5, 1));
        cache.put(state(other, 1, 1));

        cache.remove(stream);
        cache.remove(stream);

        assertThat(cache.get(stream)).isEmpty();
        assertThat(cache.get(other)).hasValue(state(other, 1, 1));
    }

    @Test
    void distinguishes_streams_by_case() {
        AggregateCache cache = cache();
        StreamId upper = StreamId.of("Cached", stream.aggregateId().toUpperCase(Locale.ROOT));
        cache.put(state(stream, 5, 1));
        cache.put(state(upper, 1, 1));

        assertThat(cache.get(stream)).hasValue(state(stream, 5, 1));
        assertThat(cache.get(upper)).hasValue(state(upper, 1, 1));
    }
}
