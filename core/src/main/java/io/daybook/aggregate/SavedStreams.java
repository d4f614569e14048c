package io.daybook.aggregate;

import io.daybook.eventstore.StreamId;
import java.util.ArrayList;
import java.util.List;

/** The streams that a command is saving to or has saved to, and the number of its retries. Thread-safe. */
final class SavedStreams {

    private final List<StreamId> streams = new ArrayList<>(1); // most commands have one
    private int retries;

    /** Adds a stream. Returns false if it was already added. */
    synchronized boolean add(StreamId stream) {
        return !streams.contains(stream) && streams.add(stream);
    }

    synchronized void remove(StreamId stream) {
        streams.remove(stream);
    }

    synchronized void retried() {
        retries++;
    }

    synchronized int retries() {
        return retries;
    }
}
