package io.daybook.tracing;

import io.daybook.event.EventMetadata;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The observations of work on events: one in each trace to which the events belong. */
final class EventObservations {

    /** Work that may throw a checked exception. */
    @FunctionalInterface
    interface Work<X extends Exception> {
        void run() throws X;
    }

    private final ObservationRegistry registry;
    private final String name;
    private final Kind kind;
    private final String verb;

    /**
     * Creates the observations.
     *
     * @param name the name of the observation
     * @param kind the kind of its spans
     * @param verb begins the name of a span, before that of the worker
     */
    EventObservations(ObservationRegistry registry, String name, Kind kind, String verb) {
        this.registry = registry;
        this.name = name;
        this.kind = kind;
        this.verb = verb;
    }

    /** Observes work. If the events belong to one trace, the observation is the current one of the thread in the meantime. */
    <X extends Exception> void observe(KeyValue worker, List<EventMetadata> events, Work<X> work) throws X {
        if (registry.isNoop()) {
            work.run();
            return;
        }
        List<Observation> observations = started(worker, events);
        try (Observation.Scope scope =
                observations.size() == 1 ? observations.get(0).openScope() : Observation.Scope.NOOP) {
            work.run();
        } catch (Throwable e) {
            observations.forEach(observation -> observation.error(e));
            throw e;
        } finally {
            observations.forEach(Observation::stop);
        }
    }

    private List<Observation> started(KeyValue worker, List<EventMetadata> events) {
        Map<String, Map<String, String>> traces = new LinkedHashMap<>();
        events.forEach(event ->
                traces.putIfAbsent(event.attributes().getOrDefault(TraceContext.TRACEPARENT, ""), event.attributes()));
        List<Observation> observations = new ArrayList<>();
        traces.values()
                .forEach(attributes -> observations.add(
                        Observation.createNotStarted(name, () -> TraceContext.continuing(kind, attributes), registry)
                                .contextualName(verb + " " + worker.getValue())
                                .lowCardinalityKeyValue(worker)
                                .start()));
        return observations;
    }
}
