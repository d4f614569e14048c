package io.daybook.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.daybook.contract.ContractEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.SubscriptionStatus.State;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A retry of several parked streams, of which some fail, cannot be read, or are interrupted. */
class ParkedRetryTest {

    private static final StreamId FIRST = StreamId.of("Contract", "first");
    private static final StreamId SECOND = StreamId.of("Contract", "second");
    private static final StreamId THIRD = StreamId.of("Contract", "third");

    private final RecordedParkedStreams store = new RecordedParkedStreams();
    private final List<List<String>> calls = new ArrayList<>();
    private final Set<String> poison = new HashSet<>();
    private EventHandler onCall = events -> {};
    private final DeliveryLoop loop =
            DeliveryLoop.parking("retry", FailurePolicy.parkStreamAfter(2), this::handle, store, Clock.systemUTC());

    @AfterEach
    void clear_interrupt() {
        Thread.interrupted();
    }

    private void handle(List<EventEnvelope> events) throws Exception {
        onCall.handle(events);
        List<String> names = events.stream().map(ParkedRetryTest::name).toList();
        if (names.stream().anyMatch(poison::contains)) {
            throw new IllegalStateException("poison");
        }
        calls.add(names);
    }

    private static String name(EventEnvelope event) {
        return event.metadata().aggregateId() + "#" + event.metadata().sequenceNumber();
    }

    /** Parks a stream with appends of three events each. */
    private void park(StreamId stream, int appends) {
        IntStream.range(0, appends).forEach(i -> store.keep(stream, ContractEvent.events(stream, 3L * i, 3)));
        assertThat(new ParkedStreams("retry", store)
                        .park(new ParkedStream(stream, 1, "e1", "Failure", Instant.EPOCH, 2, 3L * appends, false)))
                .isTrue();
    }

    private List<StreamId> parked() {
        return loop.parked().stream().map(ParkedStream::stream).toList();
    }

    @Test
    void delivers_append_by_append_after_a_failure_and_names_the_one_that_failed() {
        park(FIRST, 4);
        poison.add("first#8");

        assertThat(loop.retryParked()).isZero();
        assertThat(calls)
                .containsExactly(List.of("first#1", "first#2", "first#3"), List.of("first#4", "first#5", "first#6"));
        assertThat(loop.parked()).singleElement().satisfies(parked -> {
            assertThat(parked.sequenceNumber()).isEqualTo(7);
            assertThat(parked.eventId())
                    .isEqualTo(store.event(FIRST, 7).metadata().eventId());
            assertThat(parked.attempts()).isEqualTo(1);
            assertThat(parked.lastSequenceNumber()).isEqualTo(12);
        });

        assertThat(loop.retryParked()).isZero();
        assertThat(loop.parked()).singleElement().returns(2, ParkedStream::attempts);
        assertThat(calls).as("handled appends are not delivered again").hasSize(2);
    }

    @Test
    void unparks_stream_whose_appends_succeed_only_one_by_one() {
        park(FIRST, 3);
        onCall = events -> {
            if (events.size() > 3) {
                throw new IllegalStateException("too many");
            }
        };

        assertThat(loop.retryParked()).isEqualTo(1);
        assertThat(calls).hasSize(3);
        assertThat(loop.parked()).isEmpty();
    }

    @Test
    void event_that_is_not_visible_does_not_keep_it_from_other_streams() {
        park(FIRST, 1);
        park(SECOND, 1);
        store.beforeRead =
                stream -> store.visibleTo = stream.equals(FIRST) ? 2 : 3; // its append was lost in a failover

        assertThatExceptionOfType(EventStoreUnavailableException.class)
                .isThrownBy(loop::retryParked)
                .withMessageContaining("event 1 of parked stream " + FIRST);
        assertThat(calls).containsExactly(List.of("second#1", "second#2", "second#3"));
        assertThat(parked()).containsExactly(FIRST);
    }

    @Test
    void event_that_cannot_be_read_does_not_keep_it_from_other_streams() {
        park(FIRST, 1);
        park(SECOND, 1);
        park(THIRD, 1);
        store.beforeRead = stream -> {
            if (!stream.equals(SECOND)) {
                throw new IllegalStateException("the document has no timestamp");
            }
        };

        assertThatExceptionOfType(EventStoreUnavailableException.class)
                .isThrownBy(loop::retryParked)
                .withMessageContainingAll(FIRST.toString(), "number 1", "no timestamp")
                .satisfies(failure -> assertThat(failure.getSuppressed())
                        .singleElement()
                        .satisfies(other -> assertThat(other).hasMessageContaining(THIRD.toString())));
        assertThat(calls).hasSize(1);
        assertThat(parked()).containsExactly(FIRST, THIRD);
    }

    @Test
    void store_that_is_unavailable_ends_it() {
        park(FIRST, 1);
        park(SECOND, 1);
        List<StreamId> read = new ArrayList<>();
        store.beforeRead = stream -> {
            read.add(stream);
            store.unavailable = true;
            throw new IllegalStateException("no answer");
        };

        assertThatExceptionOfType(EventStoreUnavailableException.class).isThrownBy(loop::retryParked);
        assertThat(read).containsExactly(FIRST);
    }

    @Test
    void interrupt_ends_it_and_the_flag_is_set_again() {
        park(FIRST, 1);
        park(SECOND, 1);
        onCall = events -> Thread.currentThread().interrupt();

        assertThat(loop.retryParked()).isEqualTo(1);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(calls).hasSize(1);
        assertThat(parked()).containsExactly(SECOND);

        onCall = events -> {};
        assertThat(loop.retryParked()).isEqualTo(1);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void interrupt_that_the_handler_throws_is_no_failure_of_the_stream() {
        park(FIRST, 2);
        List<ParkedStream> before = loop.parked();
        onCall = events -> {
            throw new InterruptedException();
        };

        assertThat(loop.retryParked()).isZero();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(loop.parked()).isEqualTo(before);
    }

    @Test
    void delivers_nothing_if_the_thread_is_interrupted_already() {
        park(FIRST, 1);
        Thread.currentThread().interrupt();

        assertThat(loop.retryParked()).isZero();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(calls).isEmpty();
    }

    @Test
    void continues_the_stream_that_got_more_events_and_no_other() {
        park(FIRST, 1);
        park(SECOND, 1);
        poison.add("first#1");
        onCall = events -> {
            if (name(events.get(0)).equals("second#1")) {
                store.keep(SECOND, ContractEvent.events(SECOND, 3, 1));
                new ParkedStreams("retry", store)
                        .park(new ParkedStream(SECOND, 4, "e4", "Failure", Instant.EPOCH, 1, 4, false));
            }
        };

        assertThat(loop.retryParked()).isEqualTo(1);
        assertThat(calls).containsExactly(List.of("second#1", "second#2", "second#3"), List.of("second#4"));
        assertThat(parked()).containsExactly(FIRST);
    }

    @Test
    void interrupt_between_two_pages_keeps_the_stream_parked() {
        park(FIRST, 2);
        store.pageAppends = 1;
        onCall = events -> Thread.currentThread().interrupt();

        assertThat(loop.retryParked()).isZero();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(calls).containsExactly(List.of("first#1", "first#2", "first#3"));
        assertThat(parked()).containsExactly(FIRST);
    }

    @Test
    void close_ends_it_after_the_call() {
        park(FIRST, 1);
        park(SECOND, 1);
        onCall = events -> {
            FutureTask<Boolean> closing = new FutureTask<>(() -> loop.close(Duration.ZERO));
            new Thread(closing).start();
            assertThat(closing.get()).as("while the handler runs").isFalse();
        };

        assertThat(loop.retryParked()).isEqualTo(1);
        assertThat(calls).hasSize(1);
        assertThat(parked()).containsExactly(SECOND);
        assertThat(loop.isBusy()).isFalse();
    }

    @Test
    void counts_handled_events_and_failed_calls() {
        park(FIRST, 1);
        park(SECOND, 1);
        poison.add("second#2");

        assertThat(loop.retryParked()).isEqualTo(1);
        assertThat(loop.status(State.RUNNING, 0, true))
                .returns(3L, SubscriptionStatus::handled)
                .returns(1L, SubscriptionStatus::failures)
                .returns(Optional.of(store.event(FIRST, 3).metadata().timestamp()), SubscriptionStatus::lastHandled);
        assertThat(loop.isBusy()).isFalse();
    }
}
