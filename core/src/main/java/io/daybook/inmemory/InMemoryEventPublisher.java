package io.daybook.inmemory;

import io.daybook.event.EventEnvelope;
import io.daybook.publishing.EventPublisher;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An event publisher that keeps the published events in memory. For tests. Thread-safe.
 *
 * <pre>{@code
 * InMemoryEventPublisher publisher = new InMemoryEventPublisher();
 * EventRelay relay = EventRelay.builder(feed, publisher).start();
 * List<EventEnvelope> published = publisher.published(); // once the relay has come to them
 * }</pre>
 */
public final class InMemoryEventPublisher implements EventPublisher {

    private final List<EventEnvelope> published = new CopyOnWriteArrayList<>();

    /** Creates a publisher without published events. */
    public InMemoryEventPublisher() {}

    @Override
    public void publish(List<EventEnvelope> events) {
        published.addAll(events);
    }

    /**
     * {@return the events published so far, in order of publication; unmodifiable}
     */
    public List<EventEnvelope> published() {
        return List.copyOf(published);
    }
}
