package io.daybook.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/** Threads that wait for work alongside the measuring thread. */
final class Workers implements AutoCloseable {

    private final int count;
    private final ExecutorService threads;

    Workers(int count) {
        this.count = count;
        this.threads = Executors.newFixedThreadPool(count);
    }

    /** Runs a task on each worker and one on the calling thread, and waits until all are done. */
    void run(IntConsumer task, Runnable meanwhile) {
        List<Future<?>> running = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int worker = i;
            running.add(threads.submit(() -> task.accept(worker)));
        }
        meanwhile.run();
        try {
            for (Future<?> each : running) {
                each.get();
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
