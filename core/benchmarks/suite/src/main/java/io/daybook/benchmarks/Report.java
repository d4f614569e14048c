package io.daybook.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the results of a run into a Markdown page: each side between two marks. */
public final class Report {

    private Report() {}

    public static void main(String[] args) throws IOException {
        Measurements measured = Measurements.of(Path.of(args[0]));
        Path page = Path.of(args[1]);
        CommandReport commands = new CommandReport(measured);
        if (commands.isMeasured()) {
            write(page, "commands", commands.markdown());
        }
        QueryReport queries = new QueryReport(measured);
        if (queries.isMeasured()) {
            write(page, "queries", queries.markdown());
        }
    }

    private static void write(Path page, String side, String tables) throws IOException {
        System.out.println(tables);
        String start = "<!-- " + side + ": written by core/benchmarks/run -->\n";
        String end = "<!-- end of what core/benchmarks/run writes: " + side + " -->";
        String text = Files.readString(page);
        Files.writeString(
                page,
                text.substring(0, text.indexOf(start) + start.length()) + tables + text.substring(text.indexOf(end)));
    }
}
