package io.daybook.sample.order.http;

import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamId;
import io.daybook.sample.order.domain.Order;
import io.daybook.subscription.SubscriptionStatus;
import io.daybook.subscription.SubscriptionStatus.State;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the parts how they are. Safe for use by many threads. */
public final class HealthCheck {

    private static final Logger log = LoggerFactory.getLogger(HealthCheck.class);
    private static final StreamId PROBE = StreamId.of(Order.TYPE.name(), "health-probe");

    /**
     * What the parts said.
     *
     * @param status {@code healthy} or {@code unhealthy}
     * @param components the word of each part
     */
    record Health(String status, Map<String, String> components) {

        boolean isHealthy() {
            return status.equals("healthy");
        }
    }

    private final EventStore store;
    private final Supplier<SubscriptionStatus> relay;
    private final BooleanSupplier acceptsCommands;

    /**
     * Creates the check.
     *
     * @param store asked for the version of a stream, which is a cheap read of any store
     * @param relay tells how the relay and its broker are doing
     * @param acceptsCommands whether commands are accepted, which ends when the application stops
     */
    public HealthCheck(EventStore store, Supplier<SubscriptionStatus> relay, BooleanSupplier acceptsCommands) {
        this.store = store;
        this.relay = relay;
        this.acceptsCommands = acceptsCommands;
    }

    Health check() {
        Map<String, String> components = new LinkedHashMap<>();
        boolean healthy = put(components, "event_store", "connected", eventStore());
        healthy &= put(components, "event_bus", "active", eventBus());
        healthy &= put(components, "command_bus", "ready", acceptsCommands.getAsBoolean() ? "ready" : "stopping");
        return new Health(healthy ? "healthy" : "unhealthy", components);
    }

    private static boolean put(Map<String, String> components, String part, String good, String said) {
        components.put(part, said);
        return said.equals(good);
    }

    private String eventStore() {
        try {
            store.currentVersion(PROBE);
            return "connected";
        } catch (RuntimeException e) {
            log.warn(
                    "health check failed part=event_store reason={}",
                    e.getClass().getName());
            return "unavailable";
        }
    }

    private String eventBus() {
        SubscriptionStatus status = relay.get();
        if (status.state() == State.RETRYING) {
            log.warn("health check failed part=event_bus reason=\"{}\"", status.lastError());
        }
        return switch (status.state()) {
            case RUNNING, WAITING -> "active"; // other instances may own all the work
            case RETRYING -> "retrying";
            case STOPPED, FAILED -> "stopped";
        };
    }
}
