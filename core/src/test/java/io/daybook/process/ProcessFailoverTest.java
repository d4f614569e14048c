package io.daybook.process;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventStore;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.process.Trips.Booking;
import io.daybook.process.Trips.TripPaid;
import io.daybook.process.Trips.TripRequested;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The database of the process streams loses its last events in a failover, while a worker decides on them. */
class ProcessFailoverTest {

    private final ProcessManager<Booking> process = ProcessManager.named("Failing", 1, Booking.class)
            .startsWith(
                    TripRequested.class,
                    TripRequested::tripId,
                    (step, event) ->
                            step.become(new Booking(event.tripId(), "")).timer(event.flightId(), Duration.ofDays(1)))
            .on(TripPaid.class, TripPaid::tripId, (step, event) -> {})
            .onTimer("one", Step::end)
            .onTimer("other", Step::end)
            .build();

    private final Logger logger = (Logger) LoggerFactory.getLogger(InstanceStreams.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final ProcessFixture world = new ProcessFixture();
    private final InMemoryEventStore after = new InMemoryEventStore(ProcessEvent.serializer(), world.clock);

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
    }

    private ProcessWorker<Booking> worker(EventStore processStore) {
        return new ProcessWorker<>(
                process,
                world.store,
                processStore,
                world.timers,
                world.sender,
                ProcessSettings.defaults().withClock(world.clock),
                new ProcessCounters(),
                pause -> true);
    }

    /** A store that fails over when the next append arrives. */
    private EventStore failingOver() {
        boolean[] over = {false};
        return (EventStore) Proxy.newProxyInstance(
                EventStore.class.getClassLoader(), new Class<?>[] {EventStore.class}, (proxy, method, arguments) -> {
                    over[0] |= method.getName().equals("append");
                    try {
                        return method.invoke(over[0] ? after : world.processStore, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private List<EventEnvelope> stored() {
        return after.read(process.stream("1"), 0, Long.MAX_VALUE).toList();
    }

    @Test
    void append_that_is_built_on_a_lost_event_is_logged_and_the_instance_is_read_again() {
        world.requestTrip("1", "one");
        worker(world.processStore).handle(world.newEvents());
        ProcessTimer lost = world.timers.due(Instant.MAX, 10).get(0);
        ProcessFixture other = new ProcessFixture();
        other.requestTrip("1", "other");
        worker(after).handle(other.newEvents());
        world.pay("1");
        worker(failingOver()).handle(world.newEvents());

        assertThat(stored()).hasSize(2);
        assertThat(lines.list).singleElement().satisfies(line -> {
            assertThat(line.getLevel()).isEqualTo(Level.ERROR);
            assertThat(line.getFormattedMessage())
                    .contains("based on a lost event stream=Failing-1 version=1")
                    .endsWith("found=" + stored().get(0).metadata().eventId());
        });
        assertThat(world.timers.due(Instant.MAX, 10)).hasSize(1).doesNotContain(lost);
    }

    @Test
    void input_that_was_taken_after_the_failover_is_not_taken_again_by_a_worker_from_before() {
        world.requestTrip("1", "one");
        world.pay("1");
        world.pay("1");
        List<EventEnvelope> events = world.newEvents();
        worker(world.processStore).handle(events.subList(0, 2));
        worker(after).handle(List.of(events.get(0), events.get(2)));
        worker(failingOver()).handle(events.subList(2, 3));

        assertThat(stored()).hasSize(2);
    }
}
