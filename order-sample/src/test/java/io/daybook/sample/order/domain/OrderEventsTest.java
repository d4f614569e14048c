package io.daybook.sample.order.domain;

import static io.daybook.sample.order.domain.Orders.SEATTLE;
import static io.daybook.sample.order.domain.Orders.item;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventStore;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrderEventsTest {

    @Test
    void the_check_of_the_exercise_reads_the_saved_event_back() {
        EventStore store = new InMemoryEventStore(OrderEvents.serializer());
        StreamId stream = StreamId.of("Order", "TEST-001");
        OrderCreated event = new OrderCreated(
                "TEST-001", "CUST-123", List.of(item("PROD-001", 1, "99.99")), new BigDecimal("99.99"), SEATTLE);
        EventMetadata metadata = EventMetadata.builder()
                .eventId("event-1")
                .eventType("OrderCreated", 1)
                .timestamp(Orders.NOW)
                .aggregate("Order", "TEST-001")
                .sequenceNumber(1)
                .build();

        store.append(stream, 0, List.of(EventEnvelope.of(metadata, event)), AppendOptions.none());

        List<EventEnvelope> read = store.read(stream, 0, Long.MAX_VALUE).toList();
        assertThat(read).hasSize(1);
        assertThat(read.get(0).metadata()).isEqualTo(metadata);
        assertThat(read.get(0).event()).isEqualTo(event);
        assertThat(((OrderCreated) read.get(0).event()).totalAmount()).isEqualTo(new BigDecimal("99.99"));
        assertThat(store.currentVersion(stream)).isEqualTo(1);
    }
}
