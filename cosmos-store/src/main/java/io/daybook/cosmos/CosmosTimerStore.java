package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.models.CosmosContainerProperties;
import com.azure.cosmos.models.CosmosItemRequestOptions;
import com.azure.cosmos.models.CosmosItemResponse;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.FeedResponse;
import com.azure.cosmos.models.PartitionKey;
import com.azure.cosmos.models.ThroughputProperties;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.process.ProcessTimer;
import io.daybook.process.TimerStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A timer store on Azure Cosmos DB. The store keeps one document for each timer, in the container {@code timers} in the
 * same database as the events. The documents are distributed over 16 slots. Instances that share the container share
 * the slots: each instance polls some of them, so a timer usually fires once.
 *
 * <pre>{@code
 * TimerStore timers = CosmosTimerStore.of(containers);
 * }</pre>
 *
 * <p>Setting, postponing or removing a timer takes one request. A poll takes two requests (a query and its plan),
 * regardless of the number of pending timers, and one more query for each additional physical partition. Each instance
 * renews its entry every 10 seconds, with two requests. Other instances take over the slots of a crashed instance
 * within 40 seconds. Until then, due timers in these slots wait. Requests that are throttled or whose responses are lost are
 * retried. Thread-safe.
 */
public final class CosmosTimerStore implements TimerStore {

    private final CosmosAsyncContainer container;
    private final RequestExecutor executor;
    private final TimerShares shares;

    private CosmosTimerStore(Builder builder) {
        CosmosContainerProperties properties = new CosmosContainerProperties(
                        builder.name, CosmosContainers.partitionKey("/" + TimerDocuments.SLOT))
                .setIndexingPolicy(CosmosContainers.policy(TimerDocuments.INDEXED, List.of()));
        container = builder.containers.createIfMissing(properties, builder.throughput, CosmosTimerStore::compare);
        executor = new RequestExecutor(builder.timeout, builder.observer);
        shares = new TimerShares(container, builder.clock);
    }

    private static void compare(CosmosContainerProperties actual, Consumer<String> differences) {
        ContainerDifferences.ofPartitionKey(actual, "/" + TimerDocuments.SLOT, differences);
        Integer ttl = actual.getDefaultTimeToLiveInSeconds();
        if (ttl != null && ttl > 0) {
            differences.accept("its default time to live is " + ttl + ": turn it off, because it deletes timers");
        }
        ContainerDifferences.ofPaths(actual, TimerDocuments.INDEXED, differences);
    }

    /**
     * Creates a store with the defaults of {@link Builder}, and creates its container if it is missing.
     *
     * @param containers the containers, which determine the client and the database; the database must exist: see
     *     {@link CosmosContainers#createIfMissing()}
     * @return the store
     * @throws IllegalStateException if the container is misconfigured; the message lists the differences
     * @throws EventStoreUnavailableException if the database cannot be reached, or the credential lacks the permission to
     *     create the container
     */
    public static CosmosTimerStore of(CosmosContainers containers) {
        return builder(containers).build();
    }

    /**
     * Returns a builder of a store.
     *
     * @param containers the containers, which determine the client and the database; the database must exist: see
     *     {@link CosmosContainers#createIfMissing()}
     * @return a builder
     */
    public static Builder builder(CosmosContainers containers) {
        return new Builder(containers);
    }

    @Override
    public void set(ProcessTimer timer) {
        perform("setTimer", "setting a timer of " + timer.stream(), operation -> {
            ObjectNode document = TimerDocuments.timer(timer);
            operation.awaitRepeatable(
                    container.createItem(
                            document,
                            new PartitionKey(TimerDocuments.slot(timer)),
                            new CosmosItemRequestOptions().setContentResponseOnWriteEnabled(false)),
                    CosmosItemResponse::getDiagnostics,
                    e -> CosmosFailures.isStatus(e, 409)); // it was set before, or a reply was lost
            return timer;
        });
    }

    @Override
    public void remove(ProcessTimer timer) {
        perform("removeTimer", "removing a timer of " + timer.stream(), operation -> {
            operation.awaitRepeatable(
                    container.deleteItem(TimerDocuments.id(timer), new PartitionKey(TimerDocuments.slot(timer))),
                    CosmosItemResponse::getDiagnostics,
                    CosmosFailures::isMissingItem); // it was removed before, or a reply was lost
            return timer;
        });
    }

    @Override
    public void postpone(ProcessTimer timer, Instant until) {
        perform("postponeTimer", "postponing a timer of " + timer.stream(), operation -> {
            operation.awaitRepeatable(
                    container.replaceItem(
                            TimerDocuments.postponed(timer, until),
                            TimerDocuments.id(timer),
                            new PartitionKey(TimerDocuments.slot(timer)),
                            new CosmosItemRequestOptions().setContentResponseOnWriteEnabled(false)),
                    CosmosItemResponse::getDiagnostics,
                    CosmosFailures::isMissingItem);
            return timer;
        });
    }

    /**
     * {@inheritDoc}
     *
     * <p>Returns only timers in the slots of this instance.
     */
    @Override
    public List<ProcessTimer> due(Instant now, int max) {
        if (max < 1) {
            throw new IllegalArgumentException("max is " + max + ": use 1 or more");
        }
        return perform("dueTimers", "reading the timers that are due", operation -> {
            List<String> slots = shares.slots(operation);
            if (slots.isEmpty()) {
                return List.of();
            }
            Mono<List<FeedResponse<ObjectNode>>> pages = container
                    .queryItems(TimerDocuments.due(slots, now, max), new CosmosQueryRequestOptions(), ObjectNode.class)
                    .byPage(max)
                    .collectList();
            List<FeedResponse<ObjectNode>> answered =
                    Objects.requireNonNull(operation.awaitRead("timers", pages, all -> null));
            Set<String> counted = new HashSet<>();
            answered.forEach(page -> operation.count(page.getCosmosDiagnostics(), counted::add));
            return answered.stream()
                    .flatMap(page -> page.getResults().stream())
                    .map(TimerDocuments::timer)
                    .toList();
        });
    }

    private <T> T perform(String name, String what, Function<RequestExecutor.Operation, T> work) {
        return executor.perform(name, work, e -> CosmosFailures.unavailable(what, e));
    }

    /** A builder of a {@link CosmosTimerStore}. Not thread-safe. */
    public static final class Builder {

        private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

        private final CosmosContainers containers;
        private String name = "timers";
        private @Nullable ThroughputProperties throughput;
        private Duration timeout = DEFAULT_TIMEOUT;
        private @Nullable Consumer<CosmosOperation> observer;
        private Clock clock = Clock.systemUTC();

        private Builder(CosmosContainers containers) {
            this.containers = Objects.requireNonNull(containers, "containers");
        }

        /**
         * Sets the name of the container.
         *
         * @param name the name; {@code timers} by default
         * @return this builder
         */
        public Builder container(String name) {
            this.name = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * Sets the throughput with which the store creates the container. Omit this setting for serverless accounts and
         * for a database with shared throughput, which the container then uses. In all other cases, the container gets
         * 400 RU/s by default. An existing container keeps its throughput.
         *
         * @param throughput at least 400 RU/s
         * @return this builder
         */
        public Builder throughput(ThroughputProperties throughput) {
            this.throughput = Objects.requireNonNull(throughput, "throughput");
            return this;
        }

        /**
         * Sets the timeout of each operation, for all attempts together.
         *
         * @param timeout more than zero, at most a day; 30 seconds by default
         * @return this builder
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder timeout(Duration timeout) {
            this.timeout = RequestExecutor.requireTimeout(timeout);
            return this;
        }

        /**
         * Sets the observer that receives the cost of each operation, such as {@link CosmosMetrics}. The observer is
         * called in the thread of the operation, so it must be fast.
         *
         * @param observer the observer, thread-safe; none by default
         * @return this builder
         */
        public Builder observer(Consumer<CosmosOperation> observer) {
            this.observer = observer;
            return this;
        }

        /**
         * Sets the clock for the entries through which instances share the slots. If clocks differ by more than 20
         * seconds, two instances may poll the same slots, which is harmless. Other instances take over the slots of an
         * instance whose clock is more than a minute ahead.
         *
         * @param clock the clock; the default is the system clock
         * @return this builder
         */
        public Builder clock(Clock clock) {
            this.clock = Objects.requireNonNull(clock, "clock");
            return this;
        }

        /**
         * Creates the container if it is missing, checks its configuration, and creates the store.
         *
         * @return the store
         * @throws IllegalStateException if the container is misconfigured; the message lists the differences
         * @throws EventStoreUnavailableException if the database cannot be reached, or the credential lacks the permission to
         *     create the container
         */
        public CosmosTimerStore build() {
            return new CosmosTimerStore(this);
        }
    }
}
