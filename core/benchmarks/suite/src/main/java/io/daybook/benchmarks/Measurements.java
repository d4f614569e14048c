package io.daybook.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The results of all rounds of a run, by benchmark, size and contender. */
final class Measurements {

    /** The time in microseconds, for each event where events are projected; milliseconds for a start. */
    final Figures times = new Figures();

    /** The allocated bytes. */
    final Figures bytes = new Figures();

    /** The number of writes and reads of each document. */
    final Figures writes = new Figures();

    final Figures reads = new Figures();

    double exhausted;
    double contended;
    private String jdk = "";

    /** Reads the files of a directory. Their names begin with the number of the round. */
    static Measurements of(Path directory) throws IOException {
        Measurements measurements = new Measurements();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.json")) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                int round = Integer.parseInt(name.substring(0, name.indexOf('-')));
                new ObjectMapper().readTree(file.toFile()).forEach(result -> measurements.add(round, result));
            }
        }
        return measurements;
    }

    private void add(int round, JsonNode result) {
        String name = result.path("benchmark").asText().replaceAll(".*\\.(\\w+\\.\\w+)$", "$1");
        JsonNode params = result.path("params");
        String key = (name + params.path("events").asText("") + " "
                        + params.path("contender").asText())
                .trim();
        if (result.has("vmName")) {
            jdk = result.path("vmName").asText() + " "
                    + result.path("vmVersion").asText();
        }
        double events =
                params.path("orders").asDouble(1) * (params.has("orders") ? InterleavedOrders.EVENTS_OF_AN_ORDER : 1);
        times.add(key, round, result.path("primaryMetric").path("score").asDouble() / events);
        JsonNode secondary = result.path("secondaryMetrics");
        double operations = score(secondary, "operations");
        if (secondary.has("allocatedBytes")) {
            bytes.add(key, round, score(secondary, "allocatedBytes") / operations);
        } else if (secondary.has("gc.alloc.rate.norm")) { // for benchmarks without preparation between the operations
            bytes.add(key, round, score(secondary, "gc.alloc.rate.norm"));
        }
        if (secondary.has("documents")) {
            writes.add(key, round, score(secondary, "writes") / score(secondary, "documents"));
            reads.add(key, round, score(secondary, "reads") / score(secondary, "documents"));
        }
        if (key.equals("ContentionBenchmark.eightThreads daybook")) {
            exhausted += score(secondary, "exhausted");
            contended += operations;
        }
    }

    private static double score(JsonNode metrics, String name) {
        return metrics.path(name).path("score").asDouble();
    }

    /** Describes the machine. */
    String machine() {
        return "%s, %s, %d cores"
                .formatted(
                        jdk, System.getProperty("os.arch"), Runtime.getRuntime().availableProcessors());
    }
}
