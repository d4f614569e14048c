package io.daybook.sample.order.http;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamId;
import io.daybook.process.ProcessRunner;
import io.daybook.process.ProcessStatus;
import io.daybook.projection.Projector;
import io.daybook.projection.ProjectorStatus;
import io.daybook.publishing.EventRelay;
import io.daybook.sample.order.domain.Order;
import io.daybook.subscription.SubscriptionStatus;
import io.daybook.subscription.SubscriptionStatus.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks the components that this process runs. Thread-safe. */
public final class HealthCheck {

    private static final Logger log = LoggerFactory.getLogger(HealthCheck.class);
    private static final StreamId PROBE = StreamId.of(Order.TYPE.name(), "health-probe");

    /**
     * The health of the process.
     *
     * @param status {@code healthy}; {@code degraded} if the relay, a projection or a process manager does not work; {@code unhealthy} if the event store
     *     cannot be reached
     * @param components the state of each component that the process runs
     * @param feeds the progress of the relay and of each projection and process manager that the process runs
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
     * @param lag the number of stored events that it has not handled; -1 if unknown
     * @param parked the number of streams, or of instances of a process manager, that it parked since it was started
     */
    record Feed(String name, String state, long lag, long parked) {

        static Feed of(String name, SubscriptionStatus status, long parked) {
            return new Feed(name, status.state().name().toLowerCase(Locale.ROOT), status.lag(), parked);
        }
    }

    private final EventStore store;
    private final boolean acceptsCommands;
    private final @Nullable EventRelay relay;
    private final @Nullable Projector projector;
    private final @Nullable ProcessRunner processes;

    /**
     * Creates the check.
     *
     * @param store the event store, whose availability is checked by reading the version of a stream
     * @param acceptsCommands whether the process accepts commands
     * @param relay the relay; null if the process runs none
     * @param projector the projector; null if the process runs none
     * @param processes runs the process managers; null if the process runs none
     */
    public HealthCheck(
            EventStore store,
            boolean acceptsCommands,
            @Nullable EventRelay relay,
            @Nullable Projector projector,
            @Nullable ProcessRunner processes) {
        this.store = store;
        this.acceptsCommands = acceptsCommands;
        this.relay = relay;
        this.projector = projector;
        this.processes = processes;
    }

    Health check() {
        Map<String, String> components = new LinkedHashMap<>();
        List<Feed> feeds = new ArrayList<>();
        components.put("event_store", eventStore());
        if (relay != null) {
            SubscriptionStatus status = relay.status();
            components.put("event_bus", word(List.of(status)));
            feeds.add(Feed.of("relay", status, 0));
        }
        if (acceptsCommands) {
            components.put("command_bus", "ready");
        }
        if (projector != null) {
            List<ProjectorStatus> all = projector.status();
            components.put(
                    "projector",
                    word(all.stream().map(ProjectorStatus::subscription).toList()));
            all.forEach(each -> feeds.add(Feed.of(
                    each.name() + "-" + each.version(),
                    each.subscription(),
                    each.counts().parked())));
        }
        if (processes != null) {
            List<ProcessStatus> all = processes.status();
            components.put(
                    "processes",
                    word(all.stream()
                            .flatMap(each -> Stream.concat(Stream.of(each.inputs()), each.recovery().stream()))
                            .toList()));
            all.forEach(each ->
                    feeds.add(Feed.of(each.name(), each.inputs(), each.counts().parked())));
        }
        return new Health(status(components), components, feeds);
    }

    private static String status(Map<String, String> components) {
        if (components.containsValue("unavailable")) {
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
        String word = "active"; // even if other instances own all the work
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
