package io.daybook.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.daybook.contract.Patience;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.process.StuckInstanceTest.UnreadableEvents;
import io.daybook.process.Trips.Booking;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.ParkedStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The recovery and the timer thread of a runner continue after failures of others. */
class ProcessThreadsTest {

    private final ProcessFixture world = new ProcessFixture();
    private @Nullable ProcessRunner runner;

    private ProcessRunner start(TimerStore timers) {
        return ProcessRunner.builder(new InMemoryEventFeed(world.store), world.store, world.sender)
                .processStore(world.processStore, world.processFeed(), timers)
                .clock(world.clock)
                .from(StartPosition.BEGINNING)
                .pollEvery(Duration.ofMillis(1))
                .run(Trips.BOOKING)
                .start();
    }

    @AfterEach
    void close() {
        if (runner != null) {
            runner.close();
        }
    }

    /** A timer store that fails once with an error. */
    private static final class FailingOnce implements TimerStore {

        private final TimerStore timers;
        private final AtomicInteger calls = new AtomicInteger();

        FailingOnce(TimerStore timers) {
            this.timers = timers;
        }

        @Override
        public void set(ProcessTimer timer) {
            timers.set(timer);
        }

        @Override
        public void remove(ProcessTimer timer) {
            timers.remove(timer);
        }

        @Override
        public void postpone(ProcessTimer timer, Instant until) {
            timers.postpone(timer, until);
        }

        @Override
        public List<ProcessTimer> due(Instant now, int max) {
            if (calls.incrementAndGet() == 1) {
                throw new OutOfMemoryError("simulated");
            }
            return timers.due(now, max);
        }
    }

    @Test
    void timers_fire_after_an_error_of_the_timer_store() {
        runner = start(new FailingOnce(world.timers));
        world.planFlight("f", 1);
        world.requestTrip("1", "f");
        runner.drain(Patience.LIMIT);
        world.clock.advance(Trips.TIME_TO_PAY);

        Patience.await().until(() -> world.eventTypes("Trip", "1").contains("TripCanceled"));
    }

    @Test
    void event_of_a_clock_that_is_ahead_does_not_hold_up_the_recovery() {
        AtomicBoolean crashing = new AtomicBoolean(true);
        world.down = command -> {
            if (crashing.get()) {
                throw new OutOfMemoryError("simulated");
            }
            return false;
        };
        ProcessWorker<Booking> ahead = new ProcessWorker<>(
                Trips.BOOKING,
                world.store,
                world.processStore,
                world.timers,
                world.sender,
                ProcessSettings.defaults().withClock(Clock.offset(world.clock, Duration.ofDays(1))),
                new ProcessCounters(),
                pause -> true);
        world.planFlight("f", 2);
        world.requestTrip("1", "f");
        assertThatThrownBy(() -> ahead.handle(world.newEvents())).isInstanceOf(OutOfMemoryError.class);
        world.requestTrip("2", "f");
        runner = start(world.timers);
        runner.drain(Patience.LIMIT);
        crashing.set(false);
        Instant begun = world.clock.instant();

        Patience.await().until(() -> {
            if (world.clock.instant().isBefore(begun.plus(Duration.ofHours(12)))) {
                world.clock.advance(Duration.ofSeconds(30));
            }
            return world.eventTypes("Flight", "f").stream()
                            .filter("SeatHeld"::equals)
                            .count()
                    == 2;
        });
    }

    @Test
    void process_stream_that_cannot_be_recovered_is_shown_and_retried() {
        StreamId stream = Trips.BOOKING.stream("1");
        world.planFlight("f", 1);
        world.requestTrip("1", "f");
        runner = start(world.timers);
        runner.drain(Patience.LIMIT);
        UnreadableEvents.append(world, stream);
        world.clock.advance(Duration.ofSeconds(30));

        Patience.await().until(() -> !runner.parkedStreams("Booking").isEmpty());
        assertThat(runner.parkedStreams("Booking"))
                .extracting(ParkedStream::stream)
                .containsExactly(stream);
        assertThat(runner.retryParkedStreams("Booking")).isZero();

        world.processStore.delete(stream);
        Patience.await().until(() -> runner.retryParkedStreams("Booking") == 1);
        assertThat(runner.parkedStreams("Booking")).isEmpty();
    }
}
