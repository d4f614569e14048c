package io.daybook.projection;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import io.daybook.projection.SimulatedStreams.Changed;
import io.daybook.projection.SimulatedStreams.Emptied;
import io.daybook.projection.SimulatedStreams.Happened;
import io.daybook.projection.SimulatedStreams.Poisonous;
import io.daybook.projection.SimulatedStreams.Unimportant;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.Scan;
import io.daybook.readmodel.StoredDocument;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One random history of a projection of many streams into groups, between which they move. */
final class GroupSimulation extends ProjectionSimulation<GroupRunner<GroupSimulation.Share, GroupSimulation.Trails>> {

    private static final List<String> GROUPS = List.of("A", "B", "C", "D");

    /** Everything that was folded, so that any wrong event shows. */
    record Share(String group, String trail) {}

    /** Each contribution, so that any wrong one shows. */
    record Trails(List<String> trails) {

        Trails and(String trail) {
            return new Trails(
                    Stream.concat(trails.stream(), Stream.of(trail)).sorted().toList());
        }

        Trails without(String trail) {
            List<String> left = new ArrayList<>(trails);
            if (!left.remove(trail)) {
                throw new IllegalStateException(trail + " is taken back, but was not added");
            }
            return new Trails(left);
        }
    }

    private static final GroupedProjection<Share, Trails> ADDING = grouped()
            .startingWith(group -> new Trails(List.of()))
            .adding((summary, share) -> summary.and(share.trail()))
            .removing((summary, share) -> summary.without(share.trail()))
            .build();
    private static final GroupedProjection<Share, Trails> RECOMPUTING = grouped()
            .recomputing(shares ->
                    new Trails(shares.stream().map(Share::trail).sorted().toList()))
            .build();

    private final GroupedProjection<Share, Trails> projection;
    private final KnownVersions known = new KnownVersions(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));

    private static GroupedProjection.Builder<Share, Trails> grouped() {
        return GroupedProjection.named("simulated", 1, Share.class, Trails.class)
                .contribution(
                        TYPE,
                        Happened.class,
                        share -> share.on(Changed.class, (before, event, metadata) -> changed(before, event.what()))
                                .on(Emptied.class, (before, event, metadata) -> null)
                                .on(Poisonous.class, (before, event, metadata) -> poisoned(before, event.what()))
                                .ignoring(Unimportant.class))
                .groupedBy(Share::group);
    }

    private GroupSimulation(long seed) {
        super(seed);
        projection = random.nextInt(4) > 0 ? ADDING : RECOMPUTING;
        startInstances(parks -> projection.runner(this, streams, new ProjectionCounters(), parks));
    }

    /** Runs the history of a seed; the answer is what went wrong, or nothing. */
    static String run(long seed) {
        return new GroupSimulation(seed).run(220);
    }

    private static Share changed(@Nullable Share before, String what) {
        int number = Integer.parseInt(what.substring(1));
        boolean moves = before == null || number % 5 < 2;
        String group = moves ? GROUPS.get(number * 7 / 5 % GROUPS.size()) : before.group();
        return new Share(group, before == null ? what : before.trail() + " " + what);
    }

    private static Share poisoned(@Nullable Share before, String what) {
        poison();
        return changed(before, what);
    }

    private static @Nullable Share truth(List<EventEnvelope> history) {
        Share share = null;
        for (EventEnvelope event : history) {
            if (event.event() instanceof Changed changed) {
                share = changed(share, changed.what());
            } else if (event.event() instanceof Poisonous poison) {
                share = changed(share, poison.what());
            } else if (event.event() instanceof Emptied) {
                share = null;
            }
        }
        return share;
    }

    private static String trailIn(String group, @Nullable Share share) {
        return share != null && share.group().equals(group) ? share.trail() : "";
    }

    /** Reads a group with a token: the answer shows a version of the stream that is not older. */
    @Override
    void startReader(GroupRunner<Share, Trails> instance, StreamId stream) {
        List<EventEnvelope> events = List.copyOf(streams.events(stream));
        String group = GROUPS.get(random.nextInt(GROUPS.size()));
        ConsistencyToken token = ConsistencyToken.of(stream, events.size());
        workers.add(List.of(stream), () -> {
            List<String> read = new GroupedReadModel<>(
                            projection,
                            instance,
                            known,
                            new Availability(projection.schema(), () -> ReadModelState.ACTIVE),
                            null,
                            Duration.ZERO)
                    .get(group, token)
                    .map(each -> each.content().trails())
                    .orElse(List.of());
            List<EventEnvelope> now = streams.events(stream);
            boolean same = !streams.isDeleted(stream) && streams.failedOverAt(stream) == Long.MAX_VALUE;
            List<String> possible = IntStream.rangeClosed(events.size(), now.size())
                    .mapToObj(number -> trailIn(group, truth(now.subList(0, number))))
                    .toList();
            String shown = read.stream()
                    .filter(trail -> isOf(stream, trail))
                    .findFirst()
                    .orElse("");
            if (same && !possible.contains(shown)) {
                wrong("a read with " + stream + "@" + events.size() + " shows " + shown + " instead of " + possible);
            }
        });
    }

    private boolean isOf(StreamId stream, String trail) {
        List<EventEnvelope> history = streams.historyOf(trail.substring(trail.lastIndexOf(' ') + 1));
        return history.get(0).metadata().aggregateId().equals(stream.aggregateId());
    }

    @Override
    void requireTrue(List<StoredDocument> written) {
        for (StoredDocument each : written) {
            if (GroupKeys.isSummary(each.key())) {
                requireSum(each.key());
            } else {
                requireTrue(each);
            }
        }
    }

    private void requireTrue(StoredDocument document) {
        List<EventEnvelope> history = streams.historyOf(document.eventId());
        Share share = document.gone() ? null : truth(history);
        String partition = document.key().partition();
        boolean isThere = share != null && (partition.startsWith("s:") || partition.equals("g:" + share.group()));
        String truth = isThere ? "{\"group\":\"" + share.group() + "\",\"trail\":\"" + share.trail() + "\"}" : "";
        if (!document.content().equals(truth) || (!document.gone() && history.size() != document.sequenceNumber())) {
            wrong(document + " holds " + document.content() + " instead of " + truth);
        }
    }

    /** A summary equals the sum over the stored contributions at every moment. */
    private void requireSum(DocumentKey key) {
        StoredDocument summary =
                Objects.requireNonNull(documents.read(List.of(key)).get(key));
        List<String> trails = new ArrayList<>();
        Map<String, Long> positions = new TreeMap<>();
        for (StoredDocument each :
                documents.scan(Scan.partition(key.partition()), "").items()) {
            if (!GroupKeys.isSummary(each.key())) {
                positions.put(each.key().id(), each.sequenceNumber());
                if (!each.content().isEmpty()) {
                    trails.add(Objects.requireNonNull(truth(streams.historyOf(each.eventId())))
                            .trail());
                }
            }
        }
        trails.sort(null);
        if (!summary.content().equals(json(trails)) || summary.sequenceNumber() != trails.size()) {
            wrong(summary + " holds " + summary.content() + " instead of " + json(trails));
        }
        if (!summary.recent().equals(positions)) {
            wrong(summary + " names other positions than " + positions);
        }
    }

    private static String json(List<String> trails) {
        return trails.isEmpty() ? "" : "{\"trails\":[\"" + String.join("\",\"", trails) + "\"]}";
    }

    @Override
    void compare() {
        super.compare();
        for (String group : GROUPS) {
            List<String> trails = ids.stream()
                    .filter(stream -> !streams.isDeleted(stream))
                    .map(stream -> trailIn(group, truth(streams.events(stream))))
                    .filter(trail -> !trail.isEmpty())
                    .sorted()
                    .toList();
            DocumentKey key = new GroupKeys(1).ofSummary(group, 0);
            StoredDocument summary = documents.read(List.of(key)).get(key);
            String content = summary == null ? "" : summary.content();
            if (!content.equals(json(trails))) {
                wrong("group " + group + " ends as " + content + " instead of " + json(trails));
            }
        }
    }
}
