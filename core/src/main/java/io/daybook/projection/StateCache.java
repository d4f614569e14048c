package io.daybook.projection;

import io.daybook.readmodel.DocumentKey;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The most recently used states, bounded by their count and the size of their JSON. An outdated state causes a
 * conflict, never a wrong write.
 */
final class StateCache<S> {

    private final int maxCount;
    private final long maxBytes;
    private final Map<DocumentKey, StreamState<S>> states = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    StateCache(int maxCount, long maxBytes) {
        this.maxCount = maxCount;
        this.maxBytes = maxBytes;
    }

    synchronized @Nullable StreamState<S> get(DocumentKey key) {
        return states.get(key);
    }

    /** Keeps a state, unless it is parked: another instance may unpark it, which no conflict would reveal. */
    synchronized void put(StreamState<S> state) {
        if (state.isParked()) {
            remove(state.document().key());
            return;
        }
        StreamState<S> replaced = states.put(state.document().key(), state);
        bytes += size(state) - (replaced == null ? 0 : size(replaced));
        Iterator<StreamState<S>> eldest = states.values().iterator();
        while (states.size() > maxCount || bytes > maxBytes) {
            bytes -= size(eldest.next());
            eldest.remove();
        }
    }

    synchronized void clear() {
        states.clear();
        bytes = 0;
    }

    synchronized void remove(DocumentKey key) {
        StreamState<S> removed = states.remove(key);
        if (removed != null) {
            bytes -= size(removed);
        }
    }

    private static long size(StreamState<?> state) {
        return 200 + 4L * state.document().content().length(); // the approximate size of the text and the value
    }
}
