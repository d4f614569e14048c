package io.daybook.servicebus;

import static io.daybook.contract.Patience.await;
import static io.daybook.servicebus.StoredEvents.counted;
import static io.daybook.servicebus.StoredEvents.sized;
import static io.daybook.servicebus.StoredEvents.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.daybook.contract.ContractEvent;
import io.daybook.contract.ContractEvent.Counted;
import io.daybook.event.EventEnvelope;
import io.daybook.event.MessageContext;
import io.daybook.publishing.EventPublishException;
import io.daybook.publishing.EventPublishException.Delivery;
import io.daybook.servicebus.testserver.StoredMessage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Over the real SDK and sockets, against an embedded broker. */
class ServiceBusEventPublisherIT extends PublisherFixture {

    @Test
    void message_has_all_metadata_of_the_event() {
        EventEnvelope event = stored(
                "42/ü",
                7,
                new Counted(5),
                metadata -> metadata.eventId("event-7")
                        .commandId("cmd")
                        .context(MessageContext.of("corr", "cause", "alice", Map.of("tenant", "blue"))));

        publisher.publish(List.of(event));

        StoredMessage message = messages().get(0);
        assertThat(message.messageId()).isEqualTo("event-7");
        assertThat(message.sessionId()).isEqualTo("Contract-42/ü");
        assertThat(message.subject()).isEqualTo("ContractCounted");
        assertThat(message.contentType()).isEqualTo("application/json");
        assertThat(message.correlationId()).isEqualTo("corr");
        assertThat(message.text()).isEqualTo("{\"number\":5,\"secret\":\"canary-payload\"}");
        assertThat(message.properties())
                .containsEntry("eventVersion", 1)
                .containsEntry("timestamp", "2026-01-02T03:04:05.123456789Z")
                .containsEntry("aggregateType", "Contract")
                .containsEntry("aggregateId", "42/ü")
                .containsEntry("sequenceNumber", 7L)
                .containsEntry("causationId", "cause")
                .containsEntry("userId", "alice")
                .containsEntry("commandId", "cmd")
                .containsEntry("attribute_tenant", "blue");
    }

    @Test
    void a_topic_gives_its_subscriptions_a_copy_each() throws Exception {
        String topic = "topic-" + UUID.randomUUID();
        broker.createTopic(topic, "one", "two");
        try (ServiceBusEventPublisher toTopic =
                ServiceBusEventPublisher.toTopic(topic, BROKER::client).build()) {
            toTopic.publish(counted("a", 1, 3));
        }
        await().untilAsserted(() -> {
            assertThat(broker.messages(topic + "/subscriptions/one")).hasSize(3);
            assertThat(broker.messages(topic + "/subscriptions/two")).hasSize(3);
        });
    }

    @Test
    void events_of_a_stream_keep_their_order_across_batches() {
        List<EventEnvelope> events = LongStream.rangeClosed(1, 60)
                .mapToObj(number -> sized("a", number, 20_000))
                .toList();

        publisher.publish(events);

        assertThat(numbers("a")).isEqualTo(upTo(60));
        assertThat(broker.transfers(queue)).hasSizeGreaterThan(4);
    }

    @Test
    void mixed_streams_keep_their_order_in_separate_batches() {
        List<EventEnvelope> mixed = new ArrayList<>();
        for (int stream = 0; stream < 50; stream++) {
            mixed.addAll(counted("s" + stream, 1, 20));
        }
        Collections.shuffle(mixed, new Random(7));
        mixed.sort((a, b) ->
                Long.compare(a.metadata().sequenceNumber(), b.metadata().sequenceNumber()));

        publisher.publish(mixed);

        for (int stream = 0; stream < 50; stream++) {
            assertThat(numbers("s" + stream)).isEqualTo(upTo(20));
        }
        // A batch whose answer was late is sent again, so there may be more than one for each stream.
        assertThat(broker.transfers(queue)).hasSizeGreaterThanOrEqualTo(50).containsOnly(20);
        assertThat(broker.mixedTransfers(queue)).isZero();
    }

    @Test
    void too_large_event_blocks_only_its_stream() {
        EventEnvelope large = sized("a", 2, 300_000);
        List<EventEnvelope> events = new ArrayList<>(counted("a", 1, 1));
        events.add(large);
        events.addAll(counted("a", 3, 3));
        events.addAll(counted("b", 1, 3));

        EventPublishException e = refused(events);

        assertThat(e)
                .hasMessageContaining(large.metadata().eventId())
                .hasMessageContaining("ContractNoted")
                .hasMessageContaining("300000")
                .hasMessageContaining("262144");
        assertThat(events.stream().map(event -> e.delivery(event.metadata().eventId())))
                .containsExactly(
                        Delivery.SENT,
                        Delivery.IMPOSSIBLE,
                        Delivery.NOT_SENT,
                        Delivery.SENT,
                        Delivery.SENT,
                        Delivery.SENT);
        assertThat(numbers("a")).containsExactly(1L);
        assertThat(numbers("b")).isEqualTo(upTo(3));
    }

    @Test
    void reports_attributes_beyond_the_limit() {
        EventEnvelope laden = stored(
                "a",
                1,
                new Counted(1),
                metadata -> metadata.context(MessageContext.of(null, null, null, Map.of("note", "x".repeat(62_000)))));

        EventPublishException e = refused(List.of(laden));

        assertThat(e)
                .hasMessageContaining(laden.metadata().eventId())
                .hasMessageContaining("62004 of attributes")
                .hasMessageContaining("61440");
        assertThat(e.delivery(laden.metadata().eventId())).isEqualTo(Delivery.IMPOSSIBLE);
        assertThat(messages()).isEmpty();
    }

    @Test
    void loses_no_message_of_a_size_near_the_limit() {
        List<Integer> sizes = IntStream.iterate(257_000, size -> size <= 263_000, size -> size + 100)
                .boxed()
                .toList();
        for (int size : sizes) {
            EventEnvelope event = sized("size-" + size, 1, size);
            boolean told = false;
            try {
                publisher.publish(List.of(event));
            } catch (EventPublishException e) {
                told = e.delivery(event.metadata().eventId()) == Delivery.IMPOSSIBLE;
            }
            assertThat(numbers("size-" + size)).as("%d bytes", size).hasSize(told ? 0 : 1);
        }
        assertThat(messages()).hasSizeBetween(1, sizes.size() - 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {70_000, 262_144})
    void sends_event_larger_than_a_batch_but_within_the_entity_limit(int batchBytes) {
        publisher.close();
        publisher = builder().maxBatchBytes(batchBytes).build();

        publisher.publish(List.of(sized("a", 1, 200_000), sized("a", 2, 1_000)));

        assertThat(numbers("a")).containsExactly(1L, 2L);
    }

    @Test
    void refuses_events_not_read_from_a_store_before_sending() {
        EventEnvelope raised = EventEnvelope.of(
                ContractEvent.metadata(StoredEvents.stream("a"), 1, new Counted(1))
                        .build(),
                new Counted(1));

        assertThatIllegalArgumentException().isThrownBy(() -> publisher.publish(List.of(raised)));
        assertThat(messages()).isEmpty();
    }

    @Test
    void closed_publisher_reports_it() {
        publisher.close();
        assertThatIllegalStateException().isThrownBy(() -> publisher.publish(counted("a", 1, 1)));
    }
}
