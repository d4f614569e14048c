package io.daybook.projection;

import io.daybook.contract.ContractEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.eventstore.ScanPage;
import io.daybook.eventstore.StreamId;
import io.daybook.serialization.EventSerializer;
import io.daybook.subscription.DeliveryLoop;
import io.daybook.subscription.EventFeed;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.ParkedStream;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionOptions;
import io.daybook.subscription.SubscriptionStatus;
import io.daybook.subscription.SubscriptionStatus.State;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Streams of ten events each, which are generated when they are read. The feed delivers them in groups of 1,000 streams, one event of each
 * stream after the other. The last event of each stream follows {@link #LATE} groups later, when its document is no longer in memory.
 */
final class GeneratedStreams extends ReadOnlyEventStore implements EventFeed {

    static final String TYPE = "Order";
    static final int EVENTS = 10; // of each stream
    private static final int GROUP = 1_000;
    private static final int LATE = 20;
    private static final int PAGE = 100;
    private static final Duration FOREVER = Duration.ofDays(1);
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.123456789Z");
    private static final EventSerializer SERIALIZER = ContractEvent.serializer();

    private final int groups;

    /** @param streams a multiple of 1,000 */
    GeneratedStreams(int streams) {
        groups = streams / GROUP;
    }

    static StreamId stream(int number) {
        return StreamId.of(TYPE, Integer.toString(number));
    }

    private static EventEnvelope event(StreamId stream, long number) {
        byte[] data = ("{\"number\":" + number + ",\"secret\":\"s\"}").getBytes(StandardCharsets.UTF_8);
        EventMetadata metadata = EventMetadata.builder()
                .eventId(stream.aggregateId() + "-" + number)
                .eventType("ContractCounted", 1)
                .timestamp(TIME)
                .aggregate(stream.aggregateType(), stream.aggregateId())
                .sequenceNumber(number)
                .build();
        return EventEnvelope.stored(metadata, data, SERIALIZER);
    }

    /** The pages of the feed. */
    private Stream<List<List<EventEnvelope>>> pages() {
        return IntStream.range(0, groups + LATE)
                .boxed()
                .flatMap(group -> Stream.concat(
                        group < groups ? rounds(group, 1, EVENTS - 1) : Stream.empty(),
                        group >= LATE ? rounds(group - LATE, EVENTS, EVENTS) : Stream.empty()));
    }

    private static Stream<List<List<EventEnvelope>>> rounds(int group, int first, int last) {
        return IntStream.rangeClosed(first, last)
                .boxed()
                .flatMap(number -> IntStream.range(0, GROUP / PAGE)
                        .mapToObj(page -> IntStream.range(0, PAGE)
                                .mapToObj(i -> List.of(event(stream(group * GROUP + page * PAGE + i), number)))
                                .toList()));
    }

    @Override
    public Subscription subscribe(String name, SubscriptionOptions options, EventHandler handler) {
        GeneratedSubscription subscription =
                new GeneratedSubscription(DeliveryLoop.of(name, options.failurePolicy(), handler));
        Thread thread = new Thread(subscription::run, "generated-" + name);
        thread.setDaemon(true);
        thread.start();
        return subscription;
    }

    private final class GeneratedSubscription implements Subscription {

        private final DeliveryLoop loop;
        private volatile boolean ended;

        GeneratedSubscription(DeliveryLoop loop) {
            this.loop = loop;
        }

        void run() {
            ended = pages().allMatch(page -> {
                try {
                    return loop.deliver(loop.page("generated", page, List.of()), FOREVER, stream -> true);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
        }

        @Override
        public SubscriptionStatus status() {
            return loop.status(State.RUNNING, ended ? 0 : -1, ended);
        }

        @Override
        public List<ParkedStream> parked() {
            return List.of();
        }

        @Override
        public int retryParked() {
            return 0;
        }

        @Override
        public void close() {
            close(FOREVER);
        }

        @Override
        public boolean close(Duration timeout) {
            return loop.close(timeout);
        }
    }

    @Override
    public void forget(String name) {}

    @Override
    public Stream<EventEnvelope> read(StreamId stream, long afterVersion, long toVersion) {
        return LongStream.rangeClosed(afterVersion + 1, Math.min(EVENTS, toVersion))
                .mapToObj(number -> event(stream, number));
    }

    /** Nothing, so that every event comes from the feed. */
    @Override
    public ScanPage scan(String range, String after) {
        return new ScanPage(List.of(), Map.of(), "", 0);
    }

    @Override
    public long currentVersion(StreamId stream) {
        return EVENTS;
    }
}
