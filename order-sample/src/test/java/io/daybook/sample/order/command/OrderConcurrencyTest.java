package io.daybook.sample.order.command;

import static io.daybook.sample.order.domain.Orders.SEATTLE;
import static io.daybook.sample.order.domain.Orders.item;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.UpdateResult;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandMetadata;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventFilter;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemorySnapshotStore;
import io.daybook.sample.order.domain.Order;
import io.daybook.sample.order.domain.OrderEvents;
import io.daybook.sample.order.domain.OrderItemAdded;
import io.daybook.snapshot.AggregateCache;
import io.daybook.snapshot.SnapshotPolicy;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many concurrent threads, whose results must all match what is stored. */
class OrderConcurrencyTest {

    private static final int THREADS = 16;
    private static final int COMMANDS = 1_000;
    private static final BigDecimal PRICE = new BigDecimal("0.07");

    /**
     * The result of one command in one thread.
     *
     * @param command the command
     * @param commandId its id
     * @param version the resulting version, 0 if every attempt ended in a conflict
     * @param retries how often the bus decided again
     */
    private record Outcome(AddOrderItem command, String commandId, long version, int retries) {

        boolean accepted() {
            return version > 0;
        }
    }

    private final InMemoryEventStore store = new InMemoryEventStore(OrderEvents.serializer());
    private final AggregateRepository<Order> orders = AggregateRepository.of(Order.TYPE, store)
            .snapshots(new InMemorySnapshotStore(), SnapshotPolicy.everyEvents(100))
            .cache(AggregateCache.inMemory(50));
    private final CommandBus bus =
            OrderCommands.register(CommandBus.builder(), orders).build();

    @ParameterizedTest
    @ValueSource(ints = {1, 100})
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void sixteen_threads_lose_nothing_and_invent_nothing(int numberOfOrders) throws Exception {
        for (int i = 0; i < numberOfOrders; i++) {
            bus.send(
                    new CreateOrder("order-" + i, "CUST-123", List.of(item("PROD-0", 1, "0.07")), SEATTLE),
                    CommandMetadata.builder().idempotencyKey("create-" + i).build());
        }

        List<Outcome> outcomes = runAll(numberOfOrders);

        assertThat(outcomes).hasSize(THREADS * COMMANDS);
        assertThat(outcomes).allMatch(Outcome::accepted);
        assertThat(outcomes).as("the threads never met").anyMatch(outcome -> outcome.retries() > 0);
        Map<String, List<Outcome>> byOrder = new HashMap<>();
        outcomes.forEach(outcome -> byOrder.computeIfAbsent(outcome.command().orderId(), id -> new ArrayList<>())
                .add(outcome));
        for (int i = 0; i < numberOfOrders; i++) {
            checkHistory("order-" + i, byOrder.getOrDefault("order-" + i, List.of()));
        }
        assertThat(store.find(EventFilter.all()).count()).isEqualTo((long) THREADS * COMMANDS + numberOfOrders);
    }

    private List<Outcome> runAll(int numberOfOrders) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            CyclicBarrier barrier = new CyclicBarrier(THREADS);
            List<Future<List<Outcome>>> running = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                running.add(threads.submit(() -> {
                    barrier.await();
                    return sendAll(thread, numberOfOrders);
                }));
            }
            List<Outcome> outcomes = new ArrayList<>();
            for (Future<List<Outcome>> one : running) {
                outcomes.addAll(one.get());
            }
            return outcomes;
        } finally {
            threads.shutdownNow();
        }
    }

    private List<Outcome> sendAll(int thread, int numberOfOrders) {
        Random random = new Random(thread);
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < COMMANDS; i++) {
            AddOrderItem command = new AddOrderItem(
                    "order-" + random.nextInt(numberOfOrders),
                    "PROD-" + random.nextInt(20),
                    1 + random.nextInt(9),
                    PRICE);
            Outcome outcome = send(command, "command-" + thread + "-" + i);
            outcomes.add(outcome);
            if (random.nextInt(10) == 0) {
                repeat(outcomes.get(random.nextInt(outcomes.size())));
            }
        }
        return outcomes;
    }

    /** A client that retries under the same id after a conflict. */
    private Outcome send(AddOrderItem command, String commandId) {
        for (int attempt = 0; attempt < 1_000; attempt++) {
            try {
                UpdateResult<?> result = bus.send(
                        command,
                        CommandMetadata.builder().idempotencyKey(commandId).build());
                assertThat(result.duplicate()).isFalse();
                return new Outcome(command, commandId, result.version(), result.retries());
            } catch (ConcurrencyException e) {
                assertThat(store.findCommand(StreamId.of("Order", command.orderId()), commandId))
                        .isEmpty();
            }
        }
        return new Outcome(command, commandId, 0, 0);
    }

    private void repeat(Outcome first) {
        UpdateResult<?> again = bus.send(
                first.command(),
                CommandMetadata.builder().idempotencyKey(first.commandId()).build());
        assertThat(again.duplicate()).isTrue();
        assertThat(again.version()).isEqualTo(first.version());
    }

    private void checkHistory(String orderId, List<Outcome> told) {
        List<EventEnvelope> events =
                store.read(StreamId.of("Order", orderId), 0, Long.MAX_VALUE).toList();
        Map<Long, Outcome> byVersion = new HashMap<>();
        told.forEach(outcome -> assertThat(byVersion.put(outcome.version(), outcome))
                .as("two commands returned version %s", outcome.version())
                .isNull());
        assertThat(events).as("events of %s", orderId).hasSize(told.size() + 1);
        BigDecimal total = PRICE;
        for (int i = 1; i < events.size(); i++) {
            EventEnvelope event = events.get(i);
            assertThat(event.metadata().sequenceNumber()).isEqualTo(i + 1L);
            Outcome outcome = byVersion.get(i + 1L);
            assertThat(outcome).as("no command returned event %s", event).isNotNull();
            assertThat(event.metadata().commandId()).hasValue(outcome.commandId());
            AddOrderItem command = outcome.command();
            assertThat(event.event())
                    .isEqualTo(new OrderItemAdded(orderId, command.productId(), command.quantity(), PRICE));
            total = total.add(PRICE.multiply(BigDecimal.valueOf(command.quantity())));
        }
        Order order = orders.load(orderId);
        assertThat(order.version()).isEqualTo(events.size());
        assertThat(order.state().totalAmount()).isEqualTo(total);
        Order replayed = AggregateRepository.of(Order.TYPE, store).load(orderId);
        assertThat(replayed.state()).isEqualTo(order.state());
    }
}
