package io.daybook.subscription;

import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.StreamId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The delivery of one page. Each {@link #step} calls the handler at most once. It needs neither a dedicated thread nor a clock.
 *
 * <p>The first call receives the whole page. If it fails, the appends of the page are delivered one by one, which attributes the failure to
 * one stream. A failing stream waits behind the others.
 *
 * <p>Not thread-safe. See {@link DeliveryLoop}.
 */
public final class PageDelivery {

    /**
     * The result of a step.
     *
     * @param delivered the events that are now handled
     * @param failures how often the next append has failed, also in earlier deliveries of its page to this subscription; 0 if the step did not
     *     fail
     * @param pause how long to wait before the next step
     */
    public record Step(List<EventEnvelope> delivered, int failures, Duration pause) {

        /**
         * Copies the list.
         *
         * @param delivered the events that are now handled
         * @param failures how often the next append has failed
         * @param pause how long to wait before the next step
         */
        public Step {
            delivered = List.copyOf(delivered);
        }
    }

    /** The undelivered appends of one stream. All but the first wait for the first. */
    private static final class Waiting {
        final Deque<List<EventEnvelope>> appends = new ArrayDeque<>();
        int attempts;
        /** Why the stream was to be parked, while the store may have parked it or not. */
        @Nullable
        Throwable parking;

        EventEnvelope first() {
            return appends.getFirst().get(0);
        }

        long lastNumber() {
            List<EventEnvelope> last = appends.getLast();
            return last.get(last.size() - 1).metadata().sequenceNumber();
        }
    }

    private final DeliveryLoop loop;
    private final Object source;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private List<EventEnvelope> whole;
    private boolean begun;
    private int failuresInARow;

    PageDelivery(DeliveryLoop loop, Object source, Collection<List<EventEnvelope>> appends) {
        this.loop = loop;
        this.source = source;
        Map<StreamId, Waiting> streams = new LinkedHashMap<>();
        for (List<EventEnvelope> append : appends) {
            if (!append.isEmpty()) {
                streams.computeIfAbsent(DeliveryLoop.streamOf(append.get(0)), unseen -> new Waiting())
                        .appends
                        .add(List.copyOf(append));
            }
        }
        waiting.addAll(streams.values());
        whole = appends.stream().flatMap(List::stream).toList();
    }

    /**
     * {@return whether every event is handled or parked}
     */
    public boolean isDone() {
        return waiting.isEmpty();
    }

    /**
     * Removes the streams that are no longer to be delivered, such as deleted ones.
     *
     * @param wanted returns whether a stream is delivered
     */
    public void retain(Predicate<StreamId> wanted) {
        if (waiting.removeIf(stream -> !wanted.test(DeliveryLoop.streamOf(stream.first())))) {
            whole = whole.stream()
                    .filter(event -> wanted.test(DeliveryLoop.streamOf(event)))
                    .toList();
        }
    }

    /** Skips the append that failed in the last step. */
    public void skip() {
        Waiting failed = waiting.getLast();
        loop.skipped(failed.appends.removeFirst());
        failed.attempts = 0;
        failed.parking = null;
        failuresInARow = 0;
        if (failed.appends.isEmpty()) {
            waiting.removeLast();
        }
        recoverUnlessOthersFail();
    }

    /**
     * Calls the handler once, unless nothing is left to deliver.
     *
     * @return the result of the step
     */
    public Step step() {
        if (!begun) {
            try {
                passOverParked();
            } catch (RuntimeException e) {
                failuresInARow++;
                loop.failed(source, String.valueOf(e.getMessage()));
                return new Step(List.of(), 0, loop.pauseAfter(failuresInARow));
            }
            begun = true;
        }
        if (waiting.isEmpty()) {
            loop.recovered(source);
            return new Step(List.of(), 0, Duration.ZERO);
        }
        return whole.isEmpty() || isOneAppend() ? deliverNext() : deliverWhole();
    }

    private void passOverParked() {
        if (loop.mayHaveParked() && !waiting.isEmpty()) {
            Map<StreamId, Long> lastNumbers = new LinkedHashMap<>();
            waiting.forEach(stream -> lastNumbers.put(DeliveryLoop.streamOf(stream.first()), stream.lastNumber()));
            Set<StreamId> parked = loop.passOver(lastNumbers);
            if (!parked.isEmpty()) {
                retain(stream -> !parked.contains(stream));
            }
        }
    }

    private boolean isOneAppend() {
        return waiting.size() == 1 && waiting.getFirst().appends.size() == 1;
    }

    private Step deliverWhole() {
        List<EventEnvelope> events = whole;
        whole = List.of();
        Optional<Throwable> failure = loop.call(events);
        if (failure.isEmpty()) {
            waiting.clear();
            return succeeded(events);
        }
        String event = describe(events);
        loop.logFailure(event, 1, failure.get());
        return failed(describe(event, 1, failure.get()), 0);
    }

    private Step deliverNext() {
        Waiting stream = waiting.removeFirst();
        List<EventEnvelope> append = stream.appends.getFirst();
        if (stream.parking != null) { // if it is parked, no later event may be delivered
            waiting.addLast(stream);
            return park(stream, describe(describe(append), stream.attempts, stream.parking), stream.parking);
        }
        Optional<Throwable> failure = loop.call(append);
        if (failure.isEmpty()) {
            stream.appends.removeFirst();
            stream.attempts = 0;
            if (!stream.appends.isEmpty()) {
                waiting.addFirst(stream);
            }
            return succeeded(append);
        }
        stream.attempts = loop.countAttempt(stream.first(), stream.attempts);
        waiting.addLast(stream);
        return failedAlone(stream, describe(append), failure.get());
    }

    private Step failedAlone(Waiting stream, String event, Throwable failure) {
        loop.logFailure(event, stream.attempts, failure);
        String error = describe(event, stream.attempts, failure);
        return loop.isParkable(failure, stream.attempts)
                ? park(stream, error, failure)
                : failed(error, stream.attempts);
    }

    /** Parks the last of the waiting streams. While the outcome is unknown, further steps park it again and do not call the handler. */
    private Step park(Waiting stream, String error, Throwable failure) {
        String refusal;
        try {
            refusal = stream.parking == null
                    ? loop.park(stream.first(), stream.lastNumber(), failure, stream.attempts, error)
                    : loop.parkAgain(stream.first(), stream.lastNumber(), failure, stream.attempts, error);
        } catch (RuntimeException e) {
            if (e instanceof EventStoreUnavailableException store && store.outcome() == Outcome.UNKNOWN) {
                stream.parking = failure;
            }
            return failed(error + ". It cannot be parked: " + e.getMessage(), stream.attempts);
        }
        stream.parking = null;
        if (!refusal.isEmpty()) {
            return failed(refusal, stream.attempts);
        }
        waiting.removeLast();
        failuresInARow = 0;
        recoverUnlessOthersFail();
        return new Step(List.of(), 0, Duration.ZERO);
    }

    private Step succeeded(List<EventEnvelope> events) {
        failuresInARow = 0;
        recoverUnlessOthersFail();
        return new Step(events, 0, Duration.ZERO);
    }

    private void recoverUnlessOthersFail() {
        if (waiting.stream().allMatch(stream -> stream.attempts == 0)) {
            loop.recovered(source);
        }
    }

    private Step failed(String error, int attempts) {
        failuresInARow++;
        loop.failed(source, error);
        return new Step(List.of(), attempts, loop.pauseAfter(failuresInARow));
    }

    private static String describe(List<EventEnvelope> events) {
        EventMetadata first = events.get(0).metadata();
        String more = events.size() == 1 ? "" : " and " + (events.size() - 1) + " more";
        return "stream=" + DeliveryLoop.streamOf(events.get(0)) + " number=" + first.sequenceNumber() + " type="
                + first.eventType() + " event=" + first.eventId() + more;
    }

    private static String describe(String event, int attempt, Throwable failure) {
        String message = failure.getMessage();
        return event + ", attempt " + attempt + ": "
                + (message == null || message.isBlank() ? failure.getClass().getName() : message);
    }
}
