package io.daybook.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.process.Trips.Booking;
import io.daybook.process.Trips.CancelTrip;
import io.daybook.process.Trips.HoldSeat;
import io.daybook.process.Trips.TripRequested;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A target that gives no answer for a long time takes little time of the instances that wait behind its own. */
class SlowTargetTest {

    private static final int TRIPS = 50;
    private static final Duration TIMEOUT = ProcessSettings.COMMAND_TIMEOUT;

    private final ProcessFixture world = new ProcessFixture();
    private final ProcessWorker<Booking> worker = world.worker(Trips.BOOKING);

    private void hang(String type) {
        world.down = command -> {
            boolean hangs = command.type().equals(type);
            if (hangs) {
                world.clock.advance(TIMEOUT);
            }
            return hangs;
        };
    }

    private void requestTrips() {
        world.planFlight("f", TRIPS);
        IntStream.range(0, TRIPS).forEach(i -> world.requestTrip(Integer.toString(i), "f"));
    }

    private Duration taken(Runnable work) {
        Instant begun = world.clock.instant();
        work.run();
        return Duration.between(begun, world.clock.instant());
    }

    private long sent(String type) {
        return Collections.frequency(world.sent, type);
    }

    private long seatsHeld() {
        return Collections.frequency(world.eventTypes("Flight", "f"), "SeatHeld");
    }

    private long parked(ProcessWorker<?> process) {
        return IntStream.range(0, TRIPS)
                .filter(i -> process.find(Integer.toString(i)).orElseThrow().state() == InstanceState.PARKED)
                .count();
    }

    @Test
    void page_waits_for_a_hanging_target_once() {
        hang("HoldSeat");
        requestTrips();

        assertThat(taken(() -> worker.handle(world.newEvents()))).isEqualTo(TIMEOUT);
        assertThat(sent("HoldSeat")).isOne();
    }

    @Test
    void round_of_timers_waits_for_a_hanging_target_once() {
        hang("HoldSeat");
        requestTrips();
        worker.handle(world.newEvents());
        world.clock.advance(Trips.TIME_TO_PAY);

        assertThat(taken(() -> world.fireTimers(worker))).isEqualTo(TIMEOUT);
        assertThat(sent("HoldSeat")).isEqualTo(2);
        assertThat(sent("CancelTrip")).as("sent by the other timers").isEqualTo(TRIPS);
    }

    @Test
    void commands_are_sent_when_the_target_answers_again() {
        hang("HoldSeat");
        requestTrips();
        worker.handle(world.newEvents());
        for (int i = 0; i < 5; i++) {
            world.clock.advance(Duration.ofMinutes(1));
            world.fireTimers(worker);
        }
        assertThat(seatsHeld()).isZero();

        world.down = command -> false;
        world.clock.advance(Duration.ofHours(1));
        world.fireTimers(worker);

        assertThat(seatsHeld()).isEqualTo(TRIPS);
    }

    @Test
    void commands_that_are_not_sent_use_up_no_attempts() {
        ProcessManager<Booking> process = ProcessManager.named("Limited", 1, Booking.class)
                .startsWith(
                        TripRequested.class,
                        TripRequested::tripId,
                        (step, event) -> step.send("hold", new HoldSeat(event.flightId(), event.tripId())))
                .maxAttempts("hold", 1)
                .build();
        ProcessWorker<Booking> limited = world.worker(process);
        hang("HoldSeat");
        requestTrips();
        limited.handle(world.newEvents());
        for (int hour = 1; hour < 5; hour++) {
            world.clock.advance(Duration.ofHours(1));
            world.fireTimers(limited);
        }
        assertThat(sent("HoldSeat")).isEqualTo(5);
        assertThat(parked(limited)).isEqualTo(5);

        world.down = command -> false;
        world.clock.advance(Duration.ofHours(1));
        world.fireTimers(limited);
        assertThat(parked(limited)).isEqualTo(5);
        assertThat(seatsHeld()).isEqualTo(TRIPS - 5);
    }

    @Test
    void instances_are_parked_after_a_day_although_their_commands_were_not_sent() {
        ProcessManager<Booking> process = Trips.HOLDING;
        ProcessWorker<Booking> plain = world.worker(process);
        hang("HoldSeat");
        requestTrips();
        plain.handle(world.newEvents());
        for (int minute = 0; minute < 26 * 60; minute++) {
            world.clock.advance(Duration.ofMinutes(1));
            world.fireTimers(plain);
        }

        assertThat(parked(plain)).isEqualTo(TRIPS);
        assertThat(IntStream.range(0, TRIPS)
                        .map(i -> world.history(process, Integer.toString(i)).size()))
                .allMatch(events -> events < 60);
    }

    @Test
    void other_commands_of_an_instance_are_sent_at_once() {
        ProcessManager<Booking> process = ProcessManager.named("Two", 1, Booking.class)
                .startsWith(
                        TripRequested.class,
                        TripRequested::tripId,
                        (step, event) -> step.send("hold", new HoldSeat(event.flightId(), event.tripId()))
                                .send("cancel", new CancelTrip(event.tripId(), "test")))
                .build();
        hang("HoldSeat");
        requestTrips();
        world.worker(process).handle(world.newEvents());

        assertThat(sent("HoldSeat")).isOne();
        assertThat(sent("CancelTrip")).isEqualTo(TRIPS);
    }

    @Test
    void type_is_suspended_when_its_attempts_have_taken_too_long() {
        SlowTargets slow = new SlowTargets(world.clock);
        assertThat(slow.unanswered("a", "first", Duration.ofSeconds(9))).isFalse();
        assertThat(slow.suspended("a")).isEmpty();
        assertThat(slow.unanswered("a", "second", Duration.ofSeconds(1))).isTrue();
        assertThat(slow.suspended("a")).hasValue("second");
        assertThat(slow.suspended("b")).isEmpty();

        world.clock.advance(Duration.ofSeconds(30));
        assertThat(slow.suspended("a")).isEmpty();
        assertThat(slow.unanswered("a", "third", Duration.ofSeconds(10))).isTrue();
        world.clock.advance(Duration.ofSeconds(30));
        assertThat(slow.suspended("a")).as("suspended for a minute").hasValue("third");

        slow.answered("a");
        assertThat(slow.suspended("a")).isEmpty();
        assertThat(slow.unanswered("a", "fourth", Duration.ofSeconds(9))).isFalse();
    }

    @Test
    void suspension_ends_when_the_clock_is_set_back() {
        SlowTargets slow = new SlowTargets(world.clock);
        slow.unanswered("a", "error", TIMEOUT);
        world.clock.advance(Duration.ofDays(-1));
        assertThat(slow.suspended("a")).isEmpty();

        slow.unanswered("a", "error", Duration.ofDays(-1));
        assertThat(slow.unanswered("a", "error", TIMEOUT)).isTrue();
    }
}
