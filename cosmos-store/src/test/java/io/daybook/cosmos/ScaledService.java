package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncClient;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.ThroughputProperties;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import io.daybook.aggregate.UpdateContext;
import io.daybook.contract.ContractEvent;
import io.daybook.contract.ContractEvent.Counted;
import io.daybook.contract.ContractEvent.Noted;
import io.daybook.contract.Patience;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.event.EventEnvelope;
import io.daybook.event.MessageContext;
import io.daybook.eventstore.EventStore;
import io.daybook.projection.Projector;
import io.daybook.publishing.EventRelay;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.ReadModelStore;
import io.daybook.subscription.EventFeed;
import io.daybook.subscription.EventHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Instances of a service in one process, each with its own client. Each sends commands, relays events to a log in memory and projects them.
 * Relays and projectors begin when they are let: until then, each holds the first page of each partition.
 */
final class ScaledService implements AutoCloseable {

    /** How often an instance looks for leases. The leases do not expire while a test runs. */
    static final Duration ACQUIRE = Duration.ofSeconds(2);

    static final int RELAYED = 2; // events at a time, so that the relay needs many requests
    static final int PROJECTED = 50;

    /** An order whose events hold their numbers. */
    static final class Order extends AggregateRoot<ContractEvent> {
        static final AggregateType<Order, ContractEvent> TYPE = AggregateType.named(
                        SeenEvents.TYPE, ContractEvent.class, Order::new)
                .on(Counted.class, (order, event) -> order.count = event.number())
                .on(Noted.class, (order, event) -> {})
                .build();

        private int count;

        void count() {
            raise(new Counted(count + 1));
        }
    }

    final FeedLog log = new FeedLog();
    final InstanceTurns relaying;
    final InstanceTurns projecting;
    final CountDownLatch mayRelay = new CountDownLatch(1);
    final CountDownLatch mayProject = new CountDownLatch(1);
    private final String database;
    private final int partitions;
    private final List<CosmosAsyncClient> clients = new ArrayList<>();
    private final List<AggregateRepository<Order>> orders = new ArrayList<>();
    private final List<EventRelay> relays = new ArrayList<>();
    private final List<Projector> projectors = new ArrayList<>();
    private final AtomicInteger projected = new AtomicInteger();
    volatile IntConsumer onRelayed = pages -> {};
    volatile IntConsumer onProjected = events -> {};

    ScaledService(String database, int partitions, int instances) {
        this.database = database;
        this.partitions = partitions;
        relaying = new InstanceTurns(instances);
        projecting = new InstanceTurns(instances);
        ThroughputProperties small = ThroughputProperties.createManualThroughput(400);
        CosmosContainers.in(CosmosAccount.client(), database).createIfMissing(throughput(), small, small);
        documents();
        IntStream.range(0, instances).forEach(this::start);
        awaitBalance("relay!");
        awaitBalance(SeenEvents.PROJECTION.schema().id() + "!");
    }

    private ThroughputProperties throughput() {
        return ThroughputProperties.createManualThroughput(10_000 * partitions);
    }

    private ReadModelStore readModels(CosmosContainers containers) {
        return CosmosReadModelStore.builder(containers).throughput(throughput()).build();
    }

    ReadModelCollection documents() {
        return readModels(CosmosContainers.in(CosmosAccount.client(), database)).open(SeenEvents.PROJECTION.schema());
    }

    private void start(int instance) {
        CosmosAsyncClient client = CosmosAccount.server().clientBuilder().buildAsyncClient();
        clients.add(client);
        CosmosContainers containers = CosmosContainers.in(client, database);
        EventStore store = CosmosEventStore.of(containers, ContractEvent.serializer());
        orders.add(AggregateRepository.of(Order.TYPE, store));
        EventHandler logging = log.handler("instance-" + instance);
        relays.add(EventRelay.builder(feed(containers, RELAYED), events -> relay(instance, logging, events))
                .start());
        projectors.add(Projector.builder(feed(containers, PROJECTED), store, readModels(containers))
                .project(SeenEvents.PROJECTION)
                .intercept((name, events, next) -> project(instance, events.size(), next))
                .start());
    }

    private static EventFeed feed(CosmosContainers containers, int events) {
        return CosmosEventFeed.builder(containers, ContractEvent.serializer())
                .eventsPerDelivery(events)
                .leases(ACQUIRE, Duration.ofSeconds(20), Duration.ofMinutes(30))
                .build();
    }

    private void relay(int instance, EventHandler logging, List<EventEnvelope> events) {
        await(mayRelay);
        relaying.begin(instance);
        try {
            logging.handle(events);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            onRelayed.accept(relaying.end(instance));
        }
    }

    private void project(int instance, int events, Runnable next) {
        await(mayProject);
        projecting.begin(instance);
        try {
            next.run();
        } finally {
            projecting.end(instance);
            onProjected.accept(projected.addAndGet(events));
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits until every instance has its share of the leases of a subscription. */
    private void awaitBalance(String prefix) {
        int owners = Math.min(partitions, clients.size());
        Patience.await().alias("balance of " + prefix).until(() -> {
            Map<String, Long> leases = leasesByOwner(prefix);
            return leases.size() == owners && leases.values().stream().allMatch(count -> count == partitions / owners);
        });
    }

    private Map<String, Long> leasesByOwner(String prefix) {
        return CosmosAccount.client()
                .getDatabase(database)
                .getContainer("leases")
                .queryItems(
                        "SELECT * FROM c WHERE IS_DEFINED(c.LeaseToken)",
                        new CosmosQueryRequestOptions(),
                        ObjectNode.class)
                .toStream()
                .filter(lease -> lease.path("id").asText().startsWith(prefix))
                .collect(Collectors.groupingBy(lease -> lease.path("Owner").asText(), Collectors.counting()));
    }

    /** Places an order and changes it, by two commands to an instance: two appends and a read. */
    void send(int instance, String id) {
        AggregateRepository<Order> repository = orders.get(instance % orders.size());
        repository.create(id, context(1), Order::count);
        repository.update(id, context(2), Order::count);
    }

    /** The log of a feed expects to find there which events were appended together. */
    private static UpdateContext context(int number) {
        return UpdateContext.of(
                MessageContext.builder().correlationId(number + "-" + number).build());
    }

    @Override
    public void close() {
        mayRelay.countDown();
        mayProject.countDown();
        relays.forEach(EventRelay::close);
        projectors.forEach(Projector::close);
        clients.forEach(CosmosAsyncClient::close);
    }
}
