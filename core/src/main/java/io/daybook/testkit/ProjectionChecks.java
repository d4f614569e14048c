package io.daybook.testkit;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import io.daybook.json.ValueComparison;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.serialization.EventSerializer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/** The checks that every scenario of a projection runs in addition to its own. */
final class ProjectionChecks<D> {

    static final ValueComparison CONTENTS = ValueComparison.ofAmounts();

    private static final int MAX_VARIATIONS = 20;

    private final ScenarioProjection<D> projection;
    private final EventSerializer serializer;
    private final List<EventEnvelope> events;
    private final Map<StreamId, List<EventEnvelope>> streams = new LinkedHashMap<>();

    ProjectionChecks(ScenarioProjection<D> projection, EventSerializer serializer, List<EventEnvelope> events) {
        this.projection = projection;
        this.serializer = serializer;
        this.events = events;
        events.forEach(event -> streams.computeIfAbsent(ProjectionRun.streamOf(event), unseen -> new ArrayList<>())
                .add(event));
    }

    /** Runs all checks and returns the documents. */
    Map<String, D> run() {
        Map<String, D> documents = documents(events, run -> deliver(run, events, events.size()));
        require(
                documents,
                documents(events, run -> deliver(run, events, events.size())),
                "projecting the same events twice results in different documents",
                "use the times of the metadata and the ids of the events, not a clock or random numbers");
        requireExact();
        requireAnyDelivery(documents);
        requireAnyOrderOfStreams(documents);
        requireCurrentReads(documents);
        requireDeletions();
        return documents;
    }

    /** Returns the values by which queries find a document, by the name of the index. */
    Map<String, List<String>> indexValues(String key) {
        try (ProjectionRun<D> run = new ProjectionRun<>(projection, serializer, events)) {
            run.deliver(events);
            return run.indexValues(key);
        }
    }

    private void requireExact() {
        if (projection.isGrouped()) {
            documents(events, run -> {
                deliver(run, events, events.size());
                run.floatingPoint().ifPresent(content -> {
                    throw new AssertionError(
                            "a contribution or summary contains a double or float, which leaves a rounding error when it is added and removed: use a BigDecimal or a whole number\nstored: "
                                    + content);
                });
            });
        }
    }

    private void requireAnyDelivery(Map<String, D> documents) {
        String how = "the documents depend on how the events are delivered";
        for (int size : samples(events.size())) {
            require(
                    documents,
                    documents(events, run -> deliver(run, events, size)),
                    how + " (pages of " + size + ")",
                    "a handler must not modify its arguments or depend on anything else");
            require(
                    documents,
                    documents(events, run -> {
                        run.deliver(events.subList(0, size));
                        run.deliver(events);
                        run.deliver(events.subList(0, size));
                    }),
                    how + " (" + size + " of them several times)",
                    "a handler must not modify its arguments or depend on anything else");
        }
        require(
                documents,
                documents(
                        events,
                        run -> events.forEach(event -> {
                            run.restart();
                            run.deliver(List.of(event));
                        })),
                "the documents change in a JSON round trip between two events",
                "keep all of the state in members that JSON preserves");
        require(
                documents,
                documents(
                        events,
                        run -> streams.values()
                                .forEach(each -> run.deliver(each.subList(each.size() - 1, each.size())))),
                how + " (only the last of each stream)",
                "a handler must not modify its arguments or depend on anything else");
    }

    private void requireAnyOrderOfStreams(Map<String, D> documents) {
        if (streams.size() < 2) {
            return;
        }
        for (int seed = 0; seed < MAX_VARIATIONS; seed++) {
            List<EventEnvelope> order = interleaved(new Random(seed));
            require(
                    documents,
                    documents(order, run -> deliver(run, order, order.size() / 2 + 1)),
                    "the documents depend on the order of events of different streams",
                    "a summary must not depend on the order in which contributions are added");
        }
    }

    private List<EventEnvelope> interleaved(Random random) {
        List<List<EventEnvelope>> left = new ArrayList<>();
        streams.values().forEach(each -> left.add(new ArrayList<>(each)));
        List<EventEnvelope> order = new ArrayList<>();
        while (!left.isEmpty()) {
            List<EventEnvelope> stream = left.get(random.nextInt(left.size()));
            order.add(stream.remove(0));
            left.removeIf(List::isEmpty);
        }
        return order;
    }

    private void requireCurrentReads(Map<String, D> documents) {
        ConsistencyToken token = ConsistencyToken.none();
        for (Map.Entry<StreamId, List<EventEnvelope>> each : streams.entrySet()) {
            token = token.and(each.getKey(), each.getValue().size());
        }
        if (token.streams().size() < streams.size()) {
            return; // more streams than a token names
        }
        ConsistencyToken current = token;
        try (ProjectionRun<D> run = new ProjectionRun<>(projection, serializer, events)) {
            Map<String, D> read = new LinkedHashMap<>();
            documents.keySet().forEach(key -> run.read(key, current).ifPresent(content -> read.put(key, content)));
            require(documents, read, "a read with a token returns different documents", "compare the documents");
        }
    }

    /** Taking back what a stream contributes leaves what there would be without the stream. */
    private void requireDeletions() {
        for (StreamId stream : streams.keySet().stream().limit(MAX_VARIATIONS).toList()) {
            List<EventEnvelope> others = events.stream()
                    .filter(event -> !ProjectionRun.streamOf(event).equals(stream))
                    .toList();
            require(
                    documents(others, run -> deliver(run, others, events.size())),
                    documents(events, run -> {
                        run.deliver(events);
                        run.delete(stream);
                        run.deliver(events);
                    }),
                    "removing the contribution of " + stream
                            + " does not restore the documents to their state without it",
                    "the removing function must undo what the adding function does");
        }
    }

    private Map<String, D> documents(List<EventEnvelope> given, Consumer<ProjectionRun<D>> deliveries) {
        try (ProjectionRun<D> run = new ProjectionRun<>(projection, serializer, given)) {
            deliveries.accept(run);
            return run.documents();
        }
    }

    private static <D> void deliver(ProjectionRun<D> run, List<EventEnvelope> events, int pageSize) {
        for (int from = 0; from < events.size(); from += pageSize) {
            run.deliver(events.subList(from, Math.min(events.size(), from + pageSize)));
        }
    }

    /** The numbers from 1, or some of them. */
    private static List<Integer> samples(int count) {
        List<Integer> samples = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            samples.add(i);
        }
        Collections.shuffle(samples, new Random(count));
        return samples.subList(0, Math.min(count, MAX_VARIATIONS));
    }

    private void require(Map<String, D> expected, Map<String, D> actual, String what, String advice) {
        String difference = CONTENTS.difference(expected, actual);
        if (difference != null) {
            throw new AssertionError(what + (difference.isEmpty() ? "" : ", at " + difference) + ": " + advice
                    + "\nexpected: " + StateDescription.of(expected) + "\nbut was:  " + StateDescription.of(actual));
        }
    }
}
