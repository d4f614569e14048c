package io.daybook.sample.order;

import io.daybook.aggregate.AggregateRepository;
import io.daybook.command.CommandBus;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.metrics.CommandMetrics;
import io.daybook.metrics.ProcessMetrics;
import io.daybook.metrics.ProjectionMetrics;
import io.daybook.metrics.RelayMetrics;
import io.daybook.metrics.RepositoryMetrics;
import io.daybook.process.ProcessManager;
import io.daybook.process.ProcessRunner;
import io.daybook.projection.ProjectionDefinition;
import io.daybook.projection.Projector;
import io.daybook.publishing.EventPublisher;
import io.daybook.publishing.EventRelay;
import io.daybook.sample.order.ServiceBusComponents.TopicSubscription;
import io.daybook.sample.order.command.OrderCommands;
import io.daybook.sample.order.command.RefundCommands;
import io.daybook.sample.order.domain.Order;
import io.daybook.sample.order.domain.Refund;
import io.daybook.sample.order.http.AdminApi;
import io.daybook.sample.order.http.HttpServer;
import io.daybook.sample.order.http.OrderApi;
import io.daybook.sample.order.http.ProcessApi;
import io.daybook.sample.order.http.ServiceApi;
import io.daybook.sample.order.process.OrderExpiry;
import io.daybook.sample.order.process.Refunding;
import io.daybook.sample.order.query.OrderQueries;
import io.daybook.sample.order.query.OrderReports;
import io.daybook.sample.order.query.OrderSummaries;
import io.daybook.sample.order.query.OrderTotals;
import io.daybook.snapshot.AggregateCache;
import io.daybook.snapshot.SnapshotPolicy;
import io.daybook.subscription.EventFeed;
import io.daybook.tracing.CommandTracing;
import io.daybook.tracing.EventTracing;
import io.daybook.tracing.TracedEventPublisher;
import io.daybook.tracing.TracedEventStore;
import io.javalin.router.Endpoint;
import io.javalin.util.JavalinException;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The order service, or the part of it that {@link OrderSettings} selects: commands and queries over HTTP, a projector that keeps the read
 * models up to date, process managers, and a relay that publishes the events. Thread-safe.
 *
 * <p>Environment variables: those of {@link OrderSettings}, {@link CosmosComponents} and {@link ServiceBusComponents}, {@code REDIS_URL}, and
 * {@code OTEL_EXPORTER_OTLP_ENDPOINT}.
 */
public final class OrderApplication implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(OrderApplication.class);
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(10);
    private static final int SNAPSHOT_EVERY = 100;
    private static final Duration CACHED_PAGES = Duration.ofSeconds(1);
    private static final List<ProjectionDefinition> PROJECTIONS =
            List.of(OrderSummaries.PROJECTION, OrderTotals.OF_CUSTOMERS, OrderTotals.OF_DAYS);
    private static final String LOOPBACK = "127.0.0.1";

    private final Deque<Runnable> running = new ArrayDeque<>(); // stops the parts, the last one first
    private final OrderComponents components;
    private final @Nullable Projector projector;
    private final String url;
    private final String adminUrl;

    private OrderApplication(OrderComponents components, OrderSettings settings) {
        this.components = components;
        running.push(components.meters()::close);
        running.push(components.connections());
        try {
            Set<Role> roles = settings.roles();
            EventRelay relay = roles.contains(Role.RELAY) ? relay() : null;
            boolean projects = roles.contains(Role.PROJECTOR);
            boolean answers = roles.contains(Role.API);
            boolean processes = roles.contains(Role.PROCESSES);
            projector = projects || answers ? projector(projects) : null;
            List<Endpoint> routes = new ArrayList<>();
            List<Endpoint> adminRoutes = new ArrayList<>(AdminApi.pages());
            ProcessRunner runner = null;
            if (answers || processes) {
                AggregateRepository<Order> orders = orders();
                CommandBus bus = bus(orders);
                List<ProcessManager<?>> managers =
                        List.of(OrderExpiry.after(settings.orderExpiry()), Refunding.PROCESS);
                runner = processes(managers, bus, processes);
                ProcessApi processApi =
                        new ProcessApi(runner, managers, components.processes().clock());
                routes.addAll(processApi.routes());
                adminRoutes.addAll(processApi.adminRoutes());
                if (answers) {
                    routes.addAll(api(projector(), orders, bus).routes());
                    routes.addAll(OrderApi.pages());
                }
            }
            if (projects) {
                adminRoutes.addAll(new AdminApi(projector(), PROJECTIONS).routes());
            }
            ServiceApi service = new ServiceApi(
                    components.meters(),
                    components.eventStore(),
                    answers,
                    relay,
                    projects ? projector : null,
                    processes ? runner : null);
            routes.addAll(service.routes());
            adminUrl = settings.adminPort().isPresent()
                    ? listen(adminRoutes, LOOPBACK, settings.adminPort().getAsInt())
                    : "";
            url = listen(routes, settings.host(), settings.port());
        } catch (RuntimeException e) {
            end();
            throw e;
        }
    }

    private EventRelay relay() {
        EventPublisher publisher =
                new TracedEventPublisher("orders", components.eventPublisher(), components.observations());
        EventRelay relay = EventRelay.builder(components.eventFeed(), publisher)
                .name("orders")
                .start();
        running.push(relay::close);
        new RelayMetrics(relay).bindTo(components.meters());
        return relay;
    }

    /** A projector that does not follow the feed reads what the projectors of other processes write. */
    private Projector projector(boolean follows) {
        EventFeed feed = components.projected().map(TopicSubscription::feed).orElse(components.eventFeed());
        Projector.Builder builder = Projector.builder(feed, components.eventStore(), components.readModelStore())
                .cache(components.readCache(), components.cachedFor())
                .cachePages(CACHED_PAGES)
                .intercept(EventTracing.ofProjections(components.observations()))
                .following(follows);
        components.projected().ifPresent(subscription -> builder.sharedSubscription(subscription.name()));
        PROJECTIONS.forEach(builder::project);
        Projector started = builder.start();
        running.push(started::close);
        if (follows) {
            new ProjectionMetrics(started).bindTo(components.meters());
        }
        return started;
    }

    private AggregateRepository<Order> orders() {
        AggregateRepository<Order> orders = AggregateRepository.of(Order.TYPE, traced(components.eventStore()))
                .snapshots(components.snapshotStore(), SnapshotPolicy.everyEvents(SNAPSHOT_EVERY))
                .cache(AggregateCache.inMemory(OrderComponents.CACHED_ORDERS));
        new RepositoryMetrics(orders).bindTo(components.meters());
        return orders;
    }

    private EventStore traced(EventStore store) {
        return new TracedEventStore(store, components.observations());
    }

    private CommandBus bus(AggregateRepository<Order> orders) {
        CommandBus.Builder bus = CommandBus.builder()
                .interceptBeforeChecks(new CommandTracing(components.observations()))
                .interceptBeforeChecks(new CommandMetrics(components.meters()))
                .defaultTimeout(COMMAND_TIMEOUT);
        RefundCommands.register(
                bus,
                AggregateRepository.of(Refund.TYPE, traced(components.eventStore())),
                components.processes().paymentGateway());
        return OrderCommands.register(bus, orders).build();
    }

    /** A runner that does not follow the feed shows the instances that other programs run. */
    private ProcessRunner processes(List<ProcessManager<?>> managers, CommandBus bus, boolean follows) {
        ProcessComponents stored = components.processes();
        ProcessRunner.Builder builder = ProcessRunner.builder(components.eventFeed(), components.eventStore(), bus)
                .processStore(traced(stored.store()), stored.feed(), stored.timers())
                .intercept(EventTracing.ofProcesses(components.observations()))
                .summaries(components.readModelStore())
                .clock(stored.clock())
                .following(follows);
        managers.forEach(builder::run);
        ProcessRunner started = builder.start();
        running.push(started::close);
        if (follows) {
            new ProcessMetrics(started).bindTo(components.meters());
        }
        return started;
    }

    private OrderApi api(Projector readModels, AggregateRepository<Order> orders, CommandBus bus) {
        return new OrderApi(
                bus, new OrderQueries(readModels, orders, components.eventStore()), OrderReports.of(readModels));
    }

    private String listen(List<Endpoint> routes, String host, int port) {
        HttpServer server = HttpServer.start(routes, host, port, components.observations());
        running.push(server::close);
        return "http://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + server.port();
    }

    /**
     * Starts the application.
     *
     * @param components the components, which the application closes
     * @param settings the roles that it runs, and the addresses where it listens
     * @return the running application
     * @throws JavalinException if it cannot listen on that address
     */
    public static OrderApplication start(OrderComponents components, OrderSettings settings) {
        return new OrderApplication(components, settings);
    }

    /**
     * Runs the application until the process is stopped.
     *
     * @param args none
     */
    public static void main(String[] args) {
        try {
            Map<String, String> environment = System.getenv();
            OrderSettings settings = OrderSettings.from(environment);
            OrderApplication application = start(OrderComponents.from(environment), settings);
            Runtime.getRuntime().addShutdownHook(new Thread(application::close, "stop"));
            log.info(
                    "order sample listening url={} docs={}/docs roles={} administration={}",
                    application.url(),
                    application.url(),
                    settings.roles(),
                    application.adminUrl());
        } catch (IllegalArgumentException
                | IllegalStateException
                | JavalinException
                | EventStoreUnavailableException e) {
            log.error("order sample not started reason=\"{}\"", e.getMessage());
            System.exit(1);
        }
    }

    /**
     * {@return the address of the API, such as {@code http://127.0.0.1:8000}}
     */
    public String url() {
        return url;
    }

    /**
     * {@return the address of the administration; empty if there is none}
     */
    public String adminUrl() {
        return adminUrl;
    }

    /**
     * {@return the projector, for example to stop it or to retry parked streams}
     *
     * @throws NullPointerException if the process runs neither the API nor the projector
     */
    public Projector projector() {
        return Objects.requireNonNull(projector, "this process runs neither api nor projector");
    }

    /**
     * {@return the registry of meters}
     */
    public MeterRegistry meters() {
        return components.meters();
    }

    /** Stops accepting requests, waits for the running ones, then stops the processes, the projector and the relay. */
    @Override
    public synchronized void close() {
        if (running.isEmpty()) {
            return;
        }
        log.info("order sample stopping");
        end();
        log.info("order sample stopped");
    }

    private void end() {
        while (!running.isEmpty()) {
            try {
                running.pop().run();
            } catch (RuntimeException e) {
                log.warn("a component did not stop cleanly reason=\"{}\"", e.getMessage());
            }
        }
    }
}
