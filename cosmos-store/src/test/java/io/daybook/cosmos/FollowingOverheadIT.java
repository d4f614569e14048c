package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.models.ChangeFeedProcessorOptions;
import com.azure.cosmos.models.CosmosItemIdentity;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.contract.ContractEvent;
import io.daybook.contract.Patience;
import io.daybook.cosmos.PlainFeedProcessor.Writes;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.server.TestDatabase;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamId;
import io.daybook.projection.Projector;
import io.daybook.readmodel.ReadModelSchema;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a projector takes beyond a plain change feed processor that writes the same documents. Both follow the same events in turn,
 * after they were appended. The test gates on documents and requests; the rates are printed where {@code daybook.benchmark} is set.
 */
@Tag("faults")
class FollowingOverheadIT {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    private static final boolean BENCHMARK = Boolean.getBoolean("daybook.benchmark");
    /** A multiple of the streams in a page, so that each page reads several documents or none. */
    private static final int STREAMS = Integer.getInteger("daybook.benchmark.streams", 100);

    private static final int ROUNDS = Integer.getInteger("daybook.benchmark.rounds", 1);
    private static final int EVENTS_PER_STREAM = 3;
    private static final int EVENTS = STREAMS * EVENTS_PER_STREAM;
    private static final int PAGE = 100;
    private static final String OURS = SeenEvents.PROJECTION.schema().id();
    private static final ReadModelSchema PLAIN =
            new ReadModelSchema("plain", 1, SeenEvents.PROJECTION.schema().indexes(), Set.of(), Map.of());
    private static final Duration OFTEN = Duration.ofMillis(500);
    private static final Duration RARELY = Duration.ofMinutes(10);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private static CosmosTestServer server;
    private static EventStore store;
    private static long version;

    @BeforeAll
    static void createDocuments() {
        server = CosmosAccount.server();
        store = CosmosEventStore.of(DATABASE.containers(), ContractEvent.serializer());
        CosmosReadModelStore.of(DATABASE.containers()).open(PLAIN); // with the same indexes
        try (Projector projector = projector(new FollowedPages())) {
            projector.drain(Patience.LIMIT); // it is built without events, and follows from here
        }
    }

    private record Followed(double rate, CpuTime cpuTime, Map<String, Integer> requests) {

        /** Returns the rate of two runs with equally many events. */
        Followed and(Followed other) {
            Map<String, Integer> all = new HashMap<>(requests);
            other.requests.forEach((kind, count) -> all.merge(kind, count, Integer::sum));
            return new Followed(2 / (1 / rate + 1 / other.rate), cpuTime.and(other.cpuTime), all);
        }

        int requests(String container, String... kinds) {
            return List.of(kinds).stream()
                    .mapToInt(kind -> requests.getOrDefault(container + "/" + kind, 0))
                    .sum();
        }
    }

    private record Comparison(Followed plain, Followed ours) {

        double rate() {
            return ours.rate() / plain.rate();
        }

        double cpuTime() {
            return (double) ours.cpuTime().all() / plain.cpuTime().all();
        }
    }

    private static CosmosAsyncContainer container(String name) {
        return CosmosAccount.client().getDatabase(DATABASE.name()).getContainer(name);
    }

    /** One append of one event to each stream, a few times. */
    private static void append() {
        for (int i = 0; i < EVENTS_PER_STREAM; i++) {
            for (int number = 0; number < STREAMS; number++) {
                StreamId stream = StreamId.of(SeenEvents.TYPE, "" + number);
                store.append(
                        stream,
                        version,
                        ContractEvent.events(stream, version, 1),
                        AppendOptions.none().idempotencyKey("command-" + version, "fingerprint"));
            }
            version++;
        }
    }

    private static Projector projector(FollowedPages pages) {
        CosmosEventFeed feed = CosmosEventFeed.builder(DATABASE.containers(), ContractEvent.serializer())
                .eventsPerDelivery(PAGE)
                .leases(OFTEN, RARELY, RARELY.multipliedBy(3))
                .build();
        return Projector.builder(feed, store, CosmosReadModelStore.of(DATABASE.containers()))
                .project(SeenEvents.PROJECTION)
                .intercept(pages)
                .start();
    }

    private static Followed followByProjector() {
        FollowedPages pages = new FollowedPages();
        server.clear(DATABASE.name());
        try (Projector projector = projector(pages)) {
            return followed(pages, OURS + "!");
        }
    }

    private static Followed followPlainly(Writes writes) {
        ChangeFeedProcessorOptions options = new ChangeFeedProcessorOptions()
                .setLeasePrefix("plain!")
                .setMaxItemCount(PAGE)
                .setLeaseAcquireInterval(OFTEN)
                .setLeaseRenewInterval(RARELY)
                .setLeaseExpirationInterval(RARELY.multipliedBy(3))
                .setStartFromBeginning(true);
        FollowedPages pages = new FollowedPages();
        server.clear(DATABASE.name());
        try (PlainFeedProcessor processor = new PlainFeedProcessor(
                container("events"), container("leases"), container(PLAIN.id()), options, writes, pages::written)) {
            return followed(pages, "plain!");
        }
    }

    /** Waits for the events, and then for the position of the lease, so that the next round begins with its own page. */
    private static Followed followed(FollowedPages pages, String leasePrefix) {
        pages.awaitEvents(EVENTS);
        Followed followed = new Followed(pages.rate(), pages.cpuTime(), server.requests(DATABASE.name()));
        CosmosAsyncContainer events = container("events");
        String id =
                Objects.requireNonNull(events.read().block()).getProperties().getResourceId();
        FeedProgress progress = new FeedProgress(events, container("leases"), leasePrefix, id, new HandledChanges());
        Patience.await().until(() -> progress.lag(progress.leases(TIMEOUT), TIMEOUT) == 0);
        return followed;
    }

    /** Both in turn, so that what else the machine does is shared fairly, and each of them first once in a round; the median by rate. */
    private static Comparison compare(Writes writes) {
        List<Comparison> rounds = new ArrayList<>();
        for (int round = BENCHMARK ? -2 : 0; round < ROUNDS; round++) {
            append();
            Followed plain = followPlainly(writes);
            Followed ours = followByProjector();
            append();
            ours = ours.and(followByProjector());
            plain = plain.and(followPlainly(writes));
            if (round >= 0) {
                rounds.add(new Comparison(plain, ours));
            }
        }
        rounds.sort(Comparator.comparingDouble(Comparison::rate));
        Comparison median = rounds.get(rounds.size() / 2);
        if (BENCHMARK) {
            System.out.printf(
                    "%s: plain %.0f events/s, ours %.0f events/s, ratio %.3f; ratios %s; CPU time of client/server for each event "
                            + "plain %s, ours %s; ratios %s%n%s%n%s%n",
                    writes,
                    median.plain().rate(),
                    median.ours().rate(),
                    median.rate(),
                    rounds.stream()
                            .map(each -> String.format("%.3f", each.rate()))
                            .toList(),
                    median.plain().cpuTime().per(2 * EVENTS),
                    median.ours().cpuTime().per(2 * EVENTS),
                    rounds.stream()
                            .mapToDouble(Comparison::cpuTime)
                            .sorted()
                            .mapToObj(each -> String.format("%.3f", each))
                            .toList(),
                    median.plain().requests(),
                    median.ours().requests());
        }
        return median;
    }

    private static Map<String, List<JsonNode>> documents(String container) {
        List<CosmosItemIdentity> items = IntStream.range(0, STREAMS)
                .mapToObj(number -> new CosmosItemIdentity(new PartitionKey("" + number), "" + number))
                .toList();
        Map<String, List<JsonNode>> documents = new HashMap<>();
        Objects.requireNonNull(
                        container(container).readMany(items, ObjectNode.class).block())
                .getResults()
                .forEach(each -> documents.put(
                        each.path("id").asText(), List.of(each.path("seq"), each.path("eventId"), each.path("data"))));
        return documents;
    }

    static Stream<Writes> writes() {
        return Stream.of(new Writes(1, false), new Writes(8, false), new Writes(8, true));
    }

    @ParameterizedTest
    @MethodSource("writes")
    void projector_takes_no_more_requests_than_plain_processor(Writes writes) {
        Comparison following = compare(writes);

        assertThat(following.ours().requests(OURS, "create", "replace"))
                .isEqualTo(following.plain().requests(PLAIN.id(), "upsert", "create", "replace"))
                .isEqualTo(2 * EVENTS);
        assertThat(following.ours().requests(OURS, "query"))
                .isEqualTo(following.plain().requests(PLAIN.id(), "query"))
                .isPositive();
        assertThat(documents(OURS)).hasSize(STREAMS).isEqualTo(documents(PLAIN.id()));
    }
}
