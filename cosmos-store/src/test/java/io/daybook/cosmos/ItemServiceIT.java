package io.daybook.cosmos;

import static io.daybook.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.CosmosItemRequestOptions;
import com.azure.cosmos.models.CosmosItemResponse;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Daybook relies on when it writes and reads single items of Cosmos DB; see {@link CosmosServiceIT}. */
@Tag("faults")
class ItemServiceIT extends ServiceFixture {

    // "HTTP Status Codes for Azure Cosmos DB": 409, the id has been taken by an existing resource
    @Test
    void a_create_of_an_existing_id_is_refused_and_changes_nothing() {
        String key = newKey();
        String etag = create(item(key, "1", "first")).getETag();

        CosmosException failure = failure(events().createItem(item(key, "1", "second"), new PartitionKey(key), null));

        assertThat(failure.getStatusCode()).isEqualTo(409);
        assertThat(stored(key)).isEqualTo(Map.of("1", "first"));
        assertThat(read(key, "1").getETag()).isEqualTo(etag);
    }

    // "Databases, containers, and items in Azure Cosmos DB": other partition keys may have items of the same id
    @Test
    void ids_are_unique_per_partition_key_only() {
        String one = newKey();
        String other = newKey();

        create(item(one, "1", "of one"));
        create(item(other, "1", "of the other"));

        assertThat(stored(one)).isEqualTo(Map.of("1", "of one"));
        assertThat(stored(other)).isEqualTo(Map.of("1", "of the other"));
    }

    // "Azure Cosmos DB service quotas" limits the length of a partition key's value only; the characters: measured only
    @ParameterizedTest
    @ValueSource(strings = {"a/b", "a?b", "a#b", "a\\b", "Größe", "注文", "😀", "a b%20\"c\"'d'", "A", "a"})
    void a_partition_key_may_hold_any_character(String suffix) {
        String prefix = newKey() + "-";
        String key = prefix + suffix;
        create(item(prefix + "a", "of another", "not the same"));

        assertThat(execute(creating(key, suffix, "1", "2")).isSuccessStatusCode())
                .isTrue();

        assertThat(read(key, "1").getItem().path("streamId").asText()).isEqualTo(key);
        assertThat(stored(key)).containsEntry("1", suffix).containsEntry("2", suffix);
        assertThat(stored(key)).hasSize(key.equals(prefix + "a") ? 3 : 2);
    }

    // "Transactions and optimistic concurrency control": if-match
    @Test
    void a_replace_under_the_current_etag_is_stored() {
        String key = newKey();
        String etag = create(item(key, "1", "first")).getETag();

        CosmosItemResponse<ObjectNode> answer =
                get(events().replaceItem(item(key, "1", "second"), "1", new PartitionKey(key), ifMatch(etag)));

        assertThat(answer.getETag()).isNotEqualTo(etag).isEqualTo(read(key, "1").getETag());
        assertThat(stored(key)).isEqualTo(Map.of("1", "second"));
    }

    // "Transactions and optimistic concurrency control": 412 if the etag is no longer current
    @Test
    void refuses_replace_under_a_stale_etag() {
        String key = newKey();
        String etag = create(item(key, "1", "first")).getETag();
        get(events().replaceItem(item(key, "1", "second"), "1", new PartitionKey(key)));

        CosmosException failure =
                failure(events().replaceItem(item(key, "1", "third"), "1", new PartitionKey(key), ifMatch(etag)));

        assertThat(failure.getStatusCode()).isEqualTo(412);
        assertThat(stored(key)).isEqualTo(Map.of("1", "second"));
    }

    // measured only, and only as 404; 412 would be as good
    @Test
    void refuses_replace_under_the_etag_of_a_deleted_item() {
        String key = newKey();
        String etag = create(item(key, "1", "first")).getETag();
        get(events().deleteItem("1", new PartitionKey(key)));

        CosmosException failure =
                failure(events().replaceItem(item(key, "1", "second"), "1", new PartitionKey(key), ifMatch(etag)));

        assertThat(failure.getStatusCode()).isIn(404, 412);
        assertThat(stored(key)).isEmpty();
    }

    // "HTTP Status Codes for Azure Cosmos DB": 404; substatus 0: SDK class HttpConstants.SubStatusCodes.UNKNOWN
    @Test
    void a_missing_item_is_answered_with_404_and_substatus_0() {
        String key = newKey();
        create(item(key, "1", "there"));

        CosmosException ofRead = failure(events().readItem("2", new PartitionKey(key), ObjectNode.class));
        CosmosException ofDelete = failure(events().deleteItem("2", new PartitionKey(key)));
        CosmosException ofReplace = failure(events().replaceItem(item(key, "2", "new"), "2", new PartitionKey(key)));

        assertThat(List.of(ofRead, ofDelete, ofReplace)).allSatisfy(failure -> {
            assertThat(failure.getStatusCode()).isEqualTo(404);
            assertThat(failure.getSubStatusCode()).isZero();
        });
        assertThat(stored(key)).isEqualTo(Map.of("1", "there"));
    }

    // SDK classes RxCollectionCache and HttpConstants: OWNER_RESOURCE_NOT_EXISTS
    @Test
    void a_missing_container_is_answered_with_404_and_substatus_1003() {
        String key = newKey();

        CosmosException ofRead = failure(container("missing").readItem("1", new PartitionKey(key), ObjectNode.class));
        CosmosException ofBatch = failure(container("missing").executeCosmosBatch(creating(key, "new", "1")));
        CosmosException ofQuery = failure(container("missing")
                .queryItems("SELECT * FROM c", ObjectNode.class)
                .collectList());

        assertThat(List.of(ofRead, ofBatch, ofQuery)).allSatisfy(failure -> {
            assertThat(failure.getStatusCode()).isEqualTo(404);
            assertThat(failure.getSubStatusCode()).isEqualTo(1003);
        });
    }

    // SDK class CosmosItemRequestOptions.setIfNoneMatchETag; that the 304 is not thrown and has no item: measured only
    @Test
    void a_read_of_what_is_known_already_answers_304_without_the_item() {
        String key = newKey();
        String etag = create(item(key, "1", "first")).getETag();
        CosmosItemRequestOptions ifChanged = new CosmosItemRequestOptions().setIfNoneMatchETag(etag);

        CosmosItemResponse<ObjectNode> unchanged =
                get(events().readItem("1", new PartitionKey(key), ifChanged, ObjectNode.class));
        get(events().replaceItem(item(key, "1", "second"), "1", new PartitionKey(key)));
        CosmosItemResponse<ObjectNode> changed =
                get(events().readItem("1", new PartitionKey(key), ifChanged, ObjectNode.class));

        assertThat(unchanged.getStatusCode()).isEqualTo(304);
        assertThat(unchanged.getItem()).isNull();
        assertThat(changed.getStatusCode()).isEqualTo(200);
        assertThat(changed.getItem().path("text").asText()).isEqualTo("second");
    }

    // "Time to Live (TTL) in Azure Cosmos DB": container -1, item n; gone from reads even before it is deleted
    @Test
    void an_item_with_a_time_to_live_expires_and_one_without_stays() {
        String key = newKey();
        create(item(key, "stays", "no time to live"));
        create(item(key, "goes", "three seconds").put("ttl", 3));
        assertThat(stored(key)).containsOnlyKeys("goes", "stays");

        await().untilAsserted(() -> assertThat(stored(key)).isEqualTo(Map.of("stays", "no time to live")));

        CosmosException failure = failure(events().readItem("goes", new PartitionKey(key), ObjectNode.class));
        assertThat(failure.getStatusCode()).isEqualTo(404);
        assertThat(failure.getSubStatusCode()).isZero();
        assertThat(read(key, "stays").getItem().path("text").asText()).isEqualTo("no time to live");
    }

    // "Time to Live (TTL) in Azure Cosmos DB": without one on the container, that of an item has no effect
    @Test
    void an_item_with_a_time_to_live_stays_where_the_container_has_none() {
        String key = newKey();
        get(snapshots().createItem(item(key, "1", "stays").put("ttl", 1), new PartitionKey(key), null));
        create(item(key, "1", "written later, with more time").put("ttl", 2));

        await().untilAsserted(() -> assertThat(stored(key)).isEmpty());

        ObjectNode stays =
                Objects.requireNonNull(get(snapshots().readItem("1", new PartitionKey(key), ObjectNode.class))
                        .getItem());
        assertThat(stays.path("text").asText()).isEqualTo("stays");
    }

    // measured only: the documentation says when an expired item is no longer read, not when its id is free
    @Test
    void the_id_of_an_expired_item_can_be_taken_by_a_batch() {
        String key = newKey();
        create(item(key, "command", "first").put("ttl", 3)); // which may be over after two seconds and a bit
        assertThat(codes(execute(creating(key, "second", "command", "2")))).containsExactly(409, 424);

        await().until(() -> execute(creating(key, "second", "command", "2")).isSuccessStatusCode());

        assertThat(stored(key)).isEqualTo(Map.of("command", "second", "2", "second"));
    }

    // RFC 8259, which "Azure Cosmos DB service quotas" refers to; that nothing is normalized: measured only
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "quotes \" ' and \\ and /",
                "tab \t, lines \r\n, \b\f and \u001f",
                "\u2028 and \u2029",
                "Grüße, 注文, שלום, 😀👩‍👩‍👧",
                "e\u0301 is not \u00e9",
                " spaces around ",
                "{\"json\":[1]} <html> @streamId",
                "2024-01-02T03:04:05.000000000Z"
            })
    void a_text_is_stored_unharmed(String text) {
        String key = newKey();

        execute(creating(key, text, "1"));

        assertThat(read(key, "1").getItem().path("text").textValue()).isEqualTo(text);
        assertThat(stored(key)).isEqualTo(Map.of("1", text));
    }

    // "Azure Cosmos DB service quotas": numbers are IEEE 754 doubles, texts are kept
    @ParameterizedTest
    @ValueSource(strings = {"10.00", "0.10", "12345678901234567890.123456789", "-0.00", "1E+3"})
    void an_amount_that_is_stored_as_a_text_keeps_its_scale(String amount) {
        String key = newKey();

        create(item(key, "1", new BigDecimal(amount).toString()));

        BigDecimal stored = new BigDecimal(read(key, "1").getItem().path("text").textValue());
        assertThat(stored).isEqualTo(new BigDecimal(amount)); // with the scale
    }

    // "Azure Cosmos DB service quotas": IEEE 754 double precision, which has every integer up to 2^53
    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, Integer.MAX_VALUE + 1L, (1L << 53) - 1, 1L << 53, -(1L << 53)})
    void a_whole_number_up_to_2_to_the_53rd_is_stored_exactly(long number) {
        String key = newKey();

        create(item(key, "1", "number").put("number", number));

        assertThat(read(key, "1").getItem().path("number").isIntegralNumber()).isTrue();
        assertThat(read(key, "1").getItem().path("number").asLong()).isEqualTo(number);
        assertThat(storedItems(key))
                .extracting(item -> item.path("number").asLong())
                .containsExactly(number);
    }

    private static CosmosItemRequestOptions ifMatch(String etag) {
        return new CosmosItemRequestOptions().setIfMatchETag(etag);
    }
}
