package io.daybook.contract;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;

/** Threads that start at once, and waiting for what they bring about. */
final class SideBySide {

    private static final long POLL_NANOS = 100_000;

    private SideBySide() {}

    /** Runs a task in each of some threads, all released at once; what each returned or threw is its outcome. */
    static List<Object> run(int threads, IntFunction<Callable<?>> tasks) throws InterruptedException {
        CyclicBarrier start = new CyclicBarrier(threads);
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> futures = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                Callable<?> task = tasks.apply(i);
                futures.add(executor.submit(() -> {
                    start.await(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
                    return task.call();
                }));
            }
            List<Object> outcomes = new ArrayList<>();
            for (Future<?> future : futures) {
                try {
                    outcomes.add(future.get());
                } catch (ExecutionException e) {
                    outcomes.add(e.getCause());
                }
            }
            return outcomes;
        } finally {
            executor.shutdownNow();
        }
    }

    /** Waits until something is so; how long is only a matter of when to give up. */
    static void await(String what, BooleanSupplier condition) {
        await(what, Patience.LIMIT, condition);
    }

    /** Waits until a condition holds, and yields the processor to the threads that cause it. */
    static void await(String what, Duration atMost, BooleanSupplier condition) {
        long end = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + atMost + ": " + what);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }
}
