package io.daybook.projection;

import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.ScanPage;
import io.daybook.projection.VersionState.RangeProgress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Scans all events of a store, page by page and range by range. While a page is written, an executor may read and
 * decode the next one. After a failure, the scan is abandoned and restarted at the saved position.
 */
final class EventScan {

    private record Page(long number, String after) {}

    private final EventStore store;
    private final ScanTarget target;
    private final Map<String, RangeProgress> ranges;
    private final Deque<Page> unwritten = new ArrayDeque<>();
    private final Executor readAhead;
    private @Nullable PageRead ahead;
    private String range = "";
    private long pages;
    private long events;
    private long remaining = -1;
    private long eventsOfRange;

    /**
     * @param readAhead the executor that reads ahead; a page that it has not begun to read when it is needed is read by the
     *     thread that needs it
     */
    EventScan(EventStore store, ScanTarget target, Map<String, RangeProgress> ranges, Executor readAhead) {
        this.store = store;
        this.target = target;
        this.ranges = new LinkedHashMap<>(ranges);
        this.readAhead = readAhead;
    }

    /** The position at which a scan begins. */
    static Map<String, RangeProgress> beginning(List<String> ranges) {
        Map<String, RangeProgress> beginning = new LinkedHashMap<>();
        ranges.forEach(range -> beginning.put(range, new RangeProgress("", false)));
        return beginning;
    }

    private Optional<String> current() {
        return ranges.entrySet().stream()
                .filter(each -> !each.getValue().done())
                .map(Map.Entry::getKey)
                .findFirst();
    }

    boolean isComplete() {
        return current().isEmpty();
    }

    /** Reads and writes the next page. */
    void step() {
        String now = current().orElseThrow();
        if (!now.equals(range)) {
            range = now;
            eventsOfRange = 0;
        }
        String after = progress(range).after();
        PageRead read = ahead == null ? new PageRead(store, target, range, after) : ahead;
        ScanPage page = read.page();
        ahead = page.isLast() ? null : new PageRead(store, target, range, page.next());
        if (ahead != null) {
            readAhead.execute(ahead);
        }
        unwritten.add(new Page(++pages, after));
        target.take(page, pages);
        events += page.events().size();
        eventsOfRange += page.events().size();
        remaining = page.remaining();
        if (page.isLast()) {
            target.flush();
            unwritten.clear();
        }
        ranges.put(range, new RangeProgress(page.next(), page.isLast()));
    }

    private RangeProgress progress(String name) {
        return ranges.getOrDefault(name, new RangeProgress("", false));
    }

    /** Returns the position at which another process can resume the scan. Everything before it is written. */
    Map<String, RangeProgress> saved() {
        Map<String, RangeProgress> saved = new LinkedHashMap<>(ranges);
        long oldest = target.oldestUnwritten();
        while (!unwritten.isEmpty() && unwritten.getFirst().number() < oldest) {
            unwritten.removeFirst();
        }
        if (!unwritten.isEmpty()) {
            saved.put(range, new RangeProgress(unwritten.getFirst().after(), false));
        }
        return saved;
    }

    long events() {
        return events;
    }

    /** Returns the approximate number of events that follow. Ranges that were not started count like the one being read. */
    OptionalLong remaining() {
        if (isComplete()) {
            return OptionalLong.of(0);
        }
        if (remaining < 0) {
            return OptionalLong.empty();
        }
        long begun = ranges.keySet().stream().toList().indexOf(range) + 1L;
        return OptionalLong.of(remaining + (ranges.size() - begun) * (eventsOfRange + remaining));
    }
}
