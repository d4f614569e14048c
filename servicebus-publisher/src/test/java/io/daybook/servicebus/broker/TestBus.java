package io.daybook.servicebus.broker;

import com.azure.messaging.servicebus.ServiceBusClientBuilder;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Entities for the tests of one class, at the namespace or emulator that {@code SERVICEBUS_CONNECTION_STRING} names, where
 * they have to be prepared, or otherwise at an embedded broker.
 */
public final class TestBus implements BeforeAllCallback, AfterAllCallback {

    private static final String CONNECTION_STRING = System.getenv("SERVICEBUS_CONNECTION_STRING");

    private final TestBroker embedded = TestBroker.create();
    private String queue;
    private String queueOfSessions;
    private String queueWithoutDuplicates;

    private TestBus() {}

    /** {@return a bus that is not started yet} */
    public static TestBus create() {
        return new TestBus();
    }

    /** {@return whether it is a namespace or the emulator} */
    public static boolean isReal() {
        return CONNECTION_STRING != null && !CONNECTION_STRING.isBlank();
    }

    /** {@return a new builder of clients of it} */
    public ServiceBusClientBuilder client() {
        return isReal() ? new ServiceBusClientBuilder().connectionString(CONNECTION_STRING) : embedded.client();
    }

    /** {@return the name of a queue without sessions, {@code SERVICEBUS_QUEUE}} */
    public String queue() {
        return queue;
    }

    /** {@return the name of a queue that requires sessions, {@code SERVICEBUS_SESSION_QUEUE}} */
    public String queueOfSessions() {
        return queueOfSessions;
    }

    /** {@return the name of a queue without sessions that detects duplicates, {@code SERVICEBUS_DEDUP_QUEUE}} */
    public String queueWithoutDuplicates() {
        return queueWithoutDuplicates;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        if (isReal()) {
            queue = named("SERVICEBUS_QUEUE");
            queueOfSessions = named("SERVICEBUS_SESSION_QUEUE");
            queueWithoutDuplicates = named("SERVICEBUS_DEDUP_QUEUE");
        } else {
            embedded.beforeAll(context);
            queue = embedded.newQueue();
            queueOfSessions = embedded.newQueueOfSessions();
            queueWithoutDuplicates = embedded.newQueueWithoutDuplicates();
        }
    }

    private static String named(String variable) {
        String name = System.getenv(variable);
        if (name == null || name.isBlank()) {
            throw new IllegalStateException("SERVICEBUS_CONNECTION_STRING is set: set " + variable + " too");
        }
        return name;
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        if (!isReal()) {
            embedded.afterAll(context);
        }
    }
}
