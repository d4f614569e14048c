package io.daybook.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemorySnapshotStore;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.snapshot.Snapshot;
import io.daybook.snapshot.SnapshotPolicy;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Events are raised by the methods that decide: not by handlers, snapshots, constructors or factories. */
class RaiseOutsideDecisionsTest {

    private static final StreamId STREAM = StreamId.of("Tank", "1");

    sealed interface TankEvent extends DomainEvent {
        @EventType("Filled")
        record Filled(int liters) implements TankEvent {}

        @EventType("AlarmRaised")
        record AlarmRaised() implements TankEvent {}
    }

    record Level(int liters) {}

    static final class Tank extends AggregateRoot<TankEvent> {
        private int liters;
        private int alarms;

        Tank() {}

        Tank(boolean filled) {
            if (filled) {
                fill(1);
            }
        }

        void fill(int added) {
            raise(new TankEvent.Filled(added));
        }

        void alarm() {
            raise(new TankEvent.AlarmRaised());
        }

        void filled(TankEvent.Filled event) {
            liters += event.liters();
        }

        void filledWithAlarm(TankEvent.Filled event) {
            liters += event.liters();
            alarm();
        }

        void filledWithHiddenAlarm(TankEvent.Filled event) {
            liters += event.liters();
            try {
                alarm();
            } catch (IllegalStateException e) {
                alarms--;
            }
        }

        void alarmRaised(TankEvent.AlarmRaised event) {
            alarms++;
        }
    }

    private static AggregateType.Builder<Tank, TankEvent> tank(
            Supplier<Tank> factory, BiConsumer<Tank, TankEvent.Filled> filled) {
        return AggregateType.named("Tank", TankEvent.class, factory)
                .on(TankEvent.Filled.class, filled)
                .on(TankEvent.AlarmRaised.class, Tank::alarmRaised);
    }

    private static AggregateType<Tank, TankEvent> snapshots(
            Function<Tank, Level> take, BiConsumer<Tank, Level> restore) {
        return tank(Tank::new, Tank::filled)
                .snapshot(Level.class, take, restore)
                .build();
    }

    private static void restoreAndAlarm(Tank tank, Level level) {
        tank.liters = level.liters();
        tank.alarm();
    }

    private final AggregateType<Tank, TankEvent> sound =
            tank(Tank::new, Tank::filled).build();
    private final InMemoryEventStore store = new InMemoryEventStore(JacksonEventSerializer.of(sound.eventTypes()));

    private void fillOnce() {
        AggregateRepository.of(sound, store).create("1", UpdateContext.empty(), tank -> tank.fill(5));
    }

    @Test
    void refuses_event_raised_by_event_handler_of_raised_event() {
        Tank tank = tank(Tank::new, Tank::filledWithAlarm).build().newInstance("1");

        assertThatIllegalStateException()
                .isThrownBy(() -> tank.fill(5))
                .withMessageContaining("the handler of Tank for Filled raised AlarmRaised");
        assertThat(tank.raisedEvents()).isEmpty();
        assertThatIllegalStateException()
                .isThrownBy(() -> tank.alarm())
                .withMessageContaining("load the aggregate again");
    }

    @Test
    void refuses_event_raised_by_event_handler_on_replay() {
        fillOnce();
        AggregateRepository<Tank> tanks =
                AggregateRepository.of(tank(Tank::new, Tank::filledWithAlarm).build(), store);

        assertThatIllegalStateException()
                .isThrownBy(() -> tanks.update("1", UpdateContext.empty(), tank -> {}))
                .withMessageContaining("the handler of Tank for Filled raised AlarmRaised");
        assertThatIllegalStateException().isThrownBy(() -> tanks.load("1"));
        assertThat(store.currentVersion(STREAM)).isEqualTo(1);
    }

    @Test
    void refuses_event_raised_by_event_handler_that_swallows_the_failure() {
        AggregateType<Tank, TankEvent> type =
                tank(Tank::new, Tank::filledWithHiddenAlarm).build();
        Tank tank = type.newInstance("1");

        assertThatIllegalStateException().isThrownBy(() -> tank.fill(5)).withMessageContaining("AlarmRaised");
        assertThatIllegalStateException()
                .isThrownBy(() -> type.replay(type.newInstance("2"), List.of(new TankEvent.Filled(5))))
                .withMessageContaining("AlarmRaised");
    }

    @Test
    void refuses_event_raised_while_a_snapshot_is_restored() {
        AggregateType<Tank, TankEvent> type =
                snapshots(tank -> new Level(tank.liters), RaiseOutsideDecisionsTest::restoreAndAlarm);

        assertThatIllegalStateException()
                .isThrownBy(() -> type.restore(new Snapshot<>(STREAM, 1, "e-1", 1, new Level(5))))
                .withMessageContaining("Tank that restores a snapshot raised AlarmRaised");
    }

    @Test
    void never_stores_event_raised_while_a_snapshot_is_restored() {
        AggregateRepository<Tank> tanks = AggregateRepository.of(
                        snapshots(tank -> new Level(tank.liters), RaiseOutsideDecisionsTest::restoreAndAlarm), store)
                .snapshots(new InMemorySnapshotStore(), SnapshotPolicy.everyEvents(1));
        tanks.create("1", UpdateContext.empty(), tank -> tank.fill(5));

        tanks.update("1", UpdateContext.empty(), tank -> {});
        tanks.update("1", UpdateContext.empty(), tank -> tank.fill(2));

        assertThat(store.currentVersion(STREAM)).isEqualTo(2);
        assertThat(tanks.load("1").liters).isEqualTo(7);
        assertThat(tanks.snapshotFailures()).isPositive();
    }

    @Test
    void refuses_event_raised_while_a_snapshot_is_taken() {
        AggregateType<Tank, TankEvent> type = snapshots(
                tank -> {
                    tank.alarm();
                    return new Level(tank.liters);
                },
                (tank, level) -> tank.liters = level.liters());
        Tank tank = type.replay(type.newInstance("1"), List.of(new TankEvent.Filled(5)));

        assertThatIllegalStateException()
                .isThrownBy(() -> type.snapshotOf(tank))
                .withMessageContaining("Tank that takes a snapshot raised AlarmRaised");
        assertThat(tank.raisedEvents()).isEmpty();
    }

    @Test
    void raises_events_after_a_snapshot_was_taken() {
        AggregateType<Tank, TankEvent> type =
                snapshots(tank -> new Level(tank.liters), (tank, level) -> tank.liters = level.liters());
        Tank tank = type.replay(type.newInstance("1"), List.of(new TankEvent.Filled(5)));

        assertThat(type.snapshotOf(tank)).isPresent();
        tank.fill(2);
        assertThat(tank.raisedEvents()).containsExactly(new TankEvent.Filled(2));
    }

    @Test
    void refuses_event_raised_by_constructor() {
        AggregateType<Tank, TankEvent> type =
                tank(() -> new Tank(true), Tank::filled).build();

        assertThatIllegalStateException()
                .isThrownBy(() -> type.newInstance("1"))
                .withMessageContaining("raised Filled before it had an id")
                .withMessageContaining("Tank");
    }

    @Test
    void refuses_factory_that_returns_an_aggregate_in_use() {
        Tank shared = new Tank();
        AggregateType<Tank, TankEvent> type = tank(() -> shared, Tank::filled).build();
        type.newInstance("1").fill(5);

        assertThatIllegalStateException()
                .isThrownBy(() -> type.newInstance("2"))
                .withMessageContaining("the factory of Tank returned Tank-1, which is already in use");
    }

    @Test
    void returns_raised_events_as_a_copy() {
        Tank tank = sound.newInstance("1");
        tank.fill(1);
        List<TankEvent> raised = tank.raisedEvents();
        tank.fill(2);

        assertThat(raised).containsExactly(new TankEvent.Filled(1));
        assertThat(tank.raisedEvents()).containsExactly(new TankEvent.Filled(1), new TankEvent.Filled(2));
    }
}
