package io.daybook.projection;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.ScanPage;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps states in memory while a scan finds events of their streams, and writes each document when its stream is quiet.
 * Each document is therefore written about once, and none is read.
 */
final class KeptStates<S> implements ScanTarget {

    /** The state of a stream during the scan. */
    private final class Kept {
        private final long page;
        private Folded<S> folded;
        private int events;

        Kept(Folded<S> folded, long page) {
            this.folded = folded;
            this.page = page;
        }
    }

    private static final int MOST_EVENTS = 200_000; // of all kept states, which bounds their memory

    private static final int WRITTEN_AT_ONCE = 200; // their encoded documents are in memory too

    private final ProjectionRunner<S> runner;
    private final int most;
    private final long mostPages;
    private final Map<StreamId, Kept> byUse = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<StreamId, Kept> byAge = new LinkedHashMap<>();
    private int keptEvents;
    private long written;

    /**
     * @param most the maximum number of states to keep
     * @param mostPages the maximum number of pages for which a state is kept; a resumed scan repeats as many pages
     */
    KeptStates(ProjectionRunner<S> runner, int most, long mostPages) {
        this.runner = runner;
        this.most = most;
        this.mostPages = mostPages;
    }

    @Override
    public boolean isOf(String aggregateType) {
        return runner.folder.isOf(aggregateType);
    }

    @Override
    public void take(ScanPage page, long number) {
        Map<StreamId, List<EventEnvelope>> byStream = runner.byStream(page.events());
        Set<StreamId> unknown = new LinkedHashSet<>();
        byStream.forEach((stream, events) -> {
            if (!byUse.containsKey(stream) && events.get(0).metadata().sequenceNumber() > 1) {
                unknown.add(stream);
            }
        });
        Map<StreamId, StreamState<S>> stored = runner.states.load(unknown);
        byStream.forEach((stream, events) -> fold(stream, stored.get(stream), events, number));
        page.deletions().forEach((stream, version) -> {
            forget(stream);
            runner.deleted(stream, version);
        });
        List<Folded<S>> quiet = new ArrayList<>();
        while (byUse.size() > most || keptEvents > MOST_EVENTS) {
            quiet.add(taken(byUse.keySet().iterator().next()));
        }
        while (oldestUnwritten() <= number - mostPages) {
            quiet.add(taken(byAge.keySet().iterator().next()));
        }
        write(quiet);
    }

    private void fold(StreamId stream, @Nullable StreamState<S> loaded, List<EventEnvelope> events, long number) {
        Kept kept = byUse.get(stream);
        Folded<S> folded;
        try {
            if (kept != null) {
                folded = runner.folder.fold(kept.folded, events);
            } else {
                StreamState<S> stored = loaded != null ? loaded : runner.states.none(stream);
                if (stored.document().gone() || stored.isParked()) {
                    return;
                }
                folded = runner.folder.fold(stream, stored, events);
            }
        } catch (StreamDeletedException e) {
            forget(stream); // the deletion is delivered
            return;
        }
        if (folded.poison() != null) {
            forget(stream);
            runner.settle(stream, Long.MAX_VALUE, "");
        } else if (kept != null || !folded.changesNothing()) {
            if (kept == null) {
                kept = new Kept(folded, number);
                byUse.put(stream, kept);
                byAge.put(stream, kept);
            } else {
                kept.folded = folded; // even if it is the stored state again, because later events were lost
            }
            kept.events += events.size();
            keptEvents += events.size();
        }
    }

    private @Nullable Kept forget(StreamId stream) {
        byAge.remove(stream);
        Kept kept = byUse.remove(stream);
        keptEvents -= kept == null ? 0 : kept.events;
        return kept;
    }

    private Folded<S> taken(StreamId stream) {
        return Objects.requireNonNull(forget(stream)).folded;
    }

    private void write(List<Folded<S>> folded) {
        Set<StreamId> done = runner.writeScanned(folded);
        for (Folded<S> each : folded) {
            if (done.contains(each.stream())) {
                written++;
            } else {
                runner.settle(each.stream(), each.number(), each.eventId());
            }
        }
    }

    @Override
    public long written() {
        return written;
    }

    @Override
    public void flush() {
        while (!byAge.isEmpty()) {
            List<StreamId> next = byAge.keySet().stream().limit(WRITTEN_AT_ONCE).toList();
            write(next.stream().map(this::taken).toList());
        }
    }

    @Override
    public long oldestUnwritten() {
        Iterator<Kept> eldest = byAge.values().iterator();
        return eldest.hasNext() ? eldest.next().page : Long.MAX_VALUE;
    }
}
