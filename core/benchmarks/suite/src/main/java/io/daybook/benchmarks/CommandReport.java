package io.daybook.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The tables of the command side, in Markdown: medians over the rounds, and their ratios to Daybook's. */
final class CommandReport {

    private static final String DAYBOOK = "daybook";
    private static final String COMMAND = "CommandBenchmark.oneThread ";

    private static final Map<String, String> REMARKS = Map.ofEntries(
            Map.entry("floor", "a map of JSON bytes, Jackson on records, a version check; no ids, no metadata"),
            Map.entry(
                    "floor-fast-instant",
                    "hand-written, only the minimum: a map of JSON bytes and a version check, with Daybook's codec for instants"),
            Map.entry("floor-by-hand", "as the floor, with a hand-written streaming parser for these events"),
            Map.entry(
                    "floor-with-guarantees",
                    "hand-written, with Daybook's guarantees for each command: ids, metadata, exact and strict JSON, events read back, a recorded command id"),
            Map.entry("floor-with-guarantees-cached", "the same, on a cached state"),
            Map.entry(
                    DAYBOOK,
                    "command bus, full metadata, a recorded command id; each event is read back before it is stored"),
            Map.entry("daybook-cached", "the same, on a cached state"),
            Map.entry("daybook-snapshots", "from a snapshot every 100 events; the snapshots are kept as JSON"),
            Map.entry(
                    "occurrent",
                    "CloudEvents with binary data and a hand-written application service; the store copies and checks the stream on each write"),
            Map.entry("occurrent-fast-instant", "the same, with Daybook's codec for instants"),
            Map.entry(
                    "axon4",
                    "command gateway, annotated aggregate, Jackson serializer, entries kept serialized; a lock per aggregate"),
            Map.entry(
                    "axon5",
                    "command gateway, annotated entity, Jackson converter, which searches for a conversion at each use; entries kept serialized"));

    private final Measurements measured;
    private final Figures times;

    CommandReport(Measurements measured) {
        this.measured = measured;
        this.times = measured.times;
    }

    boolean isMeasured() {
        return times.has("CommandBenchmark.oneThread " + DAYBOOK);
    }

    String markdown() {
        StringBuilder page = new StringBuilder();
        page.append("Medians of %d rounds. %s, 1 GB heap, pre-touched.\n\n"
                .formatted(times.of(COMMAND + DAYBOOK).rounds(), measured.machine()));
        page.append("| goal | measured | result |\n|---|---|---|\n");
        goals().forEach(goal -> page.append(goal.row()));
        page.append('\n');
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
                        "floor-with-guarantees-cached",
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
        page.append("| concurrency | Daybook | floor with fast instants |\n|---|---|---|\n");
        page.append("| speedup from one thread to two on separate orders | %.2f | %.2f |\n"
                .formatted(scaling(DAYBOOK), scaling("floor-fast-instant")));
        page.append("| rate of eight threads on one order, relative to one thread | %.2f | %.2f |\n"
                .formatted(contention(DAYBOOK), contention("floor-fast-instant")));
        page.append("\nUnder contention, Daybook gave up on %,.0f of %,.0f commands.\n"
                .formatted(measured.exhausted, measured.contended));
        page.append("\n| time by size | | | | |\n|---|---|---|---|---|\n");
        growth(
                page,
                "events of the order to which a command adds an item",
                "Growth.command",
                List.of(100, 1_000, 10_000, 100_000));
        growth(
                page,
                "events in the store to which 10 events are appended",
                "Growth.append",
                List.of(100_000, 1_000_000, 2_000_000, 5_000_000));
        double floor = times.median("StartUp.firstCommand floor-fast-instant");
        double daybook = times.median("StartUp.firstCommand " + DAYBOOK);
        page.append(
                "\nFrom the start of the JVM until an order is created and a command handled: %,.0f ms, floor %,.0f ms, %.2f.\n"
                        .formatted(daybook, floor, daybook / floor));
        return page.toString();
    }

    private List<Goal> goals() {
        String two = "CommandBenchmark.twoThreads ";
        return List.of(
                Goal.atMost(
                        1.10,
                        "Time of a command, relative to the floor with guarantees:",
                        times.ratio(COMMAND + DAYBOOK, COMMAND + "floor-with-guarantees")),
                Goal.atMost(
                        1.15,
                        "Time of a command on a cached state, relative to the floor with guarantees on a cached state:",
                        times.ratio(COMMAND + "daybook-cached", COMMAND + "floor-with-guarantees-cached")),
                Goal.atLeast(
                        2.2,
                        "Time of a command with Occurrent, relative to Daybook:",
                        times.ratio(COMMAND + "occurrent", COMMAND + DAYBOOK)),
                Goal.atLeast(
                        4.5,
                        "Time of a command with Axon 4, relative to Daybook:",
                        times.ratio(COMMAND + "axon4", COMMAND + DAYBOOK)),
                load(1.10, "1000"),
                load(1.10, "10000"),
                Goal.atLeast(
                        0.95,
                        "Speedup from one thread to two on separate orders, relative to the speedup of the floor with fast instants:",
                        times.ratioOfRatios(
                                COMMAND + DAYBOOK,
                                two + DAYBOOK,
                                COMMAND + "floor-fast-instant",
                                two + "floor-fast-instant")),
                Goal.atLeast(
                        0.35,
                        "Rate of eight threads on one order, relative to the rate of one thread:",
                        times.ratio(
                                "ContentionBenchmark.oneThread daybook", "ContentionBenchmark.eightThreads daybook")),
                Goal.atMost(
                        1.3,
                        "Time from the start of the JVM to the first command, relative to the floor with fast instants:",
                        times.ratio("StartUp.firstCommand daybook", "StartUp.firstCommand floor-fast-instant")));
    }

    private Goal load(double limit, String events) {
        String load = "LoadBenchmark.load" + events + " ";
        return Goal.atMost(
                limit,
                "Time of a load of %,d events, relative to the floor with fast instants:".formatted(Integer.parseInt(events)),
                times.ratio(load + DAYBOOK, load + "floor-fast-instant"));
    }

    private void ratios(StringBuilder page) {
        page.append("| ratio of times | command | load of 1,000 | load of 10,000 |\n|---|---|---|---|\n");
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
        return times.median(benchmark + " " + contender) / times.median(benchmark + " " + base);
    }

    private void table(StringBuilder page, String title, String benchmark, List<String> contenders) {
        if (!times.has(benchmark + " " + DAYBOOK)) {
            return; // omitted in a short run
        }
        double daybook = times.median(benchmark + " " + DAYBOOK);
        page.append("| ")
                .append(title)
                .append(" | µs | relative to Daybook | min – max µs | KB allocated | |\n|---|---|---|---|---|---|\n");
        for (String contender : contenders) {
            String key = benchmark + " " + contender;
            List<Double> all = times.all(key);
            if (!all.isEmpty()) {
                page.append(String.format(
                        Locale.ROOT,
                        "| %s | %,.1f | %.2f | %,.1f – %,.1f | %,.1f | %s |%n",
                        contender,
                        times.median(key),
                        times.median(key) / daybook,
                        all.stream().mapToDouble(each -> each).min().orElseThrow(),
                        all.stream().mapToDouble(each -> each).max().orElseThrow(),
                        measured.bytes.median(key) / 1_000,
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
        sizes.forEach(size -> page.append(" | %,.1f".formatted(times.median(benchmark + size + " " + contender))));
        page.append(" |\n");
    }

    private double scaling(String contender) {
        return times.median("CommandBenchmark.oneThread " + contender)
                / times.median("CommandBenchmark.twoThreads " + contender);
    }

    private double contention(String contender) {
        return times.median("ContentionBenchmark.oneThread " + contender)
                / times.median("ContentionBenchmark.eightThreads " + contender);
    }
}
