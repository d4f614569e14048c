package io.daybook.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.daybook.aggregate.UpdateContext;
import io.daybook.command.Command;
import io.daybook.command.CommandMetadata;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.DerivedKey;
import io.daybook.eventstore.EventFilter;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.process.Trips.Booking;
import io.daybook.process.Trips.CancelTrip;
import io.daybook.process.Trips.TripCanceled;
import io.daybook.process.Trips.TripPaid;
import io.daybook.process.Trips.TripRequested;
import io.daybook.serialization.Upcaster;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a process does with events, timers and answers. */
class ProcessWorkerTest {

    private final ProcessFixture world = new ProcessFixture();
    private final ProcessWorker<Booking> worker = world.worker(Trips.BOOKING);

    private InstanceState state(ProcessManager<?> process, String id) {
        Instance instance = new Instance(process.stream(id));
        world.processStore.read(process.stream(id), 0, Long.MAX_VALUE).forEach(instance::apply);
        return instance.shownState();
    }

    @Test
    void trip_is_confirmed_when_paid_in_time() {
        world.planFlight("f", 1);
        world.requestTrip("1", "f");
        world.settle(worker);
        assertThat(worker.counters().counts())
                .extracting(ProcessCounts::started, ProcessCounts::steps, ProcessCounts::completed)
                .containsExactly(1L, 1L, 0L);
        world.pay("1");
        world.settle(worker);

        assertThat(world.eventTypes("Trip", "1")).containsExactly("TripRequested", "TripPaid", "TripConfirmed");
        assertThat(world.eventTypes("Flight", "f")).containsExactly("FlightPlanned", "SeatHeld");
        assertThat(state(Trips.BOOKING, "1")).isEqualTo(InstanceState.COMPLETED);
        assertThat(world.timers.due(Instant.MAX, 10)).isEmpty();
    }

    @Test
    void rejected_command_is_compensated() {
        world.planFlight("f", 0);
        world.requestTrip("1", "f");
        world.settle(worker);

        assertThat(((TripCanceled) world.events("Trip", "1").get(1).event()).reason())
                .isEqualTo("sold out");
        assertThat(world.history(Trips.BOOKING, "1"))
                .containsExactly("StepTaken", "CommandAnswered", "StepTaken", "CommandAnswered");
    }

    private ProcessTimer timerOfRequestedTrip() {
        world.planFlight("f", 1);
        world.requestTrip("1", "f");
        world.settle(worker);
        return world.timers.due(Instant.MAX, 10).get(0);
    }

    @Test
    void timer_takes_effect_once_though_it_rings_twice_early_and_late() {
        ProcessTimer timer = timerOfRequestedTrip();
        worker.ring(timer);
        assertThat(world.timers.due(Instant.MAX, 10)).containsExactly(timer);
        world.clock.advance(Trips.TIME_TO_PAY);
        worker.ring(timer);
        worker.ring(timer);

        assertThat(world.eventTypes("Trip", "1")).containsExactly("TripRequested", "TripCanceled");
        assertThat(world.eventTypes("Flight", "f")).containsExactly("FlightPlanned", "SeatHeld", "SeatReleased");
        assertThat(worker.counters().counts().timersFired()).isOne();
        assertThat(worker.counters().counts().timersObsolete()).isOne();
    }

    @Test
    void fired_timer_is_removed_from_the_store_once() {
        ProcessTimer timer = timerOfRequestedTrip();
        world.clock.advance(Trips.TIME_TO_PAY);
        worker.ring(timer);

        assertThat(world.removedTimers).containsExactly(timer.key());
        assertThat(world.timers.due(Instant.MAX, 10)).isEmpty();
    }

    @Test
    void timer_after_the_end_has_no_effect() {
        ProcessTimer timer = timerOfRequestedTrip();
        world.pay("1");
        world.settle(worker);
        world.clock.advance(Trips.TIME_TO_PAY);
        worker.ring(timer);

        assertThat(world.eventTypes("Trip", "1")).containsExactly("TripRequested", "TripPaid", "TripConfirmed");
    }

    @Test
    void redelivered_event_has_no_second_effect_even_after_its_key_is_forgotten() {
        world.planFlight("f", 2);
        world.requestTrip("1", "f");
        List<EventEnvelope> events = world.newEvents();
        worker.handle(events);
        worker.handle(events);
        world.clock.advance(Duration.ofDays(31));
        worker.handle(events);

        assertThat(world.sent).containsExactly("HoldSeat");
        assertThat(world.history(Trips.BOOKING, "1")).containsExactly("StepTaken", "CommandAnswered");
    }

    @Test
    void early_event_is_kept_until_the_start() {
        world.planFlight("f", 1);
        world.requestTrip("1", "f");
        world.pay("1");
        List<EventEnvelope> events = world.events("Trip", "1");
        worker.handle(events.subList(1, 2));
        assertThat(state(Trips.BOOKING, "1")).isEqualTo(InstanceState.WAITING);
        worker.handle(events.subList(0, 1));

        assertThat(world.eventTypes("Trip", "1")).containsExactly("TripRequested", "TripPaid", "TripConfirmed");
        assertThat(world.history(Trips.BOOKING, "1")).startsWith("InputKept", "StepTaken", "StepTaken");
        assertThat(state(Trips.BOOKING, "1")).isEqualTo(InstanceState.COMPLETED);
        assertThat(world.timers.due(Instant.MAX, 10)).isEmpty();
    }

    @Test
    void instance_ends_as_never_started_when_no_start_comes() {
        world.requestTrip("1", "f");
        world.pay("1");
        List<EventEnvelope> events = world.events("Trip", "1");
        worker.handle(events.subList(1, 2));
        world.clock.advance(Duration.ofDays(7));
        world.fireTimers(worker);
        assertThat(state(Trips.BOOKING, "1")).isEqualTo(InstanceState.NEVER_STARTED);
        assertThat(worker.counters().counts().neverStarted()).isOne();
        assertThat(worker.counters().counts().canceled()).isZero();
        worker.handle(events.subList(0, 1));

        assertThat(world.sent).isEmpty();
        assertThat(world.history(Trips.BOOKING, "1")).containsExactly("InputKept", "InstanceEnded");
    }

    @Test
    void only_restartable_process_starts_again() {
        ProcessManager<Booking> once = ProcessManager.named("Once", 1, Booking.class)
                .startsWith(TripPaid.class, TripPaid::tripId, (step, event) -> step.end())
                .build();
        ProcessManager<Booking> often = ProcessManager.named("Often", 1, Booking.class)
                .startsWith(TripPaid.class, TripPaid::tripId, (step, event) -> step.end())
                .restartable()
                .build();
        world.requestTrip("1", "f");
        world.pay("1");
        world.pay("1");
        List<EventEnvelope> events = world.newEvents();
        world.worker(once).handle(events);
        world.worker(often).handle(events);
        world.worker(often).handle(events);

        assertThat(world.history(once, "1")).hasSize(1);
        assertThat(world.history(often, "1")).hasSize(2);
    }

    @Test
    void rejection_without_handler_parks_the_instance_until_it_is_retried_or_canceled() {
        ProcessManager<Booking> process = Trips.HOLDING;
        ProcessWorker<Booking> plain = world.worker(process);
        world.planFlight("f", 0);
        world.requestTrip("1", "f");
        world.requestTrip("2", "f");
        plain.handle(world.newEvents());
        assertThat(state(process, "1")).isEqualTo(InstanceState.PARKED);
        assertThat(plain.retry(process.stream("1"))).isTrue();
        assertThat(state(process, "1")).isEqualTo(InstanceState.PARKED);

        ProcessManager<Booking> fixed = ProcessManager.named("Plain", 1, Booking.class)
                .startsWith(TripRequested.class, TripRequested::tripId, (step, event) -> step.end())
                .onRejected(
                        "hold",
                        (step, rejection) -> step.send("cancel", new CancelTrip(step.id(), "sold out"))
                                .end())
                .build();
        assertThat(world.worker(fixed).retry(fixed.stream("1"))).isTrue();
        assertThat(state(fixed, "1")).isEqualTo(InstanceState.COMPLETED);
        assertThat(world.eventTypes("Trip", "1")).containsExactly("TripRequested", "TripCanceled");
        assertThat(world.worker(fixed).retry(fixed.stream("1"))).isFalse();
        assertThat(plain.cancel(process.stream("2"))).isTrue();
        assertThat(plain.cancel(process.stream("2"))).isFalse();
        assertThat(state(process, "2")).isEqualTo(InstanceState.CANCELED);
        assertThat(plain.counters().counts().canceled()).isOne();
    }

    /** The trap: the sender crashes with the rejection, the rules change, and the recovery sends the command again. */
    @Test
    void rejection_is_not_decided_anew_by_a_late_redelivery() {
        world.planFlight("f", 0);
        world.requestTrip("1", "f");
        world.afterSend = command -> {
            throw new IllegalStateException("the reply was lost");
        };
        world.settle(worker);
        world.flights.update("f", UpdateContext.empty(), flight -> flight.plan(1));
        world.afterSend = command -> {};
        world.clock.advance(Duration.ofMinutes(1));
        world.fireTimers(worker);
        world.settle(worker);

        assertThat(world.sent).startsWith("HoldSeat", "HoldSeat", "HoldSeat", "HoldSeat");
        assertThat(world.eventTypes("Flight", "f")).containsExactly("FlightPlanned", "FlightPlanned");
        assertThat(world.eventTypes("Trip", "1")).containsExactly("TripRequested", "TripCanceled");
        assertThat(worker.counters().counts().rejected()).isEqualTo(1);
        assertThat(state(Trips.BOOKING, "1")).isEqualTo(InstanceState.COMPLETED);
    }

    @Test
    void target_that_is_down_delays_only_its_own_commands() {
        world.planFlight("f", 2);
        world.down = command -> command.json().contains("\"1\"");
        world.requestTrip("1", "f");
        world.requestTrip("2", "f");
        world.settle(worker);
        assertThat(world.sent).hasSize(4);
        assertThat(world.eventTypes("Flight", "f")).containsExactly("FlightPlanned", "SeatHeld");

        world.down = command -> false;
        world.clock.advance(Duration.ofSeconds(29));
        world.fireTimers(worker);
        assertThat(world.sent).hasSize(4);
        world.clock.advance(Duration.ofSeconds(1));
        world.fireTimers(worker);
        assertThat(world.eventTypes("Flight", "f")).containsExactly("FlightPlanned", "SeatHeld", "SeatHeld");
        assertThat(world.history(Trips.BOOKING, "1"))
                .containsExactly("StepTaken", "CommandPostponed", "CommandAnswered");
    }

    @Test
    void instance_is_parked_after_a_day_without_an_answer() {
        ProcessManager<Booking> process = Trips.HOLDING;
        ProcessWorker<Booking> plain = world.worker(process);
        world.planFlight("f", 1);
        world.requestTrip("1", "f");
        world.down = command -> true;
        plain.handle(world.newEvents());
        for (int day = 0; day < 2; day++) { // a retry gives the target another day
            assertThat(plain.retry(process.stream("1"))).isEqualTo(day > 0);
            assertThat(state(process, "1")).isEqualTo(InstanceState.RUNNING);
            for (int hour = 0; hour < 26; hour++) {
                world.clock.advance(Duration.ofHours(1));
                world.fireTimers(plain);
            }
            assertThat(state(process, "1")).isEqualTo(InstanceState.PARKED);
            assertThat(world.timers.due(Instant.MAX, 10)).isEmpty();
        }

        world.down = command -> false;
        assertThat(plain.retry(process.stream("1"))).isTrue();
        assertThat(state(process, "1")).isEqualTo(InstanceState.RUNNING);
        assertThat(world.eventTypes("Flight", "f")).containsExactly("FlightPlanned", "SeatHeld");
    }

    @Test
    void recovery_sends_commands_and_sets_timers_that_a_crash_lost() {
        world.planFlight("f", 1);
        world.requestTrip("1", "f");
        world.down = command -> {
            throw new Crash();
        };
        assertThatThrownBy(() -> worker.handle(world.newEvents())).isInstanceOf(Crash.class);
        world.timers.due(Instant.MAX, 10).forEach(world.timers::remove);
        world.down = command -> false;
        List<EventEnvelope> steps = world.processStore.find(EventFilter.all()).toList();
        worker.recover(steps);
        worker.recover(steps);

        assertThat(world.sent).hasSize(2);
        assertThat(world.eventTypes("Flight", "f")).containsExactly("FlightPlanned", "SeatHeld");
        assertThat(world.timers.due(Instant.MAX, 10)).hasSize(1);
    }

    @Test
    void timers_that_the_timer_store_has_lost_are_restored_from_the_streams() {
        world.planFlight("f", 2);
        world.requestTrip("1", "f");
        world.requestTrip("2", "f");
        world.requestTrip("3", "none"); // is sold out and ends
        world.settle(worker);
        world.down = command -> true;
        world.requestTrip("4", "f"); // has a timer, and one to send its command again
        world.settle(worker);
        List<ProcessTimer> before = world.timers.due(Instant.MAX, 100);
        assertThat(before).hasSize(4);
        before.forEach(world.timers::remove);
        ProcessRunner runner = ProcessRunner.builder(new InMemoryEventFeed(world.store), world.store, world.sender)
                .processStore(world.processStore, world.processFeed(), world.timers)
                .run(Trips.BOOKING)
                .build();

        assertThat(runner.restoreTimers(Trips.BOOKING)).isEqualTo(4);
        assertThat(runner.restoreTimers(Trips.BOOKING)).isEqualTo(4);
        assertThat(world.timers.due(Instant.MAX, 100)).containsExactlyInAnyOrderElementsOf(before);
    }

    private static final class Crash extends Error {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void correlation_is_passed_from_event_to_step_to_command_to_event() {
        world.planFlight("f", 1);
        world.requestTrip("1", "f");
        world.settle(worker);
        EventMetadata requested = world.events("Trip", "1").get(0).metadata();
        EventMetadata step = world.processStore
                .find(EventFilter.all().eventType("StepTaken"))
                .findFirst()
                .orElseThrow()
                .metadata();
        EventMetadata held = world.events("Flight", "f").get(1).metadata();

        assertThat(step.causationId()).hasValue(requested.eventId());
        assertThat(step.correlationId()).isEqualTo(requested.correlationId());
        assertThat(held.correlationId()).isEqualTo(requested.correlationId());
        assertThat(held.commandId().orElseThrow()).startsWith("daybook:").hasSize(51);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 120, 121, 122, 123})
    void ids_of_any_length_have_a_stream(int length) {
        String id = "x".repeat(length);
        world.planFlight("f", 1);
        world.requestTrip(id, "f");
        world.settle(worker);

        assertThat(state(Trips.BOOKING, id)).isEqualTo(InstanceState.RUNNING);
        assertThat(Trips.BOOKING.stream(id).toString().length()).isLessThanOrEqualTo(128);
        assertThat(worker.find(id).orElseThrow().id()).isEqualTo(id);
        assertThat(Trips.BOOKING.stream("y".repeat(128))).isNotEqualTo(Trips.BOOKING.stream("y".repeat(127)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x"})
    void id_that_looks_like_the_stream_of_another_instance_has_another_stream(String prefix) {
        StreamId other = Trips.BOOKING.stream(prefix + "\uD83D\uDE00".repeat(63));
        StreamId stream = Trips.BOOKING.stream(other.aggregateId());

        assertThat(stream).isNotEqualTo(other);
        assertThat(Trips.BOOKING.stream(stream.aggregateId())).isNotEqualTo(stream);
        assertThat(stream.toString().length()).isLessThanOrEqualTo(128);
        assertThat(Trips.BOOKING.stream("a~b").aggregateId()).isEqualTo("a~b");
    }

    @Test
    void refuses_caller_that_takes_the_key_of_a_process() {
        String key = DerivedKey.of("command", "Booking-1", "event", "hold").text();

        assertThatThrownBy(() -> CommandMetadata.builder().idempotencyKey(key)).hasMessageContaining("reserved");
        assertThatThrownBy(() -> AppendOptions.none().idempotencyKey(key, "f")).hasMessageContaining("reserved");
        assertThatThrownBy(() -> UpdateContext.builder().idempotencyKey(key, "f"))
                .hasMessageContaining("reserved");
        assertThat(key).startsWith("daybook:").hasSize(51);
        assertThat(DerivedKey.of("a", "bc")).isNotEqualTo(DerivedKey.of("ab", "c"));
    }

    record OldState(String trip) {}

    record NewState(String tripId, String flightId) {}

    @Test
    void process_continues_with_another_state_class() {
        ProcessManager<OldState> version1 = ProcessManager.named("Growing", 1, OldState.class)
                .startsWith(
                        TripRequested.class,
                        TripRequested::tripId,
                        (step, event) ->
                                step.become(new OldState(event.tripId())).timer("later", Duration.ofDays(1)))
                .onTimer("later", step -> step.end())
                .build();
        ProcessManager<NewState> version2 = ProcessManager.named("Growing", 2, NewState.class)
                .startsWith(TripRequested.class, TripRequested::tripId, (step, event) -> step.end())
                .onTimer(
                        "later",
                        step -> step.send(
                                        "cancel",
                                        new CancelTrip(
                                                step.state().tripId(),
                                                step.state().flightId()))
                                .end())
                .upcaster(Upcaster.of("Growing", 1, json -> {
                    json.set("tripId", json.remove("trip"));
                    return json.put("flightId", "unknown");
                }))
                .build();
        world.requestTrip("1", "f");
        world.worker(version1).handle(world.newEvents());
        world.clock.advance(Duration.ofDays(1));
        world.fireTimers(world.worker(version2));

        assertThat(((TripCanceled) world.events("Trip", "1").get(1).event()).reason())
                .isEqualTo("unknown");
        assertThatThrownBy(() -> ProcessManager.named("Growing", 2, NewState.class)
                        .startsWith(TripRequested.class, TripRequested::tripId, (step, event) -> step.end())
                        .upcaster(Upcaster.of("Other", 1, json -> json))
                        .build())
                .isInstanceOf(IllegalArgumentException.class);
    }

    record Unreadable(String id) implements Command {
        @Override
        public String aggregateId() {
            return id;
        }
    }

    @Test
    void refuses_steps_and_processes_that_make_no_sense() {
        assertThatThrownBy(() -> ProcessManager.named("No-dash", 1, Booking.class))
                .hasMessageContaining("letters or digits");
        assertThatThrownBy(() -> ProcessManager.named("Idle", 1, Booking.class).build())
                .hasMessageContaining("startsWith");
        assertThatThrownBy(() -> ProcessManager.named("Bad", 1, Object.class)
                        .startsWith(TripRequested.class, TripRequested::tripId, (step, event) -> {})
                        .build())
                .isInstanceOf(IllegalArgumentException.class);
        ProcessManager<Booking> wrong = ProcessManager.named("Wrong", 1, Booking.class)
                .startsWith(
                        TripRequested.class, TripRequested::tripId, (step, event) -> step.timer("typo", Duration.ZERO))
                .on(TripPaid.class, TripPaid::tripId, (step, event) -> step.send("x", new Unreadable("1")))
                .build();
        ProcessManager<Booking> blank = ProcessManager.named("Blank", 1, Booking.class)
                .startsWith(
                        TripRequested.class,
                        TripRequested::tripId,
                        (step, event) -> step.send(" ", new CancelTrip("1", "x")))
                .build();
        world.requestTrip("1", "f");
        List<EventEnvelope> events = world.newEvents();
        assertThatThrownBy(() -> world.worker(wrong).handle(events)).hasMessageContaining("onTimer");
        assertThat(world.history(wrong, "1")).isEmpty();
        assertThatThrownBy(() -> world.worker(blank).handle(events)).hasMessageContaining("the name of a command");
    }

    @Test
    void commands_do_not_wait_for_a_timer_store_that_is_down() {
        FailingTimers timers = new FailingTimers(world.timers);
        ProcessWorker<Booking> failing = world.worker(Trips.BOOKING, timers, pause -> true);
        timers.down = true;
        world.planFlight("f", 1);
        world.requestTrip("1", "f");
        failing.handle(world.newEvents());
        assertThat(world.eventTypes("Flight", "f")).containsExactly("FlightPlanned", "SeatHeld");
        world.pay("1");
        failing.handle(world.newEvents());
        assertThat(world.eventTypes("Trip", "1")).endsWith("TripConfirmed");
        world.requestTrip("2", "f");
        world.down = command -> {
            throw new OutOfMemoryError("simulated");
        };
        assertThatThrownBy(() -> failing.handle(world.newEvents())).isInstanceOf(OutOfMemoryError.class);
        world.down = command -> false;
        List<EventEnvelope> steps = world.processStore.find(EventFilter.all()).toList();
        assertThatThrownBy(() -> failing.recover(steps)).hasMessage("the timer store is down");
        assertThat(world.sent).endsWith("HoldSeat", "CancelTrip");
        assertThat(world.timers.due(Instant.MAX, 10)).isEmpty();
        timers.down = false;
        failing.recover(world.processStore.find(EventFilter.all()).toList());

        assertThat(world.history(Trips.BOOKING, "2")).endsWith("CommandAnswered");
    }

    @Test
    void handler_is_for_one_class_of_events() {
        String advice = "which has several event classes: add a handler for each of them";
        assertThatThrownBy(() -> ProcessManager.named("Any", 1, Booking.class)
                        .startsWith(Trips.TripEvent.class, event -> "1", (step, event) -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the process Any has a handler for " + Trips.TripEvent.class.getName() + ", " + advice);
        assertThatThrownBy(() -> Reaction.named("any").on(Trips.TripEvent.class, event -> null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the reaction any has a handler for " + Trips.TripEvent.class.getName() + ", " + advice);
    }

    @Test
    @SuppressWarnings("NullAway") // what a caller without null checks does
    void state_is_never_null() {
        Step<Booking> step = new Step<>("1", Instant.EPOCH, null, Set.of());
        assertThatThrownBy(() -> step.become(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("state");
    }
}
