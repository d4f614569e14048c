package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncClient;
import io.daybook.contract.ContractEvent;
import io.daybook.cosmos.CrashScript.Step;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendResult;
import io.daybook.eventstore.CommandTimeout;
import io.daybook.eventstore.CommandTimeoutException;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.StreamId;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The process that {@link CrashIT} kills: two writers. It reads from its standard input which run to take part in and from
 * which steps on, and tells on its standard output each step that was acknowledged, before it begins the next.
 */
final class CrashWriter {

    private static final int MAX_ATTEMPTS = 500;

    /**
     * A step that the store has acknowledged, as one line of text.
     *
     * @param seed the run
     * @param writer the writer, 0 to 3
     * @param step the number of the step
     * @param result what the store said
     * @param certain whether no attempt before can have stored it, as far as the store has told
     * @param conflicts how often it said that others came first
     * @param unknown how often it said that the outcome is unknown
     * @param eventIds the ids of the events that were sent last
     */
    record Ack(
            int seed,
            int writer,
            int step,
            AppendResult result,
            boolean certain,
            int conflicts,
            int unknown,
            List<String> eventIds) {

        String line() {
            return String.join(
                    " ",
                    "ack",
                    "" + seed,
                    "" + writer,
                    "" + step,
                    "" + result.fromSequenceNumber(),
                    "" + result.toSequenceNumber(),
                    "" + result.duplicate(),
                    "" + certain,
                    "" + conflicts,
                    "" + unknown,
                    String.join(",", eventIds));
        }

        static Ack of(String line) {
            String[] words = line.split(" ", -1);
            return new Ack(
                    Integer.parseInt(words[1]),
                    Integer.parseInt(words[2]),
                    Integer.parseInt(words[3]),
                    new AppendResult(
                            Long.parseLong(words[4]), Long.parseLong(words[5]), Boolean.parseBoolean(words[6])),
                    Boolean.parseBoolean(words[7]),
                    Integer.parseInt(words[8]),
                    Integer.parseInt(words[9]),
                    List.of(words[10].split(",")));
        }
    }

    private final EventStore store;
    private final int seed;
    private final int writer;
    private final Map<StreamId, Long> versions = new HashMap<>();

    private CrashWriter(EventStore store, int seed, int writer) {
        this.store = store;
        this.seed = seed;
        this.writer = writer;
    }

    /**
     * Takes part in one run after the other.
     *
     * @param arguments the endpoint, the database, and the first of the two writers
     */
    public static void main(String[] arguments) throws Exception {
        int first = Integer.parseInt(arguments[2]);
        try (CosmosAsyncClient client =
                CosmosTestServer.clientBuilder(arguments[0]).buildAsyncClient()) {
            EventStore store =
                    CosmosEventStore.of(CosmosContainers.in(client, arguments[1]), ContractEvent.serializer());
            ExecutorService threads = Executors.newFixedThreadPool(2);
            BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                String[] words = line.split(" ", -1); // run <seed> <step of the first> <step of the second> <again>
                int seed = Integer.parseInt(words[1]);
                boolean again = Boolean.parseBoolean(words[4]);
                List<Future<?>> running = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    CrashWriter writer = new CrashWriter(store, seed, first + i);
                    int from = Integer.parseInt(words[2 + i]);
                    running.add(threads.submit(() -> writer.run(from, again)));
                }
                for (Future<?> one : running) {
                    one.get();
                }
                tell("done " + seed);
            }
            threads.shutdown();
        } catch (Exception e) {
            e.printStackTrace();
            tell("failed " + e);
        }
        System.exit(0);
    }

    /** In one write to the pipe, so that a line is there as a whole or not at all. */
    private static void tell(String line) {
        System.out.print(line + "\n");
        System.out.flush();
    }

    private void run(int from, boolean again) {
        List<Step> steps = CrashScript.steps(seed, writer);
        for (int i = from; i < steps.size(); i++) {
            Step step = steps.get(i);
            boolean interrupted = again && i == from; // by the end of the process before
            if (interrupted && !step.isCommand()) {
                continue; // it is unknown whether it is stored, and the store could not recognize a retry
            }
            tell(perform(i, step, !interrupted && step.kind() != CrashScript.Kind.REPEAT)
                    .line());
        }
    }

    /** As a client does: after a conflict it decides again, after an unknown outcome it repeats. */
    private Ack perform(int index, Step step, boolean isNew) {
        Random random = new Random(seed * 1_000L + writer * 100 + index);
        boolean certain = isNew;
        boolean mayBeStored = false; // with the present events
        int conflicts = 0;
        int unknown = 0;
        long expected = 0;
        List<EventEnvelope> events = null; // to be decided on
        RuntimeException last = null;
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            try {
                if (events == null) {
                    expected = version(step, random.nextInt(8));
                    events = step.decide(expected);
                }
                AppendResult result = store.append(step.stream(), expected, events, options(step, attempt));
                versions.merge(step.stream(), result.toSequenceNumber(), Math::max);
                List<String> ids =
                        events.stream().map(event -> event.metadata().eventId()).toList();
                return new Ack(seed, writer, index, result, certain, conflicts, unknown, ids);
            } catch (ConcurrencyException e) {
                last = e;
                conflicts++;
                events = null;
                mayBeStored = false;
                versions.put(step.stream(), e.actualVersion());
            } catch (EventStoreUnavailableException e) {
                last = e;
                if (e.outcome() == Outcome.UNKNOWN) {
                    unknown++;
                    certain = false;
                    mayBeStored = true;
                }
                if (step.isCommand() || !mayBeStored) {
                    events = null; // by its id the command is known; without one only the same append may be repeated
                }
            } catch (CommandTimeoutException e) {
                last = e;
            }
        }
        throw new IllegalStateException(step + " was not acknowledged", last);
    }

    private static AppendOptions options(Step step, int attempt) {
        AppendOptions options = step.isCommand()
                ? AppendOptions.none().idempotencyKey(step.id(), step.fingerprint())
                : AppendOptions.none();
        return step.patienceMillis() == 0
                ? options
                : options.timeout(
                        CommandTimeout.after(Duration.ofMillis((long) step.patienceMillis() << Math.min(attempt, 7))));
    }

    /**
     * By what is known of it, which may be out of date, or by either way to ask; now and then one that the stream has not
     * reached. Only of a command: an append without one that is ahead of its stream, and still in progress when the store
     * says so, could yet be stored once others have written what it looks for.
     */
    private long version(Step step, int way) {
        StreamId stream = step.stream();
        return switch (way) {
            case 0, 1, 2 -> versions.containsKey(stream) ? versions.get(stream) : store.currentVersion(stream);
            case 3, 4 -> store.currentVersion(stream);
            case 5, 6 -> store.read(stream, 0, Long.MAX_VALUE).count();
            default -> store.currentVersion(stream) + (step.isCommand() ? 1 : 0);
        };
    }
}
