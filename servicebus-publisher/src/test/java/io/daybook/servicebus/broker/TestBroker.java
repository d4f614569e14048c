package io.daybook.servicebus.broker;

import com.azure.messaging.servicebus.ServiceBusClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A broker for the tests of one class, in its own directory: started before them, closed after them. Each test creates
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

    /** Creates an entity. */
    @FunctionalInterface
    private interface Creation {
        void of(String name) throws Exception;
    }

    private Path directory;
    private Broker broker;

    private TestBroker() {}

    /** {@return a broker that is not started yet} */
    public static TestBroker create() {
        return new TestBroker();
    }

    /** {@return the broker, to look at what it stored and to show faults} */
    public Broker broker() {
        return broker;
    }

    /** {@return a new builder of clients of it} */
    public ServiceBusClientBuilder client() {
        return new ServiceBusClientBuilder().connectionString(broker.connectionString());
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

    private static String created(String prefix, Creation creation) {
        String name = prefix + UUID.randomUUID();
        try {
            creation.of(name);
        } catch (Exception e) { // whatever Artemis throws
            throw new IllegalStateException(name + " was not created", e);
        }
        return name;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        directory = Files.createTempDirectory("broker");
        broker = Broker.start(directory, 0);
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        if (!broker.isRunning()) {
            broker.restart();
        }
        broker.clearFaults();
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        broker.close();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(TestBroker::delete);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
