package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import io.daybook.aggregate.DomainException;
import io.daybook.aggregate.UpdateContext;
import io.daybook.command.Command;
import io.daybook.command.CommandBus;
import io.daybook.contract.ManualClock;
import io.daybook.contract.Patience;
import io.daybook.cosmos.server.TestDatabase;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.eventstore.HandledCommand;
import io.daybook.eventstore.StreamId;
import io.daybook.process.InstanceState;
import io.daybook.process.ProcessEvent;
import io.daybook.process.ProcessInstance;
import io.daybook.process.ProcessManager;
import io.daybook.process.ProcessRunner;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.subscription.EventFeed.StartPosition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two instances of a program run a process on Cosmos DB: its streams, feeds, timers and recorded rejections. */
class ProcessesIT {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    private static final Instant POSTED = Instant.parse("2026-01-01T12:00:00Z");
    private static final int PARCELS = 12;

    sealed interface ParcelEvent extends DomainEvent {}

    @EventType("Posted")
    record Posted(String id, boolean held) implements ParcelEvent {}

    @EventType("Expired")
    record Expired(String id) implements ParcelEvent {}

    record Expire(String aggregateId) implements Command {}

    record Expiry(String parcel) {}

    static final class Parcel extends AggregateRoot<ParcelEvent> {
        static final AggregateType<Parcel, ParcelEvent> TYPE = AggregateType.named(
                        "Parcel", ParcelEvent.class, Parcel::new)
                .on(Posted.class, (parcel, event) -> parcel.held = event.held())
                .on(Expired.class, (parcel, event) -> {})
                .build();

        private boolean held;

        void post(boolean held) {
            raise(new Posted(id(), held));
        }

        void expire() {
            require(!held, "a parcel that is held does not expire");
            raise(new Expired(id()));
        }
    }

    private static final ProcessManager<Expiry> EXPIRY = ProcessManager.named("Expiry", 1, Expiry.class)
            .startsWith(
                    Posted.class,
                    Posted::id,
                    (step, event) -> step.become(new Expiry(event.id())).timer("uncollected", Duration.ofDays(30)))
            .onTimer(
                    "uncollected",
                    step -> step.send("expire", new Expire(step.state().parcel())))
            .on(Expired.class, Expired::id, (step, event) -> step.end())
            .build();

    private final ManualClock clock = new ManualClock(POSTED);
    private final JacksonEventSerializer serializer = JacksonEventSerializer.of(Parcel.TYPE.eventTypes());
    private final CosmosEventStore store = CosmosEventStore.of(DATABASE.containers(), serializer);
    private final AggregateRepository<Parcel> parcels =
            AggregateRepository.of(Parcel.TYPE, store).clock(clock);

    private ProcessRunner instance() {
        CosmosContainers processes = DATABASE.containers().named("processes", "snapshots", "leases");
        processes.createIfMissing();
        CommandBus bus = CommandBus.builder()
                .updating(Expire.class, parcels, (parcel, command, context) -> parcel.expire())
                .build();
        return ProcessRunner.builder(
                        CosmosEventFeed.builder(DATABASE.containers(), serializer)
                                .pollInterval(Duration.ofMillis(50))
                                .build(),
                        store,
                        bus)
                .processStore(
                        CosmosEventStore.of(processes, ProcessEvent.serializer()),
                        CosmosEventFeed.of(processes, ProcessEvent.serializer()),
                        CosmosTimerStore.builder(DATABASE.containers())
                                .clock(clock)
                                .build())
                .clock(clock)
                .from(StartPosition.BEGINNING)
                .pollEvery(Duration.ofMillis(50))
                .run(EXPIRY)
                .start();
    }

    private static Stream<String> ids() {
        return IntStream.range(0, PARCELS).mapToObj(Integer::toString);
    }

    private static boolean isHeld(String id) {
        return Integer.parseInt(id) % 3 == 0;
    }

    private static InstanceState state(ProcessRunner runner, String id) {
        return runner.find(EXPIRY, id).map(ProcessInstance::state).orElse(InstanceState.WAITING);
    }

    private List<String> eventsOf(String id) {
        return store.read(StreamId.of("Parcel", id), 0, Long.MAX_VALUE)
                .map(event -> event.metadata().eventType())
                .toList();
    }

    @Test
    void each_timer_and_command_takes_effect_once() {
        ids().forEach(id -> parcels.create(id, UpdateContext.empty(), parcel -> parcel.post(isHeld(id))));
        try (ProcessRunner first = instance();
                ProcessRunner second = instance()) {
            ids().forEach(id -> Patience.await().until(() -> state(first, id) == InstanceState.RUNNING));
            assertThat(first.restoreTimers(EXPIRY)).isEqualTo(PARCELS);
            clock.set(POSTED.plus(Duration.ofDays(30)));
            ids().forEach(id -> Patience.await()
                    .until(() -> state(second, id) == (isHeld(id) ? InstanceState.PARKED : InstanceState.COMPLETED)));

            assertThat(first.restoreTimers(EXPIRY)).isZero();
            ids().filter(ProcessesIT::isHeld)
                    .forEach(id ->
                            requireRecordedRejection(first.find(EXPIRY, id).orElseThrow()));
            long fired = Stream.of(first, second)
                    .mapToLong(runner -> runner.counts("Expiry").timersFired())
                    .sum();
            assertThat(fired).isEqualTo(PARCELS);
        }
        ids().forEach(id ->
                assertThat(eventsOf(id)).isEqualTo(isHeld(id) ? List.of("Posted") : List.of("Posted", "Expired")));
    }

    private void requireRecordedRejection(ProcessInstance parked) {
        String key = parked.parked().get(0).key();
        Optional<HandledCommand> recorded = store.findCommand(StreamId.of("Parcel", parked.id()), key);
        assertThat(recorded.flatMap(HandledCommand::rejection)).hasValue(DomainException.class.getName());
    }
}
