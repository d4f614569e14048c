package io.daybook.process;

import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.UpdateContext;
import io.daybook.command.Command;
import io.daybook.command.CommandMetadata;
import io.daybook.command.EncodedCommand;
import io.daybook.contract.ManualClock;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventFilter;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemoryTimerStore;
import io.daybook.process.Trips.Flight;
import io.daybook.process.Trips.Trip;
import io.daybook.serialization.JacksonEventSerializer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A store of trips, and a runner without threads whose clock the test moves. */
final class ProcessFixture {

    final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    final InMemoryEventStore store = new InMemoryEventStore(JacksonEventSerializer.of(Trips.EVENTS), clock);
    final InMemoryEventStore processStore = new InMemoryEventStore(ProcessEvent.serializer(), clock);
    final InMemoryTimerStore timers = new InMemoryTimerStore();
    final List<String> removedTimers = new ArrayList<>();
    final AggregateRepository<Trip> trips =
            AggregateRepository.of(Trip.TYPE, store).clock(clock);
    final AggregateRepository<Flight> flights =
            AggregateRepository.of(Flight.TYPE, store).clock(clock);
    final List<String> sent = new ArrayList<>();
    final CommandSender bus = CommandSender.of(Trips.bus(store));
    Predicate<EncodedCommand> down = command -> false;
    Consumer<EncodedCommand> afterSend = command -> {};
    private final Set<String> delivered = new HashSet<>();

    final CommandSender sender = new CommandSender() {
        @Override
        public EncodedCommand encode(Command command) {
            return bus.encode(command);
        }

        @Override
        public boolean send(EncodedCommand command, CommandMetadata metadata) {
            sent.add(command.type());
            if (down.test(command)) {
                throw new IllegalStateException("down");
            }
            try {
                return bus.send(command, metadata);
            } finally {
                afterSend.accept(command);
            }
        }
    };

    private final TimerStore watchedTimers = new TimerStore() {
        @Override
        public void set(ProcessTimer timer) {
            timers.set(timer);
        }

        @Override
        public void remove(ProcessTimer timer) {
            removedTimers.add(timer.key());
            timers.remove(timer);
        }

        @Override
        public void postpone(ProcessTimer timer, Instant until) {
            timers.postpone(timer, until);
        }

        @Override
        public List<ProcessTimer> due(Instant now, int max) {
            return timers.due(now, max);
        }
    };

    <S> ProcessWorker<S> worker(ProcessManager<S> process) {
        return worker(process, watchedTimers, pause -> true);
    }

    <S> ProcessWorker<S> worker(ProcessManager<S> process, TimerStore timerStore, Predicate<Duration> pause) {
        return new ProcessWorker<>(
                process,
                store,
                processStore,
                timerStore,
                sender,
                ProcessSettings.defaults().withClock(clock),
                new ProcessCounters(),
                pause);
    }

    void planFlight(String id, int seats) {
        flights.create(id, UpdateContext.empty(), flight -> flight.plan(seats));
    }

    void requestTrip(String id, String flight) {
        trips.create(id, UpdateContext.empty(), trip -> trip.request(flight));
    }

    void pay(String id) {
        trips.update(id, UpdateContext.empty(), Trip::pay);
    }

    /** Returns the events that were stored since the last call. */
    List<EventEnvelope> newEvents() {
        return store.find(EventFilter.all())
                .filter(event -> delivered.add(event.metadata().eventId()))
                .toList();
    }

    List<EventEnvelope> events(String aggregateType, String id) {
        return store.read(StreamId.of(aggregateType, id), 0, Long.MAX_VALUE).toList();
    }

    List<String> eventTypes(String aggregateType, String id) {
        return events(aggregateType, id).stream()
                .map(event -> event.metadata().eventType())
                .toList();
    }

    List<String> history(ProcessManager<?> process, String id) {
        return processStore
                .read(process.stream(id), 0, Long.MAX_VALUE)
                .map(event -> event.metadata().eventType())
                .toList();
    }

    /** Delivers all new events, until there are none. */
    void settle(ProcessWorker<?> worker) {
        for (List<EventEnvelope> events = newEvents(); !events.isEmpty(); events = newEvents()) {
            worker.handle(events);
        }
    }

    void fireTimers(ProcessWorker<?> worker) {
        timers.due(clock.instant(), 100).forEach(worker::ring);
    }

    InMemoryEventFeed processFeed() {
        return new InMemoryEventFeed(processStore);
    }
}
