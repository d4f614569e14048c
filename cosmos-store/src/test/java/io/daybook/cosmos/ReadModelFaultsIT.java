package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.azure.cosmos.CosmosAsyncClient;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.server.TestDatabase;
import io.daybook.cosmos.testserver.CosmosFault;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.DocumentTooLargeException;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.readmodel.ReadModelUnavailableException;
import io.daybook.readmodel.Scan;
import io.daybook.readmodel.StoredDocument;
import io.daybook.readmodel.WriteResult;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reads and writes of documents whose request or reply is lost, refused or throttled. */
class ReadModelFaultsIT {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    private static final ReadModelSchema SCHEMA =
            new ReadModelSchema("faults", 1, Set.of("customer"), Set.of(), Map.of("customer", Set.of()));
    private static final String WRITES = "create|replace|batch";
    private static CosmosTestServer server;
    private static ReadModelCollection documents;

    private final String partition = UUID.randomUUID().toString();

    @BeforeAll
    static void open() {
        server = CosmosAccount.server();
        documents = open(DATABASE.containers(), Duration.ofSeconds(60));
    }

    private static ReadModelCollection open(CosmosContainers containers, Duration timeout) {
        return CosmosReadModelStore.builder(containers).timeout(timeout).build().open(SCHEMA);
    }

    private static CosmosFault on(String kinds) {
        return CosmosFault.on(DATABASE.name(), "faults-1", kinds);
    }

    private DocumentKey key(String id) {
        return new DocumentKey(partition, id);
    }

    private StoredDocument.Builder document(String id, String content) {
        return StoredDocument.builder(key(id))
                .position(1, "event-1")
                .content("{\"text\":\"" + content + "\"}")
                .listed(true)
                .indexValues(Map.of("customer", List.of(partition)));
    }

    private StoredDocument read(String id) {
        return documents.read(List.of(key(id))).get(key(id));
    }

    /** What stored nothing for certain, and passes. */
    static Stream<CosmosFault> refusals() {
        return Stream.of(
                on(WRITES).status(429).retryAfter(Duration.ofMillis(20)),
                on(WRITES).status(449),
                on(WRITES).status(403).substatus(3),
                on(WRITES).status(403).substatus(1008),
                on(WRITES).status(404).substatus(1002),
                on(WRITES).status(404).substatus(1024));
    }

    /** What may have stored something, and passes. */
    static Stream<CosmosFault> losses() {
        return Stream.of(
                on(WRITES).dropAfter(),
                on(WRITES).dropBefore(),
                on(WRITES).statusAfter(408),
                on(WRITES).status(408),
                on(WRITES).statusAfter(410),
                on(WRITES).statusAfter(500),
                on(WRITES).statusAfter(503),
                on(WRITES).status(503));
    }

    static Stream<CosmosFault> faultsThatPass() {
        return Stream.concat(refusals(), losses());
    }

    @ParameterizedTest
    @MethodSource("faultsThatPass")
    void document_is_written_once_after_failed_attempts(CosmosFault fault) {
        server.inject(fault.times(2));
        WriteResult created = documents.write(List.of(document("1", "first").build()));
        assertThat(created.isWritten()).isTrue();
        assertThat(created.etags()).containsExactly(read("1").etag());

        server.inject(fault.times(2));
        WriteResult replaced = documents.write(
                List.of(read("1").next().content("{\"text\":\"second\"}").build()));
        assertThat(replaced.isWritten()).isTrue();
        assertThat(read("1").content()).contains("second");
        assertThat(replaced.etags()).containsExactly(read("1").etag());

        server.inject(fault.times(2));
        WriteResult batch = documents.write(
                List.of(read("1").next().build(), document("2", "third").build()));
        assertThat(batch.etags()).containsExactly(read("1").etag(), read("2").etag());
        assertThat(read("1").revision()).isEqualTo(3);
    }

    @ParameterizedTest
    @MethodSource("faultsThatPass")
    void each_of_many_documents_is_written_once_after_failed_attempts(CosmosFault fault) {
        List<StoredDocument> many = Stream.iterate(0, i -> i + 1)
                .limit(20)
                .map(i -> StoredDocument.builder(DocumentKey.of(partition + i))
                        .content("{}")
                        .build())
                .toList();
        server.inject(fault.times(5));

        List<WriteResult> results =
                documents.writeEach(many.stream().map(List::of).toList());

        for (int i = 0; i < many.size(); i++) {
            DocumentKey key = many.get(i).key();
            assertThat(results.get(i).etags())
                    .containsExactly(documents.read(List.of(key)).get(key).etag());
        }
    }

    @Test
    void interrupted_writes_of_many_documents_are_unknown() {
        List<List<StoredDocument>> two = List.of(
                List.of(StoredDocument.builder(DocumentKey.of(partition + "1")).build()),
                List.of(StoredDocument.builder(DocumentKey.of(partition + "2")).build()));
        Thread.currentThread().interrupt();
        try {
            assertThatExceptionOfType(ReadModelUnavailableException.class)
                    .isThrownBy(() -> documents.writeEach(two))
                    .withMessageContaining("the write may have taken effect");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(documents.writeEach(two)).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void conflict_stays_a_conflict_after_refused_attempts(CosmosFault fault) {
        documents.write(List.of(document("1", "first").build()));

        server.inject(fault.times(2));
        assertThat(documents.write(List.of(document("1", "other").build()))).isEqualTo(WriteResult.CONFLICT);
        server.inject(fault.times(2));
        assertThat(documents.write(List.of(
                        document("2", "other").build(), document("1", "other").build())))
                .isEqualTo(WriteResult.CONFLICT);
        assertThat(documents.read(List.of(key("2")))).isEmpty();
        assertThat(read("1").content()).contains("first");
    }

    @ParameterizedTest
    @MethodSource("losses")
    void conflict_after_a_lost_reply_is_not_taken_for_a_success(CosmosFault fault) {
        documents.write(List.of(document("1", "same").build()));
        StoredDocument first = read("1");

        server.inject(fault.times(2));
        assertThatExceptionOfType(ReadModelUnavailableException.class)
                .isThrownBy(() -> documents.write(List.of(document("1", "same").build())))
                .withMessageContaining("the write may have taken effect");
        server.inject(fault.times(2));
        assertThatExceptionOfType(ReadModelUnavailableException.class)
                .isThrownBy(() -> documents.write(List.of(
                        document("2", "other").build(), document("1", "other").build())));
        assertThat(read("1").etag()).isEqualTo(first.etag());
        assertThat(documents.read(List.of(key("2")))).isEmpty();
    }

    @Test
    void write_without_any_reply_is_unknown_and_a_read_tells() {
        ReadModelCollection impatient = open(DATABASE.containers(), Duration.ofSeconds(3));
        server.inject(on(WRITES).dropAfter());

        assertThatExceptionOfType(ReadModelUnavailableException.class)
                .isThrownBy(() -> impatient.write(List.of(document("1", "first").build())))
                .withMessageContaining("the write may have taken effect");
        server.clear(DATABASE.name());
        assertThat(read("1").content()).contains("first");
    }

    @Test
    void refused_write_stores_nothing() {
        server.inject(on(WRITES).status(403).substatus(5301));

        assertThatExceptionOfType(ReadModelUnavailableException.class)
                .isThrownBy(() -> documents.write(List.of(document("1", "first").build())))
                .withMessageContaining("403/5301")
                .withMessageContaining("lacks a role");
        server.clear(DATABASE.name());
        assertThat(documents.read(List.of(key("1")))).isEmpty();
    }

    @Test
    void throttling_that_does_not_end_says_when_to_retry() {
        ReadModelCollection impatient = open(DATABASE.containers(), Duration.ofSeconds(1));
        server.inject(on("read").status(429).retryAfter(Duration.ofSeconds(7)));

        assertThatExceptionOfType(ReadModelUnavailableException.class)
                .isThrownBy(() -> impatient.read(List.of(key("1"))))
                .withMessageContaining("reading documents of faults-1");
    }

    static Stream<CosmosFault> faultsOfReads() {
        String reads = "read|query|plan";
        return Stream.of(
                on(reads).dropBefore(),
                on(reads).status(429).retryAfter(Duration.ofMillis(20)),
                on(reads).status(404).substatus(1002),
                on(reads).status(503));
    }

    @ParameterizedTest
    @MethodSource("faultsOfReads")
    void reads_are_answered_after_failed_attempts(CosmosFault fault) {
        documents.write(List.of(document("1", "a").build(), document("2", "b").build()));

        server.inject(fault.times(2));
        assertThat(documents.read(List.of(key("1")))).hasSize(1);
        server.inject(fault.times(2));
        assertThat(documents.read(List.of(key("1"), key("2"), key("3")))).hasSize(2);
        server.inject(fault.times(2));
        assertThat(documents.find(Filter.where("customer").is(partition), Optional.empty()))
                .hasSize(2);
        server.inject(fault.times(2));
        assertThat(documents.scan(Scan.partition(partition), "").items()).hasSize(2);
    }

    @Test
    void reads_of_every_instance_see_a_write_that_returned() {
        try (CosmosAsyncClient client = server.clientBuilder().buildAsyncClient()) {
            ReadModelCollection other = open(CosmosContainers.in(client, DATABASE.name()), Duration.ofSeconds(60));
            documents.write(List.of(document("1", "first").build()));
            assertThat(other.write(List.of(other.read(List.of(key("1")))
                                    .get(key("1"))
                                    .next()
                                    .content("{\"text\":\"second\"}")
                                    .build()))
                            .isWritten())
                    .isTrue();
            server.clear(DATABASE.name());

            assertThat(read("1").content()).contains("second");
            documents.read(List.of(key("1"), key("2")));
            documents.find(Filter.all(), Optional.empty());
            documents.scan(Scan.all(), "");
        }
        // two replicas are asked: a session token would not cover what another client wrote
        assertThat(server.strategies(DATABASE.name()).keySet())
                .filteredOn(name -> !name.contains("/meta/") && !name.contains("/plan/"))
                .isNotEmpty()
                .allMatch(name -> name.endsWith("/LatestCommitted"));
    }

    @Test
    void refuses_documents_that_do_not_fit_into_one_request() {
        String half = "x".repeat(1_000_000);
        server.clear(DATABASE.name());

        assertThatExceptionOfType(DocumentTooLargeException.class)
                .isThrownBy(() -> documents.write(List.of(
                        document("1", half).build(), document("2", half + "x").build())))
                .satisfies(e -> assertThat(e.key()).isEqualTo(key("2")));
        assertThat(server.requests(DATABASE.name())).isEmpty();
    }

    @Test
    void refuses_several_values_of_an_index_of_one_value() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> documents.write(List.of(document("1", "first")
                        .indexValues(Map.of("customer", List.of("a", "b")))
                        .build())))
                .withMessageContaining("not declared as multi-valued");
        assertThat(documents.read(List.of(key("1")))).isEmpty();
    }
}
