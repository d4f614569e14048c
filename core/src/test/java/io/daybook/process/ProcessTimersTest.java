package io.daybook.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.event.EventEnvelope;
import io.daybook.process.Trips.Booking;
import io.daybook.process.Trips.CancelTrip;
import io.daybook.process.Trips.TripPaid;
import io.daybook.process.Trips.TripRequested;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The timers of an instance that keeps running. */
class ProcessTimersTest {

    private final ProcessFixture world = new ProcessFixture();

    private final ProcessManager<Booking> process = ProcessManager.named("Timed", 1, Booking.class)
            .startsWith(
                    TripRequested.class,
                    TripRequested::tripId,
                    (step, event) -> step.timer("first", Duration.ofMinutes(1)).timer("second", Duration.ofMinutes(2)))
            .on(TripPaid.class, TripPaid::tripId, (step, event) -> step.cancelTimer("first"))
            .onTimer("first", step -> step.send("cancel", new CancelTrip(step.id(), "too late")))
            .onTimer("second", Step::end)
            .build();

    private final ProcessWorker<Booking> worker = world.worker(process);

    private InstanceState state(ProcessWorker<?> of) {
        return of.find("1").orElseThrow().state();
    }

    @Test
    void timer_that_fired_takes_effect_once_and_leaves_the_others_set() {
        world.requestTrip("1", "f");
        world.settle(worker);
        world.clock.advance(Duration.ofMinutes(1));
        ProcessTimer first = world.timers.due(world.clock.instant(), 10).get(0);
        worker.ring(first);
        worker.ring(first);
        assertThat(world.sent).containsExactly("CancelTrip");
        assertThat(state(worker)).isEqualTo(InstanceState.RUNNING);

        world.clock.advance(Duration.ofMinutes(1));
        world.fireTimers(worker);
        assertThat(state(worker)).isEqualTo(InstanceState.COMPLETED);
    }

    @Test
    void canceled_timer_has_no_effect() {
        world.requestTrip("1", "f");
        world.settle(worker);
        ProcessTimer first = world.timers.due(Instant.MAX, 10).get(0);
        world.pay("1");
        world.settle(worker);
        assertThat(world.timers.due(Instant.MAX, 10)).hasSize(1).doesNotContain(first);

        world.clock.advance(Duration.ofMinutes(1));
        worker.ring(first);
        assertThat(world.sent).isEmpty();
        assertThat(state(worker)).isEqualTo(InstanceState.RUNNING);
    }

    @Test
    void instance_that_was_started_in_time_does_not_expire() {
        ProcessManager<Booking> patient = ProcessManager.named("Patient", 1, Booking.class)
                .startsWith(TripRequested.class, TripRequested::tripId, (step, event) -> {})
                .on(TripPaid.class, TripPaid::tripId, (step, event) -> {})
                .build();
        ProcessWorker<Booking> waiting = world.worker(patient);
        world.requestTrip("1", "f");
        world.pay("1");
        List<EventEnvelope> events = world.events("Trip", "1");
        waiting.handle(events.subList(1, 2));
        ProcessTimer expiry = world.timers.due(Instant.MAX, 10).get(0);
        waiting.handle(events.subList(0, 1));
        assertThat(world.timers.due(Instant.MAX, 10)).isEmpty();

        world.clock.advance(Duration.ofDays(7));
        waiting.ring(expiry);
        assertThat(state(waiting)).isEqualTo(InstanceState.RUNNING);
    }
}
