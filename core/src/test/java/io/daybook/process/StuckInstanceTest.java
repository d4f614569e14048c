package io.daybook.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.EventFilter;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.process.ProcessEvent.CommandPostponed;
import io.daybook.process.Trips.Booking;
import io.daybook.process.Trips.CancelTrip;
import io.daybook.process.Trips.HoldSeat;
import io.daybook.process.Trips.TripPaid;
import io.daybook.process.Trips.TripRequested;
import io.daybook.serialization.EventSerializationException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An instance whose work keeps failing is shown to operators and holds up no other. */
class StuckInstanceTest {

    private final ProcessFixture world = new ProcessFixture();

    private static ProcessManager<Booking> process(BiConsumer<Step<Booking>, Rejection> onRejected) {
        return ProcessManager.named("Plain", 1, Booking.class)
                .startsWith(
                        TripRequested.class,
                        TripRequested::tripId,
                        (step, event) -> step.become(new Booking(event.tripId(), event.flightId()))
                                .send("hold", new HoldSeat(event.flightId(), event.tripId())))
                .on(TripPaid.class, TripPaid::tripId, (step, event) -> step.end())
                .onRejected("hold", onRejected)
                .build();
    }

    private static ProcessManager<Booking> canceling() {
        return process((step, rejection) ->
                step.send("cancel", new CancelTrip(step.id(), "sold out")).end());
    }

    private static InstanceState state(ProcessWorker<?> worker, String id) {
        return worker.find(id).orElseThrow().state();
    }

    private List<EventEnvelope> steps() {
        return world.processStore.find(EventFilter.all()).toList();
    }

    static Stream<BiConsumer<Step<Booking>, Rejection>> compensationsThatNeverSucceed() {
        return Stream.of(
                (step, rejection) -> step.become(new Booking(step.id(), "x".repeat(300_000))),
                (step, rejection) -> step.become(new Booking(step.id(), "\ud800")),
                (step, rejection) -> {
                    throw new StackOverflowError("simulated");
                });
    }

    @ParameterizedTest
    @MethodSource("compensationsThatNeverSucceed")
    void compensation_that_cannot_be_stored_parks_its_instance(BiConsumer<Step<Booking>, Rejection> onRejected) {
        ProcessManager<Booking> process = process(onRejected);
        ProcessWorker<Booking> worker = world.worker(process);
        world.planFlight("f", 0);
        world.requestTrip("1", "f");
        worker.handle(world.newEvents());
        worker.recover(steps());

        assertThat(state(worker, "1")).isEqualTo(InstanceState.PARKED);
        assertThat(world.history(process, "1")).containsExactly("StepTaken", "CommandAnswered", "InstanceParked");
        assertThat(worker.counters().counts().parked()).isOne();

        ProcessWorker<Booking> fixed = world.worker(canceling());
        assertThat(fixed.retry(process.stream("1"))).isTrue();
        assertThat(state(fixed, "1")).isEqualTo(InstanceState.COMPLETED);
        assertThat(world.eventTypes("Trip", "1")).containsExactly("TripRequested", "TripCanceled");
    }

    @Test
    void command_whose_timer_keeps_failing_is_parked() {
        ProcessWorker<Booking> worker = world.worker(canceling());
        world.planFlight("f", 1);
        world.requestTrip("1", "f");
        world.down = command -> true;
        worker.handle(world.newEvents());

        worker.park(world.timers.due(Instant.MAX, 1).get(0), new IllegalStateException("simulated"));

        assertThat(state(worker, "1")).isEqualTo(InstanceState.PARKED);
        assertThat(world.timers.due(Instant.MAX, 1)).isEmpty();
        world.down = command -> false;
        world.clock.advance(Duration.ofMinutes(10));
        assertThat(worker.retry(worker.process().stream("1"))).isTrue();
        assertThat(state(worker, "1")).isEqualTo(InstanceState.RUNNING);
        assertThat(world.history(worker.process(), "1")).last().isEqualTo("CommandAnswered");
    }

    @Test
    void command_that_is_sent_again_for_each_rejection_does_not_hold_up_other_instances() {
        ProcessManager<Booking> stubborn =
                process((step, rejection) -> step.send("hold", new HoldSeat("f", step.id())));
        ProcessWorker<Booking> worker = world.worker(stubborn);
        world.planFlight("f", 0);
        world.requestTrip("1", "f");
        worker.handle(world.newEvents());
        assertThat(world.sent).hasSize(20);

        worker.recover(steps());
        assertThat(world.sent).hasSizeGreaterThan(20);
    }

    @Test
    void class_that_a_compensation_lacks_is_no_reason_to_park() {
        ProcessWorker<Booking> worker = world.worker(process((step, rejection) -> {
            throw new NoClassDefFoundError("simulated");
        }));
        world.planFlight("f", 0);
        world.requestTrip("1", "f");
        worker.handle(world.newEvents());
        worker.recover(steps());
        assertThat(state(worker, "1")).isEqualTo(InstanceState.RUNNING);
        assertThat(world.history(worker.process(), "1")).containsExactly("StepTaken", "CommandPostponed");

        ProcessWorker<Booking> fixed = world.worker(canceling());
        world.clock.advance(Duration.ofSeconds(30));
        world.fireTimers(fixed);
        assertThat(state(fixed, "1")).isEqualTo(InstanceState.COMPLETED);
    }

    @Test
    void error_of_one_type_of_command_delays_only_its_instances() {
        ProcessWorker<Booking> worker = world.worker(canceling());
        world.down = command -> {
            if (command.json().contains("\"1\"")) {
                throw new NoClassDefFoundError("simulated");
            }
            return false;
        };
        world.planFlight("f", 2);
        world.requestTrip("1", "f");
        world.requestTrip("2", "f");
        worker.handle(world.newEvents());
        worker.recover(steps());
        assertThat(world.eventTypes("Flight", "f")).containsExactly("FlightPlanned", "SeatHeld");
        assertThat(steps())
                .extracting(EventEnvelope::event)
                .filteredOn(CommandPostponed.class::isInstance)
                .singleElement()
                .extracting(event -> ((CommandPostponed) event).error())
                .isEqualTo(NoClassDefFoundError.class.getName());

        world.down = command -> false;
        world.clock.advance(Duration.ofSeconds(30));
        world.fireTimers(worker);
        assertThat(world.eventTypes("Flight", "f")).containsExactly("FlightPlanned", "SeatHeld", "SeatHeld");
    }

    @Test
    void deleted_instance_has_no_timers_and_takes_no_events() {
        ProcessWorker<Booking> worker = world.worker(Trips.BOOKING);
        ProcessRunner runner = runner(Trips.BOOKING, world.processStore);
        world.planFlight("f", 1);
        world.requestTrip("1", "f");
        world.settle(worker);
        world.processStore.delete(Trips.BOOKING.stream("1"));
        world.pay("1");
        worker.handle(world.newEvents());
        world.clock.advance(Trips.TIME_TO_PAY);
        runner.fireTimers();

        assertThat(world.timers.due(Instant.MAX, 10)).isEmpty();
        assertThat(runner.counts("Booking").timersObsolete()).isOne();
        assertThat(world.sent).containsExactly("HoldSeat");
    }

    @Test
    void failing_timer_is_removed_when_its_instance_is_deleted() {
        AtomicInteger calls = new AtomicInteger();
        ProcessManager<Booking> process = ProcessManager.named("Fragile", 1, Booking.class)
                .startsWith(
                        TripRequested.class,
                        TripRequested::tripId,
                        (step, event) -> step.timer("later", Duration.ofMinutes(1)))
                .onTimer("later", step -> {
                    if (calls.incrementAndGet() == ProcessSettings.HANDLER_ATTEMPTS) {
                        world.processStore.delete(StreamId.of("Fragile", step.id()));
                    }
                    throw new IllegalStateException("poison");
                })
                .build();
        ProcessRunner runner = runner(process, world.processStore);
        world.requestTrip("1", "f");
        runner.handle(process, world.newEvents());
        world.clock.advance(Duration.ofMinutes(1));
        for (int i = 0; i < ProcessSettings.HANDLER_ATTEMPTS; i++) {
            runner.fireTimers();
        }

        assertThat(world.timers.due(Instant.MAX, 10)).isEmpty();
    }

    private ProcessRunner runner(ProcessManager<Booking> process, EventStore processStore) {
        return ProcessRunner.builder(new InMemoryEventFeed(world.store), world.store, world.sender)
                .processStore(processStore, world.processFeed(), world.timers)
                .clock(world.clock)
                .run(process)
                .build();
    }

    private void requestTripsAndDamageTheFirst() {
        world.planFlight("f", 2);
        world.requestTrip("1", "f");
        world.requestTrip("2", "f");
        world.settle(world.worker(Trips.BOOKING));
        UnreadableEvents.append(world, Trips.BOOKING.stream("1"));
    }

    @Test
    void timers_are_restored_although_one_instance_cannot_be_read() {
        requestTripsAndDamageTheFirst();
        List<ProcessTimer> before = world.timers.due(Instant.MAX, 10);
        before.forEach(world.timers::remove);

        assertThat(runner(Trips.BOOKING, world.processStore).restoreTimers(Trips.BOOKING))
                .isOne();
        assertThat(world.timers.due(Instant.MAX, 10))
                .extracting(ProcessTimer::stream)
                .containsExactly(Trips.BOOKING.stream("2"));
    }

    @Test
    void timer_of_an_instance_that_cannot_be_read_is_retried_with_delays() {
        requestTripsAndDamageTheFirst();
        AtomicInteger reads = new AtomicInteger();
        EventStore counting = (EventStore) Proxy.newProxyInstance(
                EventStore.class.getClassLoader(), new Class<?>[] {EventStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().startsWith("read") && arguments[0].equals(Trips.BOOKING.stream("1"))) {
                        reads.incrementAndGet();
                    }
                    try {
                        return method.invoke(world.processStore, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        ProcessRunner runner = runner(Trips.BOOKING, counting);
        world.clock.advance(Trips.TIME_TO_PAY);
        for (int round = 0; round < 100; round++) {
            runner.fireTimers();
        }
        int atOnce = reads.get();
        assertThat(atOnce).isBetween(5, 20);
        assertThat(world.eventTypes("Trip", "2")).endsWith("TripCanceled");

        world.clock.advance(Duration.ofMinutes(5));
        runner.fireTimers();
        assertThat(reads).hasValueGreaterThan(atOnce);
        assertThat(world.timers.due(Instant.MAX, 10)).hasSize(1);
    }

    /** Events of process streams that no program can read. */
    static final class UnreadableEvents {

        private UnreadableEvents() {}

        static void append(ProcessFixture world, StreamId stream) {
            long version = world.processStore.currentVersion(stream);
            EventMetadata metadata = EventMetadata.builder()
                    .eventId("unreadable")
                    .eventType("CommandAnswered", 1)
                    .timestamp(world.clock.instant())
                    .aggregate(stream.aggregateType(), stream.aggregateId())
                    .sequenceNumber(version + 1)
                    .build();
            EventEnvelope event = EventEnvelope.stored(
                    metadata, "{\"key\":[]}".getBytes(StandardCharsets.UTF_8), (type, number, data) -> {
                        throw new EventSerializationException("unreadable", type, number, "", null);
                    });
            world.processStore.append(stream, version, List.of(event), AppendOptions.none());
        }
    }
}
