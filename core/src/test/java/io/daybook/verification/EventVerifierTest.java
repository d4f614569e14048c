package io.daybook.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.daybook.contract.ContractEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.StreamId;
import io.daybook.serialization.EventSerializer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventVerifierTest {

    private static final EventSerializer SERIALIZER = ContractEvent.serializer();
    private static final StreamId STREAM = StreamId.of("Contract", "1");
    private static final String COUNTED = "{\"number\":1,\"secret\":\"canary-payload\"}";

    private final EventVerifier verifier = new EventVerifier(10_000);

    private static EventEnvelope stored(long number, String type, int version, String json) {
        return stored(number, type, version, json, SERIALIZER);
    }

    private static EventEnvelope stored(
            long number, String type, int version, String json, EventEnvelope.Decoder decoder) {
        EventMetadata metadata = EventMetadata.builder()
                .eventId("e" + number)
                .eventType(type, version)
                .timestamp(Instant.EPOCH.plusSeconds(number))
                .aggregate(STREAM.aggregateType(), STREAM.aggregateId())
                .sequenceNumber(number)
                .build();
        return EventEnvelope.stored(metadata, json.getBytes(StandardCharsets.UTF_8), decoder);
    }

    private void add(long... numbers) {
        LongStream.of(numbers).forEach(number -> verifier.add(stored(number, "ContractCounted", 1, COUNTED), 0));
    }

    private VerificationReport report() {
        verifier.endRange();
        return verifier.report();
    }

    @Test
    void finds_nothing_in_a_sound_stream() {
        add(1, 2, 3);

        VerificationReport report = report();

        assertThat(report.isClean()).isTrue();
        assertThat(report.events()).isEqualTo(3);
        assertThat(report.streams()).isEqualTo(1);
        assertThat(report.text())
                .contains("3 events in 1 streams", "no findings")
                .doesNotContain("canary");
    }

    @ParameterizedTest
    @CsvSource({
        "'1 2 4', '3'",
        "'2 3', '1'",
        "'1 5 6 9', '2 7'",
        "'1 4 2', '3'",
        "'1 6 3', '2 4'",
        "'1 4 3 2', ''",
        "'3 2 1', ''",
        "'1 2 2 1', ''"
    })
    void finds_each_gap_whatever_the_order_of_the_events(String numbers, String gaps) {
        add(List.of(numbers.split(" ")).stream().mapToLong(Long::parseLong).toArray());

        assertThat(report().findings())
                .allSatisfy(finding -> assertThat(finding.kind()).isEqualTo(Finding.Kind.GAP))
                .extracting(finding -> Long.toString(finding.sequenceNumber()))
                .containsExactlyElementsOf(gaps.isEmpty() ? List.of() : List.of(gaps.split(" ")));
    }

    @Test
    void names_the_missing_events_of_a_gap() {
        add(1, 5);

        assertThat(report().findings())
                .extracting(Finding::toString)
                .containsExactly("GAP Contract-1 2: events 2 to 4 are missing, and the stream continues to 5:"
                        + " reads of it fail; restore the documents from a backup");
    }

    @Test
    void finds_unknown_types_and_versions() {
        verifier.add(stored(1, "Vanished", 1, "{}"), 0);
        verifier.add(stored(2, "ContractCounted", 9, COUNTED), 0);

        VerificationReport report = report();

        assertThat(report.counts()).isEqualTo(Map.of(Finding.Kind.UNKNOWN_TYPE, 2L));
        assertThat(report.findings()).extracting(Finding::sequenceNumber).containsExactly(1L, 2L);
        assertThat(report.text()).contains("Vanished version 1 is unknown", "knows it up to version 1");
    }

    @Test
    void finds_events_that_cannot_be_decoded_and_tells_nothing_of_their_data() {
        verifier.add(stored(1, "ContractCounted", 1, "{\"number\":\"canary-payload\"}"), 0);
        verifier.add(stored(2, "ContractCounted", 1, "null"), 0);
        verifier.add(
                stored(3, "ContractCounted", 1, COUNTED, (type, version, data) -> {
                    throw new IllegalStateException("canary-payload");
                }),
                0);

        VerificationReport report = report();

        assertThat(report.counts()).isEqualTo(Map.of(Finding.Kind.UNDECODABLE_EVENT, 3L));
        assertThat(report.text()).contains("java.lang.IllegalStateException").doesNotContain("canary");
    }

    @Test
    void fails_when_decoding_needs_a_store_that_is_unavailable() {
        EventEnvelope event = stored(1, "ContractCounted", 1, COUNTED, (type, version, data) -> {
            throw new IllegalStateException(
                    new EventStoreUnavailableException("no keys", Outcome.NOT_STORED, null, null));
        });

        assertThatIllegalStateException()
                .isThrownBy(() -> verifier.add(event, 0))
                .withCauseInstanceOf(EventStoreUnavailableException.class);
    }

    @Test
    void counts_events_by_type_and_version_with_what_they_are_upcast_to() {
        Instant at = Instant.parse("2026-01-02T03:04:05Z");
        String noted = "{\"note\":\"a\",\"euros\":1,\"at\":\"" + at + "\",\"secret\":\"s\"}";
        verifier.add(stored(1, "ContractNoted", 1, noted), 0);
        verifier.add(stored(2, "ContractNoted", 1, noted), 0);
        byte[] current = ContractEvent.serializer().encode(new ContractEvent.Noted("a", BigDecimal.ONE, at));
        verifier.add(stored(3, "ContractNoted", 3, new String(current, StandardCharsets.UTF_8)), 0);

        VerificationReport report = report();

        assertThat(report.findings()).isEmpty();
        assertThat(report.types())
                .containsExactly(
                        new EventCount(
                                "ContractNoted", 1, 2, Instant.EPOCH.plusSeconds(2), Optional.of("ContractNoted 3")),
                        new EventCount("ContractNoted", 3, 1, Instant.EPOCH.plusSeconds(3), Optional.empty()));
        assertThat(report.text()).containsPattern("ContractNoted +1 +2  1970-01-01T00:00:02Z +ContractNoted 3\n");
    }

    @ParameterizedTest
    @CsvSource({"2499, 0", "2500, 1", "6000, 1"})
    void finds_streams_from_half_of_the_limit(long bytes, int findings) {
        for (long number = 1; number <= 2; number++) {
            verifier.add(stored(number, "ContractCounted", 1, COUNTED), bytes);
        }

        assertThat(report().counts().getOrDefault(Finding.Kind.STREAM_NEAR_LIMIT, 0L))
                .isEqualTo(findings);
    }

    @Test
    void finds_a_deletion_that_left_its_first_event() {
        add(1, 2);
        verifier.addTombstone(STREAM, 0);
        verifier.addTombstone(STREAM, 3);
        verifier.addTombstone(STREAM, 2);

        assertThat(report().counts()).isEqualTo(Map.of(Finding.Kind.INCOMPLETE_DELETION, 1L));
    }

    @Test
    void finds_nothing_in_a_stream_that_is_deleted_while_it_is_read() {
        add(1, 2);
        for (long number : new long[] {0, 4, 3, 2, 1}) {
            verifier.addTombstone(STREAM, number);
        }

        VerificationReport report = report();

        assertThat(report.isClean()).isTrue();
        assertThat(report.streams()).isZero();
    }

    @Test
    void lists_1000_findings_of_a_kind_and_counts_all() {
        for (long number = 1; number <= 1_500; number++) {
            verifier.add(stored(number, "Vanished", 1, "{}"), 0);
        }

        VerificationReport report = report();

        assertThat(report.findings()).hasSize(1_000);
        assertThat(report.counts()).isEqualTo(Map.of(Finding.Kind.UNKNOWN_TYPE, 1_500L));
        assertThat(report.text()).contains("UNKNOWN_TYPE: 1500", "… and 500 more");
    }

    @Test
    void rejects_a_limit_that_is_not_positive() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EventVerifier(0))
                .withMessage("maxStreamBytes is 0: use more than 0");
    }
}
