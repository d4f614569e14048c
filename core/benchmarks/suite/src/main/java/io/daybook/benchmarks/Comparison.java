package io.daybook.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The results of {@code benchmarks/compare}: the ratio of each pair of forks, after to before, and the median. */
public final class Comparison {

    private Comparison() {}

    public static void main(String[] args) throws IOException {
        Path results = Path.of(args[0]);
        Map<String, List<Double>> ratios = new TreeMap<>();
        for (int round = 1; Files.exists(results.resolve(round + "-after.json")); round++) {
            Map<String, Double> before = scores(results.resolve(round + "-before.json"));
            scores(results.resolve(round + "-after.json")).forEach((contender, after) -> {
                if (before.containsKey(contender)) {
                    ratios.computeIfAbsent(contender, any -> new ArrayList<>()).add(after / before.get(contender));
                }
            });
        }
        ratios.forEach((contender, pairs) -> {
            List<Double> sorted = pairs.stream().sorted().toList();
            int middle = sorted.size() / 2;
            double median =
                    sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
            System.out.printf("%s: after is %.3f times before (median of %d pairs:", contender, median, sorted.size());
            sorted.forEach(ratio -> System.out.printf(" %.3f", ratio));
            System.out.println(")");
        });
    }

    private static Map<String, Double> scores(Path file) throws IOException {
        Map<String, Double> scores = new TreeMap<>();
        for (JsonNode result : new ObjectMapper().readTree(file.toFile())) {
            String events = result.path("params").path("events").asText("");
            scores.put(
                    (result.path("params").path("contender").asText() + " " + events).strip(),
                    result.path("primaryMetric").path("score").asDouble());
        }
        return scores;
    }
}
