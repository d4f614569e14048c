package io.daybook.projection;

import io.daybook.contract.ContractEvent;
import io.daybook.contract.ContractEvent.Counted;
import io.daybook.contract.ContractEvent.Noted;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import io.daybook.publishing.EventPublishException;
import io.daybook.publishing.EventPublishException.Delivery;
import io.daybook.publishing.EventPublisher;
import io.daybook.publishing.EventRelay;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.readmodel.StoredDocument;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/**
 * The program that {@link ManyStreamsTest} runs in a separate process: {@code ManyStreams <streams>}. A relay and a projector follow all
 * events, while commands are acknowledged and documents are read. It ends with 0 if each event was published and projected, and what is
 * reachable did not grow with the number of streams; otherwise what is wrong is on its standard error.
 */
final class ManyStreams {

    private record Count(long events) {}

    private static final Projection<Count> COUNTS = Projection.named(
                    "counts", 1, GeneratedStreams.TYPE, ContractEvent.class, Count.class)
            .on(Counted.class, (count, event, metadata) -> new Count(count == null ? 1 : count.events() + 1))
            .ignoring(Noted.class)
            .index("events", Count::events)
            .build();

    private static final int READ_EVERY = 10;
    private static final int FAIL_EVERY = 2_000;
    /** What is reachable after a collection may grow by this much from half of the events to all of them. */
    private static final long MOST_GROWTH_BYTES = 4L << 20;

    private final int streams;
    private final BitSet complete = new BitSet();
    private final AtomicInteger calls = new AtomicInteger();
    private final Projector projector;
    private final EventRelay relay;

    private ManyStreams(int streams) {
        this.streams = streams;
        GeneratedStreams generated = new GeneratedStreams(streams);
        projector = Projector.builder(generated, generated, new ForgetfulReadModelStore(this::written))
                .project(COUNTS)
                .start();
        EventPublisher publisher = this::publish;
        relay = EventRelay.builder(generated, publisher).start();
    }

    private synchronized void written(StoredDocument document) {
        if (document.content().equals("{\"events\":" + GeneratedStreams.EVENTS + "}")) {
            complete.set(Integer.parseInt(document.key().id()));
        }
    }

    private synchronized int complete() {
        return complete.cardinality();
    }

    /** Fails for the second half of some pages. */
    private void publish(List<EventEnvelope> events) {
        if (calls.incrementAndGet() % FAIL_EVERY == 0) {
            int half = events.size() / 2;
            List<String> sent = events.subList(0, half).stream()
                    .map(event -> event.metadata().eventId())
                    .toList();
            throw new EventPublishException(
                    "simulated",
                    events.stream()
                            .map(event -> event.metadata().eventId())
                            .collect(Collectors.toMap(
                                    id -> id, id -> sent.contains(id) ? Delivery.SENT : Delivery.NOT_SENT)),
                    null);
        }
        events.forEach(this::useOutcome);
    }

    /** Acknowledges the command of an event. Reads some documents with a token of a version that does not exist. */
    private void useOutcome(EventEnvelope event) {
        String id = event.metadata().aggregateId();
        StreamId stream = StreamId.of(GeneratedStreams.TYPE, id);
        long number = event.metadata().sequenceNumber();
        projector.acknowledged(ConsistencyToken.of(stream, number));
        if (number == GeneratedStreams.EVENTS && Integer.parseInt(id) % READ_EVERY == 0) {
            projector.readModel(COUNTS).get(id, ConsistencyToken.of(stream, number + 1));
        }
    }

    private long events() {
        return (long) GeneratedStreams.EVENTS * streams;
    }

    private long handled() {
        return Math.min(
                relay.published(), projector.status().get(0).subscription().handled());
    }

    private void await(long events) {
        Awaitility.await().atMost(Duration.ofMinutes(25)).until(() -> handled() >= events);
    }

    private void run() {
        long begin = System.nanoTime();
        await(events() / 2);
        long before = used();
        await(events());
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
        long after = used();
        System.out.printf(
                "ManyStreams: %,d events in %,d streams took %d s; %,d KB reachable after half of them, %,d KB at the end, heap %,d MB%n",
                events(),
                streams,
                seconds,
                before >> 10,
                after >> 10,
                Runtime.getRuntime().maxMemory() >> 20);
        relay.close();
        projector.close();
        requireThat(relay.published() == events(), "published " + relay.published());
        requireThat(relay.failures() > 0, "no publication failed");
        requireThat(complete() == streams, "complete documents: " + complete());
        requireThat(after - before < MOST_GROWTH_BYTES, "reachable memory grew by " + (after - before) + " bytes");
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static void requireThat(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalStateException(otherwise);
        }
    }

    /**
     * Runs it.
     *
     * @param arguments the number of streams, a multiple of 1,000
     */
    public static void main(String[] arguments) {
        new ManyStreams(Integer.parseInt(arguments[0])).run();
    }
}
