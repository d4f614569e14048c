package io.daybook.projection;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Loads that readers share: only one load runs at a time for each key, and readers that arrive while it runs wait for
 * its result. Thread-safe.
 */
final class SharedLoads<K, V> {

    private record Running<V>(long version, CompletableFuture<V> result) {}

    private final Map<K, Running<V>> running = new ConcurrentHashMap<>();

    /**
     * Loads a value, or waits for a load in progress.
     *
     * @param version the version that the reader requires; the reader does not share the failure of a load that
     *     requires a greater version
     * @param covers whether a shared value is sufficient for this reader; if not, the reader loads the value separately
     */
    V load(K key, long version, Predicate<V> covers, Supplier<V> load) {
        Running<V> own = new Running<>(version, new CompletableFuture<>());
        Running<V> shared = running.putIfAbsent(key, own);
        if (shared == null) {
            return lead(key, own, load);
        }
        try {
            V value = shared.result().join();
            return covers.test(value) ? value : load.get();
        } catch (CompletionException e) {
            if (shared.version() <= version && e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            return load.get();
        }
    }

    private V lead(K key, Running<V> own, Supplier<V> load) {
        try {
            V value = load.get();
            running.remove(key, own);
            own.result().complete(value);
            return value;
        } catch (RuntimeException | Error e) {
            running.remove(key, own);
            own.result().completeExceptionally(e);
            throw e;
        }
    }
}
