package io.daybook.servicebus;

import static io.daybook.contract.Patience.await;
import static io.daybook.servicebus.StoredEvents.counted;
import static io.daybook.servicebus.StoredEvents.stored;
import static io.daybook.servicebus.StoredEvents.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.messaging.servicebus.ServiceBusMessage;
import com.azure.messaging.servicebus.ServiceBusReceivedMessage;
import com.azure.messaging.servicebus.ServiceBusReceiverClient;
import com.azure.messaging.servicebus.ServiceBusSenderClient;
import io.cloudevents.CloudEvent;
import io.daybook.contract.ContractEvent.Counted;
import io.daybook.contract.Patience;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.MessageContext;
import io.daybook.eventstore.StreamId;
import io.daybook.publishing.EventPublishException;
import io.daybook.publishing.EventPublishException.Delivery;
import io.daybook.subscription.DeletedStream;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.FailurePolicy;
import io.daybook.subscription.ParkedStream;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionOptions;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that are CloudEvents too, read by the SDK of CloudEvents, and CloudEvents of other producers, over the broker. */
class CloudEventsIT extends FeedFixture {

    private static final URI SOURCE = URI.create("https://example.com/counters/");
    private static final String TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private final String queue = BROKER.newQueue();
    private final EventEnvelope full = stored(
            "42/ü?# a",
            7,
            new Counted(7),
            metadata -> metadata.commandId("cmd")
                    .context(MessageContext.of(
                            "corr",
                            "cause",
                            "alice",
                            Map.of("traceparent", TRACEPARENT, "tracestate", "a=1", "tenant", "ü"))));

    private ServiceBusEventPublisher.Builder toQueue() {
        return ServiceBusEventPublisher.toQueue(queue, BROKER::client).cloudEvents(SOURCE);
    }

    private ServiceBusReceivedMessage published(EventEnvelope event) {
        try (ServiceBusEventPublisher publisher = toQueue().build()) {
            publisher.publish(List.of(event));
        }
        return received();
    }

    private ServiceBusReceivedMessage received() {
        try (ServiceBusReceiverClient receiver =
                BROKER.client().receiver().queueName(queue).buildClient()) {
            return receiver.receiveMessages(1, Patience.LIMIT).iterator().next();
        }
    }

    private ServiceBusReceivedMessage overBroker(ServiceBusMessage message) {
        try (ServiceBusSenderClient sender =
                BROKER.client().sender().queueName(queue).buildClient()) {
            sender.sendMessage(message);
        }
        return received();
    }

    /** The event as another producer sends it, without any property of Daybook's. */
    private static ServiceBusMessage foreign(String id, long number, String prefix, Map<String, Object> changes) {
        Map<String, Object> attributes = new LinkedHashMap<>(Map.of(
                "specversion",
                "1.0",
                "id",
                "event-" + id + "-" + number,
                "source",
                "/elsewhere",
                "type",
                "ContractCounted",
                "subject",
                "Contract-" + id,
                "sequence",
                Long.toString(number),
                "time",
                "2026-01-02T04:04:05.5+01:00",
                "eventversion",
                1L));
        attributes.putAll(changes);
        ServiceBusMessage message = new ServiceBusMessage("{\"number\":" + number + "}")
                .setSessionId("Contract-" + id)
                .setContentType("application/json; charset=utf-8");
        attributes.forEach((name, value) -> {
            if (!"".equals(value)) {
                message.getApplicationProperties().put(prefix + name, value);
            }
        });
        return message;
    }

    @Test
    void event_is_read_by_the_sdk_of_cloudevents() {
        ServiceBusReceivedMessage message = published(full);

        CloudEvent event = AmqpCloudEventReader.read(message);
        EventMetadata metadata = full.metadata();
        assertThat(event.getId()).isEqualTo(metadata.eventId()).isEqualTo(message.getMessageId());
        assertThat(event.getSource())
                .isEqualTo(URI.create("https://example.com/counters/Contract/42%2F%C3%BC%3F%23%20a"));
        assertThat(event.getType()).isEqualTo("ContractCounted");
        assertThat(event.getSubject()).isEqualTo("Contract-42/ü?# a");
        assertThat(event.getTime()).isEqualTo(metadata.timestamp().atOffset(ZoneOffset.UTC));
        assertThat(event.getDataContentType()).isEqualTo("application/json");
        assertThat(event.getData().toBytes()).isEqualTo(full.data().orElseThrow());
        assertThat(event.getExtensionNames())
                .containsExactlyInAnyOrder(
                        "sequence", "eventversion", "correlationid", "causationid", "traceparent", "tracestate");
        assertThat(event.getExtension("sequence")).isEqualTo("0000000000000000007");
        assertThat(event.getExtension("eventversion")).hasToString(Integer.toString(metadata.eventVersion()));
        assertThat(event.getExtension("correlationid")).isEqualTo("corr");
        assertThat(event.getExtension("causationid")).isEqualTo("cause");
        assertThat(event.getExtension("traceparent")).isEqualTo(TRACEPARENT);
        assertThat(event.getExtension("tracestate")).isEqualTo("a=1");
    }

    @Test
    void message_of_a_cloud_event_keeps_all_parts_of_the_default_format() {
        ServiceBusReceivedMessage message = published(full);

        ServiceBusMessage byDefault = EventMessages.message(full);
        assertThat(message.getApplicationProperties()).containsAllEntriesOf(byDefault.getApplicationProperties());
        assertThat(message.getApplicationProperties().keySet())
                .filteredOn(name -> !byDefault.getApplicationProperties().containsKey(name))
                .hasSize(12)
                .allMatch(name -> name.startsWith("cloudEvents:"));
        assertThat(message.getSubject()).isEqualTo(byDefault.getSubject());
        assertThat(message.getSessionId()).isEqualTo(byDefault.getSessionId());
        assertThat(EventMessages.event(message, StoredEvents.SERIALIZER).metadata())
                .isEqualTo(full.metadata());
    }

    @Test
    void default_format_has_no_attributes_of_cloudevents() {
        publisher.publish(counted("a", 1, 1));

        assertThat(broker.messages(billing))
                .singleElement()
                .satisfies(message -> assertThat(message.properties().keySet())
                        .noneMatch(name -> name.toLowerCase(Locale.ROOT).contains("cloudevents")));
    }

    @Test
    void deletion_is_a_cloud_event_of_its_own_kind() {
        StreamId stream = stream("42");
        try (ServiceBusEventPublisher publisher = toQueue().build()) {
            publisher.publishDeletion(stream, 7);
        }

        ServiceBusReceivedMessage message = received();
        CloudEvent event = AmqpCloudEventReader.read(message);
        assertThat(event.getId()).isEqualTo(new DeletedStream(stream, 7).id());
        assertThat(event.getType()).isEqualTo("StreamDeleted");
        assertThat(event.getSubject()).isEqualTo("Contract-42");
        assertThat(event.getTime()).isNull();
        assertThat(event.getExtension("kind")).isEqualTo("deletion");
        assertThat(event.getExtension("sequence")).isEqualTo("0000000000000000008");
        assertThat(EventMessages.deletion(message)).contains(new DeletedStream(stream, 7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cloudEvents:", "cloudEvents_"})
    void reads_cloud_event_of_another_producer(String prefix) {
        ServiceBusReceivedMessage message = overBroker(foreign(
                "1",
                3,
                prefix,
                Map.of("correlationid", "corr", "causationid", "cause", "traceparent", TRACEPARENT, "other", "x")));

        assertThat(EventMessages.deletion(message)).isEmpty();
        EventEnvelope event = EventMessages.event(message, StoredEvents.SERIALIZER);
        assertThat(event.metadata())
                .isEqualTo(EventMetadata.builder()
                        .eventId("event-1-3")
                        .eventType("ContractCounted", 1)
                        .timestamp(Instant.parse("2026-01-02T03:04:05.5Z"))
                        .aggregate("Contract", "1")
                        .sequenceNumber(3)
                        .context(MessageContext.of("corr", "cause", null, Map.of("traceparent", TRACEPARENT)))
                        .build());
        assertThat(((Counted) event.event()).number()).isEqualTo(3);
    }

    @Test
    void reads_time_and_numbers_in_their_amqp_types() {
        Instant time = Instant.parse("2026-01-02T03:04:05.678Z");
        ServiceBusReceivedMessage message = overBroker(
                foreign("1", 3, "cloudEvents:", Map.of("time", Date.from(time), "sequence", 3, "eventversion", "1")));

        EventMetadata metadata =
                EventMessages.event(message, StoredEvents.SERIALIZER).metadata();
        assertThat(metadata.timestamp()).isEqualTo(time);
        assertThat(metadata.sequenceNumber()).isEqualTo(3);
        assertThat(metadata.eventVersion()).isEqualTo(1);
    }

    @Test
    void reads_deletion_of_another_producer() {
        ServiceBusReceivedMessage message =
                overBroker(foreign("1", 4, "cloudEvents:", Map.of("kind", "deletion", "time", "", "eventversion", "")));

        assertThat(EventMessages.deletion(message)).contains(new DeletedStream(stream("1"), 3));
    }

    @ParameterizedTest
    @CsvSource({
        "specversion,0.3,specversion is not 1.0",
        "id,'',the message id is missing",
        "type,'',the subject is missing",
        "subject,'',subject is missing",
        "subject,canary payload,subject is missing or is not the name of a stream",
        "subject,Contract-,subject is missing or is not the name of a stream",
        "sequence,canary-payload,sequence is missing or is not a whole number",
        "sequence,0,sequenceNumber is 0: use 1 or more",
        "time,canary-payload,time is missing or is not an RFC 3339 time",
        "eventversion,'',eventversion is missing",
        "eventversion,99999999999,eventVersion is missing"
    })
    void refuses_invalid_cloud_event_without_quoting_it(String name, String value, String told) {
        ServiceBusReceivedMessage message = overBroker(foreign("1", 3, "cloudEvents:", Map.of(name, value)));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventMessages.event(message, StoredEvents.SERIALIZER))
                .withMessageContaining(told)
                .withMessageNotContaining("canary");
    }

    @Test
    void refuses_cloud_event_in_structured_mode_with_advice() {
        ServiceBusReceivedMessage message = overBroker(
                new ServiceBusMessage("{\"canary\":1}").setContentType("application/CloudEvents+json; charset=UTF-8"));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventMessages.deletion(message))
                .withMessageContaining("structured mode")
                .withMessageContaining("binary mode")
                .withMessageNotContaining("canary");
    }

    @Test
    void feed_delivers_and_parks_cloud_events_of_another_producer() {
        AtomicBoolean failing = new AtomicBoolean(true);
        List<String> delivered = new CopyOnWriteArrayList<>();
        EventHandler handler = new EventHandler() {
            @Override
            public void handle(List<EventEnvelope> events) {
                if (failing.get()) {
                    throw new IllegalStateException("on purpose");
                }
                events.forEach(
                        event -> delivered.add(Long.toString(event.metadata().sequenceNumber())));
            }

            @Override
            public void deleted(StreamId stream, long version) {
                delivered.add("deleted at " + version);
            }
        };
        try (ServiceBusSenderClient sender =
                BROKER.client().sender().topicName(topic).buildClient()) {
            for (long number = 1; number <= 3; number++) {
                sender.sendMessage(foreign("a", number, "cloudEvents_", Map.of()));
            }
            sender.sendMessage(
                    foreign("a", 4, "cloudEvents:", Map.of("kind", "deletion", "time", "", "eventversion", "")));
        }
        Subscription subscription = feed().build()
                .subscribe(
                        "billing",
                        SubscriptionOptions.from(StartPosition.BEGINNING).onFailure(FailurePolicy.parkStreamAfter(2)),
                        handler);
        subscriptions.add(subscription);
        awaitEmpty();

        assertThat(subscription.parked())
                .singleElement()
                .returns(stream("a"), ParkedStream::stream)
                .returns(1L, ParkedStream::sequenceNumber)
                .returns("event-a-1", ParkedStream::eventId)
                .returns(4L, ParkedStream::lastSequenceNumber)
                .returns(true, ParkedStream::deleted);
        failing.set(false);
        assertThat(subscription.retryParked()).isEqualTo(1);
        await().untilAsserted(() -> assertThat(delivered).containsExactly("1", "2", "3", "deleted at 3"));
    }

    @Test
    void attributes_of_cloudevents_count_toward_the_limit() {
        Map<String, String> attributes =
                Map.of("tracestate", "s".repeat(20_000), "a", "a".repeat(20_000), "b", "b".repeat(5_000));
        EventEnvelope large = stored(
                "1", 1, new Counted(1), metadata -> metadata.context(MessageContext.of(null, null, null, attributes)));

        try (ServiceBusEventPublisher plain =
                        ServiceBusEventPublisher.toQueue(queue, BROKER::client).build();
                ServiceBusEventPublisher cloudEvents = toQueue().build()) {
            plain.publish(List.of(large));
            EventPublishException e =
                    catchThrowableOfType(EventPublishException.class, () -> cloudEvents.publish(List.of(large)));

            assertThat(e.delivery(large.metadata().eventId())).isEqualTo(Delivery.IMPOSSIBLE);
            assertThat(e).hasMessageContaining("of attributes");
        }
        assertThat(broker.messages(queue)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "'',has 0 characters",
        "/orders?secret=canary,query or a fragment",
        "/orders#secret-canary,query or a fragment"
    })
    void refuses_invalid_source_without_quoting_it(String source, String told) {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        ServiceBusEventPublisher.toQueue(queue, BROKER::client).cloudEvents(URI.create(source)))
                .withMessageContaining(told)
                .withMessageNotContaining("canary");
    }

    @ParameterizedTest
    @CsvSource({
        "/counters,/counters/Contract/1",
        "urn:example:counters,urn:example:counters/Contract/1",
        "/,/Contract/1"
    })
    void source_names_the_stream(String source, String expected) {
        ServiceBusMessage message = EventMessages.message(stored("1", 1, new Counted(1), UnaryOperator.identity()));

        CloudEventAttributes.add(message, URI.create(source));

        assertThat(message.getApplicationProperties()).containsEntry("cloudEvents:source", expected);
    }
}
