package io.daybook.projection;

import io.daybook.contract.Patience;
import java.lang.Thread.State;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Threads of a test that wait for each other, and a way to know that they do. */
final class Waiting implements AutoCloseable {

    private final List<Thread> threads = new ArrayList<>();

    /** Waits for the test to go on. */
    static void on(CountDownLatch latch) {
        try {
            if (!latch.await(Patience.LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("the test does not go on");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    <T> Future<T> start(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task, "reader-" + threads.size());
        threads.add(thread);
        thread.start();
        return task;
    }

    /** Waits until so many threads wait below a method of a class. */
    void awaitIn(Class<?> type, int count) {
        Patience.await()
                .until(() -> threads.stream()
                                .filter(thread -> isWaitingIn(type, thread))
                                .count()
                        == count);
    }

    private static boolean isWaitingIn(Class<?> type, Thread thread) {
        boolean inside = Stream.of(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(type.getName()));
        return inside && (thread.getState() == State.WAITING || thread.getState() == State.TIMED_WAITING);
    }

    @Override
    public void close() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join(Patience.LIMIT.toMillis());
        }
    }
}
