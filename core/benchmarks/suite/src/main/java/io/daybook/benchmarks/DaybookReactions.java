package io.daybook.benchmarks;

import io.daybook.benchmarks.OrderEvent.OrderCreated;
import io.daybook.command.Command;
import io.daybook.command.CommandMetadata;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventFilter;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemoryTimerStore;
import io.daybook.process.ProcessEvent;
import io.daybook.process.ProcessManager;
import io.daybook.process.ProcessRunner;
import io.daybook.process.Reaction;
import io.daybook.subscription.EventFeed.StartPosition;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Adds an item to an order in another store for each order that was created. Not thread-safe. */
final class DaybookReactions implements AutoCloseable {

    record State(String orderId) {}

    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private static final Reaction REACTION = Reaction.named("gift")
            .on(OrderCreated.class, event -> gift(event.orderId()))
            .build();

    private static final ProcessManager<State> PROCESS = ProcessManager.named("Gift", 1, State.class)
            .startsWith(
                    OrderCreated.class,
                    OrderCreated::orderId,
                    (step, event) -> step.become(new State(event.orderId()))
                            .send("gift", gift(event.orderId()))
                            .end())
            .build();

    private final int orders;
    private final DaybookOrders targets = DaybookOrders.cold();
    private final InMemoryEventStore source;
    private final List<EventEnvelope> events;
    private ProcessRunner runner;

    DaybookReactions(int orders) {
        this.orders = orders;
        DaybookOrders sources = DaybookOrders.cold();
        createOrders(sources);
        source = sources.store();
        try (Stream<EventEnvelope> found = source.find(EventFilter.all())) {
            events = found.toList();
        }
    }

    private static Command gift(String orderId) {
        return new DaybookOrders.AddItem(orderId, "PROD-7", 1, new BigDecimal("0.00"));
    }

    private void createOrders(DaybookOrders created) {
        for (int order = 0; order < orders; order++) {
            created.create(InterleavedOrders.id(order), 1);
        }
    }

    /** Removes the effects of all commands. */
    void clear() {
        close();
        targets.reset();
        createOrders(targets);
    }

    /** Sends the command of each event in a loop, under an idempotency key. */
    void loop() {
        for (EventEnvelope event : events) {
            OrderCreated created = (OrderCreated) event.undecoded().event();
            targets.bus()
                    .send(
                            gift(created.orderId()),
                            CommandMetadata.builder()
                                    .idempotencyKey("gift-" + event.metadata().eventId())
                                    .causationId(event.metadata().eventId())
                                    .build());
        }
    }

    void reaction() {
        run(builder().react(REACTION));
    }

    void process() {
        InMemoryEventStore steps = new InMemoryEventStore(ProcessEvent.serializer());
        run(builder()
                .processStore(steps, new InMemoryEventFeed(steps), new InMemoryTimerStore())
                .run(PROCESS));
    }

    private ProcessRunner.Builder builder() {
        return ProcessRunner.builder(new InMemoryEventFeed(source), source, targets.bus())
                .from(StartPosition.BEGINNING);
    }

    private void run(ProcessRunner.Builder builder) {
        runner = builder.start();
        runner.drain(TIMEOUT);
    }

    void requireSameWork() {
        for (int order = 0; order < orders; order++) {
            if (targets.load(InterleavedOrders.id(order)).quantityOf("PROD-7") != 1) {
                throw new IllegalStateException("not every event had its effect once");
            }
        }
    }

    @Override
    public void close() {
        if (runner != null) {
            runner.close();
        }
    }
}
