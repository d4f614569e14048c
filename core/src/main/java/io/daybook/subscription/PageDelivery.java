package io.daybook.subscription;

import io.daybook.event.EventEnvelope;
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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The delivery of one page of a feed. Each {@link #step} calls the handler at most once and needs neither a dedicated
 * thread nor a clock.
 *
 * <p>The first call receives all events of the page. If it fails, the appends of the page are delivered one by one, so
 * that the failure can be attributed to one stream. A failing stream is retried after the other streams of the page.
 * The deletion of a stream is delivered after the stream's events.
 *
 * <p>Not thread-safe. See {@link DeliveryLoop}.
 */
public final class PageDelivery {

    /**
     * The result of a step.
     *
     * @param delivered the events that this step handled; empty after a deletion
     * @param failures the number of times that the next append or deletion failed when delivered alone, including
     *     earlier deliveries of its page to this subscription; 0 if the step did not fail, or if it delivered several
     *     appends
     * @param pause the time to wait before the next step
     */
    public record Step(List<EventEnvelope> delivered, int failures, Duration pause) {

        /**
         * Copies the list.
         *
         * @param delivered the events that this step handled
         * @param failures the number of times that the next append or deletion failed when delivered alone
         * @param pause the time to wait before the next step
         */
        public Step {
            delivered = List.copyOf(delivered);
        }
    }

    /** The undelivered items of one stream. All but the first wait for the first. */
    private static final class Waiting {
        final Deque<DeliveryItem> items = new ArrayDeque<>();
        int attempts;
        /**
         * The failure for which the stream is being parked, while it is unknown whether the store has parked it.
         */
        @Nullable
        Throwable parking;

        StreamId stream() {
            return items.getFirst().stream();
        }
    }

    private final DeliveryLoop loop;
    private final StreamParker parker;
    private final Object source;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private List<EventEnvelope> whole;
    private boolean begun;
    private boolean failedAlone;
    private int failuresInARow;

    PageDelivery(
            DeliveryLoop loop,
            StreamParker parker,
            Object source,
            Collection<List<EventEnvelope>> appends,
            Collection<DeletedStream> deletions) {
        this.loop = loop;
        this.parker = parker;
        this.source = source;
        Map<StreamId, Waiting> streams = new LinkedHashMap<>();
        Stream.concat(
                        appends.stream().filter(append -> !append.isEmpty()).map(DeliveryItem::of),
                        deletions.stream().map(DeliveryItem::of))
                .forEach(item -> streams.computeIfAbsent(item.stream(), unseen -> new Waiting())
                        .items
                        .add(item));
        waiting.addAll(streams.values());
        whole = appends.stream().flatMap(List::stream).toList();
    }

    /**
     * {@return whether every event and deletion is handled or parked}
     */
    public boolean isDone() {
        return waiting.isEmpty();
    }

    /**
     * Removes the events of streams that should no longer be delivered, such as deleted streams. Deletions are kept.
     *
     * @param wanted returns whether the events of a stream should still be delivered
     */
    public void retain(Predicate<StreamId> wanted) {
        for (Waiting stream : waiting) {
            if (!wanted.test(stream.stream())) {
                stream.items.removeIf(item -> !item.isDeletion());
                stream.attempts = 0;
            }
        }
        waiting.removeIf(stream -> stream.items.isEmpty());
        keepWhole(wanted);
    }

    private void keepWhole(Predicate<StreamId> wanted) {
        whole = whole.stream()
                .filter(event -> wanted.test(DeliveryItem.streamOf(event)))
                .toList();
    }

    /**
     * Skips the append or deletion that failed in the last step.
     *
     * @throws IllegalStateException if there is nothing to skip, because the last step did not fail on a single append
     *     or deletion
     */
    public void skip() {
        if (!failedAlone) {
            throw new IllegalStateException(
                    "the last step did not fail on one append alone: skip only after a step with failures");
        }
        failedAlone = false;
        Waiting failed = waiting.getLast();
        parker.forget(failed.items.removeFirst());
        failed.attempts = 0;
        failed.parking = null;
        failuresInARow = 0;
        if (failed.items.isEmpty()) {
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
        failedAlone = false;
        if (!begun) {
            try {
                passOverParked();
            } catch (RuntimeException e) {
                failuresInARow++;
                loop.failed(source, String.valueOf(e.getMessage()));
                return new Step(List.of(), 0, parker.pauseAfter(failuresInARow));
            }
            begun = true;
        }
        if (waiting.isEmpty()) {
            loop.recovered(source);
            return new Step(List.of(), 0, Duration.ZERO);
        }
        return whole.isEmpty() || isOneItem() ? deliverNext() : deliverWhole();
    }

    private void passOverParked() {
        if (parker.mayHaveParked() && !waiting.isEmpty()) {
            Map<StreamId, DeliveryItem> last = new LinkedHashMap<>();
            waiting.forEach(stream -> last.put(stream.stream(), stream.items.getLast()));
            Set<StreamId> parked = parker.passOver(last);
            if (!parked.isEmpty()) {
                waiting.removeIf(stream -> parked.contains(stream.stream()));
                keepWhole(stream -> !parked.contains(stream));
            }
        }
    }

    private boolean isOneItem() {
        return waiting.size() == 1 && waiting.getFirst().items.size() == 1;
    }

    private Step deliverWhole() {
        List<EventEnvelope> events = whole;
        whole = List.of();
        Optional<Throwable> failure = loop.call(events);
        if (failure.isEmpty()) {
            waiting.forEach(stream -> stream.items.removeIf(item -> forgetAppend(item)));
            waiting.removeIf(stream -> stream.items.isEmpty());
            return succeeded(events);
        }
        String page = DeliveryItem.describe(events);
        loop.logFailure(page + " appends=together", failure.get());
        return failed(page + ": " + messageOf(failure.get()), 0);
    }

    private boolean forgetAppend(DeliveryItem item) {
        if (!item.isDeletion()) {
            parker.forget(item);
        }
        return !item.isDeletion();
    }

    private Step deliverNext() {
        Waiting stream = waiting.removeFirst();
        DeliveryItem item = stream.items.getFirst();
        if (stream.parking != null) { // if it is parked, no later event may be delivered
            waiting.addLast(stream);
            return park(stream, describe(item, stream.attempts, stream.parking), stream.parking);
        }
        Optional<Throwable> failure = loop.call(item);
        if (failure.isEmpty()) {
            stream.items.removeFirst();
            stream.attempts = 0;
            if (!stream.items.isEmpty()) {
                waiting.addFirst(stream);
            }
            return succeeded(item.events());
        }
        stream.attempts = parker.countAttempt(item, stream.attempts);
        waiting.addLast(stream);
        return failedAlone(stream, failure.get());
    }

    private Step failedAlone(Waiting stream, Throwable failure) {
        DeliveryItem item = stream.items.getFirst();
        failedAlone = true;
        loop.logFailure(item.describe() + " attempt=" + stream.attempts, failure);
        String error = describe(item, stream.attempts, failure);
        return parker.isParkable(failure, stream.attempts)
                ? park(stream, error, failure)
                : failed(error, stream.attempts);
    }

    /** Parks the last of the waiting streams. While the outcome is unknown, further steps park it again and do not call the handler. */
    private Step park(Waiting stream, String error, Throwable failure) {
        DeliveryItem item = stream.items.getFirst();
        DeliveryItem last = stream.items.getLast();
        String refusal;
        try {
            refusal = stream.parking == null
                    ? parker.park(item, last, failure, stream.attempts, error)
                    : parker.parkAgain(item, last, failure, stream.attempts, error);
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
        failedAlone = false;
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
        return new Step(List.of(), attempts, parker.pauseAfter(failuresInARow));
    }

    private static String describe(DeliveryItem item, int attempt, Throwable failure) {
        return item.describe() + ", attempt " + attempt + ": " + messageOf(failure);
    }

    private static String messageOf(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getName() : message;
    }
}
