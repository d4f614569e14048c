package io.daybook.servicebus.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.util.BinaryData;
import com.azure.core.util.IterableStream;
import com.azure.messaging.servicebus.ServiceBusMessage;
import com.azure.messaging.servicebus.ServiceBusMessageBatch;
import com.azure.messaging.servicebus.ServiceBusProcessorClient;
import com.azure.messaging.servicebus.ServiceBusReceivedMessage;
import com.azure.messaging.servicebus.ServiceBusReceiverClient;
import com.azure.messaging.servicebus.ServiceBusSenderClient;
import com.azure.messaging.servicebus.ServiceBusSessionReceiverClient;
import com.azure.messaging.servicebus.models.SubQueue;
import io.daybook.contract.Patience;
import io.daybook.servicebus.testserver.ServiceBusTestServer;
import io.daybook.servicebus.testserver.StoredMessage;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The broker is near enough to Service Bus for the SDK. */
@Tag("faults")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class BrokerIT {

    @RegisterExtension
    static final TestBroker BROKER = TestBroker.create();

    private final ServiceBusTestServer broker = BROKER.broker();
    private final String orders = BROKER.newQueue();

    private ServiceBusReceiverClient receiver(String queue) {
        return BROKER.client().receiver().queueName(queue).disableAutoComplete().buildClient();
    }

    private void send(String queue, ServiceBusMessage... messages) {
        try (ServiceBusSenderClient sender =
                BROKER.client().sender().queueName(queue).buildClient()) {
            ServiceBusMessageBatch batch = sender.createMessageBatch();
            for (ServiceBusMessage message : messages) {
                assertThat(batch.tryAddMessage(message)).isTrue();
            }
            sender.sendMessages(batch);
        }
    }

    private static ServiceBusMessage message(int number, String session) {
        return new ServiceBusMessage("body " + number)
                .setMessageId("id-" + number)
                .setSessionId(session);
    }

    private static List<ServiceBusReceivedMessage> receive(ServiceBusReceiverClient receiver, int count) {
        IterableStream<ServiceBusReceivedMessage> messages = receiver.receiveMessages(count, Patience.LIMIT);
        return messages.stream().toList();
    }

    @Test
    void storesAMessage() {
        ServiceBusMessage message = new ServiceBusMessage(BinaryData.fromString("grüße"))
                .setMessageId("one")
                .setSessionId("session")
                .setSubject("Placed")
                .setContentType("application/json")
                .setCorrelationId("cause");
        message.getApplicationProperties().put("position", 7L);
        try (ServiceBusSenderClient sender =
                BROKER.client().sender().queueName(orders).buildClient()) {
            sender.sendMessage(message);
        }
        assertThat(broker.messages(orders)).singleElement().satisfies(stored -> {
            assertThat(stored.messageId()).isEqualTo("one");
            assertThat(stored.sessionId()).isEqualTo("session");
            assertThat(stored.subject()).isEqualTo("Placed");
            assertThat(stored.contentType()).isEqualTo("application/json");
            assertThat(stored.correlationId()).isEqualTo("cause");
            assertThat(stored.text()).isEqualTo("grüße");
            assertThat(stored.length()).isEqualTo(7);
            assertThat(stored.properties()).containsEntry("position", 7L);
        });
    }

    @Test
    void storesTheMessagesOfABatchInOrder() {
        send(
                orders,
                IntStream.range(0, 200).mapToObj(i -> message(i, "s" + i % 5)).toArray(ServiceBusMessage[]::new));

        assertThat(broker.messages(orders))
                .extracting(StoredMessage::messageId)
                .containsExactlyElementsOf(
                        IntStream.range(0, 200).mapToObj(i -> "id-" + i).toList());
        assertThat(broker.messages(orders).get(7).sessionId()).isEqualTo("s2");
        assertThat(broker.transfers(orders)).containsExactly(200);
    }

    /** Artemis schedules messages, but does not know the requests of Service Bus, which the broker answers. */
    @Test
    void schedulesMessagesAndCancelsThem() throws Exception {
        OffsetDateTime tomorrow = OffsetDateTime.now().plusDays(1);
        try (ServiceBusSenderClient sender =
                BROKER.client().sender().queueName(orders).buildClient()) {
            sender.scheduleMessage(message(1, null), tomorrow);
            long second = sender.scheduleMessage(message(2, null), tomorrow);
            sender.sendMessage(message(3, null).setScheduledEnqueueTime(tomorrow));
            sender.scheduleMessage(message(4, null), OffsetDateTime.now().minusDays(1));
            sender.cancelScheduledMessage(second);
        }
        broker.kill();
        broker.restart();

        assertThat(broker.messages(orders)).extracting(StoredMessage::messageId).containsExactly("id-4");
        assertThat(broker.scheduled(orders))
                .extracting(StoredMessage::messageId)
                .containsExactlyInAnyOrder("id-1", "id-3");
        broker.enqueueScheduled(orders);
        assertThat(broker.messages(orders))
                .extracting(StoredMessage::messageId)
                .containsExactlyInAnyOrder("id-1", "id-3", "id-4");
        try (ServiceBusReceiverClient receiver = receiver(orders)) {
            assertThat(receive(receiver, 3)).hasSize(3);
        }
    }

    @Test
    void enqueuesScheduledMessageAtItsTime() {
        try (ServiceBusSenderClient sender =
                        BROKER.client().sender().queueName(orders).buildClient();
                ServiceBusReceiverClient receiver = receiver(orders)) {
            OffsetDateTime soon = OffsetDateTime.now().plusSeconds(1);
            sender.scheduleMessage(message(1, null), soon);

            receiver.complete(receive(receiver, 1).get(0));
            assertThat(OffsetDateTime.now()).isAfter(soon.minusNanos(1_000_000)); // the broker counts milliseconds
        }
    }

    @Test
    void announcesTheLargestMessage() {
        broker.setMaxMessageSize(1024 * 1024);
        try (ServiceBusSenderClient sender =
                BROKER.client().sender().queueName(orders).buildClient()) {
            assertThat(sender.createMessageBatch().getMaxSizeInBytes()).isEqualTo(1024 * 1024);
            sender.sendMessage(new ServiceBusMessage(new byte[700_000]));
        }
        assertThat(broker.messages(orders)).singleElement().returns(700_000, StoredMessage::length);
    }

    @Test
    void handsOutMessagesUntilTheyAreCompleted() {
        send(orders, message(1, null), message(2, null), message(3, null));
        try (ServiceBusReceiverClient receiver = receiver(orders)) {
            List<ServiceBusReceivedMessage> received = receive(receiver, 3);
            assertThat(received)
                    .extracting(ServiceBusReceivedMessage::getMessageId)
                    .containsExactly("id-1", "id-2", "id-3");
            receiver.complete(received.get(0));
            receiver.abandon(received.get(1));
            receiver.deadLetter(received.get(2));

            ServiceBusReceivedMessage again = receive(receiver, 1).get(0);
            assertThat(again.getMessageId()).isEqualTo("id-2");
            assertThat(again.getDeliveryCount()).isEqualTo(1);
            receiver.renewMessageLock(again);
            receiver.complete(again);
        }
        assertThat(broker.messages(orders)).isEmpty();
        Patience.await()
                .until(() -> broker.messages(orders + "/$deadletterqueue").size() == 1);
        try (ServiceBusReceiverClient receiver = BROKER.client()
                .receiver()
                .queueName(orders)
                .subQueue(SubQueue.DEAD_LETTER_QUEUE)
                .disableAutoComplete()
                .buildClient()) {
            assertThat(receive(receiver, 1))
                    .extracting(ServiceBusReceivedMessage::getMessageId)
                    .containsExactly("id-3");
        }
    }

    @Test
    void letsReceiversPeek() {
        send(orders, message(1, "a"), message(2, "b"));
        try (ServiceBusReceiverClient receiver = receiver(orders)) {
            assertThat(receiver.peekMessages(5))
                    .extracting(ServiceBusReceivedMessage::getMessageId)
                    .containsExactly("id-1", "id-2");
        }
        assertThat(broker.messages(orders)).hasSize(2);
    }

    @Test
    void handsOutASessionInOrder() {
        send(
                orders,
                IntStream.range(0, 60).mapToObj(i -> message(i, "s'" + i % 3)).toArray(ServiceBusMessage[]::new));
        try (ServiceBusSessionReceiverClient sessions = BROKER.client()
                        .sessionReceiver()
                        .queueName(orders)
                        .disableAutoComplete()
                        .buildClient();
                ServiceBusReceiverClient receiver = sessions.acceptSession("s'1")) {
            List<ServiceBusReceivedMessage> received = new java.util.ArrayList<>();
            while (received.size() < 20) {
                List<ServiceBusReceivedMessage> more = receive(receiver, 20 - received.size());
                assertThat(more).isNotEmpty();
                more.forEach(receiver::complete);
                received.addAll(more);
            }
            assertThat(received)
                    .extracting(ServiceBusReceivedMessage::getMessageId)
                    .containsExactlyElementsOf(IntStream.range(0, 20)
                            .mapToObj(i -> "id-" + (i * 3 + 1))
                            .toList());
            assertThat(receiver.getSessionId()).isEqualTo("s'1");
            receiver.renewSessionLock();
            receiver.setSessionState(new byte[] {1, 2});
            assertThat(receiver.getSessionState()).containsExactly(1, 2);
        }
        assertThat(broker.messages(orders))
                .hasSize(40)
                .noneMatch(stored -> stored.sessionId().equals("s'1"));
    }

    @Test
    void letsProcessorsTakeMessages() {
        List<String> ids = new CopyOnWriteArrayList<>();
        ServiceBusProcessorClient processor = BROKER.client()
                .processor()
                .queueName(orders)
                .processMessage(context -> ids.add(context.getMessage().getMessageId()))
                .processError(context -> {})
                .buildProcessorClient();
        processor.start();
        try {
            send(orders, message(1, null), message(2, null));
            Patience.await().until(() -> ids.size() == 2);
            Patience.await().until(() -> broker.messages(orders).isEmpty());
        } finally {
            processor.close();
        }
        assertThat(ids).containsExactly("id-1", "id-2");
    }

    @Test
    void letsProcessorsTakeSessions() {
        Map<String, List<String>> ids = new ConcurrentHashMap<>();
        ServiceBusProcessorClient processor = BROKER.client()
                .sessionProcessor()
                .queueName(orders)
                .maxConcurrentSessions(3)
                .sessionIdleTimeout(Duration.ofSeconds(1))
                .processMessage(context -> ids.computeIfAbsent(
                                context.getMessage().getSessionId(), session -> new CopyOnWriteArrayList<>())
                        .add(context.getMessage().getMessageId()))
                .processError(context -> {})
                .buildProcessorClient();
        processor.start();
        try {
            send(
                    orders,
                    IntStream.range(0, 50)
                            .mapToObj(i -> message(i, "s" + i % 5))
                            .toArray(ServiceBusMessage[]::new));
            Patience.await()
                    .until(() -> ids.values().stream().mapToInt(List::size).sum() == 50);
        } finally {
            processor.close();
        }
        assertThat(ids).hasSize(5);
        ids.forEach((session, got) -> assertThat(got)
                .containsExactlyElementsOf(IntStream.range(0, 10)
                        .mapToObj(i -> "id-" + (i * 5 + Integer.parseInt(session.substring(1))))
                        .toList()));
    }

    @Test
    void copiesTheMessagesOfATopicToItsSubscriptions() throws Exception {
        broker.createTopic("copied", "left", "right");
        try (ServiceBusSenderClient sender =
                BROKER.client().sender().topicName("copied").buildClient()) {
            sender.sendMessages(List.of(message(1, "a"), message(2, "b")));
        }
        for (String name : List.of("left", "right")) {
            assertThat(broker.messages("copied/subscriptions/" + name))
                    .extracting(StoredMessage::messageId)
                    .containsExactly("id-1", "id-2");
            try (ServiceBusReceiverClient receiver = BROKER.client()
                    .receiver()
                    .topicName("copied")
                    .subscriptionName(name)
                    .disableAutoComplete()
                    .buildClient()) {
                List<ServiceBusReceivedMessage> received = receive(receiver, 2);
                assertThat(received).hasSize(2);
                receiver.deadLetter(received.get(0));
            }
            String deadLetters = "copied/subscriptions/" + name + "/$deadletterqueue";
            Patience.await().until(() -> broker.messages(deadLetters).size() == 1);
        }
    }

    @Test
    void ignoresDuplicatesWhereItIsTold() throws Exception {
        broker.createQueueWithoutDuplicates("once");
        send("once", message(1, "a"), message(2, "a"), message(1, "a"));
        send("once", message(2, "a"), message(3, "a"));
        assertThat(broker.messages("once"))
                .extracting(StoredMessage::messageId)
                .containsExactly("id-1", "id-2", "id-3");
        send(orders, message(1, "a"), message(1, "a"));
        assertThat(broker.messages(orders)).hasSize(2);
    }

    @Test
    void keepsMessagesWhenItIsKilled() throws Exception {
        broker.createTopic("events", "all");
        try (ServiceBusSenderClient sender =
                        BROKER.client().sender().queueName(orders).buildClient();
                ServiceBusSenderClient topic =
                        BROKER.client().sender().topicName("events").buildClient()) {
            sender.sendMessage(message(1, "a"));
            topic.sendMessage(message(1, "a"));
            broker.kill();
            broker.restart();
            assertThat(broker.messages(orders))
                    .extracting(StoredMessage::messageId)
                    .containsExactly("id-1");
            sender.sendMessage(message(2, "a"));
            topic.sendMessage(message(2, "a"));
        }
        for (String queue : List.of(orders, "events/subscriptions/all")) {
            assertThat(broker.messages(queue))
                    .extracting(StoredMessage::messageId)
                    .containsExactly("id-1", "id-2");
            assertThat(broker.messages(queue))
                    .extracting(StoredMessage::sequenceNumber)
                    .containsExactly(1L, 2L);
        }
    }
}
