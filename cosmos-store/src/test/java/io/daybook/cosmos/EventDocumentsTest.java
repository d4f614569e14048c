package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.contract.ContractEvent;
import io.daybook.contract.ContractEvent.Counted;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.MessageContext;
import io.daybook.eventstore.StreamId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EventDocumentsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final StreamId STREAM = StreamId.of("Contract", "1");

    private static EventMetadata.Builder metadata() {
        return ContractEvent.metadata(STREAM, 7, new Counted(7));
    }

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void ids_of_events_sort_as_their_numbers_do() {
        assertThat(EventDocuments.eventId(7)).isEqualTo("00000000000000000007");
        assertThat(EventDocuments.eventId(Long.MAX_VALUE)).isEqualTo("09223372036854775807");
        assertThat(Stream.of(1L, 9L, 10L, 99L, 100L).map(EventDocuments::eventId))
                .isSorted();
    }

    @Test
    void command_ids_are_readable_if_possible_and_always_storable() {
        assertThat(EventDocuments.commandId("order-1_a.B")).isEqualTo("command-order-1_a.B");
        List<String> awkward = List.of("a/b", "a\\b", "a?b", "a#b", "a b", "~a", "ü", "😀", "Ａ", "٣", "a%2Fb");
        assertThat(awkward.stream().map(EventDocuments::commandId))
                .doesNotHaveDuplicates()
                .allMatch(id -> id.matches("command-~[A-Za-z0-9_-]+"));
        assertThat(bytes(EventDocuments.commandId("€".repeat(128)))).hasSizeLessThan(1_023);
    }

    @Test
    void compares_with_times_outside_the_years_of_events() {
        String first = "0000-01-01T00:00:00.000000000Z";
        String last = "9999-12-31T23:59:59.999999999Z";

        assertThat(EventDocuments.boundary(Instant.MIN)).isLessThan(first);
        assertThat(EventDocuments.boundary(Instant.parse(first))).isEqualTo(first);
        assertThat(EventDocuments.boundary(Instant.parse(last))).isEqualTo(last);
        assertThat(EventDocuments.boundary(Instant.MAX)).isGreaterThan(last);
    }

    @Test
    void a_document_looks_as_the_documentation_says() throws Exception {
        EventMetadata metadata = metadata()
                .eventId("e-7")
                .commandId("cmd")
                .context(MessageContext.of("corr", "cause", "alice", Map.of("tenant", "blue")))
                .build();

        ObjectNode document = EventDocuments.event(STREAM, metadata, bytes("{\"number\":7,\"text\":\"ü\"}"));

        assertThat(JSON.readTree(document.toString())).isEqualTo(JSON.readTree("""
                {"id": "00000000000000000007", "kind": "event", "streamId": "Contract-1", "aggregateType": "Contract",
                 "aggregateId": "1", "sequenceNumber": 7, "eventId": "e-7", "eventType": "ContractCounted",
                 "eventVersion": 1, "timestamp": "2026-01-02T03:04:05.123456789Z", "correlationId": "corr",
                 "causationId": "cause", "userId": "alice", "commandId": "cmd", "attributes": {"tenant": "blue"},
                 "data": {"number": 7, "text": "ü"}}"""));
    }

    @Test
    void a_document_is_read_back_as_it_was_written() throws Exception {
        EventMetadata metadata = metadata()
                .context(MessageContext.of(null, null, null, Map.of("a", "", "b\"", "\\")))
                .build();
        JsonNode document =
                JSON.readTree(EventDocuments.event(STREAM, metadata, bytes("{\"number\":7,\"secret\":\"s\"}"))
                        .toString());

        EventEnvelope read = EventDocuments.envelope(document, ContractEvent.serializer());

        assertThat(read.metadata()).isEqualTo(metadata);
        assertThat(read.event()).isEqualTo(new Counted(7, "s"));
        assertThat(read.data()).hasValue(bytes("{\"number\":7,\"secret\":\"s\"}"));
    }

    @Test
    void a_document_that_is_not_ours_is_named_and_not_quoted() throws Exception {
        JsonNode foreign = JSON.readTree("{\"id\": \"x\", \"streamId\": \"Contract-1\", \"data\": \"secret\"}");

        assertThatIllegalStateException()
                .isThrownBy(() -> EventDocuments.envelope(foreign, ContractEvent.serializer()))
                .withMessageContaining("x of Contract-1")
                .withMessageNotContaining("secret");
    }

    @Test
    void the_estimate_of_metadata_is_never_too_small() {
        String worst = "\u0001".repeat(128); // not an id, but an attribute may be it
        for (String text : List.of("a", "€".repeat(128), "😀".repeat(64), "\"".repeat(128), worst)) {
            String id = EventMetadata.isId(text) ? text : "\\".repeat(128);
            EventMetadata metadata = metadata()
                    .eventId(id)
                    .commandId(id)
                    .context(MessageContext.of(id, id, id, Map.of(text, text, "b" + text, text)))
                    .build();
            int actual =
                    bytes(EventDocuments.event(STREAM, metadata, bytes("{}")).toString()).length;
            assertThat(EventDocuments.metadataBytesAtMost(STREAM, metadata)).isGreaterThanOrEqualTo(actual);
        }
    }
}
