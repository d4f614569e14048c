package io.daybook.aggregate;

import io.daybook.eventstore.StreamId;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The streams that a command is saving to or has saved to, and the number of its retries. Thread-safe. */
final class SavedStreams {

    // Most commands have one stream, so the set is rarely needed.
    private @Nullable StreamId first;
    private @Nullable Set<StreamId> others;
    private int retries;

    /** Adds a stream. Returns false if it was already added. */
    synchronized boolean add(StreamId stream) {
        if (stream.equals(first) || (others != null && others.contains(stream))) {
            return false;
        }
        if (first == null) {
            first = stream;
        } else {
            others = others == null ? new HashSet<>() : others;
            others.add(stream);
        }
        return true;
    }

    synchronized void remove(StreamId stream) {
        if (stream.equals(first)) {
            first = null;
        } else if (others != null) {
            others.remove(stream);
        }
    }

    synchronized void retried() {
        retries++;
    }

    synchronized int retries() {
        return retries;
    }
}
