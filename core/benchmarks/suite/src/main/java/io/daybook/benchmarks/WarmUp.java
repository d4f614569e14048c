package io.daybook.benchmarks;

/** Runs work until its rate is stable, because the JVM compiles larger programs for longer. */
final class WarmUp {

    private static final long WINDOW = 1_000_000_000; // nanoseconds of work
    private static final long LIMIT = 30_000_000_000L;
    private static final int STABLE_WINDOWS = 3;

    private WarmUp() {}

    /**
     * Returns when no run in three windows of one second each was 2 percent faster than all runs before the window, or
     * after 30 seconds.
     */
    static void untilStable(Runnable prepare, Runnable work) {
        long start = System.nanoTime();
        long fastest = Long.MAX_VALUE;
        for (int stable = 0; stable < STABLE_WINDOWS && System.nanoTime() - start < LIMIT; ) {
            long before = fastest;
            for (long worked = 0; worked < WINDOW; ) {
                prepare.run();
                long from = System.nanoTime();
                work.run();
                long took = System.nanoTime() - from;
                worked += took;
                fastest = Math.min(fastest, took);
            }
            stable = fastest < 0.98 * before ? 0 : stable + 1;
        }
        System.out.printf("warmed up in %.1f s%n", (System.nanoTime() - start) / 1e9);
    }
}
