package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.contract.ContractEvent;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.server.TestDatabase;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendOptions.IdempotencyKey;
import io.daybook.eventstore.StreamId;
import io.daybook.serialization.EventSerializer;
import io.daybook.snapshot.Snapshot;
import io.daybook.verification.EventCount;
import io.daybook.verification.Finding.Kind;
import io.daybook.verification.VerificationReport;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Faults planted in a store. {@code -Ddaybook.verified.events=100000} makes it larger. */
class CosmosVerificationIT {

    private static final int EVENTS = Integer.getInteger("daybook.verified.events", 2_000);
    private static final int STREAM_EVENTS = 20;
    private static final int STREAMS = EVENTS / STREAM_EVENTS;
    private static final int MAX_STREAM_BYTES = 100_000;

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.partitioned();

    record Sum(int total) {}

    /** What the program is given. */
    static final class Events {

        private Events() {}

        static EventSerializer serializer() {
            return ContractEvent.serializer();
        }
    }

    static final class NoEvents {

        private NoEvents() {}
    }

    private final CosmosContainers containers = DATABASE.containers();
    private final CosmosEventStore store = CosmosEventStore.of(containers, ContractEvent.serializer());
    private final CosmosSnapshotStore snapshots = CosmosSnapshotStore.of(containers);
    private final Map<StreamId, String> lastEvents = new HashMap<>();
    private final List<String> planted = new ArrayList<>();

    private static CosmosAsyncContainer container(String name) {
        return CosmosAccount.client().getDatabase(DATABASE.name()).getContainer(name);
    }

    private static StreamId stream(int number) {
        return StreamId.of("Contract", Integer.toString(number));
    }

    private void append(int number) {
        StreamId stream = stream(number);
        List<EventEnvelope> events = ContractEvent.events(stream, 0, STREAM_EVENTS);
        AppendOptions options =
                number % 2 == 0 ? AppendOptions.none() : AppendOptions.none().idempotencyKey("c" + number, "f");
        store.append(stream, 0, events, options);
        lastEvents.put(stream, events.get(STREAM_EVENTS - 1).metadata().eventId());
    }

    private void snapshot(StreamId stream, long version, String eventId) {
        snapshots.save(new Snapshot<>(stream, version, eventId, 1, new Sum(1)));
    }

    private void plant(Kind kind, StreamId stream, long number) {
        planted.add(kind + " " + stream + " " + number);
    }

    private static void edit(StreamId stream, String id, UnaryOperator<ObjectNode> edit) {
        PartitionKey key = new PartitionKey(stream.toString());
        ObjectNode document =
                container("events").readItem(id, key, ObjectNode.class).block().getItem();
        container("events").replaceItem(edit.apply(document), id, key).block();
    }

    private static void create(StreamId stream, String id, Consumer<ObjectNode> members) {
        ObjectNode document =
                JsonNodeFactory.instance.objectNode().put("id", id).put("streamId", stream.toString());
        members.accept(document);
        container("events")
                .createItem(document, new PartitionKey(stream.toString()), null)
                .block();
    }

    private static void remove(StreamId stream, long number) {
        container("events")
                .deleteItem(EventDocuments.eventId(number), new PartitionKey(stream.toString()))
                .block();
    }

    private void plantFaults() {
        for (int number = 0; number < 3; number++) {
            remove(stream(number), 5 + number);
            plant(Kind.GAP, stream(number), 5 + number);
        }
        edit(stream(3), EventDocuments.eventId(4), document -> document.put("eventType", "Vanished"));
        edit(stream(4), EventDocuments.eventId(1), document -> document.put("eventType", "Vanished"));
        edit(stream(5), EventDocuments.eventId(20), document -> document.put("eventVersion", 9));
        edit(stream(6), EventDocuments.eventId(2), document -> document.put("eventVersion", 2));
        plant(Kind.UNKNOWN_TYPE, stream(3), 4);
        plant(Kind.UNKNOWN_TYPE, stream(4), 1);
        plant(Kind.UNKNOWN_TYPE, stream(5), 20);
        plant(Kind.UNKNOWN_TYPE, stream(6), 2);
        edit(stream(7), EventDocuments.eventId(9), document -> document.put("data", "canary-payload"));
        edit(stream(8), EventDocuments.eventId(9), document -> {
            document.withObject("/data").put("number", "canary-payload");
            return document;
        });
        plant(Kind.UNDECODABLE_EVENT, stream(7), 9);
        plant(Kind.UNDECODABLE_EVENT, stream(8), 9);
        for (int number = 9; number < 11; number++) {
            edit(stream(number), EventDocuments.eventId(3), document -> {
                document.withObject("/data").put("secret", "canary-payload".repeat(MAX_STREAM_BYTES / 20));
                return document;
            });
            plant(Kind.STREAM_NEAR_LIMIT, stream(number), 0);
        }
        for (int number = 11; number < 13; number++) { // as a deletion that stopped after its first step, or its second
            StreamId stream = stream(number);
            for (long tombstone : new long[] {0, STREAM_EVENTS + 1}) {
                container("events")
                        .createItem(EventDocuments.tombstone(stream, tombstone))
                        .block();
            }
            plant(Kind.INCOMPLETE_DELETION, stream, 0);
        }
        edit(stream(12), EventDocuments.eventId(STREAM_EVENTS), document -> {
            ObjectNode tombstone = EventDocuments.tombstone(stream(12), STREAM_EVENTS);
            return tombstone;
        });
        create(stream(13), "note-1", document -> document.put("text", "canary-payload"));
        create(stream(14), "copy-of-1", document -> document.put("kind", "event"));
        create(stream(15), "command-x", document -> document.put("kind", "command"));
        plant(Kind.FOREIGN_DOCUMENT, stream(13), 0);
        plant(Kind.FOREIGN_DOCUMENT, stream(14), 0);
        plant(Kind.FOREIGN_DOCUMENT, stream(15), 0);
        edit(stream(17), "command-c17", document -> document.put("firstEventId", "another"));
        edit(stream(19), "command-c19", document -> document.put("toSequenceNumber", STREAM_EVENTS + 1));
        plant(Kind.ORPHANED_COMMAND, stream(17), 0);
        plant(Kind.ORPHANED_COMMAND, stream(19), 0);
        snapshot(stream(16), STREAM_EVENTS + 5, "ahead");
        snapshot(stream(18), STREAM_EVENTS, "another");
        plant(Kind.ORPHANED_SNAPSHOT, stream(16), 0);
        plant(Kind.ORPHANED_SNAPSHOT, stream(18), 0);
    }

    /** Streams with commands and snapshots, rejected commands, older versions and deleted streams. */
    private void fill() {
        for (int number = 0; number < STREAMS; number++) {
            append(number);
        }
        for (int number = 20; number < STREAMS; number += 3) {
            snapshot(stream(number), STREAM_EVENTS, lastEvents.get(stream(number)));
        }
        for (int number = 21; number < STREAMS; number += 16) {
            store.delete(stream(number), STREAM_EVENTS);
            snapshots.delete(stream(number));
            store.recordRejection(stream(number + 1), new IdempotencyKey("r", "f"), "io.daybook.Rejected");
        }
        store.recordRejection(
                StreamId.of("Contract", "without-events"), new IdempotencyKey("r", "f"), "io.daybook.Rejected");
        StreamId old = stream(20);
        edit(old, EventDocuments.eventId(1), document -> {
            document.put("eventType", "ContractNoted").put("eventVersion", 1);
            ObjectNode data = document.putObject("data");
            data.put("note", "n")
                    .put("euros", 1)
                    .put("at", "2026-01-02T03:04:05Z")
                    .put("secret", "s");
            return document;
        });
    }

    @Test
    void finds_all_planted_faults_and_invents_none() {
        fill();
        CosmosVerification.Builder verification =
                CosmosVerification.builder(containers).maxStreamBytes(MAX_STREAM_BYTES);
        assertThat(verification
                        .serializer(ContractEvent.serializer())
                        .build()
                        .run()
                        .findings())
                .isEmpty();
        plantFaults();
        List<String> progress = new ArrayList<>();

        VerificationReport report = verification.progress(progress::add).build().run();

        assertThat(report.findings())
                .extracting(finding -> finding.kind() + " " + finding.stream() + " " + finding.sequenceNumber())
                .containsExactlyInAnyOrderElementsOf(planted)
                .hasSize(20);
        assertThat(report.counts()).containsOnlyKeys(Kind.values());
        assertThat(report.types())
                .filteredOn(type -> type.eventType().equals("ContractNoted"))
                .extracting(EventCount::eventVersion, type -> type.readAs().orElse(""))
                .containsExactly(tuple(1, "ContractNoted 3"));
        assertThat(report.text()).doesNotContain("canary");
        assertThat(progress).hasSizeGreaterThanOrEqualTo(3).last().asString().endsWith("documents, complete");
        assertThat(verify(DATABASE.name(), Events.class.getName()))
                .startsWith("1 ")
                .contains("ORPHANED_SNAPSHOT: 2");

        VerificationReport undecoded = CosmosVerification.builder(containers)
                .withoutSnapshots()
                .build()
                .run();
        assertThat(undecoded.counts())
                .isEqualTo(Map.of(
                        Kind.GAP,
                        3L,
                        Kind.INCOMPLETE_DELETION,
                        2L,
                        Kind.FOREIGN_DOCUMENT,
                        3L,
                        Kind.ORPHANED_COMMAND,
                        2L));
    }

    /** Returns the exit code, and what was printed. */
    private static String verify(String database, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        int code = Verify.run(
                Map.of(
                        "COSMOS_ENDPOINT",
                        CosmosAccount.endpoint(),
                        "COSMOS_KEY",
                        CosmosAccount.key(),
                        "COSMOS_DATABASE",
                        database),
                List.of(args),
                print,
                print);
        return code + " " + out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void exit_code_is_0_without_findings_and_2_if_the_store_cannot_be_read() {
        String empty = CosmosAccount.newDatabase();
        try {
            CosmosAccount.containers(empty);
            assertThat(verify(empty)).startsWith("0 ").contains("0 snapshots read", "no findings");
        } finally {
            CosmosAccount.delete(empty);
        }
        assertThat(verify(empty)).startsWith("2 daybook verify: reading the configuration of the container events");
    }

    @ParameterizedTest
    @CsvSource({
        "NoSuchClass, is not on the class path",
        "io.daybook.cosmos.CosmosVerificationIT$NoEvents, has 0 static methods without parameters"
    })
    void refuses_a_class_that_has_no_serializer(String name, String message) {
        assertThat(verify(DATABASE.name(), name)).startsWith("2 ").contains(message);
    }

    @Test
    void names_the_missing_variable() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);

        assertThat(Verify.run(Map.of(), List.of(), print, print)).isEqualTo(2);
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("COSMOS_ENDPOINT is missing");
    }
}
