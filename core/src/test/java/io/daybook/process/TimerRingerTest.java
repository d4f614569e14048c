package io.daybook.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.process.Trips.TripRequested;
import io.daybook.readmodel.ReadModelUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A timer whose handler fails parks its instance only if the timer may be the cause. */
class TimerRingerTest {

    private final ProcessFixture world = new ProcessFixture();

    static Stream<Throwable> failuresOfEveryTimer() {
        return Stream.of(
                new EventStoreUnavailableException("simulated", Outcome.NOT_STORED, null, null),
                new IllegalStateException(new EventStoreUnavailableException("deep", Outcome.UNKNOWN, null, null)),
                new ReadModelUnavailableException("simulated", null, null),
                new IllegalStateException(new InterruptedException()),
                new NoClassDefFoundError("simulated"));
    }

    static Stream<Throwable> failuresOfThisTimer() {
        return Stream.of(new IllegalStateException("poison"), new StackOverflowError());
    }

    private InstanceState stateAfter(Throwable failure, int attempts) {
        ProcessManager<Trips.Booking> process = fragile(step -> TimerRingerTest.<RuntimeException>fail(failure));
        ProcessRunner runner = runner(process);
        world.requestTrip("1", "f");
        runner.handle(process, world.newEvents());
        world.clock.advance(Duration.ofMinutes(1));
        for (int i = 0; i < attempts; i++) {
            runner.fireTimers();
        }
        return runner.find(process, "1").orElseThrow().state();
    }

    private static ProcessManager<Trips.Booking> fragile(Consumer<Step<Trips.Booking>> onTimer) {
        return ProcessManager.named("Fragile", 1, Trips.Booking.class)
                .startsWith(
                        TripRequested.class,
                        TripRequested::tripId,
                        (step, event) -> step.timer("later", Duration.ofMinutes(1)))
                .onTimer("later", onTimer)
                .build();
    }

    private ProcessRunner runner(ProcessManager<Trips.Booking> process) {
        return ProcessRunner.builder(new InMemoryEventFeed(world.store), world.store, world.sender)
                .processStore(world.processStore, world.processFeed(), world.timers)
                .clock(world.clock)
                .run(process)
                .build();
    }

    @SuppressWarnings("unchecked") // throws it unchanged
    private static <E extends Throwable> void fail(Throwable failure) throws E {
        throw (E) failure;
    }

    @ParameterizedTest
    @MethodSource("failuresOfEveryTimer")
    void failure_that_would_fail_any_timer_parks_none(Throwable failure) {
        assertThat(stateAfter(failure, 20)).isEqualTo(InstanceState.RUNNING);
    }

    @ParameterizedTest
    @MethodSource("failuresOfThisTimer")
    void timer_that_keeps_failing_parks_its_instance(Throwable failure) {
        assertThat(stateAfter(failure, ProcessSettings.HANDLER_ATTEMPTS)).isEqualTo(InstanceState.PARKED);
    }

    @Test
    void timers_that_cannot_ring_hold_up_no_later_ones() {
        AtomicInteger failed = new AtomicInteger();
        ProcessManager<Trips.Booking> process = fragile(step -> {
            if (failed.incrementAndGet() <= 250) {
                throw new EventStoreUnavailableException("simulated", Outcome.NOT_STORED, null, null);
            }
            step.end();
        });
        ProcessRunner runner = runner(process);
        for (int i = 0; i < 300; i++) {
            world.requestTrip(Integer.toString(i), "f");
            world.timers.set(new ProcessTimer(
                    StreamId.of("NotHere", Integer.toString(i)), "k" + i, Instant.EPOCH.plusSeconds(i)));
        }
        runner.handle(process, world.newEvents());
        world.clock.advance(Duration.ofMinutes(1));

        runner.fireTimers();

        assertThat(IntStream.range(0, 300)
                        .filter(i -> runner.find(process, Integer.toString(i))
                                        .orElseThrow()
                                        .state()
                                == InstanceState.COMPLETED))
                .hasSize(50);
        assertThat(failed).hasValue(300);
        runner.fireTimers();
        assertThat(failed).hasValue(550);
        assertThat(world.timers.due(world.clock.instant(), 1_000))
                .as("postponed")
                .isEmpty();
        assertThat(world.timers.due(Instant.MAX, 1_000)).as("not lost").hasSize(300);
    }

    @Test
    void many_timers_of_a_process_that_does_not_run_hold_up_no_later_one() {
        ProcessManager<Trips.Booking> process = fragile(Step::end);
        ProcessRunner runner = runner(process);
        IntStream.range(0, 13_000)
                .mapToObj(i -> new ProcessTimer(StreamId.of("NotHere", "1"), "k" + i, Instant.EPOCH))
                .forEach(world.timers::set);
        world.requestTrip("1", "f");
        runner.handle(process, world.newEvents());
        world.clock.advance(Duration.ofMinutes(1));
        runner.fireTimers();
        runner.fireTimers();

        assertThat(runner.find(process, "1").orElseThrow().state()).isEqualTo(InstanceState.COMPLETED);
        assertThat(world.timers.due(world.clock.instant().plus(Duration.ofDays(1)), 20_000))
                .hasSize(13_000)
                .allMatch(timer -> timer.due().equals(Instant.EPOCH));
    }

    @Test
    void more_failing_timers_than_are_counted_all_park_their_instances() {
        ProcessManager<Trips.Booking> process = fragile(step -> {
            throw new IllegalStateException("poison");
        });
        ProcessWorker<Trips.Booking> worker = world.worker(process);
        TimerRinger ringer = new TimerRinger(world.timers, Map.of(process.name(), worker), world.clock, 20);
        IntStream.range(0, 50).forEach(i -> world.requestTrip(Integer.toString(i), "f"));
        worker.handle(world.newEvents());
        world.clock.advance(Duration.ofMinutes(1));
        for (int round = 0; round < 3 * ProcessSettings.HANDLER_ATTEMPTS; round++) {
            while (ringer.ringPage()) {}
        }

        assertThat(worker.counters().counts().parked()).isEqualTo(50);
        assertThat(world.timers.due(Instant.MAX, 10)).isEmpty();
    }

    @Test
    void failures_of_removed_timers_are_forgotten() {
        ProcessManager<Trips.Booking> process = fragile(step -> {
            throw new IllegalStateException("poison");
        });
        ProcessWorker<Trips.Booking> worker = world.worker(process);
        TimerRinger ringer = new TimerRinger(world.timers, Map.of(process.name(), worker), world.clock, 1);
        world.requestTrip("1", "f");
        worker.handle(world.newEvents());
        world.clock.advance(Duration.ofMinutes(1));
        ringer.ringPage();
        worker.cancel(process.stream("1"));
        world.timers.due(Instant.MAX, 10).forEach(world.timers::remove);
        world.clock.advance(Duration.ofHours(2));
        world.requestTrip("2", "f");
        worker.handle(world.newEvents());
        world.clock.advance(Duration.ofMinutes(1));
        for (int round = 0; round < ProcessSettings.HANDLER_ATTEMPTS; round++) {
            ringer.ringPage();
        }

        assertThat(worker.counters().counts().parked()).isOne();
    }
}
