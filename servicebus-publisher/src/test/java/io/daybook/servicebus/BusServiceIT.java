package io.daybook.servicebus;

import static io.daybook.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.azure.core.amqp.AmqpRetryOptions;
import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.messaging.servicebus.ServiceBusException;
import com.azure.messaging.servicebus.ServiceBusFailureReason;
import com.azure.messaging.servicebus.ServiceBusMessage;
import com.azure.messaging.servicebus.ServiceBusMessageBatch;
import com.azure.messaging.servicebus.ServiceBusReceivedMessage;
import com.azure.messaging.servicebus.ServiceBusReceiverAsyncClient;
import com.azure.messaging.servicebus.ServiceBusReceiverClient;
import com.azure.messaging.servicebus.ServiceBusSenderClient;
import com.azure.messaging.servicebus.ServiceBusSessionReceiverAsyncClient;
import com.azure.messaging.servicebus.ServiceBusSessionReceiverClient;
import com.azure.messaging.servicebus.models.DeadLetterOptions;
import com.azure.messaging.servicebus.models.SubQueue;
import io.daybook.contract.Patience;
import io.daybook.servicebus.broker.TestBus;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What Daybook relies on when it publishes to Azure Service Bus and receives from there, said with the plain SDK: nothing of
 * Daybook is used, so a failing test is about the service and not the library. The same tests run against the
 * embedded broker and, where {@code SERVICEBUS_CONNECTION_STRING} is set, against that namespace or the official emulator.
 *
 * <p>There three queues have to be prepared, which are named by {@code SERVICEBUS_QUEUE} (without sessions),
 * {@code SERVICEBUS_SESSION_QUEUE} (requires sessions, lock of 30 seconds or more) and {@code SERVICEBUS_DEDUP_QUEUE} (without
 * sessions, detects duplicates). They are to be empty and used by nothing else. Each test takes away what it sent.
 *
 * <p>A comment at each test names where the belief comes from: a title is that of a page of the Azure Service Bus
 * documentation, a class is one of the SDK, and "measured only" means with SDK 7.17.x and the embedded broker.
 */
class BusServiceIT {

    private static final Duration TIMEOUT = Patience.LIMIT;

    @RegisterExtension
    static final TestBus BUS = TestBus.create();

    private final String session = "session-" + UUID.randomUUID();
    private final String prefix = UUID.randomUUID() + "-";

    private ServiceBusMessage message(int number) {
        return new ServiceBusMessage("body " + number).setMessageId(prefix + number);
    }

    private ServiceBusMessage message(int number, String session) {
        return message(number).setSessionId(session);
    }

    private List<ServiceBusMessage> messages(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(number -> message(number, session))
                .toList();
    }

    private List<String> ids(int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(number -> prefix + number)
                .toList();
    }

    private static void send(String queue, List<ServiceBusMessage> messages) {
        try (ServiceBusSenderClient sender =
                BUS.client().sender().queueName(queue).buildClient()) {
            ServiceBusMessageBatch batch = sender.createMessageBatch();
            messages.forEach(message -> assertThat(batch.tryAddMessage(message)).isTrue());
            sender.sendMessages(batch);
        }
    }

    private static ServiceBusReceiverClient receiver(String queue) {
        return BUS.client().receiver().queueName(queue).disableAutoComplete().buildClient();
    }

    private static ServiceBusSessionReceiverClient sessions() {
        return BUS.client()
                .retryOptions(new AmqpRetryOptions().setMaxRetries(0))
                .sessionReceiver()
                .queueName(BUS.queueOfSessions())
                .disableAutoComplete()
                .buildClient();
    }

    /** As many as were asked for, unless there are fewer; what others left behind is taken away. */
    private List<ServiceBusReceivedMessage> receive(ServiceBusReceiverClient receiver, int count) {
        List<ServiceBusReceivedMessage> received = new ArrayList<>();
        boolean more = true;
        while (received.size() < count && more) {
            more = false;
            for (ServiceBusReceivedMessage message :
                    receiver.receiveMessages(count - received.size(), Duration.ofSeconds(10))) {
                more = true;
                if (message.getMessageId().startsWith(prefix)) {
                    received.add(message);
                } else {
                    receiver.complete(message);
                }
            }
        }
        return received;
    }

    private static List<String> ids(List<ServiceBusReceivedMessage> messages) {
        return messages.stream().map(ServiceBusReceivedMessage::getMessageId).toList();
    }

    private List<String> takeAway(ServiceBusReceiverClient receiver, int count) {
        List<ServiceBusReceivedMessage> received = receive(receiver, count);
        received.forEach(receiver::complete);
        return ids(received);
    }

    private List<String> takeAwaySession(int count) {
        try (ServiceBusSessionReceiverClient sessions = sessions();
                ServiceBusReceiverClient receiver = sessions.acceptSession(session)) {
            return takeAway(receiver, count);
        }
    }

    // "AMQP 1.0 in Azure Service Bus and Event Hubs protocol guide": a batch is one transfer with one outcome
    @Test
    void a_batch_is_stored_whole_and_in_order() {
        send(BUS.queueOfSessions(), messages(150));

        assertThat(takeAwaySession(150)).isEqualTo(ids(1, 150));
    }

    // "Message sessions": joint and ordered handling of unbounded sequences of related messages
    @Test
    void messages_of_a_session_arrive_in_the_order_of_sending() {
        String other = session + "-other";
        for (int number = 1; number <= 10; number++) {
            send(BUS.queueOfSessions(), List.of(message(number, session)));
            send(BUS.queueOfSessions(), List.of(message(100 + number, other)));
        }

        assertThat(takeAwaySession(10)).isEqualTo(ids(1, 10));
        try (ServiceBusSessionReceiverClient sessions = sessions();
                ServiceBusReceiverClient receiver = sessions.acceptSession(other)) {
            assertThat(takeAway(receiver, 10)).isEqualTo(ids(101, 110));
        }
    }

    // "Message sessions": the session lock is held by one receiver; class AmqpErrorCondition
    @Test
    void a_session_has_one_receiver_at_a_time() {
        send(BUS.queueOfSessions(), messages(1));
        try (ServiceBusSessionReceiverClient sessions = sessions();
                ServiceBusReceiverClient first = sessions.acceptSession(session);
                ServiceBusSessionReceiverClient others = sessions()) {
            AmqpException refused = catchThrowableOfType(AmqpException.class, () -> others.acceptSession(session));

            assertThat(refused.getErrorCondition()).isEqualTo(AmqpErrorCondition.SESSION_CANNOT_BE_LOCKED);
            assertThat(takeAway(first, 1)).isEqualTo(ids(1, 1));
        }
    }

    // "Message sessions": when a receiver of a session closes, its lock ends and the messages become available
    @Test
    void unsettled_messages_of_closed_session_are_redelivered_in_order() {
        send(BUS.queueOfSessions(), messages(5));
        try (ServiceBusSessionReceiverClient sessions = sessions();
                ServiceBusReceiverClient receiver = sessions.acceptSession(session)) {
            assertThat(receive(receiver, 3)).hasSize(3);
        }

        assertThat(takeAwaySession(5)).isEqualTo(ids(1, 5));
    }

    // "Message transfers, locks, and settlement": complete
    @Test
    void completed_message_is_not_redelivered() {
        send(BUS.queueOfSessions(), messages(3));

        assertThat(takeAwaySession(1)).isEqualTo(ids(1, 1));

        assertThat(takeAwaySession(2)).isEqualTo(ids(2, 3));
    }

    // "Message transfers, locks, and settlement": abandon; that it is the first again: "Message sessions"
    @Test
    void abandoned_message_is_redelivered_first_and_counted() {
        send(BUS.queueOfSessions(), messages(3));
        try (ServiceBusSessionReceiverClient sessions = sessions();
                ServiceBusReceiverClient receiver = sessions.acceptSession(session)) {
            ServiceBusReceivedMessage first = receive(receiver, 1).get(0);
            receiver.abandon(first);

            List<ServiceBusReceivedMessage> again = receive(receiver, 3);
            again.forEach(receiver::complete);

            assertThat(ids(again)).isEqualTo(ids(1, 3));
            assertThat(again.get(0).getDeliveryCount()).isGreaterThan(first.getDeliveryCount());
        }
    }

    // "Overview of Service Bus dead-letter queues": DeadLetterReason and DeadLetterErrorDescription
    @Test
    void dead_letter_has_reason_and_description_as_properties() {
        send(BUS.queue(), List.of(message(1)));
        try (ServiceBusReceiverClient receiver = receiver(BUS.queue())) {
            receiver.deadLetter(
                    receive(receiver, 1).get(0),
                    new DeadLetterOptions().setDeadLetterReason("why").setDeadLetterErrorDescription("in detail"));
        }
        try (ServiceBusReceiverClient deadLetters = BUS.client()
                .receiver()
                .queueName(BUS.queue())
                .subQueue(SubQueue.DEAD_LETTER_QUEUE)
                .disableAutoComplete()
                .buildClient()) {
            ServiceBusReceivedMessage dead = receive(deadLetters, 1).get(0);
            deadLetters.complete(dead);

            assertThat(dead.getApplicationProperties())
                    .containsEntry("DeadLetterReason", "why")
                    .containsEntry("DeadLetterErrorDescription", "in detail");
        }
    }

    // "Duplicate detection": the message is accepted and dropped
    @Test
    void duplicate_detection_accepts_and_drops_second_message_with_an_id() {
        send(BUS.queueWithoutDuplicates(), List.of(message(1), message(2)));
        send(BUS.queueWithoutDuplicates(), List.of(message(2), message(1), message(3)));

        try (ServiceBusReceiverClient receiver = receiver(BUS.queueWithoutDuplicates())) {
            assertThat(takeAway(receiver, 3)).isEqualTo(ids(1, 3));
        }
    }

    // "Azure Service Bus quotas" and class ServiceBusMessage: 128 characters
    @Test
    void a_message_id_and_a_session_id_have_at_most_128_characters() {
        String longest = prefix + "x".repeat(128 - prefix.length());
        ServiceBusMessage message =
                new ServiceBusMessage("body").setMessageId(longest).setSessionId(longest);

        send(BUS.queueOfSessions(), List.of(message));

        try (ServiceBusSessionReceiverClient sessions = sessions();
                ServiceBusReceiverClient receiver = sessions.acceptSession(longest)) {
            assertThat(takeAway(receiver, 1)).containsExactly(longest);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> message.setMessageId(longest + "x"));
        assertThatIllegalArgumentException().isThrownBy(() -> message.setSessionId(longest + "x"));
    }

    // "Partitioned queues and topics": with both set they have to be the same; class ServiceBusMessage
    @Test
    void a_partition_key_that_differs_from_the_session_id_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> message(1, session).setPartitionKey("another"));
    }

    // measured only: just below the limit it is false, above it throws
    @Test
    void a_message_near_the_limit_or_above_does_not_get_into_a_batch() {
        try (ServiceBusSenderClient sender =
                BUS.client().sender().queueName(BUS.queue()).buildClient()) {
            int limit = sender.createMessageBatch().getMaxSizeInBytes();
            ServiceBusMessageBatch batch = sender.createMessageBatch();

            assertThat(batch.tryAddMessage(new ServiceBusMessage(new byte[limit - 100])))
                    .isFalse();
            assertThat(catchThrowableOfType(
                                    ServiceBusException.class,
                                    () -> batch.tryAddMessage(new ServiceBusMessage(new byte[limit + 100])))
                            .getReason())
                    .isEqualTo(ServiceBusFailureReason.MESSAGE_SIZE_EXCEEDED);
            assertThat(batch.getCount()).isZero();
        }
    }

    // "Messages, payloads, and serialization": application properties have the AMQP types
    @Test
    void application_properties_keep_their_types() {
        Map<String, Object> properties = Map.of("text", "ü", "int", 7, "long", 7L, "boolean", true, "double", 1.5);
        ServiceBusMessage message = message(1);
        message.getApplicationProperties().putAll(properties);

        send(BUS.queue(), List.of(message));

        try (ServiceBusReceiverClient receiver = receiver(BUS.queue())) {
            ServiceBusReceivedMessage received = receive(receiver, 1).get(0);
            receiver.complete(received);
            assertThat(received.getApplicationProperties()).containsAllEntriesOf(properties);
        }
    }

    // "Message sessions": a queue with sessions is not available to regular receivers
    @Test
    void an_entity_of_sessions_has_no_receivers_without_one() {
        send(BUS.queueOfSessions(), messages(1));
        try (ServiceBusReceiverAsyncClient receiver =
                BUS.client().receiver().queueName(BUS.queueOfSessions()).buildAsyncClient()) {
            Throwable refused =
                    catchThrowable(() -> receiver.receiveMessages().next().block(TIMEOUT));

            assertThat(refused).isInstanceOf(ServiceBusException.class);
        }
        assertThat(takeAwaySession(1)).isEqualTo(ids(1, 1));
    }

    // "Message sessions": messages without a session id are refused there
    @Test
    void an_entity_of_sessions_takes_no_message_without_one() {
        assertThat(catchThrowable(() -> send(BUS.queueOfSessions(), List.of(message(1)))))
                .isInstanceOf(ServiceBusException.class);
    }

    // "Message browsing"; that no session has to be named: measured only
    @Test
    void session_entity_can_be_peeked_without_a_session() {
        send(BUS.queueOfSessions(), messages(2));
        try (ServiceBusReceiverClient receiver = receiver(BUS.queueOfSessions())) {
            assertThat(receiver.peekMessages(10).stream().map(ServiceBusReceivedMessage::getMessageId))
                    .containsAll(ids(1, 2));
        }
        assertThat(takeAwaySession(2)).isEqualTo(ids(1, 2));
    }

    // "Message sessions": accept the next available session; that it waits: class ServiceBusSessionAcquirer
    @Test
    void accepting_the_next_session_waits_until_there_is_one() {
        try (ServiceBusSessionReceiverAsyncClient sessions = BUS.client()
                .sessionReceiver()
                .queueName(BUS.queueOfSessions())
                .disableAutoComplete()
                .buildAsyncClient()) {
            CompletableFuture<ServiceBusReceiverAsyncClient> next =
                    sessions.acceptNextSession().toFuture();
            assertThat(next).isNotDone();

            send(BUS.queueOfSessions(), messages(1));

            await().until(next::isDone);
            try (ServiceBusReceiverAsyncClient receiver = next.join()) {
                assertThat(receiver.getSessionId()).isEqualTo(session);
                ServiceBusReceivedMessage message = receiver.receiveMessages()
                        .concatMap(one -> receiver.complete(one).thenReturn(one))
                        .blockFirst(TIMEOUT);
                assertThat(message.getMessageId()).isEqualTo(prefix + 1);
            }
        }
    }

    // "Message transfers, locks, and settlement": renewing lets the lock last from now on
    @Test
    void a_session_lock_can_be_renewed_while_its_messages_are_handled() {
        send(BUS.queueOfSessions(), messages(1));
        try (ServiceBusSessionReceiverClient sessions = sessions();
                ServiceBusReceiverClient receiver = sessions.acceptSession(session)) {
            ServiceBusReceivedMessage message = receive(receiver, 1).get(0);

            assertThat(receiver.renewSessionLock()).isAfter(OffsetDateTime.now());

            receiver.complete(message);
        }
    }

    // "Message transfers, locks, and settlement": a lock that expires; the embedded broker's locks last a day
    @Test
    void expired_session_lock_goes_to_the_next_receiver() {
        assumeTrue(TestBus.isReal(), "needs SERVICEBUS_CONNECTION_STRING: locks expire at the service only");
        send(BUS.queueOfSessions(), messages(1));
        try (ServiceBusSessionReceiverClient sessions = BUS.client()
                        .sessionReceiver()
                        .queueName(BUS.queueOfSessions())
                        .disableAutoComplete()
                        .maxAutoLockRenewDuration(Duration.ZERO)
                        .buildClient();
                ServiceBusReceiverClient slow = sessions.acceptSession(session)) {
            ServiceBusReceivedMessage message = receive(slow, 1).get(0);
            await().atMost(Duration.ofMinutes(6))
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(takeAwaySession(1)).isEqualTo(ids(1, 1)));

            assertThat(catchThrowable(() -> slow.complete(message))).isInstanceOf(ServiceBusException.class);
        }
    }
}
