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
import java.util.function.Consumer;

/** Parked streams and events in memory, which a test can disturb. */
final class RecordedParkedStreams implements ParkedStreamStore {

    private final Map<StreamId, TreeMap<Long, List<EventEnvelope>>> appends = new HashMap<>();
    private Contents contents = Contents.NONE;
    int reads;
    int pageAppends = 100;
    long visibleTo = Long.MAX_VALUE;
    boolean unavailable;
    Consumer<StreamId> beforeRead = stream -> {};
    Runnable beforeReplace = () -> {};
    /** Runs after a replacement, and before its answer. */
    Runnable afterReplace = () -> {};

    List<EventEnvelope> keep(StreamId stream, List<EventEnvelope> append) {
        appends.computeIfAbsent(stream, unseen -> new TreeMap<>())
                .put(append.get(0).metadata().sequenceNumber(), append);
        return append;
    }

    EventEnvelope event(StreamId stream, long number) {
        return appends(stream, 1, number).stream()
                .flatMap(List::stream)
                .filter(event -> event.metadata().sequenceNumber() == number)
                .findFirst()
                .orElseThrow();
    }

    void delete(StreamId stream) {
        appends.remove(stream);
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
    public List<List<EventEnvelope>> appends(StreamId stream, long from, long to) {
        beforeRead.accept(stream);
        TreeMap<Long, List<EventEnvelope>> kept = appends.get(stream);
        if (kept == null) {
            throw new StreamDeletedException(stream);
        }
        return kept.subMap(from, true, to, true).values().stream()
                .filter(append -> append.get(append.size() - 1).metadata().sequenceNumber() <= visibleTo)
                .limit(pageAppends)
                .toList();
    }
}
