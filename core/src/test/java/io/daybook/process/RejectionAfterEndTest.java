package io.daybook.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.process.Trips.Booking;
import io.daybook.process.Trips.CancelTrip;
import io.daybook.process.Trips.HoldSeat;
import io.daybook.process.Trips.TripPaid;
import io.daybook.process.Trips.TripRequested;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** A command that is rejected after another event has ended the instance. */
class RejectionAfterEndTest {

    private final ProcessFixture world = new ProcessFixture();

    private ProcessManager<Booking> process(BiConsumer<Step<Booking>, Rejection> onRejected) {
        return ProcessManager.named("Plain", 1, Booking.class)
                .startsWith(
                        TripRequested.class,
                        TripRequested::tripId,
                        (step, event) -> step.become(new Booking(event.tripId(), event.flightId()))
                                .send("hold", new HoldSeat(event.flightId(), event.tripId())))
                .on(TripPaid.class, TripPaid::tripId, (step, event) -> step.end())
                .onTimer("late", Step::end)
                .onRejected("hold", onRejected)
                .build();
    }

    /** Ends the instance while its command is at the target, which rejects it. */
    private ProcessInstance endWhileInFlight(ProcessManager<Booking> process) {
        ProcessWorker<Booking> worker = world.worker(process);
        ProcessWorker<Booking> other = world.worker(process);
        world.afterSend = command -> {
            world.afterSend = next -> {};
            world.pay("1");
            other.handle(world.newEvents());
        };
        world.planFlight("f", 0);
        world.requestTrip("1", "f");
        world.settle(worker);
        assertThat(worker.counters().counts().completed()
                        + other.counters().counts().completed())
                .isOne();
        return worker.find("1").orElseThrow();
    }

    @Test
    void rejection_after_the_end_is_compensated() {
        ProcessInstance instance = endWhileInFlight(process((step, rejection) -> step.send(
                        "cancel", new CancelTrip(step.state().tripId(), "sold out"))
                .end()));

        assertThat(instance.state()).isEqualTo(InstanceState.COMPLETED);
        assertThat(world.eventTypes("Trip", "1")).containsExactly("TripRequested", "TripPaid", "TripCanceled");
    }

    @Test
    void handler_that_sets_a_timer_after_the_end_parks_the_instance() {
        ProcessManager<Booking> process = process((step, rejection) -> step.timer("late", Duration.ofHours(1)));
        ProcessInstance instance = endWhileInFlight(process);

        assertThat(instance.state()).isEqualTo(InstanceState.PARKED);
        assertThat(instance.timers()).isEmpty();
        ProcessManager<Booking> fixed = process((step, rejection) -> step.end());
        assertThat(world.worker(fixed).retry(fixed.stream("1"))).isTrue();
        assertThat(world.worker(fixed).find("1").map(ProcessInstance::state)).hasValue(InstanceState.COMPLETED);
    }
}
