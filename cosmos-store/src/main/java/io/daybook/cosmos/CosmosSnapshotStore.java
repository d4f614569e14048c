package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.models.CosmosItemRequestOptions;
import com.azure.cosmos.models.CosmosItemResponse;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.StreamId;
import io.daybook.json.StateJson;
import io.daybook.serialization.JacksonDefaults;
import io.daybook.snapshot.Snapshot;
import io.daybook.snapshot.SnapshotStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * A snapshot store on Azure Cosmos DB. The store keeps the latest snapshot of each stream in one document. A document
 * is replaced only if its etag has not changed since it was read, so an older snapshot never replaces a newer one of
 * the same schema version. A snapshot of more than 1.5 MB is not saved, and a warning is logged. Thread-safe.
 *
 * <pre>{@code
 * AggregateRepository<Order> repository = orders.snapshots(CosmosSnapshotStore.of(containers), SnapshotPolicy.everyEvents(100));
 * }</pre>
 *
 * <p>A load takes one request, and a save takes two.
 */
public final class CosmosSnapshotStore implements SnapshotStore {

    private static final Logger log = LoggerFactory.getLogger(CosmosSnapshotStore.class);
    static final String ID = "snapshot";
    private static final int MAX_BYTES = 1_500_000;
    private static final int MAX_ATTEMPTS = 20;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final CosmosAsyncContainer container;
    private final StateJson json = new StateJson(JacksonDefaults.mapper().build());
    private final RequestExecutor executor;

    private CosmosSnapshotStore(Builder builder) {
        this.container = builder.containers.requireSnapshots();
        this.executor = new RequestExecutor(TIMEOUT, builder.observer);
    }

    /**
     * Creates a store. The store keeps the JSON that the repository creates from a state, so it needs no mapper.
     *
     * @param containers the containers, including the container of snapshots
     * @return the store
     * @throws IllegalStateException if the container of snapshots is misconfigured
     * @throws EventStoreUnavailableException if the container cannot be read
     */
    public static CosmosSnapshotStore of(CosmosContainers containers) {
        return builder(containers).build();
    }

    /**
     * Returns a builder of a store.
     *
     * @param containers the containers, including the container of snapshots
     * @return a builder
     */
    public static Builder builder(CosmosContainers containers) {
        return new Builder(containers);
    }

    @Override
    public <S> Optional<Snapshot<S>> load(StreamId stream, Class<S> stateType, int schemaVersion) {
        try (RequestExecutor.Operation operation = executor.start("loadSnapshot")) {
            @Nullable JsonNode document = read(operation, stream, null);
            operation.succeeded();
            if (document == null || document.path("schemaVersion").asInt() != schemaVersion) {
                return Optional.empty();
            }
            S state = json.read(stream, document.path("state"), stateType);
            return Optional.of(new Snapshot<>(
                    stream,
                    document.path("version").asLong(),
                    document.path("eventId").asText(),
                    schemaVersion,
                    document.path("shape").asText(),
                    state));
        }
    }

    @Override
    public void save(Snapshot<?> snapshot) {
        String state = json.write(snapshot.stream(), snapshot.state());
        int bytes = state.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            log.warn(
                    "snapshot not saved stream={} version={} bytes={} limit={}",
                    snapshot.stream(),
                    snapshot.version(),
                    bytes,
                    MAX_BYTES);
            return;
        }
        try (RequestExecutor.Operation operation = executor.start("saveSnapshot")) {
            save(operation, snapshot, document(snapshot, state));
            operation.succeeded();
        }
    }

    private static ObjectNode document(Snapshot<?> snapshot, String state) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("id", ID);
        document.put("streamId", snapshot.stream().toString());
        document.put("version", snapshot.version());
        document.put("eventId", snapshot.eventId());
        document.put("schemaVersion", snapshot.schemaVersion());
        document.put("shape", snapshot.shape());
        document.putRawValue("state", new RawValue(state));
        return document;
    }

    /** Reads the stored snapshot and writes under its etag, and repeats both after a conflict. */
    private void save(RequestExecutor.Operation operation, Snapshot<?> snapshot, ObjectNode document) {
        for (int attempt = 1; ; attempt++) {
            String[] etag = new String[1];
            @Nullable JsonNode stored = read(operation, snapshot.stream(), etag);
            if (stored != null
                    && stored.path("schemaVersion").asInt() == snapshot.schemaVersion()
                    && stored.path("version").asLong() > snapshot.version()) {
                return;
            }
            try {
                operation.await(
                        write(snapshot.stream(), document, etag[0]),
                        operation.left(),
                        CosmosItemResponse::getDiagnostics);
                return;
            } catch (RuntimeException e) {
                boolean overtaken = CosmosFailures.isStatus(e, 409)
                        || CosmosFailures.isStatus(e, 412)
                        || CosmosFailures.isMissingItem(e);
                boolean again = overtaken || !CosmosFailures.meaning(e).isFinal();
                if (!again || attempt == MAX_ATTEMPTS || !operation.pause(attempt, CosmosFailures.retryAfter(e))) {
                    throw CosmosFailures.unavailable("saving the snapshot of " + snapshot.stream(), e);
                }
            }
        }
    }

    private Mono<CosmosItemResponse<ObjectNode>> write(StreamId stream, ObjectNode document, @Nullable String etag) {
        PartitionKey key = new PartitionKey(stream.toString());
        CosmosItemRequestOptions options = new CosmosItemRequestOptions().setContentResponseOnWriteEnabled(false);
        return etag == null
                ? container.createItem(document, key, options)
                : container.replaceItem(document, ID, key, options.setIfMatchETag(etag));
    }

    private @Nullable JsonNode read(RequestExecutor.Operation operation, StreamId stream, String @Nullable [] etag) {
        Mono<CosmosItemResponse<ObjectNode>> read =
                container.readItem(ID, new PartitionKey(stream.toString()), ObjectNode.class);
        try {
            @Nullable
            CosmosItemResponse<ObjectNode> answer =
                    operation.awaitRead("the snapshot of " + stream, read, CosmosItemResponse::getDiagnostics);
            if (answer == null) {
                return null;
            }
            if (etag != null) {
                etag[0] = answer.getETag();
            }
            return answer.getItem();
        } catch (RuntimeException e) {
            if (CosmosFailures.isMissingItem(e)) {
                return null;
            }
            throw CosmosFailures.unavailable("reading the snapshot of " + stream, e);
        }
    }

    @Override
    public void delete(StreamId stream) {
        try (RequestExecutor.Operation operation = executor.start("deleteSnapshot")) {
            try {
                operation.awaitRead(
                        "deleting the snapshot of " + stream, // a second deletion is harmless
                        container.deleteItem(ID, new PartitionKey(stream.toString())),
                        CosmosItemResponse::getDiagnostics);
            } catch (RuntimeException e) {
                if (!CosmosFailures.isMissingItem(e)) {
                    throw CosmosFailures.unavailable("deleting the snapshot of " + stream, e);
                }
            }
            operation.succeeded();
        }
    }

    /** A builder of a store. Not thread-safe. */
    public static final class Builder {

        private final CosmosContainers containers;
        private @Nullable Consumer<CosmosOperation> observer;

        private Builder(CosmosContainers containers) {
            this.containers = containers;
        }

        /**
         * Sets the observer that receives the cost of each operation.
         *
         * @param observer the observer, such as {@link CosmosMetrics}; thread-safe
         * @return this builder
         */
        public Builder observer(Consumer<CosmosOperation> observer) {
            this.observer = observer;
            return this;
        }

        /**
         * Builds the store.
         *
         * @return the store
         * @throws IllegalStateException if the container of snapshots is misconfigured
         * @throws EventStoreUnavailableException if the container cannot be read
         */
        public CosmosSnapshotStore build() {
            return new CosmosSnapshotStore(this);
        }
    }
}
