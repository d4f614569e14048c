package io.daybook.servicebus.testserver;

import com.azure.messaging.servicebus.ServiceBusClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * An in-process broker that is similar enough to Azure Service Bus for the SDK: queues, topics, sessions, duplicate
 * detection and dead letters, over AMQP without TLS. Create entities before you use them. The broker can be killed and
 * restarted with its stored messages, and injects faults on request. It is an embedded Apache Artemis. Thread-safe.
 *
 * <pre>{@code
 * try (ServiceBusTestServer server = ServiceBusTestServer.start()) {
 *     server.createTopic("order-events", "billing");
 *     server.show("order-events", ServiceBusFault.reject("com.microsoft:server-busy"));
 *     ServiceBusEventPublisher publisher =
 *             ServiceBusEventPublisher.toTopic("order-events", server::clientBuilder).build();
 * }
 * }</pre>
 */
public final class ServiceBusTestServer implements AutoCloseable {

    /** The key in the connection string, in Base64. It is not a secret: the server accepts any key. */
    public static final String KEY =
            Base64.getEncoder().encodeToString("canary-key-of-the-broker".getBytes(StandardCharsets.UTF_8));

    private final Path directory;
    private final boolean temporary;
    private final int port;
    private final EmbeddedBroker broker;

    private ServiceBusTestServer(Path directory, boolean temporary, int port) {
        this.directory = directory;
        this.temporary = temporary;
        this.port = port;
        this.broker = new EmbeddedBroker(directory, port);
    }

    /**
     * Starts a server on a free port. Its messages are in a temporary directory, which is deleted when the server is closed.
     *
     * @return the server; close it after use
     * @throws IllegalStateException if it cannot be started
     */
    public static ServiceBusTestServer start() {
        return start(0);
    }

    /**
     * Starts a server. Its messages are in a temporary directory, which is deleted when the server is closed.
     *
     * @param port the port on the loopback address, or 0 for a free one
     * @return the server; close it after use
     * @throws IllegalStateException if it cannot be started
     */
    public static ServiceBusTestServer start(int port) {
        try {
            return start(new ServiceBusTestServer(Files.createTempDirectory("daybook-servicebus"), true, port(port)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts a server that keeps its messages in a directory.
     *
     * @param directory the directory, which is created if it is missing, and is kept when the server is closed
     * @param port the port on the loopback address, or 0 for a free one
     * @return the server; close it after use
     * @throws IllegalStateException if it cannot be started
     */
    public static ServiceBusTestServer start(Path directory, int port) {
        return start(new ServiceBusTestServer(directory, false, port(port)));
    }

    private static ServiceBusTestServer start(ServiceBusTestServer server) {
        server.restart();
        return server;
    }

    private static int port(int port) {
        if (port != 0) {
            return port;
        }
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts the server again after {@link #kill}, on the same port and with its stored messages.
     *
     * @throws IllegalStateException if it cannot be started
     */
    public void restart() {
        broker.start();
    }

    /**
     * Creates a queue, with or without sessions.
     *
     * @param name the name of the queue
     * @throws IllegalArgumentException if the name is taken
     */
    public void createQueue(String name) {
        broker.createQueue(name, false);
    }

    /**
     * Creates a queue with duplicate detection, which ignores messages with the id of an earlier message.
     *
     * @param name the name of the queue
     * @throws IllegalArgumentException if the name is taken
     */
    public void createQueueWithoutDuplicates(String name) {
        broker.createQueue(name, true);
    }

    /**
     * Creates a topic. Its subscriptions are addressed as {@code topic/subscriptions/name}.
     *
     * @param topic the name of the topic
     * @param subscriptions the names of its subscriptions
     * @throws IllegalArgumentException if the name is taken
     */
    public void createTopic(String topic, String... subscriptions) {
        broker.createTopic(topic, false, subscriptions);
    }

    /**
     * Creates a topic with duplicate detection, which ignores messages with the id of an earlier message.
     *
     * @param topic the name of the topic
     * @param subscriptions the names of its subscriptions
     * @throws IllegalArgumentException if the name is taken
     */
    public void createTopicWithoutDuplicates(String topic, String... subscriptions) {
        broker.createTopic(topic, true, subscriptions);
    }

    /**
     * Makes an entity require sessions: messages without a session are rejected, and only receivers of sessions receive.
     *
     * @param entity a queue or {@code topic/subscriptions/name}
     */
    public void requireSessions(String entity) {
        broker.entities().get(entity).requireSessions();
    }

    /**
     * Returns a new builder of clients of this server.
     *
     * @return the builder
     */
    public ServiceBusClientBuilder clientBuilder() {
        return new ServiceBusClientBuilder().connectionString(connectionString());
    }

    /** {@return the connection string of a client, which turns TLS off} */
    public String connectionString() {
        return "Endpoint=sb://localhost:" + port
                + ";SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=" + KEY
                + ";UseDevelopmentEmulator=true";
    }

    /** {@return the port that the server listens on} */
    public int port() {
        return port;
    }

    /**
     * {@return the stored messages in their order, including those that a receiver holds}
     *
     * @param queue a queue, {@code topic/subscriptions/name}, or either with {@code /$deadletterqueue}
     */
    public List<StoredMessage> messages(String queue) {
        return broker.contents(queue).all().stream().map(Messages::read).toList();
    }

    /**
     * {@return the messages that wait for their scheduled time}
     *
     * @param queue a queue
     */
    public List<StoredMessage> scheduled(String queue) {
        return broker.contents(queue).scheduled().stream().map(Messages::read).toList();
    }

    /**
     * Enqueues the messages that wait for their scheduled time, as if that time had come.
     *
     * @param queue a queue
     */
    public void enqueueScheduled(String queue) {
        broker.enqueueScheduled(queue);
    }

    /**
     * {@return the number of messages in each transfer that has arrived, stored or not}
     *
     * @param entity a queue or a topic
     */
    public List<Integer> transfers(String entity) {
        return broker.entities().get(entity).transfers();
    }

    /**
     * {@return the number of transfers with messages of a session other than the one that the transfer names}
     *
     * @param entity a queue or a topic
     */
    public int mixedTransfers(String entity) {
        return broker.entities().get(entity).mixed();
    }

    /**
     * {@return how often a lock of the entity's messages or sessions was renewed}
     *
     * @param entity a queue or a subscription
     */
    public int renewals(String entity) {
        return broker.entities().get(entity).renewals();
    }

    /**
     * {@return how often messages were peeked}
     *
     * @param entity a queue or a subscription, or either with {@code /$deadletterqueue}
     */
    public int peeks(String entity) {
        return broker.entities().get(entity).peeks();
    }

    /**
     * Adds a fault, which the clients of an entity see.
     *
     * @param entity a queue, a topic or {@code topic/subscriptions/name}
     * @param fault the fault
     */
    public void show(String entity, ServiceBusFault fault) {
        broker.faults().add(entity, fault);
    }

    /**
     * {@return the number of faults of an entity that are still to occur}
     *
     * @param entity a queue, a topic or {@code topic/subscriptions/name}
     */
    public int faultsLeft(String entity) {
        return broker.faults().left(entity);
    }

    /** Ends all faults, gives links the credit that was withheld, and resets the lock duration and the maximum message size. */
    public void clearFaults() {
        broker.clearFaults();
    }

    /** Cuts the sockets of all clients. */
    public void cutConnections() {
        broker.connections().cut();
    }

    /**
     * Closes the connections of all clients.
     *
     * @param condition the AMQP condition of the error, such as {@code amqp:connection:forced}
     */
    public void closeConnections(String condition) {
        broker.connections().close(condition);
    }

    /**
     * Detaches the links of all clients that send to an entity.
     *
     * @param entity a queue or a topic
     * @param condition the AMQP condition of the error, such as {@code amqp:link:detach-forced}
     */
    public void detachLinks(String entity, String condition) {
        broker.connections().producers(entity).forEach(producer -> producer.detach(condition));
    }

    /**
     * Detaches the links of all clients that receive from an entity, so that their messages are redelivered.
     *
     * @param entity a queue or a subscription
     * @param condition the AMQP condition of the error, such as {@code com.microsoft:session-lock-lost}
     */
    public void detachReceivers(String entity, String condition) {
        broker.connections().consumers(entity).forEach(consumer -> consumer.detach(condition));
    }

    /** {@return the number of connections} */
    public int connections() {
        return broker.connections().count();
    }

    /**
     * {@return the largest number of links of one connection that receive from an entity}
     *
     * @param entity a queue or a subscription
     */
    public int mostReceiversOfConnection(String entity) {
        return broker.connections().mostConsumers(entity);
    }

    /**
     * {@return how often a session was accepted}
     *
     * @param entity a queue or a subscription
     * @param session the id of the session
     */
    public int acceptances(String entity, String session) {
        return broker.entities().get(entity).acceptances(session);
    }

    /**
     * {@return whether any client has a link to send to an entity}
     *
     * @param entity a queue or a topic
     */
    public boolean hasSender(String entity) {
        return broker.connections().producers(entity).findAny().isPresent();
    }

    /** {@return whether the server is neither killed nor closed} */
    public boolean isRunning() {
        return broker.isRunning();
    }

    /**
     * Sets the time for which a session is locked from now on, unless the lock is renewed. The default is a day. The locks of messages
     * do not expire.
     *
     * @param duration the time
     */
    public void setLockDuration(Duration duration) {
        broker.setLockDuration(duration);
    }

    /**
     * Sets the maximum message size that links announce from now on. The default is 262,144.
     *
     * @param bytes the size in bytes
     */
    public void setMaxMessageSize(int bytes) {
        broker.setMaxMessageSize(bytes);
    }

    /** Cuts all sockets and kills the server. {@link #restart} starts it again. */
    public void kill() {
        broker.kill();
    }

    /** Kills the server, and deletes its directory if it is temporary. */
    @Override
    public void close() {
        kill();
        if (temporary) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
