package io.daybook.inmemory;

import io.daybook.process.ProcessTimer;
import io.daybook.process.TimerStore;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A timer store in memory. Thread-safe.
 *
 * <pre>{@code
 * TimerStore timers = new InMemoryTimerStore();
 * }</pre>
 */
public final class InMemoryTimerStore implements TimerStore {

    private final Map<String, ProcessTimer> byKey = new HashMap<>();
    private final TreeSet<ProcessTimer> byTime =
            new TreeSet<>(Comparator.comparing(ProcessTimer::due).thenComparing(ProcessTimer::key));

    /** Creates an empty store. */
    public InMemoryTimerStore() {}

    @Override
    public synchronized void set(ProcessTimer timer) {
        if (byKey.putIfAbsent(timer.key(), timer) == null) {
            byTime.add(timer);
        }
    }

    @Override
    public synchronized void remove(ProcessTimer timer) {
        ProcessTimer removed = byKey.remove(timer.key());
        if (removed != null) {
            byTime.remove(removed);
        }
    }

    @Override
    public synchronized List<ProcessTimer> due(Instant now, int max) {
        if (max < 1) {
            throw new IllegalArgumentException("the maximum number of timers is " + max + ": use 1 or more");
        }
        return byTime.stream()
                .takeWhile(timer -> !timer.due().isAfter(now))
                .limit(max)
                .toList();
    }
}
