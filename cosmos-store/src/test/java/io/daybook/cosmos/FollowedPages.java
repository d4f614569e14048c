package io.daybook.cosmos;

import io.daybook.contract.Patience;
import io.daybook.event.EventMetadata;
import io.daybook.projection.Projector;
import io.daybook.subscription.EventInterceptor;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** When the documents of events were written. Events of a {@link Projector} count as written when its work on them returns. Thread-safe. */
final class FollowedPages implements EventInterceptor {

    private final Map<String, Long> nanos = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable CpuTime> atFirstPage = new AtomicReference<>();

    @Override
    public void intercept(String name, List<EventMetadata> events, Runnable next) {
        next.run();
        written(events.stream().map(EventMetadata::eventId).toList());
    }

    void written(List<String> eventIds) {
        if (nanos.isEmpty()) {
            atFirstPage.compareAndSet(null, CpuTime.now());
        }
        long now = System.nanoTime();
        eventIds.forEach(id -> nanos.putIfAbsent(id, now));
    }

    void awaitEvents(int count) {
        Patience.await().until(() -> nanos.size() >= count);
    }

    long nanosOf(String eventId) {
        return nanos.get(eventId);
    }

    /** Returns the CPU time since the first page, whose beginning is unknown. */
    CpuTime cpuTime() {
        return CpuTime.now().since(Objects.requireNonNull(atFirstPage.get()));
    }

    /** Returns the events per second after the first page, whose beginning is unknown. */
    double rate() {
        long first = nanos.values().stream().mapToLong(Long::longValue).min().orElseThrow();
        long last = nanos.values().stream().mapToLong(Long::longValue).max().orElseThrow();
        return nanos.values().stream().filter(each -> each > first).count() * 1e9 / (last - first);
    }
}
