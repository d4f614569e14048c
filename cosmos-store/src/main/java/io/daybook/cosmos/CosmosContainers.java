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
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The three containers of one database in which Daybook keeps its documents: events, snapshots and the leases of feeds.
 * Everything shares the one client that the application builds, owns and closes, so its connections are the only ones.
 *
 * <pre>{@code
 * CosmosAsyncClient client = new CosmosClientBuilder()
 *         .endpoint(endpoint)
 *         .credential(credential)
 *         .multipleWriteRegionsEnabled(false)    // one region decides which of two writers was first
 *         .contentResponseOnWriteEnabled(true)   // the SDK's change feed processor insists on it
 *         .buildAsyncClient();
 * CosmosContainers containers = CosmosContainers.in(client, "orders");
 * containers.createIfMissing();
 * }</pre>
 *
 * <p>Immutable and safe for use by many threads.
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
    /** The filter and the order of each query that is sorted, so that the service answers it from the index alone. */
    private static final List<List<String>> COMPOSITES = composites();

    private static final int TTL_PER_DOCUMENT = -1;

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
     * Names the database; its containers are called {@code events}, {@code snapshots} and {@code leases}.
     *
     * @param client the application's client; it must not write to several regions, since the check for conflicts needs
     *     one place to be made at
     * @param database the name of the database
     * @return the containers; nothing is created or read yet
     */
    public static CosmosContainers in(CosmosAsyncClient client, String database) {
        return new CosmosContainers(client, database, "events", "snapshots", "leases");
    }

    /**
     * Gives the containers other names.
     *
     * @param events of the container of events
     * @param snapshots of the container of snapshots
     * @param leases of the container of leases
     * @return containers with these names
     * @throws IllegalArgumentException if two names are the same: a feed would take the documents of others for events
     */
    public CosmosContainers named(String events, String snapshots, String leases) {
        if (events.equals(snapshots) || events.equals(leases) || snapshots.equals(leases)) {
            throw new IllegalArgumentException("the containers for events, snapshots and leases are called " + events
                    + ", " + snapshots + " and " + leases + ": each needs a name of its own");
        }
        return new CosmosContainers(client, databaseName, events, snapshots, leases);
    }

    /**
     * Creates the database and the containers that are missing, without throughput of their own. That suits a serverless account. Any
     * other account gives each container 400 RU/s, unless its total throughput is limited, which is what the portal proposes for the
     * free tier: it refuses containers without throughput, so use one of the other methods there.
     *
     * @throws IllegalStateException if a container exists that does not fit; the message says what differs
     * @throws EventStoreUnavailableException if the database cannot be reached, or the credential may not create it
     */
    public void createIfMissing() {
        create(null, null, null, null);
    }

    /**
     * Creates the database and the containers that are missing. All containers share the throughput of the database, so 400 RU/s
     * are enough for the three of them.
     *
     * @param shared the throughput of the database, at least 400 RU/s; a database that exists keeps the throughput that it has
     * @throws IllegalStateException if the database exists and has no throughput to share, which is only possible when it is created;
     *     or if a container exists that does not fit
     * @throws EventStoreUnavailableException if the database cannot be reached, or the credential may not create it
     */
    public void createIfMissing(ThroughputProperties shared) {
        create(Objects.requireNonNull(shared, "shared"), null, null, null);
    }

    /**
     * Creates the database and the containers that are missing. Each container gets a throughput of its own; containers that exist
     * keep the throughput that they have.
     *
     * @param events the throughput for events, at least 400 RU/s
     * @param snapshots the throughput for snapshots, at least 400 RU/s
     * @param leases the throughput for leases, at least 400 RU/s
     * @throws IllegalStateException if a container exists that does not fit; the message says what differs
     * @throws EventStoreUnavailableException if the database cannot be reached, or the credential may not create it
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

    /** A database that was created without throughput would give each container 400 RU/s of its own instead. */
    private void requireThroughput(CosmosAsyncDatabase database) {
        try {
            database.readThroughput().block(CosmosFailures.SETUP_BOUND);
        } catch (RuntimeException e) {
            if (CosmosFailures.isStatus(e, 400) || CosmosFailures.isStatus(e, 404)) { // the SDK found none
                throw new IllegalStateException(
                        "the database " + databaseName
                                + " has no throughput that its containers could share, and it can"
                                + " only be given one when it is created: use another database, or createIfMissing with a"
                                + " throughput for each container",
                        e);
            }
            throw CosmosFailures.unavailable("reading the throughput of the database " + databaseName, e);
        }
    }

    private static void createUnlessThere(Mono<?> creation) {
        CallingThread.requireMayBlock("creating the containers");
        try {
            creation.block(CosmosFailures.SETUP_BOUND);
        } catch (RuntimeException e) {
            if (!CosmosFailures.isStatus(e, 409)) { // another instance was faster, which is as well
                throw CosmosFailures.unavailable("creating the containers", e);
            }
        }
    }

    private CosmosContainerProperties eventsProperties() {
        IndexingPolicy policy = new IndexingPolicy();
        policy.setIndexingMode(IndexingMode.CONSISTENT);
        policy.setIncludedPaths(INDEXED.stream()
                .map(name -> new IncludedPath("/" + name + "/?"))
                .toList());
        policy.setExcludedPaths(List.of(new ExcludedPath("/*")));
        policy.setCompositeIndexes(COMPOSITES.stream()
                .map(names -> names.stream()
                        .map(name -> new CompositePath().setPath("/" + name).setOrder(CompositePathSortOrder.ASCENDING))
                        .toList())
                .toList());
        return new CosmosContainerProperties(eventsName, partitionKey("/streamId"))
                .setIndexingPolicy(policy)
                .setDefaultTimeToLiveInSeconds(TTL_PER_DOCUMENT);
    }

    /** The first version, which is what the service makes unless told otherwise, holds keys of 101 bytes only. */
    private static PartitionKeyDefinition partitionKey(String path) {
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

    /** Compares a container with what is needed, and adds each difference. */
    private interface Comparison {
        void compare(CosmosContainerProperties actual, Consumer<String> differences);
    }

    private void requireFit(String container, Comparison comparison) {
        CallingThread.requireMayBlock("reading how the container " + container + " is set up");
        CosmosContainerProperties actual;
        try {
            actual = Objects.requireNonNull(container(container).read().block(CosmosFailures.SETUP_BOUND))
                    .getProperties();
        } catch (RuntimeException e) {
            throw CosmosFailures.unavailable("reading how the container " + container + " is set up", e);
        }
        List<String> differences = new ArrayList<>();
        comparison.compare(actual, differences::add);
        if (!differences.isEmpty()) {
            throw new IllegalStateException("the container " + container + " of the database " + databaseName
                    + " cannot be used, it is set up otherwise: " + String.join("; ", differences)
                    + ". Use another container, or correct this one");
        }
    }

    private void eventsDifferences(CosmosContainerProperties actual, Consumer<String> differences) {
        comparePartitionKey(actual, "/streamId", differences);
        if (!Objects.equals(actual.getDefaultTimeToLiveInSeconds(), TTL_PER_DOCUMENT)) {
            differences.accept("its default time to live is " + actual.getDefaultTimeToLiveInSeconds()
                    + ", it must be -1 (a positive one deletes events, none keeps handled commands for ever)");
        }
        Set<String> included = actual.getIndexingPolicy().getIncludedPaths().stream()
                .map(IncludedPath::getPath)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> missing = INDEXED.stream()
                .map(name -> "/" + name + "/?")
                .filter(path -> !included.contains("/*") && !included.contains(path))
                .collect(Collectors.toCollection(TreeSet::new));
        if (!missing.isEmpty()) {
            differences.accept("its indexing policy does not include " + String.join(", ", missing));
        }
        List<List<CompositePath>> composites = actual.getIndexingPolicy().getCompositeIndexes();
        List<String> absent = COMPOSITES.stream()
                .filter(names -> composites.stream().noneMatch(index -> isIndexOf(names, index)))
                .map(CosmosContainers::json)
                .toList();
        if (!absent.isEmpty()) {
            differences.accept("its indexing policy lacks composite indexes: add to its \"compositeIndexes\" "
                    + String.join(", ", absent)
                    + ", as docs/operations.md says under \"Updating existing containers\"");
        }
    }

    /** An index serves an order and its opposite, but not one that goes up and down. */
    private static boolean isIndexOf(List<String> names, List<CompositePath> index) {
        return index.stream()
                        .map(CompositePath::getPath)
                        .toList()
                        .equals(names.stream().map(name -> "/" + name).toList())
                && index.stream().map(CompositePath::getOrder).distinct().count() == 1;
    }

    private static String json(List<String> names) {
        return names.stream()
                .map(name -> "{\"path\": \"/" + name + "\", \"order\": \"ascending\"}")
                .collect(Collectors.joining(", ", "[", "]"));
    }

    private void snapshotsDifferences(CosmosContainerProperties actual, Consumer<String> differences) {
        comparePartitionKey(actual, "/streamId", differences);
    }

    private void leasesDifferences(CosmosContainerProperties actual, Consumer<String> differences) {
        comparePartitionKey(actual, "/id", differences);
        Integer ttl = actual.getDefaultTimeToLiveInSeconds();
        if (!Objects.equals(ttl, TTL_PER_DOCUMENT)) {
            differences.accept("its default time to live is " + ttl + ", it must be -1 ("
                    + (ttl == null
                            ? "without it the lock of a first start that is cut off never expires, and the feed cannot start again"
                            : "a positive one deletes the progress of feeds")
                    + "): set \"Time to Live\" to \"On (no default)\" in the portal, or run"
                    + " az cosmosdb sql container update --account-name <account> --resource-group <group>"
                    + " --database-name " + databaseName + " --name " + leasesName + " --ttl=-1");
        }
    }

    private static void comparePartitionKey(
            CosmosContainerProperties actual, String needed, Consumer<String> differences) {
        List<String> paths = actual.getPartitionKeyDefinition().getPaths();
        if (!paths.equals(List.of(needed))) {
            differences.accept("its partition key is " + String.join(", ", paths) + ", it must be " + needed);
        }
        if (actual.getPartitionKeyDefinition().getVersion() != PartitionKeyDefinitionVersion.V2) {
            differences.accept(
                    "its partition key is of version 1, which holds 101 bytes only, it must be of version 2");
        }
    }

    /** The container of events, after a look whether it is one. */
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

    private CosmosAsyncContainer container(String name) {
        return client.getDatabase(databaseName).getContainer(name);
    }
}
