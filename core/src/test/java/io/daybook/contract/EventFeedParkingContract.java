package io.daybook.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.Backoff;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.FailurePolicy;
import io.daybook.subscription.ParkedStream;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionOptions;
import io.daybook.subscription.SubscriptionStatus;
import io.daybook.subscription.SubscriptionStatus.State;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The part of {@link EventFeedContract} that is about failing handlers and the end of a subscription; extend that one. */
abstract class EventFeedParkingContract extends EventFeedDeletionContract {

    private static final SubscriptionOptions PARKING = SubscriptionOptions.from(StartPosition.BEGINNING)
            .onFailure(FailurePolicy.parkStreamAfter(2).with(new Backoff(Duration.ofMillis(1), Duration.ofMillis(10))));

    /** Records what it has handled, and fails on the events of some streams from a number on. */
    private static final class Failing implements EventHandler {
        private final List<EventEnvelope> handled = new CopyOnWriteArrayList<>();
        private final Set<String> poison = ConcurrentHashMap.newKeySet();

        @Override
        public void handle(List<EventEnvelope> events) {
            for (EventEnvelope event : events) {
                if (poison.contains(name(event))) {
                    throw new IllegalArgumentException("poison");
                }
            }
            handled.addAll(events);
        }

        private static String name(EventEnvelope event) {
            return event.metadata().aggregateId() + "#" + event.metadata().sequenceNumber();
        }

        void failOn(StreamId stream, long number) {
            poison.add(stream.aggregateId() + "#" + number);
        }

        List<Long> numbers(StreamId stream) {
            return handled.stream()
                    .filter(event -> event.metadata().aggregateId().equals(stream.aggregateId()))
                    .map(event -> event.metadata().sequenceNumber())
                    .toList();
        }
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    private Subscription subscribe(SubscriptionOptions options, EventHandler handler) {
        return feed().subscribe(name, options, handler);
    }

    private void awaitParked(Subscription subscription, StreamId stream) {
        await(
                stream + " to be parked",
                () -> subscription.parked().stream()
                        .anyMatch(parked -> parked.stream().equals(stream)));
    }

    @Test
    void names_event_that_handler_fails_on() {
        StreamId stream = EventStoreFindContract.newStream();
        append(stream, 0, 1);
        EventEnvelope stored = store.read(stream, 0, 1).findFirst().orElseThrow();
        Failing handler = new Failing();
        handler.failOn(stream, 1);
        try (Subscription subscription = subscribe(SubscriptionOptions.from(StartPosition.BEGINNING), handler)) {
            await(
                    "the failure of the event",
                    () -> subscription
                            .status()
                            .lastError()
                            .contains(stored.metadata().eventId()));
            SubscriptionStatus status = subscription.status();
            assertThat(status.state()).isEqualTo(State.RETRYING);
            assertThat(status.isHealthy()).isFalse();
            assertThat(status.failures()).isPositive();
            assertThat(status.lastError())
                    .contains(stream.toString(), "number=1", stored.metadata().eventType(), "poison");
        }
    }

    @Test
    void poison_event_parks_its_stream_and_stops_no_other() {
        StreamId bad = EventStoreFindContract.newStream();
        append(bad, 0, 1);
        Failing handler = new Failing();
        handler.failOn(bad, 2);
        try (Subscription subscription = subscribe(PARKING, handler)) {
            await("the first event", () -> handler.numbers(bad).contains(1L));
            append(bad, 1, 2);
            append(bad, 3, 1);
            List<StreamId> others = IntStream.range(0, 100)
                    .mapToObj(i -> EventStoreFindContract.newStream())
                    .toList();
            others.forEach(other -> append(other, 0, 2));
            others.forEach(other ->
                    await("the events of " + other, () -> handler.numbers(other).size() >= 2));
            awaitParked(subscription, bad);

            ParkedStream parked = subscription.parked().stream()
                    .filter(each -> each.stream().equals(bad))
                    .findFirst()
                    .orElseThrow();
            assertThat(parked.sequenceNumber()).isEqualTo(2);
            assertThat(parked.attempts()).isEqualTo(2);
            assertThat(parked.error()).isEqualTo(IllegalArgumentException.class.getName());
            append(bad, 4, 1);
            append(others.get(0), 2, 1);
            await(
                    "a later event of another stream",
                    () -> handler.numbers(others.get(0)).contains(3L));
            await("recovery", () -> subscription.status().isHealthy());
            assertThat(handler.numbers(bad).stream().distinct()).containsExactly(1L);
        }
    }

    @Test
    void instance_that_takes_over_delivers_no_event_of_parked_stream() {
        StreamId bad = EventStoreFindContract.newStream();
        StreamId good = EventStoreFindContract.newStream();
        append(bad, 0, 1);
        Failing first = new Failing();
        first.failOn(bad, 1);
        try (Subscription subscription = subscribe(PARKING, first)) {
            awaitParked(subscription, bad);
        }
        append(bad, 1, 2);
        append(good, 0, 1);
        Failing second = new Failing();
        try (Subscription subscription = subscribe(PARKING, second)) {
            await("the other stream", () -> second.numbers(good).contains(1L));
            append(bad, 3, 1);
            append(good, 1, 1);
            await("the other stream again", () -> second.numbers(good).contains(2L));
            assertThat(second.numbers(bad)).isEmpty();
            assertThat(subscription.parked()).extracting(ParkedStream::stream).contains(bad);
        }
    }

    @Test
    void retries_parked_stream_in_order_with_later_events() {
        StreamId bad = EventStoreFindContract.newStream();
        StreamId good = EventStoreFindContract.newStream();
        append(bad, 0, 2);
        Failing handler = new Failing();
        handler.failOn(bad, 1);
        try (Subscription subscription = subscribe(PARKING, handler)) {
            awaitParked(subscription, bad);
            append(bad, 2, 2);
            append(good, 0, 1);
            await("the other stream", () -> handler.numbers(good).contains(1L));
            subscription.retryParked();
            assertThat(handler.numbers(bad)).as("while it still fails").isEmpty();

            handler.poison.clear();
            assertThat(subscription.retryParked()).isPositive();
            assertThat(subscription.parked()).extracting(ParkedStream::stream).doesNotContain(bad);
            append(bad, 4, 1);
            await("the stream to continue", () -> handler.numbers(bad).contains(5L));
        }
        assertThat(handler.numbers(bad).stream().distinct().toList()).isEqualTo(upTo(5));
    }

    @Test
    void retry_that_fails_keeps_appends_together_and_names_the_event() {
        StreamId bad = EventStoreFindContract.newStream();
        for (int version = 0; version < 9; version += 3) {
            append(bad, version, 3);
        }
        Failing handler = new Failing();
        handler.failOn(bad, 2);
        try (Subscription subscription = subscribe(PARKING, handler)) {
            awaitParked(subscription, bad);
            handler.poison.clear();
            handler.failOn(bad, 8);
            subscription.retryParked();
            assertThat(subscription.parked())
                    .filteredOn(each -> each.stream().equals(bad))
                    .singleElement()
                    .satisfies(parked -> {
                        assertThat(parked.sequenceNumber()).isBetween(7L, 8L);
                        assertThat(parked.lastSequenceNumber()).isEqualTo(9);
                    });
            assertThat(handler.numbers(bad).stream().distinct().toList()).startsWith(1L, 2L, 3L, 4L, 5L, 6L);
            assertThat(handler.numbers(bad)).doesNotContain(8L, 9L).doesNotHaveDuplicates();

            handler.poison.clear();
            assertThat(subscription.retryParked()).isPositive();
        }
        assertThat(handler.numbers(bad).stream().distinct().toList()).isEqualTo(upTo(9));
    }

    @Test
    void deletion_of_parked_stream_waits_for_the_retry() {
        StreamId bad = EventStoreFindContract.newStream();
        StreamId good = EventStoreFindContract.newStream();
        append(bad, 0, 2);
        Recording recording = new Recording();
        AtomicBoolean broken = new AtomicBoolean(true);
        EventHandler handler = new EventHandler() {
            @Override
            public void handle(List<EventEnvelope> events) {
                if (broken.get()
                        && events.stream()
                                .anyMatch(
                                        event -> event.metadata().aggregateId().equals(bad.aggregateId()))) {
                    throw new IllegalArgumentException("poison");
                }
                recording.handle(events);
            }

            @Override
            public void deleted(StreamId stream, long version) {
                recording.deleted(stream, version);
            }
        };
        try (Subscription subscription = subscribe(PARKING, handler)) {
            awaitParked(subscription, bad);
            store.delete(bad);
            await(
                    "the deletion to be reached",
                    () -> subscription.parked().stream()
                            .anyMatch(parked -> parked.stream().equals(bad) && parked.deleted()));
            append(good, 0, 1);
            await("another stream", () -> recording.of(good).contains("1"));
            assertThat(recording.of(bad)).isEmpty();

            broken.set(false);
            assertThat(subscription.retryParked()).isPositive();
            assertThat(recording.of(bad)).last().isEqualTo("deleted at 2");
            assertThat(subscription.parked()).extracting(ParkedStream::stream).doesNotContain(bad);
        }
    }

    @Test
    void deletion_that_fails_parks_its_stream() {
        StreamId bad = EventStoreFindContract.newStream();
        StreamId good = EventStoreFindContract.newStream();
        append(bad, 0, 1);
        Recording handler = new Recording();
        handler.refuseDeletion(bad);
        try (Subscription subscription = subscribe(PARKING, handler)) {
            await("the event", () -> handler.of(bad).contains("1"));
            store.delete(bad);
            awaitParked(subscription, bad);
            append(good, 0, 1);
            await("another stream", () -> handler.of(good).contains("1"));
            assertThat(subscription.retryParked()).isZero();
            handler.acceptDeletion(bad);
            assertThat(subscription.retryParked()).isPositive();
        }
        assertThat(handler.of(bad).stream().distinct()).containsExactly("1", "deleted at 1");
    }

    @Test
    void refuses_close_and_retry_by_its_handler() {
        StreamId stream = EventStoreFindContract.newStream();
        AtomicReference<Subscription> own = new AtomicReference<>();
        List<Throwable> refusals = new CopyOnWriteArrayList<>();
        CountDownLatch subscribed = new CountDownLatch(1);
        try (Subscription subscription = subscribe(SubscriptionOptions.from(StartPosition.BEGINNING), events -> {
            subscribed.await();
            refusals.add(catchThrowable(() -> own.get().close()));
            refusals.add(catchThrowable(() -> own.get().close(Duration.ofDays(1))));
            refusals.add(catchThrowable(() -> own.get().retryParked()));
        })) {
            own.set(subscription);
            subscribed.countDown();
            append(stream, 0, 1);
            await("the refusals", () -> refusals.size() >= 3);
            assertThat(subscription.status().state()).isNotEqualTo(State.STOPPED);
        }
        assertThat(refusals).allSatisfy(refusal -> assertThat(refusal).isInstanceOf(IllegalStateException.class));
    }

    @Test
    void close_with_timeout_gives_up_on_handler_that_does_not_return() {
        StreamId stream = EventStoreFindContract.newStream();
        append(stream, 0, 1);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        Subscription subscription = subscribe(SubscriptionOptions.from(StartPosition.BEGINNING), events -> {
            entered.countDown();
            leave.await();
        });
        try {
            await("the handler", () -> entered.getCount() == 0);
            assertThat(subscription.status().caughtUp())
                    .as("while it is handled")
                    .isFalse();
            assertThat(subscription.close(Duration.ofMillis(50))).isFalse();
        } finally {
            leave.countDown();
            subscription.close();
        }
        assertThat(subscription.close(Duration.ZERO)).isTrue();
        assertThat(subscription.status().state()).isEqualTo(State.STOPPED);
    }

    @Test
    void forgets_unused_name() {
        StreamId stream = EventStoreFindContract.newStream();
        append(stream, 0, 2);
        Failing first = new Failing();
        try (Subscription subscription = subscribe(SubscriptionOptions.from(StartPosition.BEGINNING), first)) {
            await("the events", () -> first.numbers(stream).size() >= 2);
            await("all events", () -> subscription.status().caughtUp());
            assertThatIllegalStateException()
                    .isThrownBy(() -> feed().forget(name))
                    .withMessageContaining(name);
        }
        feed().forget(name);
        feed().forget(name + "-unseen");
        Failing second = new Failing();
        try (Subscription subscription = subscribe(SubscriptionOptions.from(StartPosition.BEGINNING), second)) {
            await("the events again", () -> second.numbers(stream).size() >= 2);
        }
    }
}
