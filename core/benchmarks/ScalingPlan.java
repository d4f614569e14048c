import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;

/**
 * Computes the plan that docs/scaling.md shows. One command: {@code java core/benchmarks/ScalingPlan.java}. Commands per second and other
 * inputs can be given: {@code java core/benchmarks/ScalingPlan.java 500 20000 latencyMillis=5 projections=3}.
 */
final class ScalingPlan {

    /** One input of the model. */
    record Input(String name, double value, String meaning, String source) {}

    private static final String COUNTED = "counted by tests";
    private static final String DOCUMENTED = "documented";
    private static final String REPORTED = "reported by others";
    private static final String CODE = "code";
    private static final String CHOSEN = "chosen for this plan";
    private static final String ASSUMED = "assumption, to be measured";

    private final List<Input> inputs = new ArrayList<>();

    private ScalingPlan() {
        input("eventsPerCommand", 1, "events of a command, 1 KB each with metadata", CHOSEN);
        input("projections", 1, "projections that each event goes to", CHOSEN);
        input("readsPerCommand", 2, "documents read per command", CHOSEN);
        input("subscriptions", 1, "subscriptions of the topic, without filters", CHOSEN);
        input("cachedShare", 0, "share of commands on a cached state", CHOSEN);
        input("utilization", 0.7, "share of provisioned throughput that is used", CHOSEN);
        input("meanShare", 0.1, "mean rate over a year, as a share of the peak", CHOSEN);

        input("queriesPerCommand", 1, "requests to load a short stream", COUNTED);
        input("batchesPerCommand", 1, "requests to append", COUNTED);
        input(
                "writesPerProjection",
                1,
                "requests per event to write its document (an upper bound: events of one page that belong to the same document"
                        + " share a request)",
                COUNTED);
        input(
                "queriesPerEvent",
                1,
                "requests per event to load its document (an upper bound: one request loads all documents of a page that are"
                        + " in the same physical partition)",
                COUNTED);
        input("requestsPerRead", 1, "requests to read a document", COUNTED);
        input("writersPerLease", 8, "documents that a projection writes at a time, for each lease", CODE);
        input("sendersPerLease", 8, "streams that a relay sends at a time, for each lease", CODE);
        input("sessionIdleMillis", 50, "wait for further messages before a session is released", CODE);

        input("partitionRequestUnits", 10_000, "RU/s of a physical or logical partition, at most", DOCUMENTED);
        input("partitionGigabytes", 50, "GB of a physical partition, at most", DOCUMENTED);
        input("containerRequestUnits", 1_000_000, "RU/s of a container, unless raised by support", DOCUMENTED);
        input("standardCredits", 1_000, "credits per second of a standard namespace", DOCUMENTED);
        input("namespaceUnits", 16, "messaging units of a premium namespace, at most", DOCUMENTED);
        input("receiversPerTopic", 5_000, "concurrent receive requests of a topic, at most", DOCUMENTED);

        input("queryUnits", 3, "RU of a query that finds one document or a short stream", REPORTED);
        input("batchUnits", 8, "RU of a batch with one event, a command record and a guard", REPORTED);
        input("createUnits", 7, "RU of each further event of a batch", REPORTED);
        input("readUnits", 2, "RU of a read of the latest committed version of 1 KB", REPORTED);
        input("projectionUnits", 15, "RU of a write of a document of 1 KB with index values", REPORTED);

        input("feedUnits", 1, "RU of an event in a page of a feed", ASSUMED);
        input("leaseUnits", 10, "RU/s of each lease of each subscription: progress and polls", ASSUMED);
        input("latencyMillis", 10, "time of a request to Cosmos DB or Service Bus", ASSUMED);
        input("sessionMillis", 20, "time to accept a session and to handle its messages", ASSUMED);
        input("commandsPerInstance", 1_000, "commands per second of an instance that serves the API", ASSUMED);
        input("leasesPerInstance", 16, "leases of one subscription that one instance can serve", ASSUMED);
        input("sessionsPerInstance", 64, "parallel sessions of an instance of a consumer", ASSUMED);
        input("messagesPerUnit", 2_000, "messages in and out per second of a messaging unit", ASSUMED);
    }

    private void input(String name, double value, String meaning, String source) {
        inputs.add(new Input(name, value, meaning, source));
    }

    private double of(String name) {
        return inputs.stream()
                .filter(input -> input.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no input " + name))
                .value();
    }

    /** Replaces an input, given as {@code name=value}. */
    private void set(String assignment) {
        String name = assignment.substring(0, assignment.indexOf('='));
        double value = Double.parseDouble(assignment.substring(assignment.indexOf('=') + 1));
        of(name);
        inputs.replaceAll(input -> input.name().equals(name)
                ? new Input(name, value, input.meaning(), CHOSEN)
                : input);
    }

    private static long up(double value) {
        return (long) Math.ceil(value - 1e-9);
    }

    private double events(long commands) {
        return commands * of("eventsPerCommand");
    }

    private double seconds(String millis) {
        return of(millis) / 1_000;
    }

    private long eventUnits(long commands) {
        double command = (1 - of("cachedShare")) * of("queriesPerCommand") * of("queryUnits")
                + of("batchesPerCommand") * of("batchUnits")
                + (of("eventsPerCommand") - 1) * of("createUnits");
        double followers = 1 + of("projections");
        return up((commands * command + events(commands) * followers * of("feedUnits")) / of("utilization"));
    }

    private long documentUnits(long commands) {
        double written = events(commands)
                * (of("writesPerProjection") * of("projectionUnits") + of("queriesPerEvent") * of("queryUnits"));
        double read = commands * of("readsPerCommand") * of("requestsPerRead") * of("readUnits") / of("projections");
        return up((written + read) / of("utilization"));
    }

    private long stores(long commands) {
        return up(Math.max(eventUnits(commands), documentUnits(commands)) / of("containerRequestUnits"));
    }

    private long partitionsForThroughput(long commands) {
        return up(eventUnits(commands) / of("partitionRequestUnits"));
    }

    private long partitionsForProjections(long commands) {
        return up(events(commands) * of("writesPerProjection") * seconds("latencyMillis") / of("writersPerLease"));
    }

    private long partitionsForRelay(long commands) {
        return up(events(commands) * seconds("latencyMillis") / of("sendersPerLease"));
    }

    private long partitions(long commands) {
        return Math.max(
                partitionsForThroughput(commands),
                Math.max(partitionsForProjections(commands), partitionsForRelay(commands)));
    }

    private long gigabytesOfYear(long commands) {
        return up(events(commands) * of("meanShare") * 365 * 86_400 / 1e6);
    }

    private long partitionsForYear(long commands) {
        return up(gigabytesOfYear(commands) / of("partitionGigabytes"));
    }

    private long leaseUnits(long commands) {
        return up(partitions(commands) * (1 + of("projections")) * of("leaseUnits") / of("utilization"));
    }

    private long commandsInProgress(long commands) {
        double requests = (1 - of("cachedShare")) * of("queriesPerCommand") + of("batchesPerCommand");
        return up(commands * requests * seconds("latencyMillis"));
    }

    private long instances(double load, String perInstance) {
        return Math.max(2, up(load / of(perInstance)));
    }

    private long credits(long commands) {
        return up(events(commands) * (1 + 2 * of("subscriptions")));
    }

    private long messagingUnits(long commands) {
        return up(events(commands) * (1 + of("subscriptions")) / of("messagesPerUnit"));
    }

    private long sessions(long commands) {
        return up(events(commands) * (seconds("sessionMillis") + seconds("sessionIdleMillis")));
    }

    private long topics(long commands) {
        return Math.max(
                up(sessions(commands) * of("subscriptions") / of("receiversPerTopic")),
                up(messagingUnits(commands) / of("namespaceUnits")));
    }

    private String tier(long commands) {
        return credits(commands) <= of("standardCredits") ? "standard" : "premium";
    }

    private long commandsOfStream() {
        double requests = (1 - of("cachedShare")) * of("queriesPerCommand") + of("batchesPerCommand");
        return (long) (1 / (requests * seconds("latencyMillis")));
    }

    private void print(List<Long> rates) {
        System.out.println("| input | value | meaning | source |");
        System.out.println("|---|---|---|---|");
        inputs.forEach(input -> System.out.printf(
                Locale.ROOT,
                "| `%s` | %s | %s | %s |%n",
                input.name(),
                input.value() == Math.rint(input.value())
                        ? grouped((long) input.value())
                        : Double.toString(input.value()),
                input.meaning(),
                input.source()));
        System.out.println();
        row("commands per second", rates, ScalingPlan::grouped);
        System.out.println("|---".repeat(rates.size() + 1) + "|");
        number("RU/s of `events`", rates, this::eventUnits);
        number("RU/s of each read model", rates, this::documentUnits);
        number("RU/s of `leases`", rates, this::leaseUnits);
        number("stores, each with its own containers", rates, this::stores);
        number("physical partitions of `events` for throughput", rates, this::partitionsForThroughput);
        number("physical partitions of `events` for the relay", rates, this::partitionsForRelay);
        number("physical partitions of `events` for each projection", rates, this::partitionsForProjections);
        number("**physical partitions of `events`, at least**", rates, this::partitions);
        number("GB of events after a year", rates, this::gigabytesOfYear);
        number("physical partitions of `events` after a year", rates, this::partitionsForYear);
        number("commands in progress, each with a thread", rates, this::commandsInProgress);
        number("instances of `api`", rates, rate -> instances(rate, "commandsPerInstance"));
        number("instances of `projector`", rates, rate -> instances(partitions(rate), "leasesPerInstance"));
        number("instances of `relay`", rates, rate -> instances(partitions(rate), "leasesPerInstance"));
        number("credits per second", rates, this::credits);
        row("tier of Service Bus", rates, this::tier);
        number("messaging units (a namespace has 1, 2, 4, 8 or 16)", rates, this::messagingUnits);
        number("concurrent sessions per subscription", rates, this::sessions);
        number("topics, each in its own namespace", rates, this::topics);
        number("instances of each consumer", rates, rate -> instances(sessions(rate), "sessionsPerInstance"));
        System.out.println();
        System.out.printf(
                Locale.ROOT,
                "One stream: at most %d commands per second, since each waits for the one before it.%n",
                commandsOfStream());
    }

    private static void number(String name, List<Long> rates, ToLongFunction<Long> value) {
        row(name, rates, rate -> grouped(value.applyAsLong(rate)));
    }

    private static void row(String name, List<Long> rates, LongFunction<String> value) {
        StringBuilder row = new StringBuilder("| " + name + " |");
        rates.forEach(rate -> row.append(' ').append(value.apply(rate)).append(" |"));
        System.out.println(row);
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    public static void main(String[] args) {
        ScalingPlan plan = new ScalingPlan();
        List<Long> rates = new ArrayList<>();
        for (String arg : args) {
            if (arg.contains("=")) {
                plan.set(arg);
            } else {
                rates.add(Long.parseLong(arg));
            }
        }
        plan.print(rates.isEmpty() ? List.of(1_000L, 10_000L, 100_000L) : rates);
    }
}
