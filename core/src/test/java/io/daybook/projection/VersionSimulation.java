package io.daybook.projection;

import io.daybook.contract.ManualClock;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.StreamId;
import io.daybook.projection.SimulatedStreams.Changed;
import io.daybook.projection.SimulatedStreams.Emptied;
import io.daybook.projection.SimulatedStreams.Happened;
import io.daybook.projection.SimulatedStreams.Poisonous;
import io.daybook.projection.SimulatedStreams.Unimportant;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.readmodel.ReadModelUnavailableException;
import io.daybook.readmodel.StoredDocument;
import io.daybook.subscription.EventInterceptor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * One random history of a version of a projection: instances build it by a scan while streams grow, are killed in any step, take over from
 * each other, build it again, and find it emptied. After each write the document is compared with the truth at its position; when the version
 * answers, every event that was stored when its scan began must be shown.
 */
final class VersionSimulation {

    /** Everything that was folded, so that any wrong event shows. */
    record Trail(String trail) {}

    private static final String TYPE = "Simulated";
    private static volatile boolean
            poisonous; // for the handler, of which there is one; histories run one after another
    private static final Projection<Trail> PROJECTION = Projection.named(
                    "simulated", 1, TYPE, Happened.class, Trail.class)
            .on(Changed.class, (trail, event, metadata) -> changed(trail, event.what()))
            .on(Emptied.class, (trail, event, metadata) -> null)
            .on(Poisonous.class, (trail, event, metadata) -> poisoned(trail, event.what()))
            .ignoring(Unimportant.class)
            .build();
    private static final Fingerprint FINGERPRINT = PROJECTION.fingerprint();

    /** An instance: what a process has in memory. */
    private final class Instance {
        private final DocumentRunner<Trail> runner;
        private final VersionRunner version;
        private boolean isDead;

        Instance() {
            CurrentDocuments documents = new CurrentDocuments(store, schema);
            EventStore events = streams.scannedBy(feed);
            runner = PROJECTION.runner(documents, streams, new ProjectionCounters(), new Parks(3, clock));
            version = new VersionRunner(
                    schema,
                    FINGERPRINT,
                    documents,
                    runner,
                    (state, since) ->
                            new VersionBuild(events, new KeptStates<>(runner, 2, 3), state, since, read -> {}),
                    new VersionStates(store),
                    feed,
                    false,
                    true,
                    events,
                    clock,
                    EventInterceptor.none());
        }

        void work(Runnable step) {
            workers.add(this, () -> {
                try {
                    step.run();
                } catch (SimulatedWorkers.Killed e) {
                    isDead = true;
                    throw e;
                }
            });
        }

        boolean isBusy() {
            return workers.all().stream().anyMatch(worker -> worker.tag == this);
        }
    }

    private final Random random;
    private final SimulatedWorkers workers;
    private final SimulatedStreams streams;
    private final SimulatedFeed feed;
    private final SimulatedReadModelStore store;
    private final ReadModelSchema schema = PROJECTION.schema();
    private final List<StreamId> ids =
            IntStream.range(0, 8).mapToObj(i -> StreamId.of(TYPE, "" + i)).toList();
    private final List<Instance> instances = new ArrayList<>();
    private final Map<StreamId, Integer> storedWhenPinned = new HashMap<>();
    private Optional<VersionState> before = Optional.empty();
    private String wrong = "";
    private final ManualClock clock = new ManualClock(Instant.EPOCH);

    private VersionSimulation(long seed) {
        random = new Random(seed);
        workers = new SimulatedWorkers(random);
        streams = new SimulatedStreams(random, workers);
        feed = new SimulatedFeed(random, workers, streams);
        store = new SimulatedReadModelStore(workers, this::requireTrue);
        poisonous = true;
    }

    /** Runs the history of a seed; the answer is what went wrong, or nothing. */
    static String run(long seed) {
        VersionSimulation simulation = new VersionSimulation(seed);
        simulation.live();
        simulation.comeToRest();
        return simulation.wrong;
    }

    private static Trail changed(Trail trail, String what) {
        return new Trail(trail == null ? what : trail.trail() + " " + what);
    }

    private static Trail poisoned(Trail trail, String what) {
        if (poisonous) {
            throw new IllegalStateException("poisonous");
        }
        return changed(trail, what);
    }

    private static String truth(List<EventEnvelope> history) {
        Trail trail = null;
        for (EventEnvelope event : history) {
            if (event.event() instanceof Changed changed) {
                trail = changed(trail, changed.what());
            } else if (event.event() instanceof Poisonous poison) {
                trail = changed(trail, poison.what());
            } else if (event.event() instanceof Emptied) {
                trail = null;
            }
        }
        return trail == null ? "" : "{\"trail\":\"" + trail.trail() + "\"}";
    }

    private void live() {
        int stored = random.nextInt(30);
        for (int i = 0; i < stored; i++) {
            feed.append(ids.get(random.nextInt(ids.size())));
        }
        for (int i = 0; i < 500; i++) {
            happen(random.nextInt(200));
            instances.removeIf(each -> each.isDead);
            if (instances.isEmpty() || (instances.size() < 3 && random.nextInt(50) == 0)) {
                instances.add(new Instance());
            }
            for (Instance each : instances) {
                if (!each.isBusy()) {
                    each.work(each.version::step);
                }
            }
            if (workers.count() > 0) {
                failed(workers.step());
            }
            watch();
        }
    }

    private void happen(int what) {
        StreamId stream = ids.get(random.nextInt(ids.size()));
        List<SimulatedFeed.Following> following = feed.following(schema.id());
        if (what < 4 && streams.events(stream).size() < 12 && !streams.isDeleted(stream)) {
            feed.append(stream);
        } else if (what == 20
                && random.nextInt(3) == 0
                && !streams.isDeleted(stream)
                && !streams.events(stream).isEmpty()) {
            feed.delete(stream);
        } else if (what < 60 && !following.isEmpty() && workers.count() < 4) {
            SimulatedFeed.Following one = following.get(random.nextInt(following.size()));
            workers.add("delivery", () -> deliver(one));
        } else if (what == 60 && random.nextInt(4) == 0) {
            instances.stream()
                    .filter(each -> !each.isBusy())
                    .findFirst()
                    .ifPresent(each -> each.work(each.version::rebuild));
        } else if (what == 61 && random.nextInt(3) == 0) {
            instances.stream()
                    .filter(each -> !each.isBusy())
                    .findFirst()
                    .ifPresent(each -> each.work(each.version::close));
        } else if (what == 62 && random.nextInt(2) == 0) {
            loseDocuments();
        } else if (what > 150) {
            clock.advance(Duration.ofSeconds(random.nextInt(15)));
        }
    }

    /** Someone deletes the container while no instance runs. */
    private void loseDocuments() {
        workers.all().forEach(workers::kill);
        instances.clear();
        feed.following(schema.id()).forEach(SimulatedFeed.Following::close);
        store.store.drop(schema);
    }

    private static void deliver(SimulatedFeed.Following following) {
        try {
            following.deliver();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private Optional<VersionState> stored() {
        return new VersionStates(store.store).read(schema).map(VersionStates.Stored::state);
    }

    /** Checks what the stored state promises. */
    private void watch() {
        Optional<VersionState> state = stored();
        boolean wasPinned = before.map(VersionState::pinned).orElse(false)
                && before.map(VersionState::incarnation).equals(state.map(VersionState::incarnation));
        if (!wasPinned && state.isPresent() && state.get().pinned()) {
            storedWhenPinned.clear();
            ids.forEach(stream ->
                    storedWhenPinned.put(stream, streams.events(stream).size()));
        }
        if (wasPinned
                && before.orElseThrow().state() == ReadModelState.BUILDING
                && state.orElseThrow().state() != ReadModelState.BUILDING) {
            ids.stream().filter(stream -> !streams.isDeleted(stream)).forEach(this::requireShown);
        }
        before = state;
    }

    private void requireShown(StreamId stream) {
        int least = storedWhenPinned.getOrDefault(stream, 0);
        StoredDocument document = document(stream);
        long number = document == null ? 0 : document.sequenceNumber();
        if (number < least && (document == null || document.parking().isEmpty())) {
            wrong("the version answers, but " + stream + " is at " + number + " instead of " + least);
        }
    }

    private StoredDocument document(StreamId stream) {
        DocumentKey key = DocumentKey.of(stream.aggregateId());
        return store.store.open(schema).read(List.of(key)).get(key);
    }

    private void comeToRest() {
        workers.faults = false;
        while (workers.count() > 0) {
            failed(workers.step());
            watch();
        }
        Instance last = new Instance();
        for (int i = 0; i < 1_000 && !isAtRest(last); i++) {
            clock.advance(Duration.ofSeconds(5));
            step(last);
            feed.following(schema.id()).forEach(each -> {
                try {
                    deliver(each);
                } catch (ProjectionFailedException e) {
                    failed(e);
                }
            });
        }
        if (!isAtRest(last)) {
            wrong("the version ends as " + last.version.status(""));
        }
        poisonous = false;
        last.runner.retryParked();
        ids.forEach(this::compare);
    }

    private void step(Instance last) {
        try {
            last.version.step();
        } catch (ProjectionFailedException e) {
            failed(e);
        }
        watch();
    }

    private boolean isAtRest(Instance last) {
        return last.version.state() == ReadModelState.ACTIVE && last.version.isCaughtUp();
    }

    private void failed(Throwable failure) {
        boolean expected = failure == null
                || failure instanceof ReadModelUnavailableException
                || failure instanceof EventStoreUnavailableException
                || (failure instanceof ProjectionFailedException && poisonous);
        if (!expected) {
            wrong("a worker failed: " + failure + " at " + failure.getStackTrace()[0]);
        }
    }

    private void compare(StreamId stream) {
        StoredDocument document = document(stream);
        int events = streams.events(stream).size();
        if (events > 0 && document == null) {
            wrong(stream + " has no document");
        } else if (document != null
                && (document.gone() != streams.isDeleted(stream)
                        || document.parking().isPresent()
                        || (!document.gone() && document.sequenceNumber() != events))) {
            wrong(stream + " ends as " + document + " instead of at " + events);
        }
    }

    private void wrong(String what) {
        wrong = wrong.isEmpty() ? what : wrong;
    }

    private void requireTrue(ReadModelSchema written, StoredDocument document) {
        if (!written.equals(schema) || document.key().equals(CurrentDocuments.INCARNATION)) {
            return;
        }
        List<EventEnvelope> history = streams.historyOf(document.eventId());
        boolean position = document.gone() || history.size() == document.sequenceNumber();
        String truth = document.gone() ? "" : truth(history);
        if (!position || !document.content().equals(truth)) {
            wrong(document + " holds " + document.content() + " instead of " + truth);
        }
    }
}
