package io.daybook.projection;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs workers one at a time: each gives up its turn before every call of a store, and the seed decides who continues, who is killed and whose
 * reply is lost. So a seed repeats exactly, although blocking production code runs unchanged.
 */
public final class SimulatedWorkers {

    /** Ends a worker in the middle of a call, as a crash does. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("killed", null, false, false);
        }
    }

    /** The result of a call of a store. */
    public enum Fate {
        ANSWERED,
        NOT_SENT,
        REPLY_LOST
    }

    public final class Worker {
        private final Semaphore turn = new Semaphore(0);
        private final Runnable work;
        final Object tag;
        private boolean killed;
        private boolean done;

        @Nullable
        Throwable failure;

        Worker(Object tag, Runnable work) {
            this.tag = tag;
            this.work = work;
            THREADS.execute(this::run);
        }

        private void run() {
            turn.acquireUninterruptibly();
            current = this;
            try {
                if (!killed) {
                    work.run();
                }
            } catch (Killed e) {
                // as intended
            } catch (RuntimeException | Error e) {
                failure = e;
            }
            done = true;
            scheduler.release();
        }

        void step() {
            turn.release();
            scheduler.acquireUninterruptibly();
        }

        void kill() {
            killed = true;
            while (!done) {
                step();
            }
        }
    }

    private static final Executor THREADS = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "simulated-worker");
        thread.setDaemon(true);
        return thread;
    });

    private final Semaphore scheduler = new Semaphore(0);
    private final Random random;
    private final List<Worker> workers = new ArrayList<>();
    private @Nullable Worker current;
    private boolean finishing;
    public boolean faults = true;

    public SimulatedWorkers(Random random) {
        this.random = random;
    }

    /** Gives up the turn of the worker that calls a store, and returns the result of the call. */
    public Fate yield() {
        Worker worker = current;
        if (worker == null) {
            return Fate.ANSWERED;
        }
        if (finishing) {
            passTurn(worker);
            return Fate.ANSWERED;
        }
        current = null;
        scheduler.release();
        worker.turn.acquireUninterruptibly();
        current = worker;
        if (worker.killed) {
            throw new Killed();
        }
        int chance = faults ? random.nextInt(100) : 100;
        return chance < 3 ? Fate.NOT_SENT : chance < 7 ? Fate.REPLY_LOST : Fate.ANSWERED;
    }

    /** Lets another worker, or the same one, continue without a switch to the thread of the scheduler, which takes longer than most calls. */
    private void passTurn(Worker worker) {
        Worker next = any();
        if (next != worker) {
            next.turn.release();
            worker.turn.acquireUninterruptibly();
            current = worker;
        }
    }

    private Worker any() {
        return workers.get(random.nextInt(workers.size()));
    }

    /** Whether something that happens at times happens now. */
    public boolean happens(int percent) {
        return faults && random.nextInt(100) < percent;
    }

    public void add(Object tag, Runnable work) {
        workers.add(new Worker(tag, work));
    }

    public int count() {
        return workers.size();
    }

    /** The tag of the worker that has the turn; null if there is none. */
    public @Nullable Object tag() {
        Worker worker = current;
        return worker == null ? null : worker.tag;
    }

    List<Worker> all() {
        return List.copyOf(workers);
    }

    /** One step of one worker, or its end; the first is slow. Answers what a worker that has finished has thrown. */
    @Nullable
    public Throwable step() {
        Worker worker = any();
        if (faults && worker == workers.get(0) && random.nextInt(10) < 7) {
            return null;
        }
        if (faults && random.nextInt(100) < 4) {
            worker.kill();
        } else {
            worker.step();
        }
        current = null;
        if (worker.done) {
            workers.remove(worker);
            return worker.failure;
        }
        return null;
    }

    /** Runs all workers to their ends, without faults, and reports how each one ended: null, or what it threw. Faults stay off. */
    public void finish(Consumer<@Nullable Throwable> ended) {
        faults = false;
        finishing = true;
        while (!workers.isEmpty()) {
            any().step();
            Worker last = current;
            current = null;
            workers.remove(last);
            ended.accept(last.failure);
        }
        finishing = false;
    }

    void kill(Worker worker) {
        worker.kill();
        current = null;
        workers.remove(worker);
    }
}
