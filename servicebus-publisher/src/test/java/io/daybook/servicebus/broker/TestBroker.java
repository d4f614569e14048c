package io.daybook.servicebus.broker;

import com.azure.messaging.servicebus.ServiceBusClientBuilder;
import io.daybook.servicebus.testserver.ServiceBusTestServer;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A broker for the tests of one class: started before them, closed after them. Each test creates
 * its own entities. Faults end after each test, and a broker that was killed is started again.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final TestBroker BROKER = TestBroker.create();
 *
 * private final String queue = BROKER.newQueue();
 * }</pre>
 */
public final class TestBroker implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

    private ServiceBusTestServer broker;

    private TestBroker() {}

    /** {@return a broker that is not started yet} */
    public static TestBroker create() {
        return new TestBroker();
    }

    /** {@return the broker, to look at what it stored and to show faults} */
    public ServiceBusTestServer broker() {
        return broker;
    }

    /** {@return a new builder of clients of it} */
    public ServiceBusClientBuilder client() {
        return broker.clientBuilder();
    }

    /** {@return the name of a new queue, with or without sessions} */
    public String newQueue() {
        return created("queue-", broker::createQueue);
    }

    /** {@return the name of a new queue that only receivers of sessions receive from} */
    public String newQueueOfSessions() {
        String queue = newQueue();
        broker.requireSessions(queue);
        return queue;
    }

    /** {@return the name of a new queue that ignores messages with the id of one it has had} */
    public String newQueueWithoutDuplicates() {
        return created("queue-", broker::createQueueWithoutDuplicates);
    }

    /**
     * {@return the name of a new topic}
     *
     * @param subscriptions the names of its subscriptions, which only receivers of sessions receive from
     */
    public String newTopic(String... subscriptions) {
        String topic = created("topic-", name -> broker.createTopic(name, subscriptions));
        List.of(subscriptions).forEach(name -> broker.requireSessions(topic + "/subscriptions/" + name));
        return topic;
    }

    private static String created(String prefix, Consumer<String> creation) {
        String name = prefix + UUID.randomUUID();
        creation.accept(name);
        return name;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        broker = ServiceBusTestServer.start();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (!broker.isRunning()) {
            broker.restart();
        }
        broker.clearFaults();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        broker.close();
    }
}
