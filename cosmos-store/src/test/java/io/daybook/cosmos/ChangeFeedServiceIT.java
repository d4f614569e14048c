package io.daybook.cosmos;

import static io.daybook.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.models.CosmosBatch;
import com.azure.cosmos.models.CosmosChangeFeedRequestOptions;
import com.azure.cosmos.models.FeedRange;
import com.azure.cosmos.models.FeedResponse;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What Daybook relies on when it reads the latest-version change feed of Cosmos DB; see {@link CosmosServiceIT}. */
@Tag("faults")
class ChangeFeedServiceIT extends ServiceFixture {

    /** One page as far as the tests need it. */
    private record Page(List<ObjectNode> items, String continuation) {

        List<String> ids() {
            return items.stream().map(item -> item.path("id").asText()).toList();
        }
    }

    // "Change feed in Azure Cosmos DB": in the order of modification, guaranteed per logical partition key
    @Test
    void items_of_a_partition_key_arrive_in_the_order_of_their_writes() {
        String key = newKey();
        List<String> ids =
                IntStream.rangeClosed(1, 25).mapToObj(Integer::toString).toList();
        ids.forEach(id -> create(item(key, id, "text")));

        assertThat(ids(changes(key, 4, "25"))).isEqualTo(ids);
    }

    // "Change feed in Azure Cosmos DB"
    @Test
    void transactions_come_in_order_and_each_of_their_items_once() {
        String key = newKey();
        for (int transaction = 1; transaction <= 6; transaction++) {
            execute(creating(key, "" + transaction, transaction + "a", transaction + "b", transaction + "c"));
        }

        List<ObjectNode> items = items(changes(key, 4, "6a"));

        assertThat(items)
                .extracting(item -> item.path("text").asText())
                .containsExactly(
                        "1", "1", "1", "2", "2", "2", "3", "3", "3", "4", "4", "4", "5", "5", "5", "6", "6", "6");
        assertThat(items).extracting(item -> item.path("id").asText()).doesNotHaveDuplicates();
    }

    // "Change feed pull model in Azure Cosmos DB" and SDK class ChangeFeedProcessorOptions.setMaxItemCount: transaction
    // scope is preserved, though the page is larger than asked for; the order within it is promised nowhere
    @Test
    void transaction_arrives_within_one_page_even_if_the_page_becomes_larger() {
        String key = newKey();
        create(item(key, "before", "text"));
        execute(creating(key, "text", "1", "2", "3", "4", "5"));
        create(item(key, "after", "text"));

        List<Page> pages = changes(key, 2, "after");

        assertThat(pages)
                .filteredOn(page -> page.ids().contains("3"))
                .singleElement()
                .satisfies(page -> assertThat(page.ids()).contains("1", "2", "3", "4", "5"));
        assertThat(ids(pages)).containsExactlyInAnyOrder("before", "1", "2", "3", "4", "5", "after");
    }

    // "Change feed modes in Azure Cosmos DB": only the most recent change of an item is in the feed
    @Test
    void an_updated_item_moves_to_the_end_and_appears_once() {
        String key = newKey();
        create(item(key, "1", "first"));
        create(item(key, "2", "second"));
        get(events().replaceItem(item(key, "1", "changed"), "1", new PartitionKey(key)));

        List<Page> pages = changes(key, 10, "1");

        assertThat(ids(pages)).containsExactly("2", "1");
        assertThat(items(pages).get(1).path("text").asText()).isEqualTo("changed");
    }

    // "Change feed modes in Azure Cosmos DB": an item that is changed after it was read is in the feed again
    @Test
    void feed_delivers_an_item_again_after_its_update() {
        String key = newKey();
        create(item(key, "1", "first"));
        String continuation = last(changes(key, 10, "1")).continuation();
        get(events().replaceItem(item(key, "1", "changed"), "1", new PartitionKey(key)));

        List<Page> pages = readUntil("1", () -> goingOn(continuation));

        assertThat(items(pages))
                .singleElement()
                .satisfies(item -> assertThat(item.path("text").asText()).isEqualTo("changed"));
    }

    // "Change feed modes in Azure Cosmos DB": deletes are not captured, and a deleted item is no longer in the feed
    @Test
    void a_deleted_item_does_not_appear() {
        String key = newKey();
        create(item(key, "1", "text"));
        create(item(key, "2", "text"));
        execute(creating(key, "text", "3", "4"));
        get(events().deleteItem("1", new PartitionKey(key)));
        get(events().deleteItem("4", new PartitionKey(key)));
        create(item(key, "5", "text"));

        assertThat(ids(changes(key, 10, "5"))).containsExactly("2", "3", "5");
    }

    // "Change feed modes in Azure Cosmos DB": changes have to be processed before the time to live is over
    @Test
    void an_expired_item_does_not_appear() {
        String key = newKey();
        create(item(key, "goes", "text").put("ttl", 1));
        create(item(key, "stays", "text"));

        await().untilAsserted(() -> assertThat(ids(changes(key, 10, "stays"))).containsExactly("stays"));
    }

    // "Transactional batch operations in Azure Cosmos DB": the entire transaction is rolled back
    @Test
    void a_failed_batch_leaves_no_trace() {
        String key = newKey();
        create(item(key, "1", "first"));
        create(item(key, "2", "second"));
        CosmosBatch batch = batch(key);
        batch.createItemOperation(item(key, "3", "new"));
        batch.deleteItemOperation("1");
        batch.replaceItemOperation("2", item(key, "2", "changed"));
        batch.createItemOperation(item(key, "3", "again"));
        assertThat(codes(execute(batch))).containsExactly(424, 424, 424, 409);
        create(item(key, "4", "fourth"));

        List<Page> pages = changes(key, 10, "4");

        assertThat(ids(pages)).containsExactly("1", "2", "4");
        assertThat(items(pages))
                .extracting(item -> item.path("text").asText())
                .containsExactly("first", "second", "fourth");
        assertThat(stored(key)).isEqualTo(Map.of("1", "first", "2", "second", "4", "fourth"));
    }

    // "Change feed pull model in Azure Cosmos DB": a token resumes at this point later
    @Test
    void each_continuation_resumes_after_its_page() {
        String key = newKey();
        for (int transaction = 1; transaction <= 5; transaction++) {
            execute(creating(key, "text", transaction + "a", transaction + "b"));
            create(item(key, transaction + "c", "text"));
        }
        List<Page> pages = changes(key, 3, "5c");
        List<String> all = ids(pages);
        assertThat(pages).hasSizeGreaterThan(2);

        int read = 0;
        for (Page page : pages) {
            read += page.ids().size();
            List<String> rest = ids(pages(goingOn(page.continuation())));
            assertThat(rest).containsExactlyInAnyOrderElementsOf(all.subList(read, all.size()));
        }
    }

    // "Change feed pull model in Azure Cosmos DB": the feed has no end, and a token never expires
    @Test
    void a_continuation_from_the_end_gives_what_was_written_since() {
        String key = newKey();
        create(item(key, "1", "text"));
        String end = last(changes(key, 10, "1")).continuation();
        assertThat(ids(pages(goingOn(end)))).isEmpty();

        create(item(key, "2", "text"));
        create(item(key, "3", "text"));

        List<Page> later = readUntil("3", () -> goingOn(end));
        assertThat(ids(later)).containsExactly("2", "3");
        assertThat(ids(pages(goingOn(last(later).continuation())))).isEmpty();
    }

    // SDK class CosmosChangeFeedRequestOptions.createForProcessingFromNow: only future changes
    @Test
    void a_feed_from_now_gives_later_items_only() {
        String key = newKey();
        create(item(key, "before", "text"));
        changes(key, 10, "before"); // so that every replica has it
        List<Page> nothing = pages(CosmosChangeFeedRequestOptions.createForProcessingFromNow(
                FeedRange.forLogicalPartition(new PartitionKey(key))));
        assertThat(ids(nothing)).isEmpty();

        create(item(key, "after", "text"));

        String now = last(nothing).continuation();
        assertThat(ids(readUntil("after", () -> goingOn(now)))).containsExactly("after");
    }

    // SDK class FeedRange.forFullRange: the entire container; no order is promised across partition keys
    @Test
    void feed_of_the_container_gives_all_partition_keys_in_order() {
        List<String> keys = List.of(newKey(), newKey(), newKey(), newKey());
        for (int i = 1; i <= 8; i++) {
            for (String key : keys) {
                create(item(key, "" + i, "text"));
            }
        }
        Supplier<CosmosChangeFeedRequestOptions> all =
                () -> CosmosChangeFeedRequestOptions.createForProcessingFromBeginning(FeedRange.forFullRange())
                        .setMaxItemCount(5);

        await().untilAsserted(() -> {
            List<ObjectNode> items = items(pages(all.get()));
            assertThat(keys)
                    .allSatisfy(key -> assertThat(items)
                            .filteredOn(item -> key.equals(item.path("streamId").asText()))
                            .extracting(item -> item.path("id").asText())
                            .containsExactly("1", "2", "3", "4", "5", "6", "7", "8"));
        });
    }

    // "Change feed pull model in Azure Cosmos DB": the changes of a partition key
    @Test
    void the_feed_of_a_partition_key_gives_nothing_of_other_keys() {
        String key = newKey();
        String other = newKey();
        create(item(other, "1", "of the other"));
        create(item(key, "2", "text"));
        create(item(other, "3", "of the other"));
        create(item(key, "4", "text"));

        assertThat(ids(changes(key, 1, "4"))).containsExactly("2", "4");
    }

    private static CosmosChangeFeedRequestOptions goingOn(String continuation) {
        return CosmosChangeFeedRequestOptions.createForProcessingFromContinuation(continuation);
    }

    /** What the feed of a partition key gives from the beginning, once it gives the item that was written last. */
    private List<Page> changes(String key, int maxItemCount, String lastWritten) {
        return readUntil(
                lastWritten,
                () -> CosmosChangeFeedRequestOptions.createForProcessingFromBeginning(
                                FeedRange.forLogicalPartition(new PartitionKey(key)))
                        .setMaxItemCount(maxItemCount));
    }

    private List<Page> readUntil(String lastWritten, Supplier<CosmosChangeFeedRequestOptions> options) {
        return await().until(() -> pages(options.get()), pages -> ids(pages).contains(lastWritten));
    }

    /** All pages that there are now. */
    private List<Page> pages(CosmosChangeFeedRequestOptions options) {
        List<Page> pages = new ArrayList<>();
        for (FeedResponse<ObjectNode> page :
                get(events().queryChangeFeed(options, ObjectNode.class).byPage().collectList())) {
            pages.add(new Page(page.getResults(), page.getContinuationToken()));
        }
        return pages;
    }

    private static Page last(List<Page> pages) {
        return pages.get(pages.size() - 1);
    }

    private static List<ObjectNode> items(List<Page> pages) {
        return pages.stream().flatMap(page -> page.items().stream()).toList();
    }

    private static List<String> ids(List<Page> pages) {
        return pages.stream().flatMap(page -> page.ids().stream()).toList();
    }
}
