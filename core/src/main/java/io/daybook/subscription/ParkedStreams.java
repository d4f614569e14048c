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

    Optional<ParkedStream> find(StreamId stream) {
        return parked().stream().filter(each -> each.stream().equals(stream)).findFirst();
    }

    private Contents refresh() {
        Contents now = store.read(known);
        known = now;
        hasRead = true;
        return now;
    }

    /** Returns whether streams were parked at the last read, or nothing was read yet. */
    boolean mayHold() {
        return !hasRead || !known.streams().isEmpty();
    }

    /**
     * Finds the parked streams of a page, and records the last waiting event of each. If another instance retries one of them, it either
     * sees the record, or this instance sees that the stream is no longer parked.
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

    @Override
    public boolean park(ParkedStream stream) {
        while (true) {
            Contents now = refresh();
            boolean isParked =
                    now.streams().stream().anyMatch(each -> each.stream().equals(stream.stream()));
            if (!isParked && now.streams().size() >= MAX) {
                return false;
            }
            List<ParkedStream> changed =
                    new ArrayList<>(changed(now, stream.stream(), each -> each.waitingUpTo(stream.lastNumber())));
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
        for (ParkedStream stream : parked()) {
            unparked += retry(loop, stream) ? 1 : 0;
        }
        return unparked;
    }

    private boolean retry(DeliveryLoop loop, ParkedStream stream) {
        ParkedStream left = stream;
        long next = left.number();
        while (!loop.isClosing()) {
            List<EventEnvelope> events = events(left, next);
            if (!events.isEmpty()) {
                Optional<Throwable> failure = loop.call(events);
                if (failure.isPresent()) {
                    ParkedStream failedAgain = failedAgain(left, events.get(0), failure.get());
                    replace(stream.stream(), each -> failedAgain.waitingUpTo(each.lastNumber()));
                    log.warn("parked stream failed again subscription={} {}", name, failedAgain, failure.get());
                    return false;
                }
                next = events.get(events.size() - 1).metadata().sequenceNumber() + 1;
            }
            if (events.isEmpty() || next > left.lastNumber()) {
                if (unpark(left.stream(), left.lastNumber())) {
                    log.info("stream unparked subscription={} stream={}", name, left.stream());
                    return true;
                }
                Optional<ParkedStream> more = find(left.stream());
                if (more.isEmpty()) {
                    return true;
                }
                left = more.get();
            }
        }
        return false;
    }

    /** Returns the next waiting events, none if the stream was deleted. An event that the store does not show yet must not be skipped. */
    private List<EventEnvelope> events(ParkedStream parked, long next) {
        List<EventEnvelope> events;
        try {
            events = store.events(parked.stream(), next, parked.lastNumber());
        } catch (StreamDeletedException e) {
            return List.of();
        }
        if (events.isEmpty()) {
            throw new EventStoreUnavailableException(
                    "event " + next + " of parked stream " + parked.stream()
                            + " is not visible, so the stream stays parked: retry it later",
                    Outcome.NOT_STORED,
                    null,
                    null);
        }
        return events;
    }

    private static ParkedStream failedAgain(ParkedStream before, EventEnvelope first, Throwable failure) {
        long number = first.metadata().sequenceNumber();
        return new ParkedStream(
                before.stream(),
                number,
                first.metadata().eventId(),
                failure.getClass().getName(),
                before.since(),
                number == before.number() ? before.attempts() + 1 : 1,
                Math.max(number, before.lastNumber()));
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

    /** Unparks a stream unless events wait behind the delivered ones. Returns whether it is no longer parked. */
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
