package io.daybook.tracing;

import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.EventInterceptor;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import java.util.List;

/**
 * An interceptor that observes the work that events trigger, as part of the events' traces. If events that are handled
 * together belong to several traces, each trace gets an observation of that work. Thread-safe.
 *
 * <pre>{@code
 * Projector.Builder projections = Projector.builder(feed, eventStore, new InMemoryReadModelStore())
 *         .intercept(EventTracing.ofProjections(observations));
 * EventHandler traced = EventTracing.ofSubscriptions(observations).around("billing", handler);
 * }</pre>
 *
 * <table>
 *   <caption>Observations</caption>
 *   <tr><th>work</th><th>observation</th><th>tag</th></tr>
 *   <tr><td>{@link #ofProjections projections}</td><td>{@code daybook.projection}</td><td>{@code projection}</td></tr>
 *   <tr><td>{@link #ofProcesses processes and reactions}</td><td>{@code daybook.process.step}</td><td>{@code process}</td></tr>
 *   <tr><td>{@link #ofSubscriptions handlers}</td><td>{@code daybook.subscription}</td><td>{@code subscription}</td></tr>
 * </table>
 */
public final class EventTracing implements EventInterceptor {

    private final EventObservations observations;
    private final String tag;

    private EventTracing(ObservationRegistry registry, String name, String verb, String tag) {
        this.observations = new EventObservations(registry, name, Kind.CONSUMER, verb);
        this.tag = tag;
    }

    /**
     * Creates an interceptor for projections.
     *
     * @param registry the registry of the observations
     * @return the interceptor
     */
    public static EventTracing ofProjections(ObservationRegistry registry) {
        return new EventTracing(registry, "daybook.projection", "project", "projection");
    }

    /**
     * Creates an interceptor for processes and reactions.
     *
     * @param registry the registry of the observations
     * @return the interceptor
     */
    public static EventTracing ofProcesses(ObservationRegistry registry) {
        return new EventTracing(registry, "daybook.process.step", "step", "process");
    }

    /**
     * Creates an interceptor for the handlers of subscriptions: see {@link #around(String, EventHandler)}.
     *
     * @param registry the registry of the observations
     * @return the interceptor
     */
    public static EventTracing ofSubscriptions(ObservationRegistry registry) {
        return new EventTracing(registry, "daybook.subscription", "handle", "subscription");
    }

    @Override
    public void intercept(String name, List<EventMetadata> events, Runnable next) {
        observations.observe(KeyValue.of(tag, name), events, next::run);
    }

    /**
     * Returns a handler whose calls are observed. Deletions are not observed, because they belong to no trace.
     *
     * @param name the name of the subscription
     * @param handler the handler
     * @return the observed handler
     */
    public EventHandler around(String name, EventHandler handler) {
        return new EventHandler() {
            @Override
            public void handle(List<EventEnvelope> events) throws Exception {
                observations.<Exception>observe(
                        KeyValue.of(tag, name),
                        events.stream().map(EventEnvelope::metadata).toList(),
                        () -> handler.handle(events));
            }

            @Override
            public void deleted(StreamId stream, long version) throws Exception {
                handler.deleted(stream, version);
            }
        };
    }
}
