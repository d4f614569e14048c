package io.daybook.servicebus;

import io.daybook.contract.EventPublisherContract;
import io.daybook.eventstore.StreamId;
import io.daybook.publishing.EventPublisher;
import io.daybook.servicebus.broker.TestBroker;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;

class ServiceBusPublisherContractIT extends EventPublisherContract {

    @RegisterExtension
    static final TestBroker BROKER = TestBroker.create();

    private final String topic = BROKER.newTopic("all");
    private final ServiceBusEventPublisher publisher =
            ServiceBusEventPublisher.toTopic(topic, BROKER::client).build();

    @AfterEach
    void close() {
        publisher.close();
    }

    @Override
    protected EventPublisher publisher() {
        return publisher;
    }

    @Override
    protected List<Arrived> arrived() {
        return BROKER.broker().messages(topic + "/subscriptions/all").stream()
                .map(message -> new Arrived(
                        message.messageId(),
                        StreamId.parse(message.sessionId()),
                        (Long) message.properties().get("sequenceNumber"),
                        message.properties().containsKey("kind")))
                .toList();
    }
}
