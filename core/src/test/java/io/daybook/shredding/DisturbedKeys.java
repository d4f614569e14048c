package io.daybook.shredding;

import io.daybook.eventstore.EventStoreUnavailableException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Counts what is asked of a store of keys, and comes between the question and the answer. */
final class DisturbedKeys implements SubjectKeys {

    private final SubjectKeys behind;
    private final AtomicReference<Runnable> disturbance = new AtomicReference<>(() -> {});
    private final AtomicInteger calls = new AtomicInteger();
    private volatile boolean unavailable;

    DisturbedKeys(SubjectKeys behind) {
        this.behind = behind;
    }

    int calls() {
        return calls.get();
    }

    void unavailable(boolean away) {
        unavailable = away;
    }

    /** Runs something once, after the next key was looked up and before it is returned. */
    void beforeNextAnswer(Runnable action) {
        disturbance.set(action);
    }

    @Override
    public Optional<SubjectKey> find(String subject) {
        count();
        Optional<SubjectKey> found = behind.find(subject);
        disturbance.getAndSet(() -> {}).run();
        return found;
    }

    @Override
    public SubjectKey findOrCreate(String subject) {
        count();
        SubjectKey found = behind.findOrCreate(subject);
        disturbance.getAndSet(() -> {}).run();
        return found;
    }

    @Override
    public void destroy(String subject) {
        count();
        behind.destroy(subject);
    }

    private void count() {
        calls.incrementAndGet();
        if (unavailable) {
            throw new EventStoreUnavailableException(
                    "the keys cannot be reached", EventStoreUnavailableException.Outcome.NOT_STORED, null, null);
        }
    }
}
