package io.daybook.projection;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryReadModelStore;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.Page;
import io.daybook.readmodel.PagePosition;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.readmodel.ReadModelUnavailableException;
import io.daybook.readmodel.Scan;
import io.daybook.readmodel.StoredDocument;
import io.daybook.readmodel.WriteResult;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * One random history of a projection: several instances get pages with repeats and holes, are slow, crash and lose replies, while streams grow,
 * fail over and are deleted. After each write what is stored is compared with the truth at its position.
 */
abstract class ProjectionSimulation<R extends ProjectionRunner<?>> implements ReadModelCollection {

    static final String TYPE = "Simulated";

    final Random random;
    final SimulatedWorkers workers;
    final SimulatedStreams streams;
    final ReadModelCollection documents = new InMemoryReadModelStore().open(ReadModelSchema.of("simulated", 1));
    final List<StreamId> ids =
            IntStream.range(0, 3).mapToObj(i -> StreamId.of(TYPE, "" + i)).toList();
    final List<R> instances = new ArrayList<>();
    private static volatile boolean poisonous; // for handlers, of which there is one; histories run one after another
    private final boolean losesHolders;
    private String wrong = "";

    ProjectionSimulation(long seed) {
        losesHolders = seed % 3 != 0;
        random = new Random(seed);
        workers = new SimulatedWorkers(random);
        streams = new SimulatedStreams(random, workers);
        poisonous = true;
    }

    void startInstances(Function<Parks, R> instance) {
        Clock clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
        for (int i = 0; i < 2 + random.nextInt(3); i++) {
            instances.add(instance.apply(new Parks(3, clock)));
        }
    }

    /** Compares what was just written in one write with the truth. */
    abstract void requireTrue(List<StoredDocument> written);

    /** Adds a worker that reads what a stream, which has events, has become. */
    abstract void startReader(R instance, StreamId stream);

    /** Runs the history; the answer is what went wrong, or nothing. */
    String run(int steps) {
        live(steps);
        comeToRest();
        compare();
        return wrong;
    }

    static void poison() {
        if (poisonous) {
            throw new IllegalStateException("poisonous");
        }
    }

    private void live(int steps) {
        for (int i = 0; i < steps; i++) {
            StreamId stream = ids.get(random.nextInt(ids.size()));
            int what = random.nextInt(100);
            if (what < 25) {
                if (streams.events(stream).size() < 12 && !streams.isDeleted(stream)) {
                    streams.append(stream);
                }
            } else if (what < 27) {
                failOver(stream);
            } else if (what == 27
                    && random.nextInt(4) == 0
                    && !streams.events(stream).isEmpty()) {
                streams.delete(stream);
            }
            if (workers.count() < 4) {
                start();
            }
            failed(workers.step());
        }
    }

    /** In two thirds of the histories, the holders of lost events are gone too. In the others, they continue. */
    private void failOver(StreamId stream) {
        for (SimulatedWorkers.Worker worker : workers.all()) {
            if (losesHolders && worker.tag instanceof Collection<?> touched && touched.contains(stream)) {
                workers.kill(worker);
            }
        }
        streams.failOver(stream);
    }

    private void start() {
        R instance = instances.get(random.nextInt(instances.size()));
        List<StreamId> touched =
                ids.stream().filter(id -> random.nextInt(3) > 0).toList();
        int kind = random.nextInt(10);
        StreamId stream = ids.get(random.nextInt(ids.size()));
        if (streams.isDeleted(stream) && kind < 3) {
            workers.add(
                    List.of(stream),
                    () -> instance.deleted(stream, streams.events(stream).size()));
        } else if (kind == 8 && !streams.events(stream).isEmpty()) {
            startReader(instance, stream);
        } else if (kind == 9) {
            ProjectionRunner<?> reader = instance;
            workers.add(List.of(stream), () -> new ReadRepair<>(reader).atLeast(stream, Long.MAX_VALUE));
        } else {
            List<EventEnvelope> page = new ArrayList<>();
            touched.forEach(id -> page.addAll(page(id)));
            workers.add(touched, () -> instance.project(page));
        }
    }

    /** Events that a feed delivers: any earlier ones again, some not at all, never other events of a number that is left out. */
    private List<EventEnvelope> page(StreamId stream) {
        List<EventEnvelope> events = streams.events(stream);
        if (events.isEmpty()) {
            return List.of();
        }
        int from = random.nextInt(events.size());
        int to = from + 1 + random.nextInt(events.size() - from);
        if (streams.failedOverAt(stream) < to) {
            from = (int) Math.min(from, streams.failedOverAt(stream));
        }
        boolean whole = streams.failedOverAt(stream) < to;
        return List.copyOf(events.subList(from, to)).stream()
                .filter(event -> whole || random.nextInt(5) > 0)
                .toList();
    }

    private void comeToRest() {
        workers.finish(this::failed);
        for (int attempt = 0; attempt < 5; attempt++) {
            deliverEverything();
        }
        poisonous = false;
        instances.get(0).retryParked();
        ids.stream().filter(id -> !streams.isDeleted(id)).forEach(streams::append);
        deliverEverything();
    }

    private void deliverEverything() {
        for (StreamId stream : ids) {
            try {
                instances.get(random.nextInt(instances.size())).project(List.copyOf(streams.events(stream)));
            } catch (ProjectionFailedException e) {
                failed(e);
            }
            if (streams.isDeleted(stream)) {
                instances.get(0).deleted(stream, streams.events(stream).size());
            }
        }
    }

    private void failed(Throwable failure) {
        boolean expected = failure == null
                || failure instanceof ReadModelUnavailableException
                || failure instanceof EventStoreUnavailableException
                || (poisonous
                        && (failure instanceof ProjectionFailedException || failure instanceof StreamParkedException));
        if (!expected) {
            wrong("a worker failed: " + failure + " at " + failure.getStackTrace()[0]);
        }
    }

    /** Compares what is left in the end with the truth. */
    void compare() {
        for (StreamId stream : ids) {
            List<EventEnvelope> events = streams.events(stream);
            DocumentKey key = instances.get(0).keys.keyOf(stream);
            StoredDocument stored = documents.read(List.of(key)).get(key);
            if (events.isEmpty()) {
                continue;
            }
            if (stored == null
                    || stored.gone() != streams.isDeleted(stream)
                    || stored.parking().isPresent()) {
                wrong(stream + " ends as " + stored);
            } else if (!stored.gone() && stored.sequenceNumber() != events.size()) {
                wrong(stream + " ends at " + stored.sequenceNumber() + " instead of " + events.size());
            } else if (!stored.gone()
                    && !stored.eventId()
                            .equals(events.get(events.size() - 1).metadata().eventId())) {
                wrong(stream + " ends with another event");
            }
        }
    }

    void wrong(String what) {
        wrong = wrong.isEmpty() ? what : wrong;
    }

    private void call() {
        SimulatedWorkers.Fate fate = workers.yield();
        if (fate != SimulatedWorkers.Fate.ANSWERED) {
            throw new ReadModelUnavailableException("simulated", null, null);
        }
    }

    /** The documents of each partition at a moment of their own. */
    @Override
    public Map<DocumentKey, StoredDocument> read(Collection<DocumentKey> keys) {
        Map<DocumentKey, StoredDocument> read = new HashMap<>();
        keys.stream().map(DocumentKey::partition).distinct().forEach(partition -> {
            call();
            read.putAll(documents.read(keys.stream()
                    .filter(key -> key.partition().equals(partition))
                    .toList()));
        });
        return read;
    }

    @Override
    public WriteResult write(List<StoredDocument> written) {
        SimulatedWorkers.Fate fate = workers.yield();
        if (fate == SimulatedWorkers.Fate.NOT_SENT) {
            throw new ReadModelUnavailableException("simulated", null, null);
        }
        List<DocumentKey> keys = written.stream().map(StoredDocument::key).toList();
        Map<DocumentKey, StoredDocument> before = documents.read(keys);
        WriteResult result = documents.write(written);
        if (result.isWritten()) {
            if (losesHolders) { // else what is written may mix lost and true events until the true ones are delivered
                requireTrue(written);
            }
            for (StoredDocument each : written) {
                StoredDocument replaced = before.get(each.key());
                if (replaced != null && (replaced.revision() >= each.revision() || (replaced.gone() && !each.gone()))) {
                    wrong(each + " replaces " + replaced);
                }
            }
        }
        if (fate == SimulatedWorkers.Fate.REPLY_LOST) {
            throw new ReadModelUnavailableException("simulated", null, null);
        }
        return result;
    }

    /** In any order, as a store that makes several writes at once. */
    @Override
    public List<WriteResult> writeEach(List<List<StoredDocument>> writes) {
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, writes.size()).boxed().toList());
        Collections.shuffle(order, random);
        WriteResult[] results = new WriteResult[writes.size()];
        order.forEach(i -> results[i] = WriteResult.attempt(() -> write(writes.get(i))));
        return List.of(results);
    }

    @Override
    public List<StoredDocument> find(Filter filter, Optional<PagePosition> after) {
        call();
        return documents.find(filter, after);
    }

    @Override
    public Page<StoredDocument> scan(Scan scan, String next) {
        call();
        return documents.scan(scan, next);
    }
}
