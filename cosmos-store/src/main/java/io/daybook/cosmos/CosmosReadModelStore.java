package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.models.CosmosContainerProperties;
import com.azure.cosmos.models.ThroughputProperties;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.readmodel.ReadModelStore;
import io.daybook.readmodel.ReadModelUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A read model store on Azure Cosmos DB. Each version of a read model has a separate container, such as {@code
 * order-summaries-1}, in the database of the events. The first {@link #open} creates the container with the indexes
 * that the queries of the read model need.
 *
 * <pre>{@code
 * ReadModelStore readModelStore = CosmosReadModelStore.of(containers);
 * }</pre>
 *
 * <p>Reading a document takes one request, and reading all documents for a page of events takes one request for each
 * physical partition. A write takes one request, even with several documents. Throttled requests are retried after the
 * time that the service specifies. A write whose response was lost is retried until its outcome is known. Reads go to
 * the first preferred region of the client, and see all writes that this region has received from any instance.
 * Thread-safe.
 */
public final class CosmosReadModelStore implements ReadModelStore {

    private static final List<String> INDEXED = List.of(
            "/" + ReadDocuments.INDEXED + "/*",
            ContainerDifferences.pathOf(ReadDocuments.PARKED + "/" + ReadDocuments.PARKED_AT),
            ContainerDifferences.pathOf(ReadDocuments.PARTITION));

    private final CosmosContainers containers;
    private final @Nullable ThroughputProperties throughput;
    private final RequestExecutor executor;

    private CosmosReadModelStore(Builder builder) {
        this.containers = builder.containers;
        this.throughput = builder.throughput;
        this.executor = new RequestExecutor(builder.timeout, builder.observer);
    }

    /**
     * Creates a store with the defaults of {@link Builder}.
     *
     * @param containers the containers, which determine the client and the database; the database must exist: see
     *     {@link CosmosContainers#createIfMissing()}
     * @return the store
     */
    public static CosmosReadModelStore of(CosmosContainers containers) {
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

    /**
     * {@inheritDoc}
     *
     * <p>A token credential cannot create containers. If you use one, have a deployment step open each read model with
     * an account key.
     */
    @Override
    public ReadModelCollection open(ReadModelSchema schema) {
        List<List<String>> composites = DocumentQuery.composites(schema);
        CosmosContainerProperties properties = new CosmosContainerProperties(
                        schema.id(), CosmosContainers.partitionKey("/" + ReadDocuments.PARTITION))
                .setIndexingPolicy(CosmosContainers.policy(INDEXED, composites))
                .setDefaultTimeToLiveInSeconds(CosmosContainers.TTL_PER_DOCUMENT);
        try {
            CosmosAsyncContainer container = containers.createIfMissing(
                    properties, throughput, (actual, differences) -> compare(actual, composites, differences));
            return new CosmosReadModel(container, schema, executor);
        } catch (EventStoreUnavailableException e) {
            throw new ReadModelUnavailableException(
                    String.valueOf(e.getMessage()), e.retryAfter().orElse(null), e.getCause());
        }
    }

    private static void compare(
            CosmosContainerProperties actual, List<List<String>> composites, Consumer<String> differences) {
        ContainerDifferences.ofPartitionKey(actual, "/" + ReadDocuments.PARTITION, differences);
        Integer ttl = actual.getDefaultTimeToLiveInSeconds();
        if (!Objects.equals(ttl, CosmosContainers.TTL_PER_DOCUMENT)) {
            differences.accept(ContainerDifferences.timeToLive(ttl)
                    + ": set it to -1 (a positive value deletes documents, and without a value, those of deleted streams"
                    + " never expire)");
        }
        ContainerDifferences.ofPaths(actual, INDEXED, differences);
        ContainerDifferences.ofComposites(
                actual, composites, "or increase the version of the read model to get a new container", differences);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Deletes the container. This takes one request, regardless of the number of documents.
     */
    @Override
    public void drop(ReadModelSchema schema) {
        CallingThread.requireMayBlock("deleting the container " + schema.id());
        try {
            containers.container(schema.id()).delete().block(CosmosFailures.SETUP_TIMEOUT);
        } catch (RuntimeException e) {
            if (!CosmosFailures.isStatus(e, 404)) {
                throw CosmosFailures.readModelUnavailable("deleting the container " + schema.id(), false, e);
            }
        }
    }

    /** A builder of a {@link CosmosReadModelStore}. Not thread-safe. */
    public static final class Builder {

        private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

        private final CosmosContainers containers;
        private @Nullable ThroughputProperties throughput;
        private Duration timeout = DEFAULT_TIMEOUT;
        private @Nullable Consumer<CosmosOperation> observer;

        private Builder(CosmosContainers containers) {
            this.containers = Objects.requireNonNull(containers, "containers");
        }

        /**
         * Sets the throughput of each container that the store creates. Omit this setting for serverless accounts and
         * for a database with shared throughput, which the containers then use. In all other cases, each container gets
         * 400 RU/s by default. Existing containers keep their throughput.
         *
         * @param throughput at least 400 RU/s; a rebuild may need more than normal operation
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
         * Creates the store without sending a request.
         *
         * @return the store
         */
        public CosmosReadModelStore build() {
            return new CosmosReadModelStore(this);
        }
    }
}
