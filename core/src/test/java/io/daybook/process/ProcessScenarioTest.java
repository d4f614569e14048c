package io.daybook.process;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.process.Trips.Booking;
import io.daybook.process.Trips.CancelTrip;
import io.daybook.process.Trips.ConfirmTrip;
import io.daybook.process.Trips.HoldSeat;
import io.daybook.process.Trips.ReleaseSeat;
import io.daybook.process.Trips.TripPaid;
import io.daybook.process.Trips.TripRequested;
import io.daybook.testkit.ProcessScenario;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What {@link ProcessScenario} accepts and what it notices. */
class ProcessScenarioTest {

    private static final TripRequested REQUESTED = new TripRequested("1", "f");

    @Test
    void trip_is_confirmed_when_paid() {
        ProcessScenario.of(Trips.BOOKING)
                .given(REQUESTED, new TripPaid("1"))
                .thenSends(new HoldSeat("f", "1"), new ConfirmTrip("1"))
                .thenEnded("1");
    }

    @Test
    void seat_is_released_when_time_passes() {
        ProcessScenario.of(Trips.BOOKING)
                .given(REQUESTED)
                .whenTimePasses(Trips.TIME_TO_PAY)
                .given(new TripPaid("1"))
                .thenSends(new HoldSeat("f", "1"), new ReleaseSeat("f", "1"), new CancelTrip("1", "not paid in time"))
                .thenState("1", new Booking("1", "f"))
                .thenEnded("1");
    }

    @Test
    void trip_is_canceled_when_sold_out() {
        ProcessScenario.of(Trips.BOOKING)
                .rejecting(HoldSeat.class::isInstance)
                .given(REQUESTED)
                .thenSends(new HoldSeat("f", "1"), new CancelTrip("1", "sold out"))
                .thenIs("1", InstanceState.COMPLETED);
    }

    @Test
    void notices_other_commands_and_states() {
        ProcessScenario scenario = ProcessScenario.of(Trips.BOOKING).given(REQUESTED);
        assertThatThrownBy(() -> scenario.thenSends(new ConfirmTrip("1")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("HoldSeat");
        assertThatThrownBy(() -> scenario.thenSends(new HoldSeat("f", "1")).thenEnded("1"))
                .hasMessageContaining("RUNNING");
        assertThatThrownBy(() -> scenario.thenSends(new HoldSeat("f", "1")).thenState("1", new Booking("1", "g")))
                .hasMessageContaining("but it is");
        assertThatThrownBy(() -> scenario.thenSends(new HoldSeat("f", "1")).thenEnded("2"))
                .hasMessageContaining("no instance");
        assertThatThrownBy(() -> scenario.whenTimePasses(Duration.ofDays(-1))).hasMessageContaining("zero or more");
    }

    @EventType(value = "TripRated", version = 2)
    record TripRated(String tripId) implements DomainEvent {}

    @Test
    void takes_events_that_have_older_versions() {
        ProcessManager<Booking> process = ProcessManager.named("Rating", 1, Booking.class)
                .startsWith(
                        TripRated.class,
                        TripRated::tripId,
                        (step, event) -> step.send("confirm", new ConfirmTrip(event.tripId())))
                .build();

        ProcessScenario.of(process).given(new TripRated("1")).thenSends(new ConfirmTrip("1"));
    }

    @Test
    void notices_timer_handler_that_fails() {
        ProcessManager<Booking> process = ProcessManager.named("Failing", 1, Booking.class)
                .startsWith(
                        TripRequested.class, TripRequested::tripId, (step, event) -> step.timer("now", Duration.ZERO))
                .onTimer(
                        "now",
                        step -> step.send("x", new ConfirmTrip(step.state().tripId())))
                .build();
        ProcessScenario scenario = ProcessScenario.of(process).given(REQUESTED);

        assertThatThrownBy(scenario::thenSends)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("the timer now failed");
    }
}
