package io.daybook.benchmarks;

import java.util.Locale;

/** A goal, which is met if the whole interval that was measured meets it. */
record Goal(String text, Interval measured, boolean atMost, double limit) {

    static Goal atMost(double limit, String text, Interval measured) {
        return new Goal(text, measured, true, limit);
    }

    static Goal atLeast(double limit, String text, Interval measured) {
        return new Goal(text, measured, false, limit);
    }

    private String result() {
        if (!measured.isShown()) {
            return measured.rounds() == 0 ? "Not measured" : "Open: fewer than 5 rounds";
        }
        boolean lowMeets = atMost == measured.low() <= limit;
        boolean highMeets = atMost == measured.high() <= limit;
        return lowMeets && highMeets ? "Met" : lowMeets || highMeets ? "Open: the limit is in the interval" : "Missed";
    }

    String row() {
        return String.format(
                Locale.ROOT,
                "| %s %s %.2f | %s | %s |%n",
                text,
                atMost ? "at most" : "at least",
                limit,
                measured.text(),
                result());
    }
}
