package io.daybook.inmemory;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import io.daybook.publishing.EventPublisher;
import io.daybook.subscription.DeletedStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An event publisher that keeps the published events and deletions in memory, for tests. Thread-safe.
 *
 * <pre>{@code
 * InMemoryEventPublisher publisher = new InMemoryEventPublisher();
 * EventRelay relay = EventRelay.builder(feed, publisher).start();
 * List<EventEnvelope> published = publisher.published(); // once the relay has published them
 * }</pre>
 */
public final class InMemoryEventPublisher implements EventPublisher {

    private final List<EventEnvelope> published = new CopyOnWriteArrayList<>();
    private final List<DeletedStream> deletions = new CopyOnWriteArrayList<>();

    /** Creates an empty publisher. */
    public InMemoryEventPublisher() {}

    @Override
    public void publish(List<EventEnvelope> events) {
        published.addAll(events);
    }

    @Override
    public void publishDeletion(StreamId stream, long version) {
        deletions.add(new DeletedStream(stream, version));
    }

    /**
     * {@return the events published so far, in order of publication; unmodifiable}
     */
    public List<EventEnvelope> published() {
        return List.copyOf(published);
    }

    /**
     * {@return the deletions published so far, in order of publication; unmodifiable}
     */
    public List<DeletedStream> deletions() {
        return List.copyOf(deletions);
    }
}
