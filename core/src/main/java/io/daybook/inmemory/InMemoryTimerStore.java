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

    private record Entry(ProcessTimer timer, Instant next) {}

    private final Map<String, Entry> byKey = new HashMap<>();
    private final TreeSet<Entry> byTime = new TreeSet<>(Comparator.comparing(Entry::next)
            .thenComparing(entry -> entry.timer().key()));

    /** Creates an empty store. */
    public InMemoryTimerStore() {}

    @Override
    public synchronized void set(ProcessTimer timer) {
        Entry entry = new Entry(timer, timer.due());
        if (byKey.putIfAbsent(timer.key(), entry) == null) {
            byTime.add(entry);
        }
    }

    @Override
    public synchronized void remove(ProcessTimer timer) {
        Entry removed = byKey.remove(timer.key());
        if (removed != null) {
            byTime.remove(removed);
        }
    }

    @Override
    public synchronized void postpone(ProcessTimer timer, Instant until) {
        byKey.computeIfPresent(timer.key(), (key, entry) -> {
            Entry later = new Entry(entry.timer(), until);
            byTime.remove(entry);
            byTime.add(later);
            return later;
        });
    }

    @Override
    public synchronized List<ProcessTimer> due(Instant now, int max) {
        if (max < 1) {
            throw new IllegalArgumentException("the maximum number of timers is " + max + ": use 1 or more");
        }
        return byTime.stream()
                .takeWhile(entry -> !entry.next().isAfter(now))
                .limit(max)
                .map(Entry::timer)
                .toList();
    }
}
