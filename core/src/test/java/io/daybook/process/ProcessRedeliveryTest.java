package io.daybook.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.eventstore.EventStore;
import io.daybook.process.Trips.Booking;
import io.daybook.process.Trips.TripPaid;
import io.daybook.process.Trips.TripRequested;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Events that are redelivered, also after their idempotency keys have expired, from writers whose clocks differ. */
class ProcessRedeliveryTest {

    private static final TripRequested REQUESTED = new TripRequested("1", "f");
    private static final TripPaid PAID = new TripPaid("1");
    private static final Duration KEYS_EXPIRE = Duration.ofDays(31);

    private final ProcessFixture world = new ProcessFixture();
    private final Instant start = world.clock.instant();

    private static ProcessManager<Booking> process(UnaryOperator<ProcessManager.Builder<Booking>> more) {
        return more.apply(ProcessManager.named("Redelivered", 1, Booking.class)
                        .startsWith(
                                TripRequested.class,
                                TripRequested::tripId,
                                (step, event) -> step.timer("end", Duration.ofHours(1)))
                        .on(TripPaid.class, TripPaid::tripId, (step, event) -> {})
                        .onTimer("end", Step::end))
                .build();
    }

    private final ProcessManager<Booking> process = process(builder -> builder);
    private final ProcessWorker<Booking> worker = world.worker(process);

    private EventEnvelope event(String id, String source, long number, int minute, DomainEvent event) {
        EventMetadata metadata = EventMetadata.builder()
                .eventId(id)
                .eventType(event.getClass().getSimpleName(), 1)
                .timestamp(start.plus(Duration.ofMinutes(minute)))
                .aggregate("Trip", source)
                .sequenceNumber(number)
                .build();
        return EventEnvelope.of(metadata, event);
    }

    private EventEnvelope event(String id, long number, int minute, DomainEvent event) {
        return event(id, "1", number, minute, event);
    }

    @Test
    void event_of_a_writer_whose_clock_is_ahead_is_not_taken_twice() {
        List<EventEnvelope> events =
                List.of(event("a", 1, 0, REQUESTED), event("b", 2, 10, PAID), event("c", 3, 0, PAID));
        worker.handle(events);
        world.clock.advance(KEYS_EXPIRE);
        worker.handle(events);

        assertThat(world.history(process, "1")).hasSize(3);
    }

    @Test
    void events_of_any_number_of_streams_are_not_taken_twice() {
        List<EventEnvelope> events = IntStream.rangeClosed(1, 150)
                .mapToObj(i -> event("e" + i, "s" + i, 1, 0, i == 1 ? REQUESTED : PAID))
                .toList();
        worker.handle(events);
        world.clock.advance(KEYS_EXPIRE);
        worker.handle(events);

        assertThat(world.history(process, "1")).hasSize(150);
    }

    @Test
    void event_in_the_place_of_a_lost_one_is_taken_though_its_clock_is_behind() {
        worker.handle(List.of(event("a", 1, 0, REQUESTED), event("lost", 2, 10, PAID), event("lost too", 3, 11, PAID)));
        worker.handle(List.of(event("b", 2, 3, PAID)));
        worker.handle(List.of(event("b", 2, 3, PAID), event("c", 3, 4, PAID)));

        assertThat(world.history(process, "1")).hasSize(5);
    }

    @Test
    void kept_event_is_kept_and_taken_once_though_its_key_has_expired() {
        ProcessManager<Booking> patient = process(builder -> builder.earlyInputs(Duration.ofDays(60)));
        world.requestTrip("1", "f");
        world.pay("1");
        List<EventEnvelope> events = world.events("Trip", "1");
        world.worker(patient).handle(events.subList(1, 2));
        world.clock.advance(KEYS_EXPIRE);
        world.worker(patient).handle(events.subList(1, 2));
        assertThat(world.history(patient, "1")).containsExactly("InputKept");
        world.worker(patient).handle(events);

        assertThat(world.history(patient, "1")).containsExactly("InputKept", "StepTaken", "StepTaken");
    }

    private List<EventEnvelope> requestAndPayTimes(int payments) {
        world.requestTrip("1", "f");
        IntStream.range(0, payments).forEach(i -> world.pay("1"));
        return world.events("Trip", "1");
    }

    @Test
    void kept_event_is_not_taken_again_by_a_second_start() {
        ProcessManager<Booking> often = process(ProcessManager.Builder::restartable);
        List<EventEnvelope> events = requestAndPayTimes(1);
        world.worker(often).handle(events.subList(1, 2));
        world.worker(often).handle(events.subList(0, 1));
        world.clock.advance(Duration.ofHours(1));
        world.fireTimers(world.worker(often));
        world.worker(often).handle(List.of(event("d", "other", 1, 61, REQUESTED)));

        assertThat(world.history(often, "1"))
                .containsExactly("InputKept", "StepTaken", "StepTaken", "StepTaken", "StepTaken");
    }

    @Test
    void kept_event_expires_with_the_instance_that_never_started() {
        ProcessManager<Booking> often = process(ProcessManager.Builder::restartable);
        List<EventEnvelope> events = requestAndPayTimes(1);
        world.worker(often).handle(events.subList(1, 2));
        world.clock.advance(Duration.ofDays(7));
        world.fireTimers(world.worker(often));
        world.worker(often).handle(events.subList(0, 1));

        assertThat(world.history(often, "1")).containsExactly("InputKept", "InstanceEnded", "StepTaken");
    }

    @Test
    void steps_of_as_many_events_as_are_kept_fit_into_one_append() {
        List<EventEnvelope> events = requestAndPayTimes(91);
        worker.handle(events.subList(1, 91));
        assertThatThrownBy(() -> worker.handle(events.subList(91, 92)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("already keeps 90 events");
        worker.handle(events.subList(0, 1));

        assertThat(world.history(process, "1")).hasSize(90 + 91);
    }

    @Test
    void ignored_event_costs_no_write_if_the_process_never_starts_again() {
        List<String> writes = new ArrayList<>();
        EventStore counting = (EventStore) Proxy.newProxyInstance(
                EventStore.class.getClassLoader(), new Class<?>[] {EventStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("append") || method.getName().equals("recordRejection")) {
                        writes.add(method.getName());
                    }
                    return method.invoke(world.processStore, arguments);
                });
        ProcessWorker<Booking> counted = new ProcessWorker<>(
                process,
                world.store,
                counting,
                world.timers,
                world.sender,
                ProcessSettings.defaults().withClock(world.clock),
                new ProcessCounters(),
                pause -> true);
        counted.handle(List.of(event("a", 1, 0, REQUESTED)));
        world.clock.advance(Duration.ofHours(1));
        world.fireTimers(counted);
        assertThat(writes).containsExactly("append", "append");

        counted.handle(List.of(event("b", 2, 61, PAID)));
        assertThat(writes).hasSize(2);
    }

    @Test
    void event_that_was_ignored_does_not_start_the_instance_again_when_it_is_redelivered() {
        ProcessManager<Booking> often = process(ProcessManager.Builder::restartable);
        List<EventEnvelope> events = List.of(event("a", 1, 0, REQUESTED), event("b", 2, 0, REQUESTED));
        world.worker(often).handle(events);
        world.worker(often).handle(events);
        world.clock.advance(Duration.ofHours(1));
        world.fireTimers(world.worker(often));
        assertThat(world.history(often, "1")).containsExactly("StepTaken", "StepTaken");
        List<EventEnvelope> ignored = List.of(event("c", 3, 61, PAID));
        world.worker(often).handle(ignored);
        world.worker(often).handle(events);
        assertThat(world.history(often, "1")).hasSize(2);

        world.worker(often).handle(List.of(event("d", "other", 1, 61, REQUESTED)));
        world.worker(often).handle(ignored);
        assertThat(world.history(often, "1")).as("one more run").hasSize(3);
    }

    @Test
    void event_that_was_ignored_before_a_later_one_of_its_stream_is_ignored_when_it_is_redelivered() {
        ProcessManager<Booking> often = process(ProcessManager.Builder::restartable);
        List<EventEnvelope> events =
                List.of(event("a", 1, 0, REQUESTED), event("b", 2, 0, REQUESTED), event("c", 3, 1, PAID));
        world.worker(often).handle(events);
        world.clock.advance(KEYS_EXPIRE);
        world.fireTimers(world.worker(often));
        world.worker(often).handle(events);

        assertThat(world.history(often, "1")).hasSize(3);
    }
}
