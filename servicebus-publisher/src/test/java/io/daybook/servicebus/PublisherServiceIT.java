package io.daybook.servicebus;

import com.azure.messaging.servicebus.ServiceBusReceivedMessage;
import com.azure.messaging.servicebus.ServiceBusReceiverClient;
import io.daybook.contract.EventPublisherContract;
import io.daybook.eventstore.StreamId;
import io.daybook.publishing.EventPublisher;
import io.daybook.servicebus.broker.TestBus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The contract of publishers at the namespace or emulator that {@code SERVICEBUS_CONNECTION_STRING} names, or at an embedded broker. It sends
 * to {@code SERVICEBUS_QUEUE}, a queue without sessions that nothing else uses.
 */
class PublisherServiceIT extends EventPublisherContract {

    private static final int PAGE = 100;
    private static final Duration WAIT = Duration.ofSeconds(10);

    @RegisterExtension
    static final TestBus BUS = TestBus.create();

    private final ServiceBusEventPublisher publisher =
            ServiceBusEventPublisher.toQueue(BUS.queue(), BUS::client).build();

    private static ServiceBusReceiverClient receiver() {
        return BUS.client()
                .receiver()
                .queueName(BUS.queue())
                .disableAutoComplete()
                .buildClient();
    }

    private static List<ServiceBusReceivedMessage> peek(ServiceBusReceiverClient receiver) {
        List<ServiceBusReceivedMessage> peeked = new ArrayList<>();
        for (List<ServiceBusReceivedMessage> page; !(page = page(receiver)).isEmpty(); ) {
            peeked.addAll(page);
        }
        return peeked;
    }

    private static List<ServiceBusReceivedMessage> page(ServiceBusReceiverClient receiver) {
        return receiver.peekMessages(PAGE).stream().toList();
    }

    /** Leaves the queue empty. */
    @AfterEach
    void takeAway() {
        publisher.close();
        try (ServiceBusReceiverClient receiver = receiver()) {
            int left = peek(receiver).size();
            while (left > 0) {
                List<ServiceBusReceivedMessage> received =
                        receiver.receiveMessages(left, WAIT).stream().toList();
                received.forEach(receiver::complete);
                left = received.isEmpty() ? 0 : left - received.size();
            }
        }
    }

    @Override
    protected EventPublisher publisher() {
        return publisher;
    }

    @Override
    protected List<Arrived> arrived() {
        try (ServiceBusReceiverClient receiver = receiver()) {
            return peek(receiver).stream()
                    .map(message -> new Arrived(
                            message.getMessageId(),
                            StreamId.parse(message.getSessionId()),
                            (Long) message.getApplicationProperties().get("sequenceNumber"),
                            message.getApplicationProperties().containsKey("kind")))
                    .toList();
        }
    }
}
