package io.daybook.sample.order.http;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamId;
import io.daybook.projection.ProjectorStatus;
import io.daybook.sample.order.domain.Order;
import io.daybook.subscription.SubscriptionStatus;
import io.daybook.subscription.SubscriptionStatus.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks the components of the service. Thread-safe. */
public final class HealthCheck {

    private static final Logger log = LoggerFactory.getLogger(HealthCheck.class);
    private static final StreamId PROBE = StreamId.of(Order.TYPE.name(), "health-probe");

    /**
     * The health of the service.
     *
     * @param status {@code healthy}; {@code degraded} if commands work but the relay or a projection does not; otherwise
     *     {@code unhealthy}
     * @param components the state of each component
     * @param feeds the progress of the relay and of each projection
     */
    record Health(String status, Map<String, String> components, List<Feed> feeds) {

        @JsonIgnore
        boolean isHealthy() {
            return !status.equals("unhealthy");
        }
    }

    /**
     * The progress of one subscription.
     *
     * @param name the name
     * @param state its state, in lower case
     * @param lag the number of stored events that it has not handled, -1 if unknown
     * @param parked the number of streams that it parked since it was started
     */
    record Feed(String name, String state, long lag, long parked) {

        static Feed of(String name, SubscriptionStatus status, long parked) {
            return new Feed(name, status.state().name().toLowerCase(Locale.ROOT), status.lag(), parked);
        }
    }

    private final EventStore store;
    private final Supplier<SubscriptionStatus> relay;
    private final Supplier<List<ProjectorStatus>> projector;
    private final BooleanSupplier acceptsCommands;

    /**
     * Creates the check.
     *
     * @param store the event store, which is asked for the version of a stream
     * @param relay returns the status of the relay
     * @param projector returns the status of each projection
     * @param acceptsCommands returns whether commands are accepted
     */
    public HealthCheck(
            EventStore store,
            Supplier<SubscriptionStatus> relay,
            Supplier<List<ProjectorStatus>> projector,
            BooleanSupplier acceptsCommands) {
        this.store = store;
        this.relay = relay;
        this.projector = projector;
        this.acceptsCommands = acceptsCommands;
    }

    Health check() {
        SubscriptionStatus bus = relay.get();
        List<ProjectorStatus> projections = projector.get();
        Map<String, String> components = new LinkedHashMap<>();
        components.put("event_store", eventStore());
        components.put("event_bus", word(List.of(bus)));
        components.put("command_bus", acceptsCommands.getAsBoolean() ? "ready" : "stopping");
        components.put(
                "projector",
                word(projections.stream().map(ProjectorStatus::subscription).toList()));
        List<Feed> feeds = new ArrayList<>();
        feeds.add(Feed.of("relay", bus, 0));
        projections.forEach(each -> feeds.add(Feed.of(
                each.name() + "-" + each.version(),
                each.subscription(),
                each.counts().parked())));
        return new Health(status(components), components, feeds);
    }

    private static String status(Map<String, String> components) {
        if (components.containsValue("unavailable") || components.containsValue("stopping")) {
            return "unhealthy";
        }
        return components.containsValue("retrying") || components.containsValue("stopped") ? "degraded" : "healthy";
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

    /** The worst state. */
    private static String word(List<SubscriptionStatus> feeds) {
        String word = "active"; // also if other instances own all the work
        for (SubscriptionStatus feed : feeds) {
            if (feed.state() == State.STOPPED || feed.state() == State.FAILED) {
                return "stopped";
            } else if (feed.state() == State.RETRYING) {
                log.warn("feed retrying reason=\"{}\"", feed.lastError());
                word = "retrying";
            }
        }
        return word;
    }
}
