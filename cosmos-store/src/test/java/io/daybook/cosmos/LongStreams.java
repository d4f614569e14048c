package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncClient;
import io.daybook.contract.ContractEvent;
import io.daybook.contract.ContractEvent.Counted;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.event.EventEnvelope;
import io.daybook.event.MessageContext;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.EventFilter;
import io.daybook.eventstore.StreamId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The program that {@link LongStreamsIT} runs in a separate process: {@code LongStreams <endpoint, or nothing for the
 * account of the environment>}. It ends with 0 if all is well; otherwise what differs is on its standard error.
 */
final class LongStreams {

    private static final int EVENTS = 100_000;
    private static final int APPEND = 98;
    private static final int THREADS = 4;
    private static final int SAMPLE = 200;
    private static final int MARK_EVERY = 100;
    private static final String MARK = "marked";
    /** What is reachable after a collection may grow by this much over the whole of a phase. */
    private static final long MOST_GROWTH_BYTES = 40L << 20;

    private final CosmosEventStore store;
    private final long firstUsed;
    private long since = System.nanoTime();

    private LongStreams(CosmosEventStore store) {
        this.store = store;
        store.append(stream("warm"), 0, events("warm", 0, 1), AppendOptions.none());
        requireThat(store.read(stream("warm"), 0, Long.MAX_VALUE).count() == 1, "the first event is not there");
        firstUsed = used();
    }

    /**
     * Runs it.
     *
     * @param arguments the endpoint of the test server, if it is not to be the account of the environment
     */
    public static void main(String[] arguments) throws InterruptedException {
        int status = 1;
        CosmosAsyncClient client = arguments.length == 0
                ? CosmosAccount.client()
                : CosmosTestServer.clientBuilder(arguments[0]).buildAsyncClient();
        String database = CosmosAccount.newDatabase();
        CosmosContainers containers = CosmosContainers.in(client, database);
        try {
            containers.createIfMissing();
            LongStreams run = new LongStreams(CosmosEventStore.of(containers, ContractEvent.serializer()));
            run.oneLongStream();
            run.manyStreams(Integer.getInteger("daybook.streams", 5_000));
            status = 0;
        } catch (RuntimeException | ExecutionException e) {
            e.printStackTrace();
        } finally {
            client.getDatabase(database).delete().onErrorComplete().block();
            client.close();
            System.exit(status); // the client keeps threads
        }
    }

    private static StreamId stream(String id) {
        return StreamId.of("Long", id);
    }

    private static List<EventEnvelope> events(String id, long after, int count) {
        return ContractEvent.events(stream(id), after, count);
    }

    private void oneLongStream() {
        for (int version = 0; version < EVENTS; ) {
            int count = Math.min(APPEND, EVENTS - version);
            store.append(stream("one"), version, events("one", version, count), AppendOptions.none());
            version += count;
            if (version / 20_000 != (version - count) / 20_000) {
                requireBounded("after appending " + version + " events");
            }
        }
        tell("appended " + EVENTS + " events in one stream");

        long expected = 0;
        try (Stream<EventEnvelope> read = store.read(stream("one"), 0, Long.MAX_VALUE)) {
            for (Iterator<EventEnvelope> events = read.iterator(); events.hasNext(); ) {
                EventEnvelope event = events.next();
                expected++;
                requireThat(
                        event.metadata().sequenceNumber() == expected
                                && event.event() instanceof Counted counted
                                && counted.number() == expected,
                        "at place " + expected + " there is " + event.metadata());
                if (expected % 20_000 == 0) {
                    requireBounded("after reading " + expected + " events");
                }
            }
        }
        requireThat(expected == EVENTS, expected + " events were read");
        requireThat(store.currentVersion(stream("one")) == EVENTS, "the version is another one");
        tell("read them back");
    }

    /** How many events the stream of a number has. */
    private static int eventsOf(int number) {
        return 1 + number % 3;
    }

    private void manyStreams(int streams) throws InterruptedException, ExecutionException {
        AtomicInteger next = new AtomicInteger();
        ExecutorService executor = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                writers.add(executor.submit(() -> {
                    for (int number; (number = next.getAndIncrement()) < streams; ) {
                        store.append(stream("many-" + number), 0, many(number), AppendOptions.none());
                    }
                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        } finally {
            executor.shutdownNow();
        }
        requireBounded("after writing " + streams + " streams");
        tell("wrote " + streams + " streams");

        new Random(1).ints(SAMPLE, 0, streams).forEach(number -> {
            StreamId stream = stream("many-" + number);
            List<Long> found = store.read(stream, 0, Long.MAX_VALUE)
                    .map(event -> event.metadata().sequenceNumber())
                    .toList();
            requireThat(found.size() == eventsOf(number), stream + " has " + found);
        });
        tell("read " + SAMPLE + " of them");

        long wanted = IntStream.range(0, streams)
                .filter(number -> number % MARK_EVERY == 0)
                .mapToLong(LongStreams::eventsOf)
                .sum();
        long found = store.find(EventFilter.all().correlationId(MARK)).count();
        requireThat(found == wanted, "across the streams " + found + " events are marked, not " + wanted);
        requireBounded("after a query across them");
        tell("found " + found + " events across them");
    }

    private static List<EventEnvelope> many(int number) {
        StreamId stream = stream("many-" + number);
        return IntStream.rangeClosed(1, eventsOf(number))
                .mapToObj(i -> {
                    Counted event = new Counted(i);
                    return EventEnvelope.of(
                            ContractEvent.metadata(stream, i, event)
                                    .context(MessageContext.builder()
                                            .correlationId(number % MARK_EVERY == 0 ? MARK : "of-" + number)
                                            .build())
                                    .build(),
                            event);
                })
                .toList();
    }

    private void tell(String what) {
        long now = System.nanoTime();
        System.out.println(
                what + " in " + Duration.ofNanos(now - since).toMillis() + " ms, " + (used() >> 20) + " MB are used");
        since = System.nanoTime();
    }

    private void requireBounded(String when) {
        long grown = used() - firstUsed;
        requireThat(grown <= MOST_GROWTH_BYTES, when + " " + (grown >> 20) + " MB more are in use than at first");
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static void requireThat(boolean so, String otherwise) {
        if (!so) {
            throw new IllegalStateException(otherwise);
        }
    }
}
