package io.daybook.sample.order.http;

import static io.javalin.http.HandlerType.GET;

import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamId;
import io.daybook.process.ProcessRunner;
import io.daybook.projection.Projector;
import io.daybook.publishing.EventRelay;
import io.daybook.sample.order.domain.Order;
import io.daybook.subscription.SubscriptionStatus;
import io.daybook.subscription.SubscriptionStatus.State;
import io.javalin.http.Context;
import io.javalin.router.Endpoint;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routes that every process has, regardless of its roles: health and metrics. Thread-safe.
 *
 * @param meters the meters that /metrics shows
 * @param store the event store, whose availability is checked by reading the version of a stream
 * @param acceptsCommands whether the process accepts commands
 * @param relay the relay; null if the process runs none
 * @param projector the projector; null if the process runs none
 * @param processes runs the process managers; null if the process runs none
 */
public record ServiceApi(
        PrometheusMeterRegistry meters,
        EventStore store,
        boolean acceptsCommands,
        @Nullable EventRelay relay,
        @Nullable Projector projector,
        @Nullable ProcessRunner processes) {

    private static final Logger log = LoggerFactory.getLogger(ServiceApi.class);
    private static final StreamId PROBE = StreamId.of(Order.TYPE.name(), "health-probe");

    /** {@code healthy}, {@code degraded} or {@code unhealthy}, with the state of what the process runs and the progress of what follows events. */
    private record Health(String status, Map<String, String> components, List<Feed> feeds) {}

    /** The number of events that are not handled, -1 if unknown, and of streams or instances that were parked since the start. */
    private record Feed(String name, State state, long lag, long parked) {
        static Feed of(String name, SubscriptionStatus status, long parked) {
            return new Feed(name, status.state(), status.lag(), parked);
        }
    }

    /**
     * {@return the routes}
     */
    public List<Endpoint> routes() {
        return List.of(
                new Endpoint(GET, "/health", this::health),
                new Endpoint(
                        GET,
                        "/metrics",
                        ctx -> ctx.contentType("text/plain; version=0.0.4; charset=utf-8")
                                .result(meters.scrape())));
    }

    private void health(Context ctx) {
        Map<String, String> components = new LinkedHashMap<>();
        List<Feed> feeds = new ArrayList<>();
        components.put("event_store", eventStore());
        if (relay != null) {
            SubscriptionStatus relayed = relay.status();
            components.put("event_bus", worst(Stream.of(relayed)));
            feeds.add(Feed.of("relay", relayed, 0));
        }
        if (acceptsCommands) {
            components.put("command_bus", "ready");
        }
        if (projector != null) {
            var all = projector.status();
            components.put("projector", worst(all.stream().map(each -> each.subscription())));
            all.forEach(each -> feeds.add(Feed.of(
                    each.name() + "-" + each.version(),
                    each.subscription(),
                    each.counts().parked())));
        }
        if (processes != null) {
            var all = processes.status();
            components.put(
                    "processes",
                    worst(all.stream()
                            .flatMap(each -> Stream.concat(Stream.of(each.inputs()), each.recovery().stream()))));
            all.forEach(each ->
                    feeds.add(Feed.of(each.name(), each.inputs(), each.counts().parked())));
        }
        boolean reachable = !components.containsValue("unavailable");
        boolean works = !components.containsValue("retrying") && !components.containsValue("stopped");
        ctx.status(reachable ? 200 : 503);
        ctx.json(new Health(reachable ? works ? "healthy" : "degraded" : "unhealthy", components, feeds));
    }

    private String eventStore() {
        try {
            store.currentVersion(PROBE);
            return "connected";
        } catch (RuntimeException e) {
            log.warn(
                    "health check failed component=event_store reason={}",
                    e.getClass().getName());
            return "unavailable";
        }
    }

    private static String worst(Stream<SubscriptionStatus> feeds) {
        List<SubscriptionStatus> failing =
                feeds.filter(feed -> !feed.isHealthy()).toList();
        failing.forEach(feed -> log.warn("feed failing state={} reason=\"{}\"", feed.state(), feed.lastError()));
        if (failing.isEmpty()) {
            return "active"; // even if other instances own all the work
        }
        return failing.stream().allMatch(feed -> feed.state() == State.RETRYING) ? "retrying" : "stopped";
    }
}
