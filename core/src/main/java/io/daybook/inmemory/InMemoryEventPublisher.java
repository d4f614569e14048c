package io.daybook.inmemory;

import io.daybook.event.EventEnvelope;
import io.daybook.publishing.EventPublisher;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A publisher that keeps what was published, for tests. Safe for use by many threads.
 *
 * <pre>{@code
 * InMemoryEventPublisher publisher = new InMemoryEventPublisher();
 * EventRelay relay = EventRelay.builder(feed, publisher).start();
 * List<EventEnvelope> published = publisher.published(); // once the relay has come to them
 * }</pre>
 */
public final class InMemoryEventPublisher implements EventPublisher {

    private final List<EventEnvelope> published = new CopyOnWriteArrayList<>();

    /** Creates a publisher that has published nothing. */
    public InMemoryEventPublisher() {}

    @Override
    public void publish(List<EventEnvelope> events) {
        published.addAll(events);
    }

    /**
     * {@return what was published so far, in its order; unmodifiable}
     */
    public List<EventEnvelope> published() {
        return List.copyOf(published);
    }
}
