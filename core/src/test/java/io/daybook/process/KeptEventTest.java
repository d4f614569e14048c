package io.daybook.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamId;
import io.daybook.process.Trips.Booking;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An event that arrived before the start of its instance, and is read again at the start. */
class KeptEventTest {

    private final ProcessFixture world = new ProcessFixture();
    private final Map<String, Supplier<Stream<EventEnvelope>>> answers = new HashMap<>();

    private final ProcessWorker<Booking> worker = new ProcessWorker<>(
            Trips.BOOKING,
            scripted(),
            world.processStore,
            world.timers,
            world.sender,
            ProcessSettings.defaults().withClock(world.clock),
            new ProcessCounters(),
            pause -> true);

    private List<EventEnvelope> events = List.of();

    /** The store of the trips, with the answers that a test gives instead. */
    private EventStore scripted() {
        return (EventStore) Proxy.newProxyInstance(
                EventStore.class.getClassLoader(), new Class<?>[] {EventStore.class}, (proxy, method, arguments) -> {
                    if (answers.containsKey(method.getName())) {
                        return answers.get(method.getName()).get();
                    }
                    try {
                        return method.invoke(world.store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @BeforeEach
    void keepPayment() {
        world.planFlight("f", 1);
        world.requestTrip("1", "f");
        world.pay("1");
        events = world.events("Trip", "1");
        worker.handle(events.subList(1, 2));
    }

    private InstanceState start() {
        worker.handle(events.subList(0, 1));
        return worker.find("1").orElseThrow().state();
    }

    @Test
    void is_not_lost_when_a_read_lags() {
        answers.put("read", Stream::empty);

        assertThat(start()).isEqualTo(InstanceState.COMPLETED);
    }

    @Test
    void is_not_skipped_when_it_is_missing() {
        answers.put("readCurrent", Stream::empty);
        assertThatThrownBy(this::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is missing");
        assertThat(worker.find("1").orElseThrow().state()).isEqualTo(InstanceState.WAITING);

        answers.clear();
        assertThat(start()).isEqualTo(InstanceState.COMPLETED);
    }

    @Test
    void is_skipped_when_its_stream_has_another_history() {
        answers.put("readCurrent", () -> events.subList(0, 1).stream());

        assertThat(start()).isEqualTo(InstanceState.RUNNING);
    }

    @Test
    void is_skipped_when_its_stream_was_deleted() {
        world.store.delete(StreamId.of("Trip", "1"));

        assertThat(start()).isEqualTo(InstanceState.RUNNING);
    }
}
