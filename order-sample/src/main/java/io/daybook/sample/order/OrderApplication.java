package io.daybook.sample.order;

import io.daybook.aggregate.AggregateRepository;
import io.daybook.command.CommandBus;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.metrics.CommandMetrics;
import io.daybook.metrics.RelayMetrics;
import io.daybook.metrics.RepositoryMetrics;
import io.daybook.publishing.EventRelay;
import io.daybook.sample.order.command.OrderCommands;
import io.daybook.sample.order.domain.Order;
import io.daybook.sample.order.http.HealthCheck;
import io.daybook.sample.order.http.HttpServer;
import io.daybook.sample.order.http.OrderApi;
import io.daybook.snapshot.SnapshotPolicy;
import io.javalin.util.JavalinException;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Order sample, running: an HTTP API over the commands of orders, whose events are stored and relayed. Safe for use by
 * many threads.
 *
 * <p>Environment variables: {@code PORT}, 8000 unless set; {@code HOST}, the address to bind to, the loopback address
 * unless set; those of {@link CosmosComponents} and of {@link ServiceBusComponents}.
 */
public final class OrderApplication implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(OrderApplication.class);
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(10);
    private static final int SNAPSHOT_EVERY = 100;

    private final AtomicBoolean open = new AtomicBoolean(true);
    private final OrderComponents components;
    private final CommandBus commandBus;
    private final EventRelay relay;
    private final HttpServer server;
    private final String url;

    private OrderApplication(OrderComponents components, String host, int port) {
        this.components = components;
        AggregateRepository<Order> orders = AggregateRepository.of(Order.TYPE, components.eventStore())
                .snapshots(components.snapshotStore(), SnapshotPolicy.everyEvents(SNAPSHOT_EVERY));
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
        HealthCheck health = new HealthCheck(components.eventStore(), relay::status, open::get);
        server = listen(new OrderApi(commandBus, orders, components.eventStore(), health), host, port);
        url = "http://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + server.port();
    }

    private HttpServer listen(OrderApi api, String host, int port) {
        try {
            return HttpServer.start(api, host, port);
        } catch (RuntimeException e) {
            relay.close();
            components.connections().run();
            throw e;
        }
    }

    /**
     * Starts the application.
     *
     * @param components the parts, which the application closes
     * @param host the address to bind to
     * @param port the port, 0 for any that is free
     * @return the application, listening, to be closed
     * @throws JavalinException if it cannot listen there
     */
    public static OrderApplication start(OrderComponents components, String host, int port) {
        return new OrderApplication(components, host, port);
    }

    /**
     * Runs the application until the process is told to stop.
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
     * {@return where it listens, such as {@code http://127.0.0.1:8000}}
     */
    public String url() {
        return url;
    }

    /**
     * {@return the bus that the API sends its commands to}
     */
    public CommandBus commandBus() {
        return commandBus;
    }

    /**
     * {@return what is measured}
     */
    public MeterRegistry meters() {
        return components.meters();
    }

    /** Stops: accepts no more requests, finishes those that run, then the publication under way. */
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
            relay.close();
            components.connections().run();
            components.meters().close();
        }
        log.info("order sample stopped");
    }
}
