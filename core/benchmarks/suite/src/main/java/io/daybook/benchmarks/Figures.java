package io.daybook.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntToDoubleFunction;

/** The measured values of each benchmark and contender in each round. */
final class Figures {

    private final Map<String, Map<Integer, List<Double>>> figures = new TreeMap<>();

    void add(String key, int round, double value) {
        figures.computeIfAbsent(key, unseen -> new TreeMap<>())
                .computeIfAbsent(round, unseen -> new ArrayList<>())
                .add(value);
    }

    boolean has(String key) {
        return figures.containsKey(key);
    }

    /** Returns the values of all rounds, unsorted. */
    List<Double> all(String key) {
        return figures.getOrDefault(key, Map.of()).values().stream()
                .flatMap(List::stream)
                .toList();
    }

    double median(String key) {
        return Interval.of(all(key)).median();
    }

    /** Returns the values of the rounds, one value for each round. */
    Interval of(String key) {
        return ratio(key, round -> 1);
    }

    /** Returns the ratios within each round, because the machine may be faster in another round. */
    Interval ratio(String key, String base) {
        return ratio(key, round -> median(base, round));
    }

    /** Returns how the ratio of two keys compares with that of two others, within each round. */
    Interval ratioOfRatios(String key, String base, String otherKey, String otherBase) {
        return ratio(key, round -> median(base, round) * median(otherKey, round) / median(otherBase, round));
    }

    private double median(String key, int round) {
        return Interval.of(figures.getOrDefault(key, Map.of()).getOrDefault(round, List.of()))
                .median();
    }

    private Interval ratio(String key, IntToDoubleFunction base) {
        List<Double> ratios = new ArrayList<>();
        figures.getOrDefault(key, Map.of()).forEach((round, values) -> {
            double ratio = Interval.of(values).median() / base.applyAsDouble(round);
            if (!Double.isNaN(ratio)) {
                ratios.add(ratio);
            }
        });
        return Interval.of(ratios);
    }
}
