package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.daybook.contract.ContractEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendTooLargeException;
import io.daybook.eventstore.StreamId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The size of an append, whose documents must fit in one batch. */
class AppendDocumentsTest {

    private static final StreamId STREAM = StreamId.of("Contract", "1");

    private final List<EventEnvelope> events = ContractEvent.events(STREAM, 0, 2);

    /** Creates the documents of two events, one of which has a string of a given length. */
    private AppendDocuments documents(AppendOptions options, int length) {
        List<byte[]> data = Stream.of(0, length)
                .map(each -> ("\"" + "x".repeat(each) + "\"").getBytes(StandardCharsets.UTF_8))
                .toList();
        return AppendDocuments.of(STREAM, 0, events, data, options, Duration.ofDays(1));
    }

    private static long bytes(AppendDocuments documents) {
        return Stream.concat(Stream.ofNullable(documents.command()), documents.events().stream())
                .mapToLong(document -> document.toString().getBytes(StandardCharsets.UTF_8).length)
                .sum();
    }

    @Test
    void accepts_append_up_to_the_maximum_size() {
        for (AppendOptions options :
                List.of(AppendOptions.none(), AppendOptions.none().idempotencyKey("cmd", "f"))) {
            int largest = (int) (AppendDocuments.MAX_BYTES - bytes(documents(options, 0)));

            assertThat(bytes(documents(options, largest))).isEqualTo(AppendDocuments.MAX_BYTES);
            assertThatExceptionOfType(AppendTooLargeException.class)
                    .isThrownBy(() -> documents(options, largest + 1))
                    .withMessageContaining(String.valueOf(AppendDocuments.MAX_BYTES + 1));
        }
    }

    @Test
    void has_document_of_the_command_only_with_an_idempotency_key() {
        assertThat(documents(AppendOptions.none(), 0).command()).isNull();

        AppendDocuments documents = documents(AppendOptions.none().idempotencyKey("cmd", "f"), 0);
        assertThat(EventDocuments.firstEventId(documents.command()))
                .hasValue(events.get(0).metadata().eventId());
        assertThat(documents.events()).hasSize(2);
    }
}
