package io.daybook.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemorySubjectKeys;
import io.daybook.inmemory.InMemoryTimerStore;
import io.daybook.process.Trips.Booking;
import io.daybook.process.Trips.CancelTrip;
import io.daybook.process.Trips.HoldSeat;
import io.daybook.process.Trips.TripPaid;
import io.daybook.process.Trips.TripRequested;
import io.daybook.serialization.EventSerializationException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The steps of a process are encrypted for the subjects of its state. */
class ProcessSubjectsTest {

    private static final String FLIGHT = "Flight-SECRET";

    private static final ProcessManager<Booking> BOOKING = ProcessManager.named("Booking", 1, Booking.class)
            .startsWith(
                    TripRequested.class,
                    TripRequested::tripId,
                    (step, event) -> step.become(new Booking(event.tripId(), event.flightId()))
                            .send("hold", new HoldSeat(event.flightId(), event.tripId()))
                            .timer("unpaid", Trips.TIME_TO_PAY))
            .on(TripPaid.class, TripPaid::tripId, (step, event) -> step.end())
            .onTimer(
                    "unpaid",
                    step -> step.send("cancel", new CancelTrip(step.state().tripId(), "not paid in time"))
                            .end())
            .onRejected("hold", (step, rejection) -> step.end())
            .subjects(booking -> List.of("traveler-" + booking.tripId(), "flight"))
            .build();

    private final ProcessFixture world = new ProcessFixture();
    private final InMemorySubjectKeys keys = new InMemorySubjectKeys();
    private final InMemoryEventStore processStore = new InMemoryEventStore(ProcessEvent.serializer(keys), world.clock);
    private final InMemoryTimerStore timers = world.timers;

    @BeforeEach
    void planFlight() {
        world.planFlight(FLIGHT, 1);
    }

    private <S> ProcessWorker<S> worker(ProcessManager<S> process, EventStore store) {
        return new ProcessWorker<>(
                process,
                world.store,
                store,
                timers,
                world.sender,
                ProcessSettings.defaults().withClock(world.clock),
                new ProcessCounters(),
                pause -> true);
    }

    private ProcessWorker<Booking> started() {
        ProcessWorker<Booking> worker = worker(BOOKING, processStore);
        world.requestTrip("1", FLIGHT);
        world.settle(worker);
        return worker;
    }

    private List<EventEnvelope> stored() {
        return processStore.read(BOOKING.stream("1"), 0, Long.MAX_VALUE).toList();
    }

    private static Optional<InstanceState> stateOf(ProcessWorker<?> worker) {
        return worker.find("1").map(ProcessInstance::state);
    }

    private void fireAllTimers(ProcessWorker<?> worker) {
        world.clock.advance(Duration.ofDays(1));
        timers.due(world.clock.instant(), 100).forEach(worker::ring);
    }

    @Test
    void stores_no_state_and_no_command_in_clear_text_and_reads_them_back() {
        ProcessWorker<Booking> worker = started();

        String text = stored().stream()
                .map(event -> new String(event.data().orElseThrow(), StandardCharsets.UTF_8))
                .collect(Collectors.joining());
        assertThat(text).contains("HoldSeat", "traveler-1").doesNotContain("SECRET");
        ProcessEvent.StepTaken step = (ProcessEvent.StepTaken) stored().get(0).event();
        assertThat(step.state()).contains(FLIGHT);
        assertThat(step.commands().get(0).json()).contains(FLIGHT);
        assertThat(world.eventTypes("Flight", FLIGHT)).containsExactly("FlightPlanned", "SeatHeld");
        world.pay("1");
        world.settle(worker);
        assertThat(stateOf(worker)).contains(InstanceState.COMPLETED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"traveler-1", "flight"})
    void instance_with_a_destroyed_key_ends_at_its_next_event(String subject) {
        ProcessWorker<Booking> worker = started();
        keys.destroy(subject);
        assertThat(stateOf(worker)).contains(InstanceState.SHREDDED);

        world.pay("1");
        world.settle(worker);

        assertThat(stored().get(stored().size() - 1).event())
                .isEqualTo(new ProcessEvent.InstanceEnded(InstanceState.SHREDDED));
        assertThat(stateOf(worker)).contains(InstanceState.SHREDDED);
        assertThat(worker.find("1").orElseThrow().content()).isEmpty();
    }

    @Test
    void timer_of_an_instance_with_a_destroyed_key_takes_no_step() {
        ProcessWorker<Booking> worker = started();
        keys.destroy("flight");

        fireAllTimers(worker);

        assertThat(world.eventTypes("Trip", "1")).containsExactly("TripRequested");
        assertThat(timers.due(world.clock.instant(), 100)).isEmpty();
        assertThat(stateOf(worker)).contains(InstanceState.SHREDDED);
    }

    @Test
    void command_that_cannot_be_read_any_more_is_not_sent() {
        world.down = command -> true;
        ProcessWorker<Booking> worker = started();
        world.down = command -> false;
        world.sent.clear();
        keys.destroy("traveler-1");

        worker.recover(stored());
        fireAllTimers(worker);

        assertThat(world.sent).isEmpty();
        assertThat(stateOf(worker)).contains(InstanceState.SHREDDED);
        assertThat(timers.due(world.clock.instant(), 100)).isEmpty();
    }

    @Test
    void completed_instance_stays_completed_when_its_key_is_destroyed() {
        ProcessWorker<Booking> worker = started();
        world.pay("1");
        world.settle(worker);
        keys.destroy("traveler-1");

        worker.recover(stored());

        assertThat(stateOf(worker)).contains(InstanceState.COMPLETED);
    }

    @Test
    void unanswered_command_of_a_completed_instance_is_not_sent_without_its_key() {
        world.down = command -> true;
        ProcessWorker<Booking> worker = started();
        world.pay("1");
        world.settle(worker);
        assertThat(stateOf(worker)).contains(InstanceState.COMPLETED);
        world.down = command -> false;
        world.sent.clear();
        keys.destroy("traveler-1");

        fireAllTimers(worker);

        assertThat(world.sent).isEmpty();
        assertThat(stateOf(worker)).contains(InstanceState.SHREDDED);
    }

    @Test
    void no_instance_starts_for_a_subject_whose_key_is_destroyed() {
        keys.destroy("traveler-1");

        ProcessWorker<Booking> worker = started();

        assertThat(stored()).isEmpty();
        assertThat(stateOf(worker)).isEmpty();
        assertThat(world.sent).isEmpty();
    }

    @Test
    void step_that_names_a_subject_whose_key_is_destroyed_ends_the_instance() {
        ProcessManager<Booking> process = ProcessManager.named("Booking", 1, Booking.class)
                .startsWith(TripRequested.class, TripRequested::tripId, (step, event) -> {})
                .on(TripPaid.class, TripPaid::tripId, (step, event) -> step.become(new Booking(event.tripId(), FLIGHT)))
                .subjects(booking -> List.of("late"))
                .build();
        ProcessWorker<Booking> worker = worker(process, processStore);
        world.requestTrip("1", FLIGHT);
        world.settle(worker);
        keys.destroy("late");

        world.pay("1");
        world.settle(worker);

        assertThat(stateOf(worker)).contains(InstanceState.SHREDDED);
        assertThat(stored()).hasSize(2);
    }

    @Test
    void refuses_process_store_that_does_not_encrypt() {
        assertThatThrownBy(() -> ProcessRunner.builder(new InMemoryEventFeed(world.store), world.store, world.sender)
                        .processStore(world.processStore, world.processFeed(), timers)
                        .run(BOOKING)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the process names subjects, but the process store has no keys: create the process store and its feed with"
                                + " ProcessEvent.serializer(SubjectKeys)");
    }

    @Test
    void encrypted_steps_cannot_be_read_without_keys_or_at_another_place() {
        started();
        EventEnvelope step = stored().get(0);
        byte[] data = step.data().orElseThrow();
        byte[] moved = new String(data, StandardCharsets.UTF_8)
                .replace("\"instance\":\"1\"", "\"instance\":\"2\"")
                .getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> ProcessEvent.serializer().decode("StepTaken", 1, data))
                .isInstanceOf(EventSerializationException.class)
                .hasMessageContaining(
                        "create the process store and its feed with ProcessEvent.serializer(SubjectKeys)");
        assertThatThrownBy(() -> ProcessEvent.serializer(keys).decode("StepTaken", 1, moved))
                .isInstanceOf(EventSerializationException.class)
                .hasMessageContaining("altered, moved or encrypted under other keys");
        assertThatThrownBy(
                        () -> ProcessEvent.serializer(new InMemorySubjectKeys()).decode("StepTaken", 1, data))
                .isInstanceOf(EventSerializationException.class)
                .hasMessageContaining("the key store has no key for its subject");
    }

    @Test
    void failure_of_the_function_that_names_subjects_is_not_quoted() {
        ProcessManager<Booking> process = ProcessManager.named("Booking", 1, Booking.class)
                .startsWith(
                        TripRequested.class,
                        TripRequested::tripId,
                        (step, event) -> step.become(new Booking(event.tripId(), event.flightId())))
                .subjects(booking -> {
                    throw new IllegalStateException(booking.flightId());
                })
                .build();
        world.requestTrip("1", FLIGHT);

        assertThatThrownBy(() -> worker(process, processStore).handle(world.newEvents()))
                .hasMessage("the function that names the subjects of Booking failed with"
                        + " java.lang.IllegalStateException")
                .hasNoCause();
    }

    @Test
    void steps_of_processes_without_subjects_are_stored_as_they_are() {
        ProcessWorker<Booking> worker = worker(Trips.BOOKING, processStore);
        world.requestTrip("2", FLIGHT);
        world.settle(worker);

        EventEnvelope step =
                processStore.read(StreamId.of("Booking", "2"), 0, 1).findFirst().orElseThrow();
        assertThat(new String(step.data().orElseThrow(), StandardCharsets.UTF_8))
                .contains(FLIGHT);
    }

    @Test
    void completed_instance_with_a_destroyed_key_ends_instead_of_handling_a_rejection() {
        ProcessManager<Booking> deaf = ProcessManager.named("Booking", 1, Booking.class)
                .startsWith(
                        TripRequested.class,
                        TripRequested::tripId,
                        (step, event) -> step.become(new Booking(event.tripId(), event.flightId()))
                                .send("hold", new HoldSeat("none", event.tripId()))
                                .end())
                .subjects(booking -> List.of("traveler-" + booking.tripId()))
                .build();
        ProcessWorker<Booking> worker = worker(deaf, processStore);
        world.requestTrip("1", FLIGHT);
        world.settle(worker);
        assertThat(worker.find("1").orElseThrow().parked()).hasSize(1);
        keys.destroy("traveler-1");
        ProcessWorker<Booking> fixed = worker(BOOKING, processStore);
        fixed.retry(BOOKING.stream("1"));

        assertThat(stateOf(fixed)).contains(InstanceState.SHREDDED);
        assertThat(fixed.find("1").orElseThrow().parked()).isEmpty();
    }
}
