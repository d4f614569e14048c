package io.daybook.benchmarks;

import java.util.List;
import java.util.Locale;

/** The tables of the query side and of reactions, in Markdown. */
final class QueryReport {

    private record Row(String benchmark, String contender, String title) {

        String key() {
            return (benchmark + " " + contender).trim();
        }
    }

    private static final String REBUILD = "RebuildBenchmark.rebuild";
    private static final String FOLLOW = "FollowBenchmark.follow";
    private static final String READ = "ReadBenchmark.current";
    private static final String REPAIR = "ReadBenchmark.repaired";

    private static final List<Row> ROWS = List.of(
            new Row(REBUILD, "daybook", "Rebuild, Daybook"),
            new Row(REBUILD, "floor", "Rebuild, loop"),
            new Row(FOLLOW, "daybook", "Follow, Daybook"),
            new Row(FOLLOW, "floor", "Follow, loop"),
            new Row(FOLLOW, "occurrent", "Follow, Occurrent"),
            new Row(FOLLOW, "axon4", "Follow, Axon 4"),
            new Row(FOLLOW, "axon5", "Follow, Axon 5"),
            new Row(READ, "daybook", "Read, Daybook"),
            new Row(READ, "floor", "Read, loop"),
            new Row(READ, "daybook-cached", "Read, Daybook, from a cache in memory"),
            new Row(READ, "daybook-redis", "Read, Daybook, from Redis"),
            new Row(READ, "redis", "Read, `GET` of Redis"),
            new Row(REPAIR, "daybook", "Read of a document that is behind, Daybook"),
            new Row(REPAIR, "floor", "Read of a document that is behind, loop"),
            new Row("ReactionBenchmark.reaction", "", "Command, sent by a reaction"),
            new Row("ReactionBenchmark.process", "", "Command, sent by a step of a process"),
            new Row("ReactionBenchmark.loop", "", "Command, sent by a loop"));

    private final Measurements measured;

    QueryReport(Measurements measured) {
        this.measured = measured;
    }

    boolean isMeasured() {
        return measured.times.has(REBUILD + " daybook");
    }

    String markdown() {
        StringBuilder page = new StringBuilder("Medians of %d rounds, ratios of the same round. %s, heap 4 GB.\n\n"
                .formatted(measured.times.of(REBUILD + " daybook").rounds(), measured.machine()));
        page.append("| goal | measured | result |\n|---|---|---|\n");
        goals().forEach(goal -> page.append(goal.row()));
        page.append(
                "\n| | µs | relative to the loop | per second | KB allocated | writes per document |\n|---|---|---|---|---|---|\n");
        ROWS.stream().filter(row -> measured.times.has(row.key())).forEach(row -> page.append(row(row)));
        return page.toString();
    }

    private List<Goal> goals() {
        return List.of(
                Goal.atMost(1.3, "Time of a rebuild, relative to the loop:", ratio(REBUILD, "daybook", "floor")),
                Goal.atMost(1.05, "Writes of each document in a rebuild:", measured.writes.of(REBUILD + " daybook")),
                Goal.atMost(0, "Reads of each document in a rebuild:", measured.reads.of(REBUILD + " daybook")),
                Goal.atLeast(0.8, "Rate of following, relative to the loop:", ratio(FOLLOW, "floor", "daybook")),
                Goal.atMost(
                        1.3,
                        "Time of a read from Redis, relative to a `GET` and decoding:",
                        ratio(READ, "daybook-redis", "redis")));
    }

    private Interval ratio(String benchmark, String contender, String base) {
        return measured.times.ratio(benchmark + " " + contender, benchmark + " " + base);
    }

    private String row(Row row) {
        double micros = measured.times.median(row.key());
        return String.format(
                Locale.ROOT,
                "| %s | %,.2f | %s | %,.0f | %s | %s |%n",
                row.title(),
                micros,
                measured.times.ratio(row.key(), loop(row)).text(),
                1e6 / micros,
                number(measured.bytes.median(row.key()) / 1_000),
                number(measured.writes.median(row.key())));
    }

    private static String loop(Row row) {
        return row.contender().isEmpty()
                ? "ReactionBenchmark.loop"
                : row.benchmark() + (row.contender().endsWith("redis") ? " redis" : " floor");
    }

    private static String number(double figure) {
        return Double.isNaN(figure) ? "" : String.format(Locale.ROOT, "%,.2f", figure);
    }
}
