package io.daybook.inmemory;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.ParkedStream;
import io.daybook.subscription.ParkedStreamStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/** The parked streams of one name, kept for the lifetime of the feed. */
final class InMemoryParkedStreams implements ParkedStreamStore {

    private final TransactionLog log;
    private final EventEnvelope.Decoder decoder;
    private final AtomicReference<Contents> contents = new AtomicReference<>(Contents.NONE);

    InMemoryParkedStreams(TransactionLog log, EventEnvelope.Decoder decoder) {
        this.log = log;
        this.decoder = decoder;
    }

    @Override
    public Contents read(Contents known) {
        return Objects.requireNonNull(contents.get());
    }

    @Override
    public boolean replace(Contents known, List<ParkedStream> streams) {
        long version = known.etag().isEmpty() ? 0 : Long.parseLong(known.etag());
        return contents.compareAndSet(known, new Contents(streams, Long.toString(version + 1)));
    }

    @Override
    public List<List<EventEnvelope>> appends(StreamId stream, long from, long to) {
        List<List<EventEnvelope>> appends = new ArrayList<>();
        int events = 0;
        for (List<StoredEvent> append : log.of(stream)) {
            long first = append.get(0).metadata().sequenceNumber();
            if (first >= from && first <= to && events < InMemorySubscription.PAGE_EVENTS) {
                events += append.size();
                appends.add(
                        append.stream().map(event -> event.envelope(decoder)).toList());
            }
        }
        if (appends.isEmpty()) {
            throw new StreamDeletedException(stream);
        }
        return appends;
    }
}
