package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.CosmosAsyncDatabase;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.CompositePath;
import com.azure.cosmos.models.CosmosContainerProperties;
import com.azure.cosmos.models.IncludedPath;
import com.azure.cosmos.models.IndexingPolicy;
import com.azure.cosmos.models.PartitionKeyDefinitionVersion;
import com.azure.cosmos.models.ThroughputProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.readmodel.ReadModelUnavailableException;
import io.daybook.readmodel.StoredDocument;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The containers that a read model store creates, and those that it refuses. */
class ReadModelContainersIT {

    private static final ReadModelSchema SCHEMA = new ReadModelSchema(
            "orders",
            1,
            Set.of("customer", "status", "changed", "words"),
            Set.of("words"),
            Map.of("changed", Set.of("customer", "status", "words")));

    private final String database = CosmosAccount.newDatabase();
    private final CosmosContainers containers = CosmosContainers.in(CosmosAccount.client(), database);
    private final CosmosReadModelStore store = CosmosReadModelStore.of(containers);

    @AfterEach
    void deleteDatabase() {
        CosmosAccount.delete(database);
    }

    private CosmosAsyncDatabase created() {
        return CosmosAccount.client().getDatabase(database);
    }

    private CosmosContainerProperties properties() {
        return created().getContainer("orders-1").read().block().getProperties();
    }

    @Test
    void creates_container_with_an_index_for_each_order_and_its_filters() {
        containers.createIfMissing();
        store.open(SCHEMA);
        store.open(SCHEMA);

        CosmosContainerProperties properties = properties();
        assertThat(properties.getPartitionKeyDefinition().getPaths()).containsExactly("/pk");
        assertThat(properties.getPartitionKeyDefinition().getVersion()).isEqualTo(PartitionKeyDefinitionVersion.V2);
        assertThat(properties.getDefaultTimeToLiveInSeconds()).isEqualTo(-1);
        assertThat(properties.getIndexingPolicy().getIncludedPaths())
                .extracting(IncludedPath::getPath)
                .containsExactlyInAnyOrder("/x/*", "/parked/at/?", "/pk/?");
        assertThat(properties.getIndexingPolicy().getCompositeIndexes().stream()
                        .map(index -> index.stream().map(CompositePath::getPath).toList()))
                .containsExactlyInAnyOrder(
                        List.of("/x/changed", "/x/_key"),
                        List.of("/x/customer", "/x/_key"),
                        List.of("/x/status", "/x/_key"),
                        List.of("/x/customer", "/x/changed", "/x/_key"),
                        List.of("/x/status", "/x/changed", "/x/_key"));
    }

    @Test
    void creates_container_with_its_own_or_the_shared_throughput() {
        CosmosAccount.server().limitThroughput(database);
        containers.createIfMissing(ThroughputProperties.createManualThroughput(400));
        store.open(SCHEMA);
        assertThatExceptionOfType(CosmosException.class)
                .isThrownBy(() ->
                        created().getContainer("orders-1").readThroughput().block());

        store.drop(SCHEMA);
        CosmosReadModelStore.builder(containers)
                .throughput(ThroughputProperties.createAutoscaledThroughput(4_000))
                .build()
                .open(SCHEMA);
        assertThat(created()
                        .getContainer("orders-1")
                        .readThroughput()
                        .block()
                        .getProperties()
                        .getAutoscaleMaxThroughput())
                .isEqualTo(4_000);
    }

    @Test
    void refuses_container_whose_documents_or_queries_would_suffer() {
        containers.createIfMissing();
        IndexingPolicy policy = new IndexingPolicy();
        policy.setIncludedPaths(List.of(new IncludedPath("/x/*")));
        created()
                .createContainer(new CosmosContainerProperties("orders-1", "/id").setIndexingPolicy(policy))
                .block();

        assertThatIllegalStateException()
                .isThrownBy(() -> store.open(SCHEMA))
                .withMessageContaining("the container orders-1 of the database " + database + " is misconfigured")
                .withMessageContaining("its partition key is /id, but must be /pk")
                .withMessageContaining("its default time to live is not set: set it to -1")
                .withMessageContaining("does not include /parked/at/?, /pk/?")
                .withMessageContaining("lacks composite indexes")
                .withMessageContaining(
                        "[{\"path\": \"/x/customer\", \"order\": \"ascending\"}, {\"path\": \"/x/changed\", \"order\": \"ascending\"},"
                                + " {\"path\": \"/x/_key\", \"order\": \"ascending\"}]")
                .withMessageContaining("increase the version");
    }

    @Test
    void another_listing_of_the_same_version_is_refused() {
        containers.createIfMissing();
        store.open(SCHEMA);
        ReadModelSchema changed = new ReadModelSchema(
                "orders", 1, SCHEMA.indexes(), SCHEMA.multiValued(), Map.of("status", Set.of("customer")));

        assertThatIllegalStateException()
                .isThrownBy(() -> store.open(changed))
                .withMessageContaining("/x/status")
                .withMessageContaining("increase the version");
    }

    @Test
    void missing_database_is_reported_with_the_remedy() {
        assertThatExceptionOfType(ReadModelUnavailableException.class)
                .isThrownBy(() -> store.open(SCHEMA))
                .withMessageContaining("createIfMissing");
    }

    /** What is stored, with sorted members and without those of the service. */
    private static List<String> stored(CosmosAsyncContainer container) {
        return container.queryItems("SELECT * FROM c", ObjectNode.class).collectList().block().stream()
                .map(item -> {
                    Map<String, Object> members = new TreeMap<>();
                    item.properties().stream()
                            .filter(member -> !member.getKey().startsWith("_"))
                            .forEach(member -> members.put(member.getKey(), member.getValue()));
                    members.replace("write", "?");
                    return new ObjectMapper()
                            .configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true)
                            .valueToTree(members)
                            .toString();
                })
                .toList();
    }

    @Test
    void documents_have_the_documented_members() {
        containers.createIfMissing();
        ReadModelCollection documents = store.open(SCHEMA);
        DocumentKey order = DocumentKey.of("42");
        StoredDocument created = StoredDocument.builder(order)
                .position(7, "event-7")
                .content("{\"total\":\"10.00\"}")
                .listed(true)
                .indexValues(Map.of("words", List.of("red", "shoe")))
                .build();
        String etag = documents.write(List.of(created)).etags().get(0);

        CosmosAsyncContainer container = created().getContainer("orders-1");
        assertThat(stored(container))
                .containsExactly(
                        "{\"data\":{\"total\":\"10.00\"},\"eventId\":\"event-7\",\"id\":\"42\",\"pk\":\"42\",\"rev\":1,\"seq\":7,"
                                + "\"write\":\"?\",\"x\":{\"words\":[\"red\",\"shoe\"],\"_key\":\"42\"}}");

        documents.write(List.of(StoredDocument.builder(order)
                .etag(etag)
                .position(9, "")
                .revision(2)
                .gone(true)
                .build()));
        assertThat(stored(container))
                .containsExactly(
                        "{\"gone\":true,\"id\":\"42\",\"pk\":\"42\",\"rev\":2,\"seq\":9,\"ttl\":7776000,\"write\":\"?\"}");
    }
}
