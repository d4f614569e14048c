package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.contract.Patience;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.ReadModelCollection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Commands, relay and projector on more physical partitions and in more instances. The test server limits the rate of each partition, and
 * what counts is the share of the slots that were used while work waited.
 *
 * <p>A machine that cannot keep up with the rate of 16 partitions loses slots too. Two idle cores can; for slower machines,
 * {@code -Ddaybook.partition.rate=} sets a lower rate.
 */
@Tag("soak")
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class ScalingIT {

    private static final int RATE = Integer.getInteger("daybook.partition.rate", 6);
    /** The relay reads a page, publishes it and stores its progress with two requests, one after the other, within a slot. */
    private static final int RELAY_RATE = RATE / 2;

    private static final Duration LATENCY = Duration.ofMillis(10);
    private static final double LEAST_SHARE = 0.8;
    private static final int STREAMS = 48; // of each partition, with two events each
    private static final int CLIENTS = 12; // of each partition
    private static final double MEASURED = 0.6; // of the events that are projected
    private static final String DOCUMENTS = SeenEvents.PROJECTION.schema().id();

    private final CosmosTestServer server = CosmosAccount.server();
    private final String database = CosmosAccount.newDatabase();

    @AfterEach
    void deleteDatabase() {
        server.clear(database);
        CosmosAccount.delete(database);
    }

    @ParameterizedTest(name = "{0} partitions, {1} instances")
    @CsvSource({"1,1", "1,2", "1,4", "4,1", "4,2", "4,4", "16,1", "16,2", "16,4"})
    void throughput_grows_with_partitions_in_any_number_of_instances(int partitions, int instances)
            throws InterruptedException, ExecutionException {
        try (ScaledService service = new ScaledService(database, partitions, instances)) {
            Run run = new Run(service, partitions, instances, Set.of());
            run.commands();
            run.relay();
            run.projector();
        }
    }

    @Test
    void throughput_remains_while_partitions_are_split() throws InterruptedException, ExecutionException {
        try (ScaledService service = new ScaledService(database, 4, 2)) {
            // the parts of partition 0 have fewer keys, so they have less work than the others
            Run run = new Run(service, 4, 2, Set.of("1", "2", "3"));
            run.commands();
            run.relay();
            run.projector();
        }
    }

    /** One run of all three, one after the other, so that each has all slots. */
    private final class Run {

        private final ScaledService service;
        private final int partitions;
        private final int instances;
        private final Set<String> whole;
        private final int streams;
        private final List<String> ids;

        /** @param whole the partitions that are not split, or none if no partition is split */
        Run(ScaledService service, int partitions, int instances, Set<String> whole) {
            this.service = service;
            this.partitions = partitions;
            this.instances = instances;
            this.whole = whole;
            this.streams = STREAMS * partitions;
            this.ids = EvenIds.of(SeenEvents.TYPE, partitions, STREAMS);
        }

        private void begin(String container, int rate) {
            server.clear(database);
            server.limitRate(database, container, rate, LATENCY);
        }

        private void splitIf(boolean isTime, String... containers) {
            if (isTime && !whole.isEmpty()) {
                List.of(containers).forEach(container -> server.split(database, container));
            }
        }

        /** Sends as many commands as there are clients until none are left; those in progress then are not measured. */
        void commands() throws InterruptedException, ExecutionException {
            begin("events", RATE);
            AtomicInteger next = new AtomicInteger();
            AtomicReference<SlotUse> use = new AtomicReference<>();
            ExecutorService clients = Executors.newFixedThreadPool(CLIENTS * partitions);
            try {
                List<Future<?>> all = new ArrayList<>();
                for (int client = 0; client < CLIENTS * partitions; client++) {
                    int instance = client;
                    all.add(clients.submit(() -> {
                        int stream = next.getAndIncrement();
                        for (; stream < streams; stream = next.getAndIncrement()) {
                            splitIf(stream == streams / 2, "events");
                            service.send(instance, ids.get(stream));
                        }
                        if (stream == streams) {
                            use.set(SlotUse.of(server, database, "events"));
                        }
                    }));
                }
                for (Future<?> client : all) {
                    client.get();
                }
            } finally {
                clients.shutdownNow();
            }
            check("commands", use.get().only(this::isWhole));
        }

        private boolean isWhole(String partition) {
            return whole.isEmpty() || whole.contains(partition);
        }

        void relay() {
            begin("events", RELAY_RATE);
            service.onRelayed = pages -> splitIf(pages == streams / ScaledService.RELAYED, "events");
            service.mayRelay.countDown();
            Patience.await().atMost(Duration.ofMinutes(5)).until(() -> service.log.distinct() == 2 * streams);
            SlotUse use = SlotUse.of(server, database, "events");
            assertThat(service.log.violations()).isEmpty();
            check("relay", use);
            checkInstances("relay", service.relaying, RELAY_RATE * (int) ScaledService.ACQUIRE.toSeconds());
        }

        /** Measures until most of the work is done. Then some partitions have nothing left to do. */
        void projector() {
            begin(DOCUMENTS, RATE);
            AtomicReference<SlotUse> use = new AtomicReference<>();
            AtomicBoolean isSplit = new AtomicBoolean();
            service.onProjected = events -> {
                splitIf(events >= streams / 2 && isSplit.compareAndSet(false, true), "events", DOCUMENTS);
                if (events >= MEASURED * 2 * streams && use.get() == null) {
                    use.set(SlotUse.of(server, database, DOCUMENTS));
                }
            };
            service.mayProject.countDown();
            List<DocumentKey> keys = ids.stream().map(DocumentKey::of).toList();
            Patience.await().atMost(Duration.ofMinutes(5)).until(() -> use.get() != null);
            server.clear(database);
            ReadModelCollection documents = service.documents();
            Patience.await()
                    .untilAsserted(() -> assertThat(documents.read(keys))
                            .hasSize(streams)
                            .allSatisfy((key, document) ->
                                    assertThat(document.content()).isEqualTo("{\"count\":2,\"checksum\":1000005}")));
            check("projector", use.get().only(this::isWhole));
            checkInstances("projector", service.projecting, 2);
        }

        private void check(String what, SlotUse use) {
            System.out.printf(
                    "ScalingIT: %d partitions, %d instances, %s%s: %s%n",
                    partitions, instances, what, whole.isEmpty() ? "" : " with a split", use);
            assertThat(use.partitions())
                    .as(what)
                    .hasSizeGreaterThanOrEqualTo(whole.isEmpty() ? partitions : whole.size());
            assertThat(use.share()).as(what + " " + use).isGreaterThan(LEAST_SHARE);
        }

        /**
         * Checks that the instances that have leases share the work, and that none had to wait for work longer than the others needed to look
         * for leases once.
         *
         * @param pages how many pages a partition handles in that time
         */
        private void checkInstances(String what, InstanceTurns turns, int pages) {
            System.out.printf("ScalingIT: %d partitions, %d instances, %s: %s%n", partitions, instances, what, turns);
            int busy = Math.min(partitions, instances);
            int fair = IntStream.of(turns.ofBusiest(instances)).sum() / busy;
            assertThat(turns.ofBusiest(busy)[0]).as(what).isGreaterThanOrEqualTo(fair / 2);
            assertThat(turns.longestIdle()).as(what).isLessThanOrEqualTo(pages * partitions);
        }
    }
}
