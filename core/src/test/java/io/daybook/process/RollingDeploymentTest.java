package io.daybook.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.daybook.command.Command;
import io.daybook.command.CommandAuthorizer;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandMetadata;
import io.daybook.command.CommandSerializationException;
import io.daybook.command.CommandType;
import io.daybook.command.NoHandlerException;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventFilter;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.process.ProcessEvent.InstanceParked;
import io.daybook.process.Trips.Booking;
import io.daybook.process.Trips.CancelTrip;
import io.daybook.process.Trips.HoldSeat;
import io.daybook.process.Trips.TripPaid;
import io.daybook.process.Trips.TripRequested;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An old instance of the program gets a command or a timer of a new one. */
class RollingDeploymentTest {

    @CommandType("HoldSeat")
    record OldHoldSeat(String aggregateId, List<String> tripId) implements Command {}

    private static final ProcessManager<Booking> HOLDING = ProcessManager.named("Holding", 1, Booking.class)
            .startsWith(
                    TripRequested.class,
                    TripRequested::tripId,
                    (step, event) -> step.send("hold", new HoldSeat(event.flightId(), event.tripId())))
            .build();

    private static final class Crash extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final ProcessFixture world = new ProcessFixture();
    private final ProcessWorker<Booking> worker = world.worker(Trips.BOOKING);

    private CommandBus.Builder oldBus() {
        return CommandBus.builder()
                .updating(CancelTrip.class, world.trips, (trip, command, context) -> trip.cancel(command.reason()));
    }

    private ProcessWorker<Booking> oldWorker(ProcessManager<Booking> process, CommandBus bus) {
        return new ProcessWorker<>(
                process,
                world.store,
                world.processStore,
                world.timers,
                CommandSender.of(bus),
                ProcessSettings.defaults().withClock(world.clock),
                new ProcessCounters(),
                pause -> true);
    }

    private List<EventEnvelope> steps() {
        return world.processStore.find(EventFilter.all()).toList();
    }

    private void holdSeatAndCrash() {
        world.planFlight("f", 1);
        world.requestTrip("1", "f");
        world.afterSend = command -> {
            throw new Crash();
        };
        assertThatThrownBy(() -> worker.handle(world.newEvents())).isInstanceOf(Crash.class);
        world.afterSend = command -> {};
        assertThat(world.eventTypes("Flight", "f")).containsExactly("FlightPlanned", "SeatHeld");
    }

    private void leavesCommandToNewInstance(CommandBus oldBus) {
        holdSeatAndCrash();
        oldWorker(Trips.BOOKING, oldBus).recover(steps());
        assertThat(world.eventTypes("Trip", "1")).containsExactly("TripRequested");
        assertThat(world.history(Trips.BOOKING, "1")).containsExactly("StepTaken", "CommandPostponed");
        world.clock.advance(Duration.ofSeconds(30));
        world.fireTimers(worker);

        assertThat(world.history(Trips.BOOKING, "1"))
                .containsExactly("StepTaken", "CommandPostponed", "CommandAnswered");
        assertThat(world.eventTypes("Trip", "1")).containsExactly("TripRequested");
        assertThat(world.eventTypes("Flight", "f")).containsExactly("FlightPlanned", "SeatHeld");
        assertThat(worker.counters().counts().duplicates()).isOne();
    }

    @Test
    void accepted_command_is_not_compensated_by_an_instance_without_its_handler() {
        leavesCommandToNewInstance(oldBus().build());
    }

    @Test
    void accepted_command_is_not_compensated_by_an_instance_that_cannot_read_it() {
        leavesCommandToNewInstance(oldBus().updating(OldHoldSeat.class, world.flights, (flight, command, context) -> {})
                .build());
    }

    @Test
    void accepted_command_is_not_compensated_by_an_instance_that_does_not_permit_its_type() {
        CommandBus oldBus = oldBus().updating(
                        HoldSeat.class, world.flights, (flight, command, context) -> flight.hold(command.tripId()))
                .authorize(new CommandAuthorizer() {
                    @Override
                    public boolean permits(Command command, CommandMetadata metadata) {
                        return true;
                    }

                    @Override
                    public boolean permitsType(String commandType, CommandMetadata metadata) {
                        return !commandType.equals("HoldSeat");
                    }
                })
                .build();
        holdSeatAndCrash();
        oldWorker(Trips.BOOKING, oldBus).recover(steps());

        assertThat(world.history(Trips.BOOKING, "1")).containsExactly("StepTaken", "CommandAnswered");
        assertThat(world.eventTypes("Trip", "1")).containsExactly("TripRequested");
    }

    private InstanceParked parkedAfterADay(CommandBus oldBus) {
        world.planFlight("f", 1);
        world.requestTrip("1", "f");
        world.down = command -> {
            throw new Crash();
        };
        assertThatThrownBy(() -> world.worker(HOLDING).handle(world.newEvents()))
                .isInstanceOf(Crash.class);
        world.down = command -> false;
        ProcessWorker<Booking> old = oldWorker(HOLDING, oldBus);
        old.recover(steps());
        assertThat(old.find("1").orElseThrow().state()).isEqualTo(InstanceState.RUNNING);
        for (int hour = 0; hour < 26; hour++) {
            world.clock.advance(Duration.ofHours(1));
            world.fireTimers(old);
        }
        ProcessInstance instance = old.find("1").orElseThrow();
        assertThat(instance.state()).isEqualTo(InstanceState.PARKED);
        assertThat(instance.parked()).extracting(InstanceParked::name).containsExactly("hold");
        return instance.parked().get(0);
    }

    private void isSentAfterTheFix() {
        assertThat(world.worker(HOLDING).retry(HOLDING.stream("1"))).isTrue();
        assertThat(world.eventTypes("Flight", "f")).containsExactly("FlightPlanned", "SeatHeld");
        assertThat(world.worker(HOLDING).find("1").orElseThrow().state()).isEqualTo(InstanceState.RUNNING);
    }

    @Test
    void command_whose_handler_stays_missing_is_parked_and_sent_after_the_fix() {
        assertThat(parkedAfterADay(oldBus().build()).error()).isEqualTo(NoHandlerException.class.getName());
        isSentAfterTheFix();
    }

    @Test
    void command_that_stays_unreadable_is_parked_and_sent_after_the_fix() {
        CommandBus oldBus = oldBus().updating(OldHoldSeat.class, world.flights, (flight, command, context) -> {})
                .build();

        assertThat(parkedAfterADay(oldBus).error()).isEqualTo(CommandSerializationException.class.getName());
        isSentAfterTheFix();
    }

    private static ProcessManager<Booking> timed(int version, String timer) {
        return ProcessManager.named("Timed", version, Booking.class)
                .startsWith(
                        TripRequested.class,
                        TripRequested::tripId,
                        (step, event) -> step.become(new Booking(event.tripId(), event.flightId()))
                                .timer(timer, Duration.ofMinutes(1)))
                .onTimer(timer, Step::end)
                .build();
    }

    private static final ProcessManager<Booking> NEW = timed(2, "reminder");

    static Stream<ProcessManager<Booking>> oldProcesses() {
        return Stream.of(timed(2, "unpaid"), timed(1, "reminder"));
    }

    private ProcessRunner runner(ProcessManager<Booking> process) {
        return ProcessRunner.builder(new InMemoryEventFeed(world.store), world.store, world.sender)
                .processStore(world.processStore, world.processFeed(), world.timers)
                .clock(world.clock)
                .run(process)
                .build();
    }

    private ProcessInstance fired(ProcessRunner runner, ProcessManager<Booking> process, Duration time) {
        for (int tenth = 0; tenth < 10; tenth++) {
            world.clock.advance(time.dividedBy(10));
            runner.fireTimers();
        }
        return runner.find(process, "1").orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("oldProcesses")
    void timer_of_a_new_instance_is_left_to_it(ProcessManager<Booking> old) {
        world.requestTrip("1", "f");
        ProcessRunner next = runner(NEW);
        next.handle(NEW, world.newEvents());

        assertThat(fired(runner(old), old, Duration.ofMinutes(10)).state()).isEqualTo(InstanceState.RUNNING);
        next.fireTimers();
        assertThat(next.find(NEW, "1").orElseThrow().state()).isEqualTo(InstanceState.COMPLETED);
    }

    @Test
    void timer_whose_handler_stays_missing_is_parked_after_ten_minutes() {
        ProcessManager<Booking> old = timed(2, "unpaid");
        world.requestTrip("1", "f");
        runner(NEW).handle(NEW, world.newEvents());

        assertThat(fired(runner(old), old, Duration.ofMinutes(20)).parked())
                .extracting(InstanceParked::error)
                .containsExactly("the timer reminder has no handler in this version of the program");
        assertThat(runner(NEW).retry(NEW, "1")).isTrue();
        assertThat(fired(runner(NEW), NEW, Duration.ofMinutes(1)).state()).isEqualTo(InstanceState.COMPLETED);
    }

    private static ProcessManager<Booking> paid(int version) {
        return ProcessManager.named("Paid", version, Booking.class)
                .startsWith(
                        TripRequested.class,
                        TripRequested::tripId,
                        (step, event) -> step.become(new Booking(event.tripId(), event.flightId()))
                                .send("hold", new HoldSeat(event.flightId(), event.tripId())))
                .on(TripPaid.class, TripPaid::tripId, (step, event) -> step.end())
                .onRejected("hold", (step, rejection) -> step.end())
                .build();
    }

    private ProcessWorker<Booking> paid(int version, Predicate<Duration> pause) {
        return world.worker(paid(version), world.timers, pause);
    }

    @Test
    void event_of_an_instance_with_a_newer_state_waits_for_a_newer_program() {
        world.planFlight("f", 1);
        world.requestTrip("1", "f");
        ProcessWorker<Booking> next = paid(2, pause -> true);
        next.handle(world.newEvents());
        world.pay("1");
        List<EventEnvelope> paid = world.newEvents();
        AtomicInteger pauses = new AtomicInteger();
        ProcessWorker<Booking> old = paid(1, pause -> {
            world.clock.advance(pause);
            if (pauses.incrementAndGet() == 3) {
                next.handle(paid);
            }
            return true;
        });
        old.handle(paid);

        assertThat(pauses).hasValue(3);
        assertThat(next.find("1").orElseThrow().state()).isEqualTo(InstanceState.COMPLETED);
    }

    @Test
    void event_waits_ten_minutes_for_a_newer_program_and_then_fails() {
        world.planFlight("f", 1);
        world.requestTrip("1", "f");
        paid(2, pause -> true).handle(world.newEvents());
        world.pay("1");
        Instant paid = world.clock.instant();
        ProcessWorker<Booking> old = paid(1, pause -> {
            world.clock.advance(pause);
            return true;
        });

        assertThatThrownBy(() -> old.handle(world.newEvents()))
                .isInstanceOf(NewerProgramException.class)
                .hasMessage("the state has version 2, but this program knows only versions up to 1");
        assertThat(world.clock.instant()).isEqualTo(paid.plus(Duration.ofMinutes(10)));
    }

    @Test
    void rejection_of_an_instance_with_a_newer_state_is_left_to_a_newer_program() {
        world.planFlight("f", 0);
        world.requestTrip("1", "f");
        world.down = command -> {
            throw new Crash();
        };
        ProcessWorker<Booking> next = paid(2, pause -> true);
        assertThatThrownBy(() -> next.handle(world.newEvents())).isInstanceOf(Crash.class);
        world.down = command -> false;
        paid(1, pause -> true).recover(steps());
        assertThat(world.history(paid(2), "1")).containsExactly("StepTaken", "CommandPostponed");
        world.clock.advance(Duration.ofSeconds(30));
        world.fireTimers(next);

        assertThat(world.history(paid(2), "1"))
                .containsExactly("StepTaken", "CommandPostponed", "CommandAnswered", "StepTaken");
        assertThat(next.find("1").orElseThrow().state()).isEqualTo(InstanceState.COMPLETED);
    }
}
