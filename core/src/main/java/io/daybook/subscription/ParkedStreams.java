package io.daybook.subscription;

import io.daybook.eventstore.StreamId;
import io.daybook.subscription.ParkedStreamStore.Contents;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** The parked streams of one subscription. Each change is made under the etag of what it was made of. */
final class ParkedStreams {

    static final int MAX = 1_000;

    private final ParkedStreamStore store;
    private volatile Contents known = Contents.NONE;
    private volatile boolean hasRead;

    ParkedStreams(ParkedStreamStore store) {
        this.store = store;
    }

    List<ParkedStream> all() {
        return refresh().streams();
    }

    Optional<ParkedStream> find(StreamId stream) {
        return all().stream().filter(each -> each.stream().equals(stream)).findFirst();
    }

    private Contents refresh() {
        Contents now = store.read(known);
        known = now;
        hasRead = true;
        return now;
    }

    /** Whether streams were parked when it was read last, or it was never read. */
    boolean mayHold() {
        return !hasRead || !known.streams().isEmpty();
    }

    /**
     * Finds which streams of a page are parked, and records how far their events wait. An instance that retries one of them sees the
     * record, or this sees that the stream is not parked any more.
     */
    Set<StreamId> passOver(Map<StreamId, Long> lastNumbers) {
        while (true) {
            Contents now = refresh();
            Set<StreamId> parked = new HashSet<>();
            List<ParkedStream> recorded = now.streams().stream()
                    .map(each -> {
                        Long last = lastNumbers.get(each.stream());
                        if (last == null) {
                            return each;
                        }
                        parked.add(each.stream());
                        return each.waitingUpTo(last);
                    })
                    .toList();
            if (recorded.equals(now.streams()) || store.replace(now, recorded)) {
                return parked;
            }
        }
    }

    /** Whether the stream is parked now; not if there are too many. */
    boolean park(ParkedStream stream) {
        while (true) {
            Contents now = refresh();
            List<ParkedStream> changed = new ArrayList<>(now.streams());
            changed.removeIf(each -> each.stream().equals(stream.stream()));
            if (changed.size() < now.streams().size()) {
                replace(stream.stream(), each -> each.waitingUpTo(stream.lastNumber()));
                return true;
            }
            if (changed.size() >= MAX) {
                return false;
            }
            changed.add(stream);
            if (store.replace(now, changed)) {
                return true;
            }
        }
    }

    /** Changes what is known of a parked stream. */
    void replace(StreamId stream, UnaryOperator<ParkedStream> change) {
        while (true) {
            Contents now = refresh();
            List<ParkedStream> changed = now.streams().stream()
                    .map(each -> each.stream().equals(stream) ? change.apply(each) : each)
                    .toList();
            if (changed.equals(now.streams()) || store.replace(now, changed)) {
                return;
            }
        }
    }

    /** Whether the stream is not parked any more; it stays if events wait behind those that were delivered. */
    boolean unpark(StreamId stream, long deliveredTo) {
        while (true) {
            Contents now = refresh();
            if (now.streams().stream()
                    .anyMatch(each -> each.stream().equals(stream) && each.lastNumber() > deliveredTo)) {
                return false;
            }
            List<ParkedStream> changed = now.streams().stream()
                    .filter(each -> !each.stream().equals(stream))
                    .toList();
            if (changed.equals(now.streams()) || store.replace(now, changed)) {
                return true;
            }
        }
    }
}
