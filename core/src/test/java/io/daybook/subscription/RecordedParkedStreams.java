package io.daybook.subscription;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Parked streams and events in memory, which a test can disturb. */
final class RecordedParkedStreams implements ParkedStreamStore {

    private final Map<StreamId, TreeMap<Long, EventEnvelope>> events = new HashMap<>();
    private Contents contents = Contents.NONE;
    int reads;
    int pageEvents = 100;
    long visibleTo = Long.MAX_VALUE;
    boolean unavailable;
    Runnable beforeReplace = () -> {};
    /** Runs after a replacement, and before its answer. */
    Runnable afterReplace = () -> {};

    List<EventEnvelope> keep(StreamId stream, List<EventEnvelope> append) {
        append.forEach(event -> events.computeIfAbsent(stream, unseen -> new TreeMap<>())
                .put(event.metadata().sequenceNumber(), event));
        return append;
    }

    void delete(StreamId stream) {
        events.remove(stream);
    }

    @Override
    public Contents read(Contents known) {
        if (unavailable) {
            throw new EventStoreUnavailableException("the leases are away", Outcome.NOT_STORED, null, null);
        }
        reads++;
        return contents;
    }

    @Override
    public boolean replace(Contents known, List<ParkedStream> streams) {
        beforeReplace.run();
        if (!known.etag().equals(contents.etag())) {
            return false;
        }
        contents = new Contents(streams, contents.etag() + "i");
        afterReplace.run();
        return true;
    }

    @Override
    public List<EventEnvelope> events(StreamId stream, long from, long to) {
        TreeMap<Long, EventEnvelope> kept = events.get(stream);
        if (kept == null) {
            throw new StreamDeletedException(stream);
        }
        return kept.subMap(from, true, to, true).values().stream()
                .filter(event -> event.metadata().sequenceNumber() <= visibleTo)
                .limit(pageEvents)
                .toList();
    }
}
