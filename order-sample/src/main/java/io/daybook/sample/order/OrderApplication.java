package io.daybook.sample.order;

import io.daybook.aggregate.AggregateRepository;
import io.daybook.command.CommandBus;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.metrics.CommandMetrics;
import io.daybook.metrics.ProjectionMetrics;
import io.daybook.metrics.RelayMetrics;
import io.daybook.metrics.RepositoryMetrics;
import io.daybook.projection.Projector;
import io.daybook.publishing.EventRelay;
import io.daybook.sample.order.command.OrderCommands;
import io.daybook.sample.order.domain.Order;
import io.daybook.sample.order.http.HealthCheck;
import io.daybook.sample.order.http.HttpServer;
import io.daybook.sample.order.http.OrderApi;
import io.daybook.sample.order.query.OrderQueries;
import io.daybook.sample.order.query.OrderReports;
import io.daybook.sample.order.query.OrderSummaries;
import io.daybook.sample.order.query.OrderTotals;
import io.daybook.snapshot.AggregateCache;
import io.daybook.snapshot.SnapshotPolicy;
import io.javalin.util.JavalinException;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The order service: commands and queries over HTTP, a projector that keeps the read models up to date, and a relay that
 * publishes the events. Thread-safe.
 *
 * <p>Environment variables: {@code PORT}, 8000 by default; {@code HOST}, the address to bind to, the loopback address by
 * default; those of {@link CosmosComponents} and {@link ServiceBusComponents}.
 */
public final class OrderApplication implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(OrderApplication.class);
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(10);
    private static final int SNAPSHOT_EVERY = 100;

    private final AtomicBoolean open = new AtomicBoolean(true);
    private final OrderComponents components;
    private final CommandBus commandBus;
    private final EventRelay relay;
    private final Projector projector;
    private final HttpServer server;
    private final String url;

    private OrderApplication(OrderComponents components, String host, int port) {
        this.components = components;
        AggregateRepository<Order> orders = AggregateRepository.of(Order.TYPE, components.eventStore())
                .snapshots(components.snapshotStore(), SnapshotPolicy.everyEvents(SNAPSHOT_EVERY))
                .cache(AggregateCache.inMemory(OrderComponents.CACHED_ORDERS));
        commandBus = OrderCommands.register(
                        CommandBus.builder()
                                .interceptBeforeChecks(new CommandMetrics(components.meters()))
                                .defaultTimeout(COMMAND_TIMEOUT),
                        orders)
                .build();
        relay = EventRelay.builder(components.eventFeed(), components.eventPublisher())
                .name("orders")
                .start();
        new RepositoryMetrics(orders).bindTo(components.meters());
        new RelayMetrics(relay).bindTo(components.meters());
        projector = Projector.builder(components.eventFeed(), components.eventStore(), components.readModelStore())
                .project(OrderSummaries.PROJECTION)
                .project(OrderTotals.OF_CUSTOMERS)
                .project(OrderTotals.OF_DAYS)
                .cache(components.readCache(), components.cachedFor())
                .start();
        new ProjectionMetrics(projector).bindTo(components.meters());
        OrderQueries queries = new OrderQueries(projector, orders, components.eventStore());
        HealthCheck health = new HealthCheck(components.eventStore(), relay::status, projector::status, open::get);
        server = listen(
                new OrderApi(commandBus, queries, OrderReports.of(projector), health, components.meters()), host, port);
        url = "http://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + server.port();
    }

    private HttpServer listen(OrderApi api, String host, int port) {
        try {
            return HttpServer.start(api, host, port);
        } catch (RuntimeException e) {
            projector.close();
            relay.close();
            components.connections().run();
            throw e;
        }
    }

    /**
     * Starts the application.
     *
     * @param components the components, which the application closes
     * @param host the address to bind to
     * @param port the port, 0 for any free port
     * @return the running application
     * @throws JavalinException if it cannot listen there
     */
    public static OrderApplication start(OrderComponents components, String host, int port) {
        return new OrderApplication(components, host, port);
    }

    /**
     * Runs the application until the process is stopped.
     *
     * @param args none
     */
    public static void main(String[] args) {
        try {
            Map<String, String> environment = System.getenv();
            int port = port(environment.getOrDefault("PORT", "8000"));
            String host = environment.getOrDefault("HOST", "127.0.0.1");
            OrderApplication application = start(OrderComponents.from(environment), host, port);
            Runtime.getRuntime().addShutdownHook(new Thread(application::close, "stop"));
            log.info("order sample listening url={} docs={}/docs", application.url(), application.url());
        } catch (IllegalArgumentException
                | IllegalStateException
                | JavalinException
                | EventStoreUnavailableException e) {
            log.error("order sample not started reason=\"{}\"", e.getMessage());
            System.exit(1);
        }
    }

    private static int port(String text) {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65_535) {
            throw new IllegalArgumentException("PORT is \"" + text + "\", it must be a number from 0 to 65535");
        }
        return Integer.parseInt(text);
    }

    /**
     * {@return the address of the API, such as {@code http://127.0.0.1:8000}}
     */
    public String url() {
        return url;
    }

    /**
     * {@return the bus that the API sends commands to}
     */
    public CommandBus commandBus() {
        return commandBus;
    }

    /**
     * {@return the projector, for example to stop it or to retry parked streams}
     */
    public Projector projector() {
        return projector;
    }

    /**
     * {@return the registry of meters}
     */
    public MeterRegistry meters() {
        return components.meters();
    }

    /** Stops accepting requests, waits for the running ones, then stops the projector and the relay. */
    @Override
    public void close() {
        if (!open.compareAndSet(true, false)) {
            return;
        }
        log.info("order sample stopping");
        try {
            server.close();
        } catch (JavalinException e) {
            log.warn("requests cut off reason=\"{}\"", e.getMessage());
        } finally {
            projector.close();
            relay.close();
            components.connections().run();
            components.meters().close();
        }
        log.info("order sample stopped");
    }
}
