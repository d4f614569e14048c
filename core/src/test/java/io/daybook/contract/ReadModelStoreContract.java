package io.daybook.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.DocumentTooLargeException;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.Page;
import io.daybook.readmodel.PagePosition;
import io.daybook.readmodel.Parking;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.readmodel.ReadModelStore;
import io.daybook.readmodel.Scan;
import io.daybook.readmodel.StoredDocument;
import io.daybook.readmodel.WriteResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link ReadModelStore} promises. A store joins with a subclass:
 *
 * <pre>{@code
 * class InMemoryReadModelStoreTest extends ReadModelStoreContract { // yours
 *     protected ReadModelStore store() {
 *         return new InMemoryReadModelStore();
 *     }
 * }
 * }</pre>
 */
public abstract class ReadModelStoreContract {

    private static final Set<String> INDEXES = Set.of("customer", "status", "changed", "words");

    private final ReadModelSchema schema = new ReadModelSchema(
            "contract-" + UUID.randomUUID().toString().substring(0, 8),
            1,
            INDEXES,
            Set.of("words"),
            Map.of("changed", Set.of("customer", "status", "words")));
    private ReadModelStore store = unset();
    private ReadModelCollection documents = none();

    /** Creates the suite. */
    protected ReadModelStoreContract() {}

    /**
     * Makes the store under test; called before each test. It may be the same one each time.
     *
     * @return the store
     */
    protected abstract ReadModelStore store();

    private static ReadModelStore unset() {
        return null;
    }

    private static ReadModelCollection none() {
        return null;
    }

    @BeforeEach
    final void openStore() {
        store = store();
        documents = store.open(schema);
    }

    @AfterEach
    final void dropDocuments() {
        store.drop(schema);
    }

    private static StoredDocument.Builder document(String id) {
        return StoredDocument.builder(DocumentKey.of(id))
                .position(1, "event-" + id)
                .content("{\"id\":\"" + id.length() + "\"}")
                .listed(true);
    }

    private static StoredDocument.Builder indexed(String id, String customer, String status, String changed) {
        return document(id)
                .indexValues(
                        Map.of("customer", List.of(customer), "status", List.of(status), "changed", List.of(changed)));
    }

    private void write(StoredDocument.Builder... builders) {
        for (StoredDocument.Builder builder : builders) {
            assertThat(documents.write(List.of(builder.build())).isWritten()).isTrue();
        }
    }

    private Optional<StoredDocument> read(String id) {
        return Optional.ofNullable(documents.read(List.of(DocumentKey.of(id))).get(DocumentKey.of(id)));
    }

    private List<String> find(Filter filter) {
        schema.require(filter);
        return documents.find(filter, Optional.empty()).stream()
                .map(document -> document.key().id())
                .toList();
    }

    private List<String> scan(Scan scan) {
        List<String> ids = new ArrayList<>();
        String next = "";
        do {
            Page<StoredDocument> page = documents.scan(scan, next);
            page.items()
                    .forEach(document -> ids.add(
                            document.key().partition() + "/" + document.key().id()));
            next = page.next().orElse("");
        } while (!next.isEmpty());
        return ids;
    }

    @Test
    void document_is_read_as_it_was_written() {
        StoredDocument written = StoredDocument.builder(new DocumentKey("g:naïve \"group\"", "Order-42/7?#"))
                .position(9_007_199_254_740_991L, "event-9")
                .revision(12)
                .content("{\"text\":\"naïve \\\"quote\\\" 😀\",\"amount\":\"10.00\",\"list\":[1,2]}")
                .listed(true)
                .indexValues(Map.of("customer", List.of("alice"), "words", List.of("a", "😀", "b")))
                .gone(true)
                .parking(new Parking(
                        10,
                        "event-10",
                        "java.lang.IllegalStateException",
                        Instant.parse("2026-01-01T00:00:00.000000001Z"),
                        5))
                .recent(Map.of("Order-42", 7L, "Order-43", 1L))
                .build();
        documents.write(List.of(written));

        assertThat(documents.read(List.of(written.key())).get(written.key()))
                .satisfies(read ->
                        assertThat(read.sameAs(written)).as(read.toString()).isTrue());
    }

    @Test
    void document_without_content_is_read_as_it_was_written() {
        StoredDocument written = StoredDocument.builder(DocumentKey.of("1"))
                .position(3, "event-3")
                .build();
        documents.write(List.of(written));

        assertThat(read("1"))
                .hasValueSatisfying(read -> assertThat(read.sameAs(written)).isTrue());
    }

    @Test
    void reads_many_documents_and_omits_those_that_do_not_exist() {
        List<DocumentKey> keys = IntStream.range(0, 150)
                .mapToObj(i -> DocumentKey.of("document-" + i))
                .toList();
        for (int i = 0; i < 150; i += 2) {
            write(document("document-" + i));
        }
        Map<DocumentKey, StoredDocument> read = documents.read(keys);

        assertThat(read).hasSize(75);
        read.forEach((key, document) -> assertThat(document.key()).isEqualTo(key));
        assertThat(documents.read(List.of())).isEmpty();
    }

    @Test
    void creates_document_only_if_there_is_none() {
        write(document("1").content("{\"first\":1}"));

        assertThat(documents.write(
                        List.of(document("1").content("{\"second\":2}").build())))
                .isEqualTo(WriteResult.CONFLICT);
        assertThat(read("1").orElseThrow().content()).contains("first");
    }

    @Test
    void replaces_document_only_under_its_etag() {
        write(document("1"));
        StoredDocument read = read("1").orElseThrow();
        write(read.next().content("{\"second\":2}"));

        assertThat(documents
                        .write(List.of(read.next().content("{\"third\":3}").build()))
                        .isWritten())
                .isFalse();
        assertThat(read("1").orElseThrow().content()).contains("second");
    }

    @Test
    void replaces_no_document_that_does_not_exist() {
        write(document("1"));
        StoredDocument other =
                document("2").etag(read("1").orElseThrow().etag()).build();

        assertThat(documents.write(List.of(other)).isWritten()).isFalse();
        assertThat(read("2")).isEmpty();
    }

    @Test
    void returned_etag_serves_for_the_next_write() {
        StoredDocument first = document("1").build();
        String etag = documents.write(List.of(first)).etags().get(0);
        String second = documents
                .write(List.of(first.stored(etag).next().build()))
                .etags()
                .get(0);

        assertThat(read("1").orElseThrow().etag()).isEqualTo(second).isNotEqualTo(etag);
    }

    @Test
    void each_write_changes_the_etag() {
        write(document("1"));
        Set<String> etags = new TreeSet<>();
        for (int i = 0; i < 5; i++) {
            StoredDocument same = read("1").orElseThrow();
            etags.add(same.etag());
            assertThat(documents.write(List.of(same)).isWritten()).isTrue();
        }

        assertThat(etags).hasSize(5);
    }

    @Test
    void writes_all_documents_of_a_batch_or_none() {
        DocumentKey row = new DocumentKey("g:alice", "Order-1");
        DocumentKey summary = new DocumentKey("g:alice", "summary");
        documents.write(
                List.of(StoredDocument.builder(summary).content("{\"count\":0}").build()));
        StoredDocument stale =
                StoredDocument.builder(summary).content("{\"count\":1}").build();
        StoredDocument share =
                StoredDocument.builder(row).content("{\"share\":1}").build();

        assertThat(documents.write(List.of(share, stale))).isEqualTo(WriteResult.CONFLICT);
        assertThat(documents.read(List.of(row))).isEmpty();

        StoredDocument read = documents.read(List.of(summary)).get(summary);
        WriteResult result = documents.write(
                List.of(share, read.next().content("{\"count\":1}").build()));
        assertThat(result.etags()).hasSize(2);
        Map<DocumentKey, StoredDocument> both = documents.read(List.of(row, summary));
        assertThat(both.get(row).etag()).isEqualTo(result.etags().get(0));
        assertThat(both.get(summary).etag()).isEqualTo(result.etags().get(1));
        assertThat(both.get(summary).content()).contains("1");
    }

    @Test
    void writes_hundred_documents_of_a_partition_at_once() {
        List<StoredDocument> batch = IntStream.range(0, 100)
                .mapToObj(i -> StoredDocument.builder(new DocumentKey("g", "row-" + i))
                        .content("{}")
                        .build())
                .toList();

        assertThat(documents.write(batch).etags()).hasSize(100);
        assertThat(scan(Scan.partition("g"))).hasSize(100);
    }

    @Test
    void makes_each_write_regardless_of_the_others() {
        write(document("0"), document("20"));
        List<List<StoredDocument>> each = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            each.add(List.of(document(Integer.toString(i)).build())); // 0 and 20 exist
        }
        each.set(
                10,
                List.of(document("10")
                        .content('"' + "x".repeat(2_200_000) + '"')
                        .build()));

        List<WriteResult> results = documents.writeEach(each);

        assertThat(results).hasSize(30);
        for (int i = 0; i < 30; i++) {
            WriteResult result = results.get(i);
            assertThat(result.failure().isPresent()).isEqualTo(i == 10);
            assertThat(result.isWritten()).isEqualTo(i % 10 != 0);
            if (result.isWritten()) {
                assertThat(result.etags())
                        .containsExactly(read(Integer.toString(i)).orElseThrow().etag());
            }
        }
        assertThat(results.get(10).failure()).containsInstanceOf(DocumentTooLargeException.class);
        assertThat(read("10")).isEmpty();
        assertThat(documents.writeEach(List.of())).isEmpty();
    }

    @Test
    void writes_all_documents_of_each_of_several_writes_or_none() {
        write(StoredDocument.builder(new DocumentKey("g1", "b")).content("{}"));
        List<List<StoredDocument>> each = IntStream.range(0, 3)
                .mapToObj(i -> Stream.of("a", "b")
                        .map(id -> StoredDocument.builder(new DocumentKey("g" + i, id))
                                .content("{}")
                                .build())
                        .toList())
                .toList();

        List<WriteResult> results = documents.writeEach(each);

        assertThat(results).extracting(WriteResult::isWritten).containsExactly(true, false, true);
        assertThat(scan(Scan.partition("g1"))).hasSize(1);
        for (int i = 0; i < 3; i += 2) {
            Map<DocumentKey, StoredDocument> stored =
                    documents.read(each.get(i).stream().map(StoredDocument::key).toList());
            assertThat(results.get(i).etags())
                    .containsExactlyElementsOf(each.get(i).stream()
                            .map(document -> stored.get(document.key()).etag())
                            .toList());
        }
    }

    @Test
    void refuses_batch_of_several_partitions_or_of_wrong_size() {
        assertThatThrownBy(() -> documents.write(
                        List.of(document("1").build(), document("2").build())))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> documents.write(List.of())).isInstanceOf(IllegalArgumentException.class);
        List<StoredDocument> tooMany = IntStream.range(0, 101)
                .mapToObj(i -> StoredDocument.builder(new DocumentKey("g", "row-" + i))
                        .content("{}")
                        .build())
                .toList();
        assertThatThrownBy(() -> documents.write(tooMany)).isInstanceOf(IllegalArgumentException.class);
        assertThat(scan(Scan.all())).isEmpty();
    }

    @Test
    void of_writers_under_the_same_etag_one_wins() throws InterruptedException {
        for (int round = 0; round < 20; round++) {
            String id = "round-" + round;
            List<Object> created = SideBySide.run(
                    4,
                    thread ->
                            () -> documents.write(List.of(document(id).build())).isWritten());
            assertThat(created).containsOnlyOnce(true).hasSize(4).containsOnly(true, false);
            StoredDocument read = read(id).orElseThrow();
            List<Object> replaced = SideBySide.run(
                    4,
                    thread ->
                            () -> documents.write(List.of(read.next().build())).isWritten());
            assertThat(replaced).containsOnlyOnce(true).hasSize(4).containsOnly(true, false);
        }
    }

    @Test
    void refuses_document_that_is_too_large() {
        write(document("large").content("{\"text\":\"" + "x".repeat(1_000_000) + "\"}"));

        assertThatThrownBy(() -> documents.write(List.of(document("larger")
                        .content("{\"text\":\"" + "x".repeat(3_000_000) + "\"}")
                        .build())))
                .isInstanceOfSatisfying(
                        DocumentTooLargeException.class,
                        e -> assertThat(e.key()).isEqualTo(DocumentKey.of("larger")));
        assertThat(read("larger")).isEmpty();
    }

    @Test
    void keys_that_are_alike_name_different_documents() {
        List<String> alike =
                List.of("a", "A", "a/", "ä", "a\u0308", "a b", "a%20b", "a\\", "a?", "a#", "a'", "a\"", "Ⓐ");
        alike.forEach(id -> write(document(id).content("{\"id\":" + alike.indexOf(id) + "}")));

        alike.forEach(
                id -> assertThat(read(id).orElseThrow().content()).isEqualTo("{\"id\":" + alike.indexOf(id) + "}"));
    }

    @Test
    void filters_by_values_ranges_and_prefixes() {
        write(indexed("1", "alice", "CREATED", "2026-01-01"), indexed("2", "alice", "SHIPPED", "2026-01-02"));
        write(indexed("3", "alicia", "CREATED", "2026-01-03"), indexed("4", "bob", "SHIPPED", "2026-01-04"));

        assertThat(find(Filter.where("customer").is("alice"))).containsExactly("1", "2");
        assertThat(find(Filter.where("customer").is("Alice"))).isEmpty();
        assertThat(find(Filter.where("customer")
                        .isAnyOf("alicia", "bob")
                        .and("status")
                        .is("SHIPPED")))
                .containsExactly("4");
        assertThat(find(Filter.where("customer").startsWith("ali").orderBy("changed")))
                .containsExactly("1", "2", "3");
        assertThat(find(Filter.where("changed")
                        .from("2026-01-02")
                        .and("changed")
                        .until("2026-01-04")
                        .orderBy("changed")))
                .containsExactly("2", "3");
    }

    @Test
    void any_element_of_a_list_matches() {
        write(document("1").indexValues(Map.of("words", List.of("red", "shoe"))));
        write(document("2").indexValues(Map.of("words", List.of("blue", "shoe"))));

        assertThat(find(Filter.where("words").is("shoe"))).containsExactly("1", "2");
        assertThat(find(Filter.where("words").is("shoe").and("words").is("red")))
                .containsExactly("1");
        assertThat(find(Filter.where("words").startsWith("bl"))).containsExactly("2");
        assertThat(find(Filter.where("words").isAnyOf("blue", "green"))).containsExactly("2");
        assertThat(find(Filter.where("words").from("s").and("words").until("c")))
                .containsExactly("2");
    }

    @Test
    void sorts_by_code_point_and_then_by_key() {
        List<String> values = List.of("", "A", "a", "ab", "z", "ä", "\ufffd", "😀");
        for (int i = values.size() - 1; i >= 0; i--) {
            write(
                    indexed("b" + i, "alice", "CREATED", values.get(i)),
                    indexed("a" + i, "alice", "CREATED", values.get(i)));
        }
        List<String> sorted = IntStream.range(0, values.size())
                .boxed()
                .flatMap(i -> List.of("a" + i, "b" + i).stream())
                .toList();
        List<String> reversed = new ArrayList<>(sorted);
        Collections.reverse(reversed);

        assertThat(find(Filter.all().orderBy("changed"))).isEqualTo(sorted);
        assertThat(find(Filter.all().orderBy("changed").descending())).isEqualTo(reversed);
    }

    @Test
    void pages_repeat_no_document_and_lose_none() {
        for (int i = 0; i < 25; i++) {
            write(indexed("id-" + (char) ('a' + i * 7 % 25), i % 5 == 4 ? "bob" : "alice", "CREATED", "day-" + i % 3));
        }
        for (boolean descending : List.of(false, true)) {
            Filter list = Filter.where("customer").is("alice").orderBy("changed");
            Filter filter = (descending ? list.descending() : list).limit(3);
            List<String> found = new ArrayList<>();
            Optional<PagePosition> after = Optional.empty();
            List<StoredDocument> page;
            do {
                page = documents.find(filter, after);
                page.forEach(document -> found.add(document.key().id()));
                assertThat(page.size()).isLessThanOrEqualTo(3);
                after = page.isEmpty() ? after : Optional.of(PagePosition.of(filter, page.get(page.size() - 1)));
            } while (!page.isEmpty());

            assertThat(found)
                    .doesNotHaveDuplicates()
                    .isEqualTo(find(filter.limit(100)))
                    .hasSize(20);
        }
    }

    @Test
    void lists_only_documents_that_have_content_and_a_value_to_sort_by() {
        write(indexed("1", "alice", "CREATED", "2026-01-01"));
        write(indexed("2", "alice", "CREATED", "2026-01-02").gone(true));
        write(indexed("3", "alice", "CREATED", "2026-01-03").content(""));
        write(indexed("4", "alice", "CREATED", "2026-01-04").listed(false));
        write(document("5").indexValues(Map.of("customer", List.of("alice"))));

        assertThat(find(Filter.where("customer").is("alice"))).containsExactly("1", "5");
        assertThat(find(Filter.where("customer").is("alice").orderBy("changed")))
                .containsExactly("1");
    }

    @Test
    void document_is_found_by_its_new_values_only() {
        write(indexed("1", "alice", "CREATED", "2026-01-01"));
        write(read("1").orElseThrow().next().indexValues(Map.of("customer", List.of("bob"))));

        assertThat(find(Filter.where("customer").is("alice"))).isEmpty();
        assertThat(find(Filter.where("customer").is("bob"))).containsExactly("1");
    }

    @Test
    void scans_every_document_once() {
        for (int i = 0; i < 450; i++) {
            write(document("document-" + i));
        }

        assertThat(scan(Scan.all())).hasSize(450).doesNotHaveDuplicates();
    }

    @Test
    void scans_parked_documents_a_partition_or_an_id() {
        Parking parking = new Parking(2, "event-2", "java.lang.NullPointerException", Instant.EPOCH, 3);
        write(document("1"), document("2").parking(parking));
        for (String group : List.of("g:alice", "g:bob", "G:alice")) {
            write(StoredDocument.builder(new DocumentKey(group, "Order-1")).content("{}"));
            write(StoredDocument.builder(new DocumentKey(group, "Order-2")));
        }

        assertThat(scan(Scan.parked())).containsExactly("2/2");
        assertThat(scan(Scan.partition("g:alice"))).containsExactly("g:alice/Order-1", "g:alice/Order-2");
        assertThat(scan(Scan.id("Order-2")))
                .containsExactlyInAnyOrder("G:alice/Order-2", "g:alice/Order-2", "g:bob/Order-2");
        write(read("2").orElseThrow().next().parking(null));
        assertThat(scan(Scan.parked())).isEmpty();
    }

    @Test
    void versions_and_instances_share_only_what_they_should() {
        ReadModelSchema second =
                new ReadModelSchema(schema.name(), 2, INDEXES, schema.multiValued(), schema.listings());
        write(document("1"));
        try {
            assertThat(store.open(second).read(List.of(DocumentKey.of("1")))).isEmpty();
            assertThat(store.open(schema).read(List.of(DocumentKey.of("1")))).hasSize(1);
            store.open(second).write(List.of(document("2").build()));
        } finally {
            store.drop(second);
        }
        assertThat(read("1")).isPresent();
    }

    @Test
    void dropped_read_model_starts_empty() {
        write(document("1"));
        store.drop(schema);
        store.drop(schema);

        documents = store.open(schema);
        assertThat(read("1")).isEmpty();
        write(document("1"));
        assertThat(read("1")).isPresent();
    }
}
