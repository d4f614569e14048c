package io.daybook.benchmarks;

import java.util.List;
import java.util.Locale;

/**
 * The median of what was measured in several rounds, and an interval that contains the true median with a probability of
 * at least 90 percent, if there were five rounds or more.
 */
record Interval(double median, double low, double high, int rounds) {

    private static final double DOUBT = 0.1;

    static Interval of(List<Double> values) {
        if (values.isEmpty()) {
            return new Interval(Double.NaN, Double.NaN, Double.NaN, 0);
        }
        List<Double> sorted = values.stream().sorted().toList();
        int count = sorted.size();
        int middle = count / 2;
        double median = count % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
        int outside = outside(count);
        return new Interval(median, sorted.get(outside), sorted.get(count - 1 - outside), count);
    }

    /** Returns the number of values at each end that the interval can omit, from the binomial distribution. */
    private static int outside(int count) {
        double probability = Math.pow(0.5, count);
        double sum = probability;
        int outside = 0;
        while (outside < (count - 1) / 2) {
            probability *= (double) (count - outside) / (outside + 1);
            sum += probability;
            if (2 * sum > DOUBT) {
                break;
            }
            outside++;
        }
        return outside;
    }

    boolean isShown() {
        return rounds >= 5;
    }

    /** Returns the median with two decimal places, and the interval. */
    String text() {
        return rounds == 0 ? "–" : String.format(Locale.ROOT, "%.2f (%.2f – %.2f)", median, low, high);
    }
}
