package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.daybook.contract.ContractEvent;
import io.daybook.contract.ContractEvent.Counted;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.server.TestDatabase;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.StreamId;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What this store takes beyond plain calls of the SDK that do the same work. The tests gate on requests, bytes and
 * allocation, which do not depend on the machine; the times are printed where {@code daybook.benchmark} is set.
 */
@Tag("faults")
class OverheadIT {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int APPENDS = Integer.getInteger("daybook.benchmark.appends", 60);
    private static final int ROUNDS = Integer.getInteger("daybook.benchmark.rounds", 5);
    private static CosmosTestServer server;
    private static CosmosEventStore store;
    private static PlainSdk plain;

    @BeforeAll
    static void createContainers() {
        server = CosmosAccount.server();
        store = CosmosEventStore.of(DATABASE.containers(), ContractEvent.serializer());
        plain = new PlainSdk(CosmosAccount.client().getDatabase(DATABASE.name()).getContainer("events"));
    }

    private record Cost(double nanos, double allocated, Map<String, Integer> requests, Map<String, Integer> bytes) {}

    /** One series of appends of three events each to a new stream, or of loads of a stream of 100 events. */
    private interface Series {
        void run(String aggregateId);
    }

    private static Cost cost(Series series) {
        String id = UUID.randomUUID().toString();
        server.clear(DATABASE.name());
        long allocated = allocatedByAllThreads();
        long start = System.nanoTime();
        series.run(id);
        long nanos = System.nanoTime() - start;
        return new Cost(
                (double) nanos / APPENDS,
                (double) (allocatedByAllThreads() - allocated) / APPENDS,
                server.requests(DATABASE.name()),
                server.bytes(DATABASE.name()));
    }

    /** The SDK parses and writes in its own threads. */
    private static long allocatedByAllThreads() {
        return Arrays.stream(THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds()))
                .filter(bytes -> bytes > 0)
                .sum();
    }

    private static void appendPlainly(String id) {
        for (int i = 0; i < APPENDS; i++) {
            plain.append(id, i * 3L, 3, "command-" + i);
        }
    }

    private static void appendByTheStore(String id) {
        StreamId stream = StreamId.of("Contract", id);
        for (int i = 0; i < APPENDS; i++) {
            store.append(
                    stream,
                    i * 3L,
                    ContractEvent.events(stream, i * 3L, 3),
                    AppendOptions.none().idempotencyKey("command-" + i, "fingerprint"));
        }
    }

    private static String filled() {
        String id = UUID.randomUUID().toString();
        plain.append(id, 0, 50, "a");
        plain.append(id, 50, 50, "b");
        return id;
    }

    private static void loadPlainly(String id) {
        repeat(() -> plain.load(id));
    }

    private static void loadByTheStore(String id) {
        StreamId stream = StreamId.of("Contract", id);
        repeat(() -> store.read(stream, 0, Long.MAX_VALUE)
                .mapToLong(event -> ((Counted) event.event()).number())
                .sum());
    }

    private static void repeat(LongSupplier load) {
        for (int i = 0; i < APPENDS; i++) {
            assertThat(load.getAsLong()).isEqualTo(5_050);
        }
    }

    private record Comparison(Cost plain, Cost ours) {

        double time() {
            return ours.nanos() / plain.nanos();
        }

        double allocation() {
            return ours.allocated() / plain.allocated();
        }
    }

    /** Both in turn, so that what else the machine does is shared fairly; the median by time. */
    private static Comparison compare(String what, Series plainly, Series byTheStore) {
        List<Comparison> rounds = new ArrayList<>();
        for (int round = -2; round < ROUNDS; round++) {
            boolean plainFirst = round % 2 == 0;
            Cost first = cost(plainFirst ? plainly : byTheStore);
            Cost second = cost(plainFirst ? byTheStore : plainly);
            if (round >= 0) {
                rounds.add(plainFirst ? new Comparison(first, second) : new Comparison(second, first));
            }
        }
        rounds.sort(Comparator.comparingDouble(Comparison::time));
        Comparison median = rounds.get(rounds.size() / 2);
        if (Boolean.getBoolean("daybook.benchmark")) {
            System.out.printf(
                    "%s: plain %.0f us, ours %.0f us, ratio %.3f; allocated plain %.0f, ours %.0f bytes, ratio %.2f; "
                            + "ratios %s%n",
                    what,
                    median.plain().nanos() / 1_000,
                    median.ours().nanos() / 1_000,
                    median.time(),
                    median.plain().allocated(),
                    median.ours().allocated(),
                    median.allocation(),
                    rounds.stream()
                            .map(each -> String.format("%.3f", each.time()))
                            .toList());
        }
        return median;
    }

    @Test
    void append_takes_no_more_requests_or_bytes_than_plain_calls() {
        Comparison append = compare("append", OverheadIT::appendPlainly, OverheadIT::appendByTheStore);

        assertThat(append.ours().requests()).isEqualTo(append.plain().requests());
        assertThat((double) append.ours().bytes().get("events/batch"))
                .isLessThanOrEqualTo(1.01 * append.plain().bytes().get("events/batch"));
        assertThat(append.allocation()).isLessThan(1.25);
    }

    @Test
    void load_takes_no_more_requests_or_bytes_than_plain_calls() {
        String id = filled();
        Comparison load = compare("load", ignored -> loadPlainly(id), ignored -> loadByTheStore(id));

        assertThat(load.ours().requests()).isEqualTo(load.plain().requests());
        assertThat((double) load.ours().bytes().get("events/query"))
                .isLessThanOrEqualTo(1.01 * load.plain().bytes().get("events/query"));
        assertThat(load.allocation()).isLessThan(1.5);
    }
}
