package io.daybook.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Writes the medians over the rounds, and their ratios to Daybook's, between two marks of a Markdown page. */
public final class Report {

    private static final String START = "<!-- written by core/benchmarks/run -->";
    private static final String END = "<!-- end of what core/benchmarks/run writes -->";
    private static final String DAYBOOK = "daybook";

    private static final Map<String, String> REMARKS = Map.ofEntries(
            Map.entry("floor", "a map of JSON bytes, Jackson on records, a version check; no ids, no metadata"),
            Map.entry("floor-fast-instant", "the same with Daybook's codec for instants"),
            Map.entry("floor-by-hand", "the same with a streaming parser written by hand for these events"),
            Map.entry(
                    "floor-with-guarantees",
                    "hand-written, with Daybook's guarantees for each command: ids, metadata, exact and strict JSON, events read back, a recorded command id"),
            Map.entry(
                    DAYBOOK,
                    "command bus, full metadata, a recorded command id; each event is read back before it is stored"),
            Map.entry("daybook-cached", "the same, on a cached state"),
            Map.entry("daybook-snapshots", "from a snapshot every 100 events; the snapshots are kept as objects"),
            Map.entry(
                    "occurrent",
                    "CloudEvents of bytes; its application service hand-written; its store copies and checks a stream on each write"),
            Map.entry("occurrent-fast-instant", "the same with Daybook's codec for instants"),
            Map.entry(
                    "axon4",
                    "command gateway, annotated aggregate, Jackson serializer, entries kept serialized; a lock per aggregate"),
            Map.entry(
                    "axon5",
                    "command gateway, annotated entity, Jackson converter, which searches for a conversion at each use; entries kept serialized"));

    private final Map<String, List<Double>> times = new TreeMap<>();
    private final Map<String, List<Double>> bytes = new TreeMap<>();
    private double exhausted;
    private double contended;
    private String jdk = "";

    private Report() {}

    public static void main(String[] args) throws IOException {
        Report report = new Report();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of(args[0]), "*.json")) {
            for (Path file : files) {
                new ObjectMapper().readTree(file.toFile()).forEach(report::add);
            }
        }
        String table = report.markdown();
        System.out.println(table);
        Path page = Path.of(args[1]);
        String text = Files.readString(page);
        int start = text.indexOf(START) + START.length();
        Files.writeString(page, text.substring(0, start) + "\n" + table + text.substring(text.indexOf(END)));
    }

    private void add(JsonNode result) {
        String name = result.path("benchmark").asText().replaceAll(".*\\.(\\w+\\.\\w+)$", "$1");
        String events = result.path("params").path("events").asText("");
        String key =
                name + events + " " + result.path("params").path("contender").asText();
        if (result.has("vmName")) {
            jdk = result.path("vmName").asText() + " "
                    + result.path("vmVersion").asText();
        }
        times.computeIfAbsent(key, any -> new ArrayList<>())
                .add(result.path("primaryMetric").path("score").asDouble());
        JsonNode secondary = result.path("secondaryMetrics");
        double operations = secondary.path("operations").path("score").asDouble();
        if (secondary.has("allocatedBytes")) {
            bytes.computeIfAbsent(key, any -> new ArrayList<>())
                    .add(secondary.path("allocatedBytes").path("score").asDouble() / operations);
        } else if (secondary.has("gc.alloc.rate.norm")) { // for benchmarks without preparation between the operations
            bytes.computeIfAbsent(key, any -> new ArrayList<>())
                    .add(secondary.path("gc.alloc.rate.norm").path("score").asDouble());
        }
        if (key.equals("ContentionBenchmark.eightThreads " + DAYBOOK)) {
            exhausted += secondary.path("exhausted").path("score").asDouble();
            contended += operations;
        }
    }

    private String markdown() {
        StringBuilder page = new StringBuilder();
        int rounds = times.getOrDefault("CommandBenchmark.oneThread " + DAYBOOK, List.of())
                .size();
        page.append("Medians of %d rounds. %s, %s, %d cores, heap 1 GB, all of it touched first.\n\n"
                .formatted(
                        rounds,
                        jdk,
                        System.getProperty("os.arch"),
                        Runtime.getRuntime().availableProcessors()));
        ratios(page);
        table(
                page,
                "Command",
                "CommandBenchmark.oneThread",
                List.of(
                        "floor",
                        "floor-fast-instant",
                        "floor-by-hand",
                        "floor-with-guarantees",
                        DAYBOOK,
                        "daybook-cached",
                        "occurrent",
                        "occurrent-fast-instant",
                        "axon4",
                        "axon5"));
        for (String events : List.of("10", "100", "1000", "10000")) {
            table(
                    page,
                    "Load of " + events + " events",
                    "LoadBenchmark.load" + events,
                    List.of(
                            "floor",
                            "floor-fast-instant",
                            "floor-by-hand",
                            "floor-with-guarantees",
                            DAYBOOK,
                            "daybook-snapshots",
                            "occurrent",
                            "occurrent-fast-instant",
                            "axon4",
                            "axon5"));
        }
        for (String events : List.of("1", "10", "98")) {
            table(
                    page,
                    "Append of " + events + (events.equals("1") ? " event" : " events"),
                    "AppendBenchmark.append" + events,
                    List.of("floor-fast-instant", DAYBOOK, "occurrent", "occurrent-fast-instant", "axon4", "axon5"));
        }
        page.append("| concurrency | Daybook | floor, fast instant |\n|---|---|---|\n");
        page.append("| two threads on separate orders, rate compared with one | %.2f | %.2f |\n"
                .formatted(scaling(DAYBOOK), scaling("floor-fast-instant")));
        page.append("| eight threads on one order, rate compared with one | %.2f | %.2f |\n"
                .formatted(contention(DAYBOOK), contention("floor-fast-instant")));
        page.append("\nOf %,.0f commands under contention Daybook gave up %,.0f.\n".formatted(contended, exhausted));
        page.append("\n| growth | | | | |\n|---|---|---|---|---|\n");
        growth(page, "a command on an order of … events", "Growth.command", List.of(100, 1_000, 10_000, 100_000));
        growth(
                page,
                "an append of 10 events to a store of …",
                "Growth.append",
                List.of(100_000, 1_000_000, 2_000_000, 5_000_000));
        double floor = median(times, "StartUp.firstCommand floor-fast-instant");
        double daybook = median(times, "StartUp.firstCommand " + DAYBOOK);
        page.append(
                "\nFrom the start of the JVM until an order is created and a command handled: %,.0f ms, floor %,.0f ms, %.2f.\n"
                        .formatted(daybook, floor, daybook / floor));
        return page.toString();
    }

    private void ratios(StringBuilder page) {
        page.append("| | command | load of 1,000 | load of 10,000 |\n|---|---|---|---|\n");
        ratio(page, "Daybook to the floor with fast instants", DAYBOOK, "floor-fast-instant");
        ratio(page, "Daybook to the floor with guarantees", DAYBOOK, "floor-with-guarantees");
        ratio(page, "Occurrent to Daybook", "occurrent", DAYBOOK);
        ratio(page, "Occurrent with fast instants to Daybook", "occurrent-fast-instant", DAYBOOK);
        ratio(page, "Axon 4 to Daybook", "axon4", DAYBOOK);
        ratio(page, "Axon 5 to Daybook", "axon5", DAYBOOK);
        page.append("| cached state to rebuilt state | %.2f | | |\n\n"
                .formatted(ratio("CommandBenchmark.oneThread", "daybook-cached", DAYBOOK)));
    }

    private void ratio(StringBuilder page, String title, String contender, String base) {
        page.append("| %s | %.2f | %.2f | %.2f |\n"
                .formatted(
                        title,
                        ratio("CommandBenchmark.oneThread", contender, base),
                        ratio("LoadBenchmark.load1000", contender, base),
                        ratio("LoadBenchmark.load10000", contender, base)));
    }

    private double ratio(String benchmark, String contender, String base) {
        return median(times, benchmark + " " + contender) / median(times, benchmark + " " + base);
    }

    private void table(StringBuilder page, String title, String benchmark, List<String> contenders) {
        if (!times.containsKey(benchmark + " " + DAYBOOK)) {
            return; // omitted in a short run
        }
        double daybook = median(times, benchmark + " " + DAYBOOK);
        page.append("| ")
                .append(title)
                .append(" | µs | to Daybook | least – most µs | KB allocated | |\n|---|---|---|---|---|---|\n");
        for (String contender : contenders) {
            String key = benchmark + " " + contender;
            List<Double> all = times.get(key);
            if (all != null) {
                page.append(String.format(
                        Locale.ROOT,
                        "| %s | %,.1f | %.2f | %,.1f – %,.1f | %,.1f | %s |%n",
                        contender,
                        median(times, key),
                        median(times, key) / daybook,
                        all.stream().mapToDouble(each -> each).min().orElseThrow(),
                        all.stream().mapToDouble(each -> each).max().orElseThrow(),
                        median(bytes, key) / 1_000,
                        REMARKS.get(contender)));
            }
        }
        page.append('\n');
    }

    /** A row of sizes, and a row with the time for each in microseconds. */
    private void growth(StringBuilder page, String title, String benchmark, List<Integer> sizes) {
        page.append("| ").append(title);
        sizes.forEach(size -> page.append(" | %,d".formatted(size)));
        page.append(" |\n| µs");
        String contender = benchmark.endsWith("command") ? "daybook-snapshots" : DAYBOOK;
        sizes.forEach(size -> page.append(" | %,.1f".formatted(median(times, benchmark + size + " " + contender))));
        page.append(" |\n");
    }

    private double scaling(String contender) {
        return median(times, "CommandBenchmark.oneThread " + contender)
                / median(times, "CommandBenchmark.twoThreads " + contender);
    }

    private double contention(String contender) {
        return median(times, "ContentionBenchmark.oneThread " + contender)
                / median(times, "ContentionBenchmark.eightThreads " + contender);
    }

    private static double median(Map<String, List<Double>> figures, String key) {
        List<Double> sorted =
                figures.getOrDefault(key, List.of(Double.NaN)).stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
