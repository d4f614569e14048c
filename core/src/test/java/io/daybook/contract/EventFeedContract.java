package io.daybook.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionStatus.State;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * What every {@link EventFeed} promises. A feed joins with a subclass that says how to make a store and the feed that follows it:
 *
 * <pre>{@code
 * class InMemoryEventFeedTest extends EventFeedContract { // yours
 *     private InMemoryEventFeed feed;
 *
 *     protected EventStore store(EventSerializer serializer) {
 *         InMemoryEventStore store = new InMemoryEventStore(serializer);
 *         feed = new InMemoryEventFeed(store);
 *         return store;
 *     }
 *
 *     protected EventFeed feed() {
 *         return feed;
 *     }
 * }
 * }</pre>
 *
 * <p>The store need not be empty: events of other streams than this suite's own are passed over. Not asserted here, since it cannot be
 * caused through the SPI: what happens when the store or the broker is away. A feed's own tests show that.
 */
public abstract class EventFeedContract extends EventFeedParkingContract {

    private final List<String> streams = new CopyOnWriteArrayList<>();

    /** Creates the suite. */
    protected EventFeedContract() {}

    private StreamId newStream() {
        StreamId stream = EventStoreFindContract.newStream();
        streams.add(stream.aggregateId());
        return stream;
    }

    /** Keeps the events of this test's streams, as {@code aggregateId#number}, one list for each call. */
    private final class Recorder implements EventHandler {
        private final List<List<EventEnvelope>> calls = new CopyOnWriteArrayList<>();

        @Override
        public void handle(List<EventEnvelope> handed) {
            List<EventEnvelope> mine = handed.stream()
                    .filter(event -> streams.contains(event.metadata().aggregateId()))
                    .toList();
            if (!mine.isEmpty()) {
                calls.add(mine);
            }
        }

        List<Long> numbers(StreamId stream) {
            return calls.stream()
                    .flatMap(List::stream)
                    .filter(event -> event.metadata().aggregateId().equals(stream.aggregateId()))
                    .map(event -> event.metadata().sequenceNumber())
                    .toList();
        }

        void awaitNumbers(StreamId stream, int count) {
            await(
                    count + " events of " + stream,
                    () -> numbers(stream).stream().distinct().count() >= count);
        }
    }

    private Subscription subscribe(EventHandler handler) {
        return feed().subscribe(name, StartPosition.BEGINNING, handler);
    }

    private static List<Long> upTo(int count) {
        return LongStream.rangeClosed(1, count).boxed().toList();
    }

    @Test
    void delivers_every_event_in_stream_order() {
        StreamId one = newStream();
        StreamId two = newStream();
        Recorder recorder = new Recorder();
        append(one, 0, 3);
        append(two, 0, 2);
        try (Subscription subscription = subscribe(recorder)) {
            for (int version = 3; version < 60; version += 3) {
                append(one, version, 3);
            }
            recorder.awaitNumbers(one, 60);
            recorder.awaitNumbers(two, 2);
            await("nothing left", () -> subscription.status().lag() <= 0);
            assertThat(subscription.status().state()).isEqualTo(State.RUNNING);
            await("the count", () -> subscription.status().handled() >= 62);
        }
        assertThat(recorder.numbers(one)).isEqualTo(upTo(60));
        assertThat(recorder.numbers(two)).isEqualTo(upTo(2));
    }

    @Test
    void delivers_events_in_their_stored_form() {
        StreamId stream = newStream();
        Recorder recorder = new Recorder();
        append(stream, 0, 1);
        try (Subscription subscription = subscribe(recorder)) {
            recorder.awaitNumbers(stream, 1);
        }
        EventEnvelope handed = recorder.calls.get(0).get(0);
        EventEnvelope stored = store.read(stream, 0, 1).findFirst().orElseThrow();
        assertThat(handed.metadata()).isEqualTo(stored.metadata());
        assertThat(handed.event()).isEqualTo(stored.event());
        assertThat(handed.data()).isPresent();
    }

    @Test
    void delivers_immutable_lists() {
        StreamId stream = newStream();
        List<List<EventEnvelope>> calls = new CopyOnWriteArrayList<>();
        append(stream, 0, 2);
        try (Subscription subscription = subscribe(calls::add)) {
            await("a call", () -> !calls.isEmpty());
        }
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> calls.get(0).remove(0));
    }

    @Test
    void delivers_the_events_of_one_append_in_one_call() {
        StreamId stream = newStream();
        Recorder recorder = new Recorder();
        for (int version = 0; version < 70 * 10; version += 70) {
            append(stream, version, 70);
        }
        try (Subscription subscription = subscribe(recorder)) {
            recorder.awaitNumbers(stream, 700);
        }
        assertThat(recorder.calls)
                .allSatisfy(call -> assertThat(call.size() % 70).isZero());
    }

    @Test
    void hands_the_same_events_again_to_a_handler_that_threw_and_says_so() {
        StreamId stream = newStream();
        append(stream, 0, 5);
        Recorder recorder = new Recorder();
        AtomicBoolean broken = new AtomicBoolean(true);
        AtomicInteger failures = new AtomicInteger();
        try (Subscription subscription = subscribe(handed -> {
            if (broken.get()) {
                failures.incrementAndGet();
                throw new IllegalStateException("the handler is broken");
            }
            recorder.handle(handed);
        })) {
            await("some failures", () -> failures.get() >= 2);
            await("the status", () -> subscription.status().state() == State.RETRYING);
            assertThat(subscription.status().lastError()).contains("the handler is broken");
            broken.set(false);
            recorder.awaitNumbers(stream, 5);
            await(
                    "recovery",
                    () -> subscription.status().state() == State.RUNNING
                            && subscription.status().lastError().isEmpty());
        }
        assertThat(recorder.numbers(stream)).isEqualTo(upTo(5));
    }

    @Test
    void resumes_after_an_interrupted_handler() {
        StreamId stream = newStream();
        append(stream, 0, 2);
        Recorder recorder = new Recorder();
        AtomicInteger calls = new AtomicInteger();
        try (Subscription subscription = subscribe(handed -> {
            int call = calls.incrementAndGet();
            if (call == 1) {
                throw new InterruptedException("while it waited for something");
            }
            if (call == 2) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted");
            }
            recorder.handle(handed);
            Thread.currentThread().interrupt();
        })) {
            recorder.awaitNumbers(stream, 2);
            append(stream, 2, 1);
            recorder.awaitNumbers(stream, 3);
        }
        assertThat(recorder.numbers(stream)).isEqualTo(upTo(3));
    }

    @Test
    void loses_nothing_when_a_handler_throws_now_and_then() {
        StreamId stream = newStream();
        Recorder recorder = new Recorder();
        AtomicInteger calls = new AtomicInteger();
        try (Subscription subscription = subscribe(handed -> {
            if (calls.incrementAndGet() % 3 == 1) {
                throw new IllegalStateException("now and then");
            }
            recorder.handle(handed);
        })) {
            for (int version = 0; version < 30; version++) {
                append(stream, version, 1);
            }
            recorder.awaitNumbers(stream, 30);
        }
        List<Long> firstSeen = recorder.numbers(stream).stream().distinct().toList();
        assertThat(firstSeen).isEqualTo(upTo(30));
    }

    @Test
    void delivers_nothing_of_a_stream_while_its_first_events_fail() {
        StreamId stream = newStream();
        append(stream, 0, 2);
        append(stream, 2, 2);
        append(stream, 4, 2);
        Recorder refused = new Recorder();
        Recorder recorder = new Recorder();
        try (Subscription subscription = subscribe(handed -> {
            boolean mine = handed.stream()
                    .anyMatch(event -> event.metadata().aggregateId().equals(stream.aggregateId()));
            if (mine && refused.calls.size() < 4) {
                refused.handle(handed);
                throw new IllegalStateException("not yet");
            }
            recorder.handle(handed);
        })) {
            recorder.awaitNumbers(stream, 6);
        }
        assertThat(refused.calls)
                .allSatisfy(call ->
                        assertThat(call.get(0).metadata().sequenceNumber()).isEqualTo(1));
        assertThat(recorder.numbers(stream).stream().distinct().toList()).isEqualTo(upTo(6));
    }

    @Test
    void has_not_caught_up_until_an_event_stored_before_is_handled() {
        StreamId stream = newStream();
        CountDownLatch release = new CountDownLatch(1);
        Recorder recorder = new Recorder();
        append(stream, 0, 1);
        try (Subscription subscription = subscribe(handed -> {
            if (recorder.numbers(stream).contains(1L)) {
                release.await();
            }
            recorder.handle(handed);
        })) {
            try {
                await("the first event", subscription::hasCaughtUp);
                assertThat(recorder.numbers(stream)).isEqualTo(upTo(1));
                append(stream, 1, 1);
                assertThat(subscription.hasCaughtUp())
                        .as("before the second event")
                        .isFalse();
            } finally {
                release.countDown(); // before the close, which waits for the handler
            }
            await("the second event", subscription::hasCaughtUp);
            assertThat(recorder.numbers(stream)).isEqualTo(upTo(2));
        }
    }

    @Test
    void resumes_at_its_checkpoint() {
        StreamId stream = newStream();
        append(stream, 0, 3);
        Recorder first = new Recorder();
        try (Subscription subscription = subscribe(first)) {
            first.awaitNumbers(stream, 3);
            await("progress", () -> subscription.status().lag() <= 0);
        }
        append(stream, 3, 2);
        Recorder second = new Recorder();
        try (Subscription subscription = subscribe(second)) {
            second.awaitNumbers(stream, 2);
        }
        assertThat(second.numbers(stream)).containsExactly(4L, 5L);
    }

    @Test
    void starts_at_the_end_if_configured() {
        StreamId stream = newStream();
        append(stream, 0, 3);
        Recorder recorder = new Recorder();
        try (Subscription subscription = feed().subscribe(name, StartPosition.NOW, recorder)) {
            append(stream, 3, 2);
            recorder.awaitNumbers(stream, 2);
        }
        assertThat(recorder.numbers(stream)).containsExactly(4L, 5L);
    }

    @Test
    void subscriptions_of_one_name_share_the_work_and_take_over_from_each_other() {
        StreamId stream = newStream();
        Recorder one = new Recorder();
        Recorder two = new Recorder();
        try (Subscription stays = subscribe(two)) {
            try (Subscription leaves = subscribe(one)) {
                for (int version = 0; version < 20; version++) {
                    append(stream, version, 1);
                }
                await("all 20", () -> both(one, two, stream).size() >= 20);
            }
            append(stream, 20, 5);
            await("all 25", () -> both(one, two, stream).stream().distinct().count() >= 25);
        }
        List<Long> handled = both(one, two, stream);
        assertThat(handled.stream().distinct().sorted().toList()).isEqualTo(upTo(25));
        assertThat(handled)
                .as("each does a part, except for redeliveries when the work moves")
                .hasSizeLessThan(50);
    }

    private static List<Long> both(Recorder one, Recorder two, StreamId stream) {
        List<Long> all = new ArrayList<>(one.numbers(stream));
        all.addAll(two.numbers(stream));
        return all;
    }

    @Test
    void subscriptions_of_different_names_get_everything_each() {
        StreamId stream = newStream();
        append(stream, 0, 3);
        Recorder one = new Recorder();
        Recorder two = new Recorder();
        try (Subscription first = subscribe(one);
                Subscription second = feed().subscribe(name + "-2", StartPosition.BEGINNING, two)) {
            one.awaitNumbers(stream, 3);
            two.awaitNumbers(stream, 3);
        }
    }

    @Test
    void stopping_lets_the_handler_finish_and_hands_nothing_on_afterwards() throws InterruptedException {
        StreamId stream = newStream();
        append(stream, 0, 1);
        CountDownLatch release = new CountDownLatch(1);
        AtomicBoolean finished = new AtomicBoolean();
        Recorder recorder = new Recorder();
        Subscription subscription = subscribe(handed -> {
            recorder.handle(handed);
            if (!recorder.calls.isEmpty()) {
                release.await();
                finished.set(true);
            }
        });
        Thread closing = new Thread(subscription::close);
        try {
            recorder.awaitNumbers(stream, 1);
            closing.start();
            await(
                    "close waits",
                    () -> closing.getState() != Thread.State.NEW && closing.getState() != Thread.State.RUNNABLE);
            assertThat(closing.isAlive()).isTrue();
        } finally {
            release.countDown();
            subscription.close();
        }
        await("close returns", () -> !closing.isAlive());

        assertThat(finished).isTrue();
        assertThat(subscription.status().state()).isEqualTo(State.STOPPED);
        append(stream, 1, 1);
        Recorder later = new Recorder();
        try (Subscription another = feed().subscribe(name + "-2", StartPosition.BEGINNING, later)) {
            later.awaitNumbers(stream, 2);
        }
        assertThat(recorder.numbers(stream)).containsExactly(1L);
    }

    @Test
    void refuses_names_that_cannot_be_kept() {
        Recorder recorder = new Recorder();
        for (String bad : List.of("", " ", "x".repeat(129))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> feed().subscribe(bad, StartPosition.BEGINNING, recorder));
        }
    }
}
