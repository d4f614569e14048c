package io.daybook.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Figures that JMH did not measure, in the form that it writes. */
final class Results {

    private final String benchmark;
    private final List<Map<String, Object>> results = new ArrayList<>();

    Results(String benchmark) {
        this.benchmark = benchmark;
    }

    void add(String contender, String events, double score) {
        results.add(Map.of(
                "benchmark",
                "." + benchmark,
                "params",
                Map.of("contender", contender, "events", events),
                "primaryMetric",
                Map.of("score", score)));
    }

    void write(Path file) throws IOException {
        new ObjectMapper().writeValue(file.toFile(), results);
    }
}
