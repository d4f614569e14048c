package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncClient;
import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.CosmosAsyncDatabase;
import com.azure.cosmos.models.CompositePath;
import com.azure.cosmos.models.CompositePathSortOrder;
import com.azure.cosmos.models.CosmosContainerProperties;
import com.azure.cosmos.models.ExcludedPath;
import com.azure.cosmos.models.IncludedPath;
import com.azure.cosmos.models.IndexingMode;
import com.azure.cosmos.models.IndexingPolicy;
import com.azure.cosmos.models.PartitionKeyDefinition;
import com.azure.cosmos.models.PartitionKeyDefinitionVersion;
import com.azure.cosmos.models.ThroughputProperties;
import io.daybook.eventstore.EventStoreUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The three containers in a database: events, snapshots and feed leases. Stores and feeds share one client, which the
 * application builds, owns and closes.
 *
 * <pre>{@code
 * CosmosAsyncClient client = new CosmosClientBuilder()
 *         .endpoint(endpoint)
 *         .credential(credential)
 *         .multipleWriteRegionsEnabled(false)    // one region decides conflicts
 *         .contentResponseOnWriteEnabled(true)   // required by the SDK's change feed processor
 *         .buildAsyncClient();
 * CosmosContainers containers = CosmosContainers.in(client, "orders");
 * containers.createIfMissing();
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class CosmosContainers {

    private static final List<String> INDEXED = List.of(
            "kind",
            "streamId",
            "sequenceNumber",
            "aggregateType",
            "eventType",
            "timestamp",
            "correlationId",
            "causationId",
            "userId",
            "commandId");
    /** The filter and the order of each sorted query, so that the service answers it from the index alone. */
    private static final List<List<String>> COMPOSITES = composites();

    static final int TTL_PER_DOCUMENT = -1;

    private static List<List<String>> composites() {
        List<List<String>> composites = new ArrayList<>();
        composites.add(StreamReader.ORDER);
        composites.add(EventSearch.order(Optional.empty()));
        EventSearch.FILTERS.forEach(filter -> composites.add(EventSearch.order(Optional.of(filter))));
        return List.copyOf(composites);
    }

    private final CosmosAsyncClient client;
    private final String databaseName;
    private final String eventsName;
    private final String snapshotsName;
    private final String leasesName;

    private CosmosContainers(
            CosmosAsyncClient client, String databaseName, String eventsName, String snapshotsName, String leasesName) {
        this.client = Objects.requireNonNull(client, "client");
        this.databaseName = databaseName;
        this.eventsName = eventsName;
        this.snapshotsName = snapshotsName;
        this.leasesName = leasesName;
    }

    /**
     * Returns the containers {@code events}, {@code snapshots} and {@code leases} of a database. This method sends no
     * request.
     *
     * @param client the application's client; it must write to one region only, because otherwise each region would
     *     accept the same sequence number
     * @param database the name of the database
     * @return the containers
     */
    public static CosmosContainers in(CosmosAsyncClient client, String database) {
        return new CosmosContainers(client, database, "events", "snapshots", "leases");
    }

    /**
     * Returns containers with custom names.
     *
     * @param events the name of the container of events
     * @param snapshots the name of the container of snapshots
     * @param leases the name of the lease container
     * @return containers with these names
     * @throws IllegalArgumentException if two names are the same
     */
    public CosmosContainers named(String events, String snapshots, String leases) {
        if (events.equals(snapshots) || events.equals(leases) || snapshots.equals(leases)) {
            throw new IllegalArgumentException("the containers for events, snapshots and leases have the names "
                    + events + ", " + snapshots + " and " + leases + ": use three different names");
        }
        return new CosmosContainers(client, databaseName, events, snapshots, leases);
    }

    /**
     * Creates the database and containers that are missing, without setting their throughput. Use this method for
     * serverless accounts. In other accounts, each container gets 400 RU/s. An account with a total throughput limit,
     * which is the portal's default for the free tier, rejects containers without throughput. For such an account, use
     * one of the other methods.
     *
     * @throws IllegalStateException if an existing container is misconfigured; the message lists the differences
     * @throws EventStoreUnavailableException if the database cannot be reached, or the credential lacks a permission
     */
    public void createIfMissing() {
        create(null, null, null, null);
    }

    /**
     * Creates the database and containers that are missing. All containers share the throughput of the database, so 400
     * RU/s is enough for the three of them.
     *
     * @param shared the throughput of the database, at least 400 RU/s; an existing database keeps its throughput
     * @throws IllegalStateException if an existing database has no shared throughput (it can be set only when a
     *     database is created), or if an existing container is misconfigured
     * @throws EventStoreUnavailableException if the database cannot be reached, or the credential lacks a permission
     */
    public void createIfMissing(ThroughputProperties shared) {
        create(Objects.requireNonNull(shared, "shared"), null, null, null);
    }

    /**
     * Creates the database and containers that are missing. Each container gets separate throughput. Existing
     * containers keep their throughput.
     *
     * @param events the throughput for events, at least 400 RU/s
     * @param snapshots the throughput for snapshots, at least 400 RU/s
     * @param leases the throughput for leases, at least 400 RU/s
     * @throws IllegalStateException if an existing container is misconfigured; the message lists the differences
     * @throws EventStoreUnavailableException if the database cannot be reached, or the credential lacks a permission
     */
    public void createIfMissing(
            ThroughputProperties events, ThroughputProperties snapshots, ThroughputProperties leases) {
        create(null, events, snapshots, leases);
    }

    private void create(
            @Nullable ThroughputProperties shared,
            @Nullable ThroughputProperties events,
            @Nullable ThroughputProperties snapshots,
            @Nullable ThroughputProperties leases) {
        CosmosAsyncDatabase database = client.getDatabase(databaseName);
        if (shared == null) {
            createUnlessThere(client.createDatabaseIfNotExists(databaseName));
        } else {
            createUnlessThere(client.createDatabaseIfNotExists(databaseName, shared));
            requireThroughput(database);
        }
        create(database, eventsProperties(), events);
        create(database, snapshotsProperties(), snapshots);
        create(database, leasesProperties(), leases);
        requireFit(eventsName, this::eventsDifferences);
        requireFit(snapshotsName, this::snapshotsDifferences);
        requireFit(leasesName, this::leasesDifferences);
    }

    private static void create(
            CosmosAsyncDatabase database, CosmosContainerProperties container, @Nullable ThroughputProperties own) {
        createUnlessThere(
                own == null
                        ? database.createContainerIfNotExists(container)
                        : database.createContainerIfNotExists(container, own));
    }

    /** Without shared throughput, the account would give each container 400 RU/s instead. */
    private void requireThroughput(CosmosAsyncDatabase database) {
        try {
            database.readThroughput().block(CosmosFailures.SETUP_TIMEOUT);
        } catch (RuntimeException e) {
            if (CosmosFailures.isStatus(e, 400) || CosmosFailures.isStatus(e, 404)) { // there is none
                throw new IllegalStateException(
                        "the database " + databaseName
                                + " has no shared throughput, which can be set only when a database is created: use another"
                                + " database, or call createIfMissing(events, snapshots, leases)",
                        e);
            }
            throw CosmosFailures.unavailable("reading the throughput of the database " + databaseName, e);
        }
    }

    private static void createUnlessThere(Mono<?> creation) {
        CallingThread.requireMayBlock("creating the containers");
        try {
            creation.block(CosmosFailures.SETUP_TIMEOUT);
        } catch (RuntimeException e) {
            if (!CosmosFailures.isStatus(e, 409)) { // another instance has created it
                throw CosmosFailures.unavailable("creating the containers", e);
            }
        }
    }

    private CosmosContainerProperties eventsProperties() {
        return new CosmosContainerProperties(eventsName, partitionKey("/streamId"))
                .setIndexingPolicy(policy(
                        INDEXED.stream().map(ContainerDifferences::pathOf).toList(), COMPOSITES))
                .setDefaultTimeToLiveInSeconds(TTL_PER_DOCUMENT);
    }

    /** Returns an indexing policy that includes only the given paths. */
    static IndexingPolicy policy(List<String> paths, List<List<String>> composites) {
        IndexingPolicy policy = new IndexingPolicy();
        policy.setIndexingMode(IndexingMode.CONSISTENT);
        policy.setIncludedPaths(paths.stream().map(IncludedPath::new).toList());
        policy.setExcludedPaths(List.of(new ExcludedPath("/*")));
        policy.setCompositeIndexes(composites.stream()
                .map(names -> names.stream()
                        .map(name -> new CompositePath().setPath("/" + name).setOrder(CompositePathSortOrder.ASCENDING))
                        .toList())
                .toList());
        return policy;
    }

    /**
     * Returns a partition key definition of version 2. Version 1, the default of the service, compares only the first
     * 101 bytes of a key.
     */
    static PartitionKeyDefinition partitionKey(String path) {
        return new PartitionKeyDefinition().setPaths(List.of(path)).setVersion(PartitionKeyDefinitionVersion.V2);
    }

    private CosmosContainerProperties snapshotsProperties() {
        IndexingPolicy nothing = new IndexingPolicy();
        nothing.setIndexingMode(IndexingMode.CONSISTENT);
        nothing.setExcludedPaths(List.of(new ExcludedPath("/*")));
        return new CosmosContainerProperties(snapshotsName, partitionKey("/streamId")).setIndexingPolicy(nothing);
    }

    private CosmosContainerProperties leasesProperties() {
        return new CosmosContainerProperties(leasesName, partitionKey("/id"))
                .setDefaultTimeToLiveInSeconds(TTL_PER_DOCUMENT);
    }

    /** Creates a container if it is missing, and checks its configuration. */
    CosmosAsyncContainer createIfMissing(
            CosmosContainerProperties properties, @Nullable ThroughputProperties own, Comparison comparison) {
        create(client.getDatabase(databaseName), properties, own);
        requireFit(properties.getId(), comparison);
        return container(properties.getId());
    }

    /** A comparison of a container with the required configuration, which adds each difference. */
    interface Comparison {
        void compare(CosmosContainerProperties actual, Consumer<String> differences);
    }

    private void requireFit(String container, Comparison comparison) {
        CallingThread.requireMayBlock("reading the configuration of the container " + container);
        CosmosContainerProperties actual;
        try {
            actual = Objects.requireNonNull(container(container).read().block(CosmosFailures.SETUP_TIMEOUT))
                    .getProperties();
        } catch (RuntimeException e) {
            throw CosmosFailures.unavailable("reading the configuration of the container " + container, e);
        }
        List<String> differences = new ArrayList<>();
        comparison.compare(actual, differences::add);
        if (!differences.isEmpty()) {
            throw new IllegalStateException("the container " + container + " of the database " + databaseName
                    + " is misconfigured: " + String.join("; ", differences)
                    + ". Correct the container, or use another one");
        }
    }

    private void eventsDifferences(CosmosContainerProperties actual, Consumer<String> differences) {
        ContainerDifferences.ofPartitionKey(actual, "/streamId", differences);
        if (!Objects.equals(actual.getDefaultTimeToLiveInSeconds(), TTL_PER_DOCUMENT)) {
            differences.accept(ContainerDifferences.timeToLive(actual.getDefaultTimeToLiveInSeconds())
                    + ": set it to -1 (a positive value deletes events, and without a value, records of commands never"
                    + " expire)");
        }
        ContainerDifferences.ofPaths(
                actual, INDEXED.stream().map(ContainerDifferences::pathOf).toList(), differences);
        ContainerDifferences.ofComposites(
                actual,
                COMPOSITES,
                "as described in docs/operations.md under \"Updating existing containers\"",
                differences);
    }

    private void snapshotsDifferences(CosmosContainerProperties actual, Consumer<String> differences) {
        ContainerDifferences.ofPartitionKey(actual, "/streamId", differences);
    }

    private void leasesDifferences(CosmosContainerProperties actual, Consumer<String> differences) {
        ContainerDifferences.ofPartitionKey(actual, "/id", differences);
        Integer ttl = actual.getDefaultTimeToLiveInSeconds();
        if (!Objects.equals(ttl, TTL_PER_DOCUMENT)) {
            differences.accept(ContainerDifferences.timeToLive(ttl) + ", but must be -1 ("
                    + (ttl == null
                            ? "without a value, the lock of an interrupted first start never expires, and the feed cannot start"
                            : "a positive value deletes the progress of feeds")
                    + "): set \"Time to Live\" to \"On (no default)\" in the portal, or run"
                    + " az cosmosdb sql container update --account-name <account> --resource-group <group>"
                    + " --database-name " + databaseName + " --name " + leasesName + " --ttl=-1");
        }
    }

    /** Checks the configuration of the container of events and returns the container. */
    CosmosAsyncContainer requireEvents() {
        requireFit(eventsName, this::eventsDifferences);
        return container(eventsName);
    }

    CosmosAsyncContainer requireSnapshots() {
        requireFit(snapshotsName, this::snapshotsDifferences);
        return container(snapshotsName);
    }

    CosmosAsyncContainer requireLeases() {
        requireFit(leasesName, this::leasesDifferences);
        return container(leasesName);
    }

    CosmosAsyncContainer container(String name) {
        return client.getDatabase(databaseName).getContainer(name);
    }
}
