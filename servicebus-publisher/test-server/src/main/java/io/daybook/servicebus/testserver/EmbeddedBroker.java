package io.daybook.servicebus.testserver;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.ActiveMQServers;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.qpid.proton.message.Message;
import org.jspecify.annotations.Nullable;

/** The Apache Artemis of a server, and what outlives its restarts: entities, faults and limits. */
final class EmbeddedBroker {

    private static final int LARGEST = 262_144;
    private static final Duration UNLIMITED = Duration.ofDays(1);

    private final Path directory;
    private final int port;
    private final Faults faults = new Faults();
    private final Entities entities = new Entities();
    private final ClientConnections connections = new ClientConnections(this);
    private volatile int maxMessageSize = LARGEST;
    private volatile Duration lockDuration = UNLIMITED;
    private volatile @Nullable ActiveMQServer server;

    EmbeddedBroker(Path directory, int port) {
        this.directory = directory;
        this.port = port;
    }

    /** Starts with the messages that are in the directory. */
    void start() {
        attempt("the Service Bus test server did not start on port " + port, () -> {
            Configuration configuration = BrokerSettings.of(directory, port);
            configuration.registerBrokerPlugin(connections.listener());
            entities.restore(configuration);
            ActiveMQServer starting = ActiveMQServers.newActiveMQServer(configuration, true);
            starting.start();
            server = starting;
        });
    }

    /** Stops like a crash. */
    void kill() {
        ActiveMQServer running = server;
        if (running != null) {
            connections.cut();
            attempt("the Service Bus test server did not stop", () -> running.fail(false));
            connections.forget();
            server = null;
        }
    }

    boolean isRunning() {
        return server != null;
    }

    void createQueue(String name, boolean detectsDuplicates) {
        attempt("queue " + name + " was not created", () -> entities.createQueue(server(), name, detectsDuplicates));
    }

    void createTopic(String topic, boolean detectsDuplicates, String... subscriptions) {
        attempt(
                "topic " + topic + " was not created",
                () -> entities.createTopic(server(), topic, detectsDuplicates, subscriptions));
    }

    /** Stores messages and waits until they are on disk; returns their sequence numbers. */
    List<Long> store(Entity entity, List<Message> messages) {
        ActiveMQServer running = server();
        Executor executor = running.getExecutorFactory().getExecutor();
        return CompletableFuture.completedFuture(entity)
                .thenComposeAsync(stored -> MessageStore.store(running, executor, stored, messages), executor)
                .join();
    }

    QueueContents contents(String name) {
        Queue queue = server().locateQueue(SimpleString.of(name));
        if (queue == null) {
            throw new IllegalArgumentException("no queue or subscription " + name + ": create it first");
        }
        return new QueueContents(queue);
    }

    void enqueueScheduled(String queue) {
        attempt("scheduled messages of " + queue + " were not enqueued", contents(queue)::enqueueScheduled);
    }

    /** Ends all faults, and resets the limits. */
    void clearFaults() {
        faults.clear();
        maxMessageSize = LARGEST;
        lockDuration = UNLIMITED;
        connections.producers().forEach(ProducerLink::giveCredit);
    }

    Faults faults() {
        return faults;
    }

    Entities entities() {
        return entities;
    }

    ClientConnections connections() {
        return connections;
    }

    int maxMessageSize() {
        return maxMessageSize;
    }

    void setMaxMessageSize(int bytes) {
        maxMessageSize = bytes;
    }

    Duration lockDuration() {
        return lockDuration;
    }

    void setLockDuration(Duration duration) {
        lockDuration = duration;
    }

    private ActiveMQServer server() {
        ActiveMQServer running = server;
        if (running == null) {
            throw new IllegalStateException("the Service Bus test server is stopped: restart it first");
        }
        return running;
    }

    /** A call of Artemis. */
    @FunctionalInterface
    private interface Call {
        void run() throws Exception;
    }

    private static void attempt(String failure, Call call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(failure + ": " + e.getMessage(), e);
        }
    }
}
