package io.daybook.eventstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.daybook.account.AccountEvent.MoneyDeposited;
import io.daybook.account.ScriptedEventStore;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScanByTimeTest {

    private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

    private final EventStore store = new ScriptedEventStore(); // has the default of scan

    private void append(String id, int time) {
        StreamId stream = StreamId.of("Account", id);
        EventMetadata metadata = EventMetadata.builder()
                .eventId("event-" + id)
                .eventType("MoneyDeposited", 1)
                .timestamp(TIME.plusNanos(time))
                .aggregate(stream.aggregateType(), stream.aggregateId())
                .sequenceNumber(1)
                .build();
        EventEnvelope event = EventEnvelope.of(metadata, new MoneyDeposited(id, BigDecimal.ONE));
        store.append(stream, 0, List.of(event), AppendOptions.none());
    }

    @Test
    void each_event_is_in_one_page_however_many_have_the_same_time() {
        IntStream.range(0, 2_500).forEach(i -> append("a" + i, i < 990 ? i : i < 1_100 ? 990 : i));
        List<String> found = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        String next = "";
        do {
            ScanPage page = store.scan("all", next);
            page.events().forEach(event -> found.add(event.metadata().aggregateId()));
            sizes.add(page.events().size());
            next = page.next();
        } while (!next.isEmpty());

        assertThat(found).hasSize(2_500).doesNotHaveDuplicates();
        assertThat(sizes).containsExactly(1_100, 1_000, 400);
    }

    @Test
    void refuses_position_of_another_store() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store.scan("all", "17"))
                .withMessage("the position 17 belongs to another store: use ScanPage.next() of this store");
    }
}
