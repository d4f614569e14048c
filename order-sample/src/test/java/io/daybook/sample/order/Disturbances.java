package io.daybook.sample.order;

import static io.daybook.contract.Patience.await;

import io.daybook.cosmos.testserver.CosmosFault;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.servicebus.testserver.ServiceBusTestServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.awaitility.core.ConditionTimeoutException;

/**
 * What goes wrong in a run: the database drops replies, the broker is killed and comes back twice, the sample is killed and
 * comes back twice. In which order, after which command, whether just when something is published, and how long it lasts,
 * follows from the seed.
 */
final class Disturbances {

    private static final int OUTAGES = 2;
    private static final int CRASHES = 2;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);

    /** What can happen. */
    enum Act {
        KILL_BROKER,
        RESTART_BROKER,
        CRASH_SAMPLE
    }

    private final Random random;
    private final int seed;
    private final CosmosTestServer server;
    private final String database;
    private final ServiceBusTestServer broker;
    private final String topic;
    private final SampleProcess sample;
    private final BooleanSupplier allPublished;
    private final List<String> done = new ArrayList<>();
    private boolean brokerIsUp = true;

    Disturbances(
            int seed,
            CosmosTestServer server,
            String database,
            ServiceBusTestServer broker,
            String topic,
            SampleProcess sample,
            BooleanSupplier allPublished) {
        this.random = new Random(seed);
        this.seed = seed;
        this.server = server;
        this.database = database;
        this.broker = broker;
        this.topic = topic;
        this.sample = sample;
        this.allPublished = allPublished;
    }

    /** What was done after which command, for the summary. */
    String done() {
        return String.join(" ", done);
    }

    /** Does it all, each at its moment, while the commands are sent. */
    void run(Progress progress, int commands) throws Exception {
        try {
            List<Act> acts = acts();
            List<Integer> moments = random.ints(acts.size(), commands / 20, commands - commands / 20)
                    .sorted()
                    .boxed()
                    .toList();
            loseReplies();
            for (int i = 0; i < acts.size(); i++) {
                progress.allow(i + 1 < acts.size() ? moments.get(i + 1) : Integer.MAX_VALUE);
                progress.awaitAnswered(moments.get(i));
                done.add(act(acts.get(i)) + "@" + moments.get(i));
            }
        } finally {
            progress.end();
        }
    }

    private List<Act> acts() {
        List<Act> acts = new ArrayList<>();
        for (int i = 0; i < OUTAGES; i++) {
            acts.addAll(List.of(Act.KILL_BROKER, Act.RESTART_BROKER));
        }
        for (int i = 0; i < CRASHES; i++) {
            acts.add(random.nextInt(acts.size() + 1), Act.CRASH_SAMPLE);
        }
        return acts;
    }

    private String act(Act act) throws Exception {
        String when = switch (act) {
            case KILL_BROKER, CRASH_SAMPLE -> brokerIsUp && random.nextBoolean() ? awaitPublication() : "";
            case RESTART_BROKER -> awaitEffect(random.nextInt(4));
        };
        switch (act) {
            case KILL_BROKER -> {
                broker.kill();
                brokerIsUp = false;
            }
            case RESTART_BROKER -> {
                broker.restart();
                brokerIsUp = true;
            }
            case CRASH_SAMPLE -> sample.crash();
        }
        return act + when;
    }

    private void loseReplies() {
        server.inject(CosmosFault.on(database, "events", "batch|query|read|plan|feed")
                .dropAfter()
                .probability(0.02 + random.nextInt(40) / 1_000.0, seed));
        server.inject(CosmosFault.on(database, "leases", "replace|read|query")
                .dropAfter()
                .probability(0.02 + random.nextInt(40) / 1_000.0, seed + 1));
    }

    /** Until the next batch arrives at the broker, which the sample then has not heard of or not made a note of. */
    private String awaitPublication() {
        int before = broker.transfers(topic).size();
        return awaitMost("publishing", 1, () -> broker.transfers(topic).size() > before);
    }

    /** How long an outage lasts: until it shows in health, until an attempt to publish was given up, or no time at all. */
    private String awaitEffect(int kind) throws IOException {
        if (kind == 0) {
            int before = failures();
            return awaitMost("given up", 100, () -> failures() > before);
        }
        return kind == 1 ? awaitMost("degraded", 100, () -> sample.health().contains("degraded")) : "";
    }

    private int failures() throws IOException {
        return sample.log().split("handler failed subscription=orders", -1).length;
    }

    private String awaitMost(String what, int pollMillis, Callable<Boolean> condition) {
        try {
            await().atMost(LONGEST_WAIT)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(pollMillis, TimeUnit.MILLISECONDS)
                    .until(() -> condition.call() || (brokerIsUp && allPublished.getAsBoolean()));
            return "(" + what + ")";
        } catch (ConditionTimeoutException e) {
            return "(not " + what + ")"; // such as in the time that a takeover takes
        }
    }
}
