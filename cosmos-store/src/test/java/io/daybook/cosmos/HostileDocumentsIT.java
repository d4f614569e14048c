package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.contract.ContractEvent;
import io.daybook.contract.ContractEvent.Counted;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.server.TestDatabase;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.EventTypes;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.StreamId;
import io.daybook.serialization.EventSerializationException;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.snapshot.Snapshot;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Documents that were altered in the database are refused without quoting them. */
class HostileDocumentsIT {

    private static final String CANARY = "canary-payload";

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    record Sum(BigDecimal amount, int count) {}

    private final StreamId stream = StreamId.of("Contract", UUID.randomUUID().toString());

    private void alter(String container, String id, String property, String json) throws JsonProcessingException {
        CosmosAsyncContainer documents =
                CosmosAccount.client().getDatabase(DATABASE.name()).getContainer(container);
        PartitionKey key = new PartitionKey(stream.toString());
        ObjectNode document =
                documents.readItem(id, key, ObjectNode.class).block().getItem();
        document.set(property, new ObjectMapper().readTree(json));
        documents.replaceItem(document, id, key).block();
    }

    private static void assertTellsNothing(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        assertThat(text.toString()).doesNotContain(CANARY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"amount\":\"" + CANARY + "\",\"count\":1}",
                "{\"amount\":\"1e999999999\",\"count\":1}",
                "{\"amount\":\"1e99999999999\",\"count\":1}",
                "{\"amount\":\"1\",\"count\":\"" + CANARY + "\"}",
                "[\"java.util.Date\",{\"count\":1}]",
                "\"" + CANARY + "\""
            })
    void a_snapshot_that_does_not_fit_is_not_read(String state) throws Exception {
        CosmosSnapshotStore snapshots = CosmosSnapshotStore.of(DATABASE.containers());
        snapshots.save(new Snapshot<>(stream, 1, "e1", 1, new Sum(BigDecimal.ONE, 1)));
        alter("snapshots", "snapshot", "state", state);

        assertThatIllegalStateException()
                .isThrownBy(() -> snapshots.load(stream, Sum.class, 1))
                .withMessageContaining("cannot be read")
                .satisfies(HostileDocumentsIT::assertTellsNothing);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"number\":\"" + CANARY + "\"}",
                "[\"java.util.Date\",{\"number\":1}]",
                "\"" + CANARY + "\"",
                "null"
            })
    void an_event_that_does_not_fit_is_not_read(String data) throws Exception {
        CosmosEventStore store = CosmosEventStore.of(
                DATABASE.containers(), JacksonEventSerializer.of(EventTypes.of(ContractEvent.class)));
        EventMetadata metadata = EventMetadata.builder()
                .eventId(UUID.randomUUID().toString())
                .eventType("ContractCounted", 1)
                .timestamp(Instant.EPOCH)
                .aggregate("Contract", stream.aggregateId())
                .sequenceNumber(1)
                .build();
        store.append(stream, 0, List.of(EventEnvelope.of(metadata, new Counted(1))), AppendOptions.none());
        alter("events", EventDocuments.eventId(1), "data", data);

        assertThatExceptionOfType(EventSerializationException.class)
                .isThrownBy(() -> store.read(stream, 0, Long.MAX_VALUE).forEach(EventEnvelope::event))
                .satisfies(HostileDocumentsIT::assertTellsNothing);
    }
}
