package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.contract.ContractEvent;
import io.daybook.contract.Patience;
import io.daybook.cosmos.CrashWriter.Ack;
import io.daybook.cosmos.crash.JavaProcess;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.testserver.CosmosFault;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.eventstore.EventStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Four writers in two processes, a wire on which much goes wrong, and in every run one process killed and started again.
 * Then the results that the writers received are compared with the stored events.
 *
 * <p>{@code -Ddaybook.soak.runs=} says how many runs, {@code -Ddaybook.soak.seed=} the seed of the first, which is random
 * otherwise; each further run has the next. What the writers do, what goes wrong and when the process is killed follow from the seed; how the threads
 * meet does not, so a run that failed may have to be repeated some times.
 */
@Tag("seeds")
class CrashIT {

    private static final int RUNS = Integer.getInteger("daybook.soak.runs", 1);
    private static final int FIRST_SEED = Integer.getInteger("daybook.soak.seed", new Random().nextInt(1, 1_000_000));
    private static final String KINDS = "batch|query|read|plan";

    private static final String DATABASE = CosmosAccount.newDatabase();
    private static final Writers[] PROCESSES = new Writers[2];
    private static CosmosTestServer server;
    private static EventStore store;

    // The results of the steps of all runs.
    private static int steps;
    private static int conflicts;
    private static int unknown;
    private static int duplicates;
    private static int killedUnacknowledged; // of the steps at which a process was killed, those found to be stored

    @BeforeAll
    static void start() {
        server = CosmosAccount.server();
        store = CosmosEventStore.of(CosmosAccount.containers(DATABASE), ContractEvent.serializer());
        for (int i = 0; i < PROCESSES.length; i++) {
            PROCESSES[i] = new Writers(i);
        }
    }

    @AfterAll
    static void end() {
        for (Writers process : PROCESSES) {
            if (process != null) {
                process.process.destroy();
            }
        }
        CosmosAccount.delete(DATABASE);
        System.out.printf(
                "CrashIT: %d steps, %d conflicts, %d unknown outcomes, %d duplicates, %d killed before their result%n",
                steps, conflicts, unknown, duplicates, killedUnacknowledged);
        if (steps > 400) {
            assertThat(List.of(conflicts, unknown, duplicates))
                    .as("writers that never meet, and a wire on which nothing goes wrong, prove nothing")
                    .allMatch(times -> times > 0);
        }
    }

    static IntStream seeds() {
        return IntStream.range(FIRST_SEED, FIRST_SEED + RUNS);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void stores_acknowledged_events_once_despite_killed_writers_and_lost_replies(int seed) {
        try {
            run(seed);
        } catch (Exception | AssertionError e) {
            for (int i = 0; i < PROCESSES.length; i++) {
                PROCESSES[i].process.destroy(); // it may still be at this run
                PROCESSES[i] = new Writers(i);
            }
            throw new AssertionError(
                    "repeat it with -Ddaybook.soak.seed=" + seed + " -Ddaybook.soak.runs=1: " + e.getMessage(), e);
        } finally {
            server.clear(DATABASE);
        }
    }

    private static void run(int seed) throws Exception {
        Random random = new Random(seed);
        CrashHistory history = new CrashHistory(seed);
        injectFaults(seed);
        for (Writers process : PROCESSES) {
            process.begin(history, seed, false);
        }
        int victim = random.nextInt(PROCESSES.length);
        PROCESSES[victim].awaitAcks(random.nextInt(CrashScript.STEPS));
        Process killed = PROCESSES[victim].process.process();
        if (random.nextBoolean()) {
            awaitUnansweredAppends(killed);
        }
        killed.waitFor(random.nextInt(20), TimeUnit.MILLISECONDS);
        PROCESSES[victim].kill();

        int[] interrupted = {-1, -1, -1, -1};
        for (int i = 0; i < 2; i++) {
            interrupted[2 * victim + i] = history.next(2 * victim + i);
        }
        PROCESSES[victim] = new Writers(victim);
        PROCESSES[victim].begin(history, seed, true);
        for (Writers process : PROCESSES) {
            process.awaitDone();
        }
        server.clear(DATABASE);

        history.check(store, interrupted);
        history.acks().forEach(ack -> count(ack, interrupted[ack.writer()]));
    }

    /** Waits until some of the next appends are stored, so their writer dies before it receives the result. */
    private static void awaitUnansweredAppends(Process process) throws InterruptedException {
        server.inject(on("batch").delay(Duration.ofMillis(400)).times(4));
        int before = batches();
        for (int i = 0; i < 40 && batches() < before + 4; i++) {
            process.waitFor(5, TimeUnit.MILLISECONDS);
        }
    }

    private static int batches() {
        return server.requests(DATABASE).getOrDefault("events/batch", 0);
    }

    private static void count(Ack ack, int interrupted) {
        steps++;
        conflicts += ack.conflicts();
        unknown += ack.unknown();
        duplicates += ack.result().duplicate() ? 1 : 0;
        boolean sentByNobodyElse =
                CrashScript.steps(ack.seed(), ack.writer()).get(ack.step()).kind() == CrashScript.Kind.COMMAND;
        if (ack.step() == interrupted && sentByNobodyElse && ack.unknown() == 0) {
            killedUnacknowledged += ack.result().duplicate() ? 1 : 0;
        }
    }

    private static CosmosFault on(String kinds) {
        return CosmosFault.on(DATABASE, "events", kinds);
    }

    private static void injectFaults(int seed) {
        Random random = new Random(seed);
        List.of(
                        on(KINDS).dropBefore(),
                        on(KINDS).dropAfter(),
                        on(KINDS).status(408),
                        on(KINDS).statusAfter(408),
                        on(KINDS).status(410),
                        on(KINDS).statusAfter(410),
                        on(KINDS).status(429).retryAfter(Duration.ofMillis(1 + random.nextInt(20))),
                        on(KINDS).status(449),
                        on(KINDS).status(500),
                        on(KINDS).statusAfter(500),
                        on(KINDS).status(503),
                        on(KINDS).statusAfter(503),
                        on(KINDS).delay(Duration.ofMillis(10 + random.nextInt(50))),
                        on("batch").late(Duration.ofMillis(10 + random.nextInt(150))))
                .forEach(fault ->
                        server.inject(fault.probability(0.005 + random.nextInt(20) / 1_000.0, random.nextInt())));
    }

    /** A process with two writers. */
    private static final class Writers {

        private final int number;
        private final JavaProcess process;
        private final Thread reader;
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        private volatile CrashHistory history;

        Writers(int number) {
            this.number = number;
            process = JavaProcess.start(CrashWriter.class, server.endpoint(), DATABASE, "" + 2 * number);
            reader = new Thread(this::read, "crash-writer-" + process.process().pid());
            reader.setDaemon(true);
            reader.start();
        }

        private void read() {
            try (BufferedReader output = process.process().inputReader(StandardCharsets.UTF_8)) {
                for (String line = output.readLine(); line != null; line = output.readLine()) {
                    if (line.startsWith("ack ")) {
                        history.add(Ack.of(line));
                    }
                    lines.add(line);
                }
            } catch (IOException e) {
                lines.add("failed " + e);
            }
            lines.add("end");
        }

        void begin(CrashHistory run, int seed, boolean again) throws IOException {
            lines.clear();
            history = run;
            String line = "run " + seed + " " + run.next(2 * number) + " " + run.next(2 * number + 1) + " " + again;
            process.send(line);
        }

        private String next() throws InterruptedException {
            String line = lines.poll(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(line).as("a process has not gone on for a minute").isNotNull();
            assertThat(line).matches("(ack|done) .*");
            return line;
        }

        void awaitAcks(int count) throws InterruptedException {
            for (int i = 0; i < count; i++) {
                next();
            }
        }

        void awaitDone() throws InterruptedException {
            String line = next();
            while (!line.startsWith("done ")) {
                line = next();
            }
        }

        /** Ends the process at once; what it has told by then is read. */
        void kill() throws InterruptedException {
            process.kill();
            reader.join();
        }
    }
}
