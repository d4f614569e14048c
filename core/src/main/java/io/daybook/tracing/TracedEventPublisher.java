package io.daybook.tracing;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import io.daybook.publishing.EventPublisher;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import java.util.List;

/**
 * A publisher that observes each publication as {@code daybook.publish} with the tag {@code publisher}, as part of the
 * events' traces. The messages carry the trace context of their events, so consumers continue the same traces.
 * Deletions are not observed, because they belong to no trace. Thread-safe.
 *
 * <pre>{@code
 * EventRelay relay = EventRelay.builder(feed, new TracedEventPublisher("orders", publisher, observations)).name("orders").start();
 * relay.close(); // when the application stops
 * }</pre>
 */
public final class TracedEventPublisher implements EventPublisher {

    private final KeyValue name;
    private final EventPublisher publisher;
    private final EventObservations observations;

    /**
     * Creates the publisher.
     *
     * @param name the name of the destination, for the tag
     * @param publisher publishes the events; the application closes it
     * @param registry the registry of the observations
     */
    public TracedEventPublisher(String name, EventPublisher publisher, ObservationRegistry registry) {
        this.name = KeyValue.of("publisher", name);
        this.publisher = publisher;
        this.observations = new EventObservations(registry, "daybook.publish", Kind.PRODUCER, "publish");
    }

    @Override
    public void publish(List<EventEnvelope> events) {
        observations.observe(
                name, events.stream().map(EventEnvelope::metadata).toList(), () -> publisher.publish(events));
    }

    @Override
    public void publishDeletion(StreamId stream, long version) {
        publisher.publishDeletion(stream, version);
    }

    @Override
    public String unavailableReason() {
        return publisher.unavailableReason();
    }
}
