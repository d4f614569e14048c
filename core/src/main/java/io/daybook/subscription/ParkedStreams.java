package io.daybook.subscription;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.ParkedStreamStore.Contents;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parked streams of one subscription. Each change is conditional on the etag of the contents that it is based on. */
final class ParkedStreams implements StreamParking {

    static final int MAX = 1_000;

    private static final Logger log = LoggerFactory.getLogger(DeliveryLoop.class);

    private final String name;
    private final ParkedStreamStore store;
    private volatile Contents known = Contents.NONE;
    private volatile boolean hasRead;

    ParkedStreams(String name, ParkedStreamStore store) {
        this.name = name;
        this.store = store;
    }

    @Override
    public List<ParkedStream> parked() {
        return refresh().streams();
    }

    private Contents refresh() {
        Contents now = store.read(known);
        known = now;
        hasRead = true;
        return now;
    }

    /** Returns whether streams were parked at the last read, or nothing has been read yet. */
    boolean mayHold() {
        return !hasRead || !known.streams().isEmpty();
    }

    /**
     * Finds the parked streams of a page, and records the last waiting item of each. If another instance retries one of them, it either
     * sees the record, or this instance sees that the stream is no longer parked.
     */
    Set<StreamId> passOver(Map<StreamId, DeliveryItem> lastItems) {
        while (true) {
            Contents now = refresh();
            Set<StreamId> parked = new HashSet<>();
            List<ParkedStream> recorded = now.streams().stream()
                    .map(each -> {
                        DeliveryItem last = lastItems.get(each.stream());
                        if (last == null) {
                            return each;
                        }
                        parked.add(each.stream());
                        return each.waitingUpTo(last.lastNumber(), last.isDeletion());
                    })
                    .toList();
            if (recorded.equals(now.streams()) || store.replace(now, recorded)) {
                return parked;
            }
        }
    }

    @Override
    public boolean park(ParkedStream stream) {
        while (true) {
            Contents now = refresh();
            boolean isParked =
                    now.streams().stream().anyMatch(each -> each.stream().equals(stream.stream()));
            if (!isParked && now.streams().size() >= MAX) {
                return false;
            }
            List<ParkedStream> changed = new ArrayList<>(changed(
                    now, stream.stream(), each -> each.waitingUpTo(stream.lastSequenceNumber(), stream.deleted())));
            if (!isParked) {
                changed.add(stream);
            }
            if (changed.equals(now.streams()) || store.replace(now, changed)) {
                return true;
            }
        }
    }

    @Override
    public int retry(DeliveryLoop loop) {
        int unparked = 0;
        List<EventStoreUnavailableException> unread = new ArrayList<>();
        for (ParkedStream stream : parked()) {
            if (loop.isRetryCanceled()) {
                break;
            }
            try {
                unparked += retry(loop, stream) ? 1 : 0;
            } catch (RuntimeException e) {
                log.warn("reading the events of a parked stream failed subscription={} {}", name, stream, e);
                refresh(); // fails if the whole store is unavailable; otherwise other streams may be readable
                unread.add(asUnavailable(stream, e));
            }
        }
        if (!unread.isEmpty()) {
            EventStoreUnavailableException first = unread.remove(0);
            unread.forEach(first::addSuppressed);
            throw first;
        }
        return unparked;
    }

    private static EventStoreUnavailableException asUnavailable(ParkedStream stream, RuntimeException failure) {
        return failure instanceof EventStoreUnavailableException unavailable
                ? unavailable
                : new EventStoreUnavailableException(
                        "an event of parked stream " + stream.stream() + " at or after number "
                                + stream.sequenceNumber() + " cannot be read, so the stream stays parked: "
                                + failure.getMessage(),
                        Outcome.NOT_STORED,
                        null,
                        failure);
    }

    private boolean retry(DeliveryLoop loop, ParkedStream stream) {
        ParkedStream left = stream;
        long next = left.sequenceNumber();
        while (!loop.isRetryCanceled()) {
            List<DeliveryItem> items = next(left, next);
            Optional<Failed> failed = deliver(loop, items);
            if (failed.isPresent()) {
                if (!loop.isRetryCanceled()) {
                    failedAgain(left, failed.get());
                }
                return false;
            }
            next = items.isEmpty()
                    ? Long.MAX_VALUE
                    : items.get(items.size() - 1).lastNumber() + 1;
            if (next > left.lastSequenceNumber()) {
                Optional<ParkedStream> more = unpark(left.stream(), left.lastSequenceNumber());
                if (more.isEmpty()) {
                    log.info("stream unparked subscription={} stream={}", name, left.stream());
                    return true;
                }
                left = more.get();
                next = Math.min(next, left.lastSequenceNumber());
            }
        }
        return false;
    }

    /**
     * Returns the next waiting appends, or the deletion if the subscription has reached it; nothing if it has not reached it yet. An event that
     * the store does not show yet must not be skipped.
     */
    private List<DeliveryItem> next(ParkedStream parked, long next) {
        if (parked.deleted() && next == parked.lastSequenceNumber()) {
            return List.of(deletion(parked));
        }
        List<List<EventEnvelope>> appends;
        try {
            appends = store.appends(parked.stream(), next, parked.lastSequenceNumber());
        } catch (StreamDeletedException e) {
            return parked.deleted() ? List.of(deletion(parked)) : List.of();
        }
        if (appends.isEmpty()) {
            throw new EventStoreUnavailableException(
                    "event " + next + " of parked stream " + parked.stream()
                            + " is not visible yet, so the stream stays parked: retry later",
                    Outcome.NOT_STORED,
                    null,
                    null);
        }
        return appends.stream().map(DeliveryItem::of).toList();
    }

    private static DeliveryItem deletion(ParkedStream parked) {
        return DeliveryItem.of(new DeletedStream(parked.stream(), parked.lastSequenceNumber() - 1));
    }

    private record Failed(DeliveryItem item, Throwable failure) {}

    /** Delivers all items in one call, and if that fails one after the other, up to the one that fails. */
    private static Optional<Failed> deliver(DeliveryLoop loop, List<DeliveryItem> items) {
        if (items.size() > 1) {
            List<EventEnvelope> together =
                    items.stream().flatMap(item -> item.events().stream()).toList();
            Optional<Throwable> failure = loop.call(together);
            if (failure.isEmpty() || loop.isRetryCanceled()) {
                return failure.map(thrown -> new Failed(items.get(0), thrown));
            }
        }
        for (DeliveryItem item : items) {
            Optional<Throwable> failure = loop.call(item);
            if (failure.isPresent()) {
                return Optional.of(new Failed(item, failure.get()));
            }
        }
        return Optional.empty();
    }

    private void failedAgain(ParkedStream before, Failed failed) {
        ParkedStream now = before.failedAgain(failed.item(), failed.failure());
        replace(before.stream(), each -> now.waitingUpTo(each.lastSequenceNumber(), each.deleted()));
        log.warn("parked stream failed again subscription={} {}", name, now, failed.failure());
    }

    /** Updates the entry of a parked stream. */
    void replace(StreamId stream, UnaryOperator<ParkedStream> change) {
        while (true) {
            Contents now = refresh();
            List<ParkedStream> changed = changed(now, stream, change);
            if (changed.equals(now.streams()) || store.replace(now, changed)) {
                return;
            }
        }
    }

    private static List<ParkedStream> changed(Contents now, StreamId stream, UnaryOperator<ParkedStream> change) {
        return now.streams().stream()
                .map(each -> each.stream().equals(stream) ? change.apply(each) : each)
                .toList();
    }

    /** Unparks a stream unless events wait behind the delivered ones. Returns the stream if it is still parked. */
    Optional<ParkedStream> unpark(StreamId stream, long deliveredTo) {
        while (true) {
            Contents now = refresh();
            Optional<ParkedStream> more = now.streams().stream()
                    .filter(each -> each.stream().equals(stream) && each.lastSequenceNumber() > deliveredTo)
                    .findFirst();
            if (more.isPresent()) {
                return more;
            }
            List<ParkedStream> changed = now.streams().stream()
                    .filter(each -> !each.stream().equals(stream))
                    .toList();
            if (changed.equals(now.streams()) || store.replace(now, changed)) {
                return Optional.empty();
            }
        }
    }
}
