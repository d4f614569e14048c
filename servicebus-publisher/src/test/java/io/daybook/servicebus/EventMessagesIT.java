package io.daybook.servicebus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.azure.messaging.servicebus.ServiceBusMessage;
import com.azure.messaging.servicebus.ServiceBusReceivedMessage;
import com.azure.messaging.servicebus.ServiceBusReceiverClient;
import com.azure.messaging.servicebus.ServiceBusSenderClient;
import io.daybook.contract.ContractEvent;
import io.daybook.contract.ContractEvent.Counted;
import io.daybook.contract.ContractEvent.Noted;
import io.daybook.contract.Patience;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.EventTypes;
import io.daybook.event.MessageContext;
import io.daybook.eventstore.StreamId;
import io.daybook.serialization.EventSerializer;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.serialization.Upcaster;
import io.daybook.servicebus.broker.TestBroker;
import io.daybook.subscription.DeletedStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is published is turned back into the same event, over the broker. */
class EventMessagesIT {

    @RegisterExtension
    static final TestBroker BROKER = TestBroker.create();

    private final String queue = BROKER.newQueue();

    private void publish(EventEnvelope event) {
        try (ServiceBusEventPublisher publisher =
                ServiceBusEventPublisher.toQueue(queue, BROKER::client).build()) {
            publisher.publish(List.of(event));
        }
    }

    private void send(ServiceBusMessage message) {
        try (ServiceBusSenderClient sender =
                BROKER.client().sender().queueName(queue).buildClient()) {
            sender.sendMessage(message);
        }
    }

    private ServiceBusReceivedMessage received() {
        try (ServiceBusReceiverClient receiver =
                BROKER.client().receiver().queueName(queue).buildClient()) {
            return receiver.receiveMessages(1, Patience.LIMIT).iterator().next();
        }
    }

    @Test
    void an_event_arrives_as_it_was_stored() {
        Noted event = new Noted(
                "naïve \"quote\" 😀", new BigDecimal("10.00"), Instant.parse("2026-01-01T00:00:00.000000001Z"));
        EventEnvelope stored = StoredEvents.stored(
                "42/ü?#",
                7,
                event,
                metadata -> metadata.commandId("cmd")
                        .context(MessageContext.of(
                                "corr", "cause", "alice", Map.of("traceparent", "00-1", "tenant", "ü", "empty", ""))));

        publish(stored);

        EventEnvelope arrived = EventMessages.event(received(), StoredEvents.SERIALIZER);
        assertThat(arrived.metadata()).isEqualTo(stored.metadata());
        assertThat(arrived.event()).isEqualTo(event);
        assertThat(arrived.data().orElseThrow()).isEqualTo(stored.data().orElseThrow());
    }

    @Test
    void an_event_without_optional_metadata_arrives_without_them() {
        EventEnvelope stored = StoredEvents.stored("1", 1, new Counted(1), UnaryOperator.identity());

        publish(stored);

        assertThat(EventMessages.event(received(), StoredEvents.SERIALIZER).metadata())
                .isEqualTo(stored.metadata());
    }

    @Test
    void an_event_of_an_older_version_is_upcast_by_the_consumer() {
        EventSerializer newer = JacksonEventSerializer.of(
                EventTypes.of(ContractEvent.class),
                Upcaster.of("ContractNoted", 2, json -> json.put("text", "upcast")));
        EventMetadata old = EventMetadata.builder()
                .eventId("old")
                .eventType("ContractNoted", 2)
                .timestamp(Instant.EPOCH)
                .aggregate("Contract", "1")
                .sequenceNumber(1)
                .build();
        byte[] data = "{\"amount\":\"1\",\"at\":\"2026-01-01T00:00:00Z\"}".getBytes(StandardCharsets.UTF_8);

        publish(EventEnvelope.stored(old, data, newer));

        EventEnvelope arrived = EventMessages.event(received(), newer);
        assertThat(arrived.metadata().eventVersion()).isEqualTo(2);
        assertThat(((Noted) arrived.event()).text()).isEqualTo("upcast");
    }

    @ParameterizedTest
    @CsvSource({
        "eventVersion,canary-payload,missing",
        "timestamp,canary-payload,not an instant",
        "sequenceNumber,canary-payload,missing"
    })
    void reports_invalid_property_without_quoting_it(String name, String value, String told) {
        ServiceBusMessage message =
                EventMessages.message(StoredEvents.stored("1", 1, new Counted(1), UnaryOperator.identity()));
        message.getApplicationProperties().put(name, value);
        send(message);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventMessages.event(received(), StoredEvents.SERIALIZER))
                .withMessageContainingAll(name, told)
                .withMessageNotContaining("canary-payload");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "canary-payload",
                "[{\"count\":1}]",
                "{\"count\":1,\"count\":2}",
                "{\"count\":1,\"unknown\":{\"a\":[{\"b\":1,\"b\":1}]}}",
                "{\"count\":1} {}",
                "{\"count\":1"
            })
    void refuses_body_that_is_not_an_object_with_unique_properties(String body) {
        ServiceBusMessage event =
                EventMessages.message(StoredEvents.stored("1", 1, new Counted(1), UnaryOperator.identity()));
        ServiceBusMessage hostile = new ServiceBusMessage(body)
                .setMessageId(event.getMessageId())
                .setSubject(event.getSubject())
                .setCorrelationId(event.getCorrelationId());
        hostile.getApplicationProperties().putAll(event.getApplicationProperties());
        send(hostile);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventMessages.event(received(), StoredEvents.SERIALIZER))
                .withMessageContaining("not a JSON object")
                .withMessageNotContaining("canary-payload");
    }

    @Test
    void refuses_foreign_message_without_quoting_it() {
        send(new ServiceBusMessage("canary-payload").setMessageId("foreign"));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventMessages.event(received(), StoredEvents.SERIALIZER))
                .withMessageContaining("missing")
                .withMessageNotContaining("canary-payload");
    }

    @Test
    void deletion_arrives_as_a_separate_kind_of_message() {
        StreamId stream = StoredEvents.stream("42/ü?#");
        try (ServiceBusEventPublisher publisher =
                ServiceBusEventPublisher.toQueue(queue, BROKER::client).build()) {
            publisher.publishDeletion(stream, 7);
        }

        ServiceBusReceivedMessage message = received();
        assertThat(message.getMessageId()).isEqualTo(new DeletedStream(stream, 7).id());
        assertThat(message.getSessionId()).isEqualTo(stream.toString());
        assertThat(message.getSubject()).isEqualTo("StreamDeleted");
        assertThat(message.getContentType()).isEqualTo("application/json");
        assertThat(message.getBody()).hasToString("{}");
        assertThat(message.getApplicationProperties())
                .containsEntry("kind", "deletion")
                .containsEntry("aggregateType", "Contract")
                .containsEntry("aggregateId", "42/ü?#")
                .containsEntry("sequenceNumber", 8L);
        assertThat(EventMessages.deletion(message)).contains(new DeletedStream(stream, 7));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventMessages.event(message, StoredEvents.SERIALIZER))
                .withMessageContaining("deletion");
    }

    @Test
    void event_is_no_deletion_whatever_its_attributes_are_named() {
        publish(StoredEvents.stored(
                "1",
                1,
                new Counted(1),
                metadata -> metadata.context(MessageContext.of(null, null, null, Map.of("kind", "deletion")))));

        ServiceBusReceivedMessage message = received();
        assertThat(EventMessages.deletion(message)).isEmpty();
        assertThat(EventMessages.event(message, StoredEvents.SERIALIZER)
                        .metadata()
                        .attributes())
                .containsEntry("kind", "deletion");
    }

    @ParameterizedTest
    @CsvSource({
        "kind,canary-payload,newer version",
        "sequenceNumber,canary-payload,sequenceNumber is missing",
        "sequenceNumber,0,-1",
        "aggregateType,,aggregateType"
    })
    void refuses_invalid_deletion_without_quoting_it(String name, String value, String told) {
        ServiceBusMessage message = EventMessages.message(new DeletedStream(StoredEvents.stream("1"), 3));
        if (value == null) {
            message.getApplicationProperties().remove(name);
        } else {
            message.getApplicationProperties().put(name, value.equals("0") ? (Object) 0L : value);
        }
        send(message);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventMessages.deletion(received()))
                .withMessageContaining(told)
                .withMessageNotContaining("canary-payload");
    }
}
