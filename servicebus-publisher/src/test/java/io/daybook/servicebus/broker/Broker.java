package io.daybook.servicebus.broker;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.ActiveMQServers;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.core.server.impl.AddressInfo;
import org.apache.activemq.artemis.core.server.plugin.ActiveMQServerConnectionPlugin;
import org.apache.activemq.artemis.protocol.amqp.broker.ActiveMQProtonRemotingConnection;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.apache.qpid.proton.message.Message;

/**
 * A broker within the process that is near enough to Azure Service Bus for its SDK: an Apache Artemis with a journal on
 * disk, to which the SDK talks over a socket. Entities have to be created first. It can be killed, started again with
 * what it stored, and made to show faults.
 */
public final class Broker implements AutoCloseable {

    /** The key in its connection strings, which no output may hold; not a secret, the broker checks none. */
    public static final String KEY =
            Base64.getEncoder().encodeToString("canary-key-of-the-broker".getBytes(StandardCharsets.UTF_8));

    private static final int LARGEST = 262_144;
    private static final Duration UNLIMITED = Duration.ofDays(1);

    private final Path directory;
    private final int port;
    private final Faults faults = new Faults();
    private final Map<String, Entity> entities = new ConcurrentHashMap<>();
    private final Set<BrokerConnection> connections = ConcurrentHashMap.newKeySet();
    private volatile int maxMessageSize = LARGEST;
    private volatile Duration lockDuration = UNLIMITED;
    private volatile ActiveMQServer server;

    private Broker(Path directory, int port) {
        this.directory = directory;
        this.port = port;
    }

    /**
     * {@return a broker that was started}
     *
     * @param directory where it keeps its journal
     * @param port where it listens, or 0 for any port that is free
     * @throws Exception if it cannot be started
     */
    public static Broker start(Path directory, int port) throws Exception {
        Broker broker = new Broker(directory, port == 0 ? freePort() : port);
        broker.restart();
        return broker;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /**
     * Starts it again after {@link #kill}, on the same port, with what it had stored.
     *
     * @throws Exception if it cannot be started
     */
    public void restart() throws Exception {
        Configuration configuration = BrokerSettings.of(directory, port);
        configuration.registerBrokerPlugin(new Connections());
        entities.forEach((name, entity) -> {
            entity.unlockAll();
            if (name.endsWith(BrokerSettings.DEAD_LETTERS)) {
                configuration.addAddressSetting(name, BrokerSettings.unlimitedDeliveries());
            }
            if (!entity.isTopic() && !name.endsWith(BrokerSettings.DEAD_LETTERS)) {
                configuration.addAddressSetting(name, BrokerSettings.deadLetters(name));
            }
        });
        ActiveMQServer starting = ActiveMQServers.newActiveMQServer(configuration, true);
        starting.start();
        server = starting;
    }

    /**
     * Creates a queue, with or without sessions.
     *
     * @param name its name
     * @throws Exception if that fails
     */
    public void createQueue(String name) throws Exception {
        queue(name, false);
    }

    /**
     * Creates a queue that ignores messages with the id of one it has had.
     *
     * @param name its name
     * @throws Exception if that fails
     */
    public void createQueueWithoutDuplicates(String name) throws Exception {
        queue(name, true);
    }

    private void queue(String name, boolean detectsDuplicates) throws Exception {
        for (String queue : List.of(name + BrokerSettings.DEAD_LETTERS, name)) {
            server.createQueue(QueueConfiguration.of(queue)
                    .setAddress(queue)
                    .setRoutingType(RoutingType.ANYCAST)
                    .setDurable(true)
                    .setAutoCreateAddress(true)
                    .setGroupBuckets(0));
        }
        server.getAddressSettingsRepository().addMatch(name, BrokerSettings.deadLetters(name));
        server.getAddressSettingsRepository()
                .addMatch(name + BrokerSettings.DEAD_LETTERS, BrokerSettings.unlimitedDeliveries());
        entities.put(name + BrokerSettings.DEAD_LETTERS, new Entity(name + BrokerSettings.DEAD_LETTERS, false, false));
        entities.put(name, new Entity(name, false, detectsDuplicates));
    }

    /**
     * Creates a topic. A subscription is the queue {@code topic/subscriptions/name}.
     *
     * @param topic its name
     * @param subscriptions the names of its subscriptions
     * @throws Exception if that fails
     */
    public void createTopic(String topic, String... subscriptions) throws Exception {
        topic(topic, false, subscriptions);
    }

    /**
     * Creates a topic that ignores messages with the id of one it has had.
     *
     * @param topic its name
     * @param subscriptions the names of its subscriptions
     * @throws Exception if that fails
     */
    public void createTopicWithoutDuplicates(String topic, String... subscriptions) throws Exception {
        topic(topic, true, subscriptions);
    }

    private void topic(String topic, boolean detectsDuplicates, String... subscriptions) throws Exception {
        server.addAddressInfo(new AddressInfo(topic).addRoutingType(RoutingType.MULTICAST));
        for (String subscription : subscriptions) {
            String name = topic + "/subscriptions/" + subscription;
            queue(name, false);
            server.deployDivert(BrokerSettings.divert(topic, name));
        }
        entities.put(topic, new Entity(topic, true, detectsDuplicates));
    }

    /**
     * Lets only receivers of sessions receive from an entity, and a queue take only messages of sessions.
     *
     * @param entity a queue or a subscription
     */
    public void requireSessions(String entity) {
        entities.get(entity).requireSessions();
    }

    /** {@return the connection string of a client} */
    public String connectionString() {
        return "Endpoint=sb://localhost:" + port
                + ";SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=" + KEY
                + ";UseDevelopmentEmulator=true";
    }

    /** {@return the port it listens on} */
    public int port() {
        return port;
    }

    /**
     * {@return the messages that are stored, those that a receiver holds included, in their order}
     *
     * @param queue a queue, {@code topic/subscriptions/name}, or either with {@code /$deadletterqueue}
     */
    public List<StoredMessage> messages(String queue) {
        return contents(queue).all().stream().map(Messages::read).toList();
    }

    /**
     * {@return the messages that wait for their scheduled time}
     *
     * @param queue a queue
     */
    public List<StoredMessage> scheduled(String queue) {
        return contents(queue).scheduled().stream().map(Messages::read).toList();
    }

    /**
     * Enqueues the messages that wait for their scheduled time, as if it had come.
     *
     * @param queue a queue
     * @throws Exception if that fails
     */
    public void enqueueScheduled(String queue) throws Exception {
        contents(queue).enqueueScheduled();
    }

    /**
     * {@return how many messages each transfer had that arrived since the entity was created, whatever became of it}
     *
     * @param entity a queue or a topic
     */
    public List<Integer> transfers(String entity) {
        return entities.get(entity).transfers();
    }

    /**
     * {@return how many transfers had messages of other sessions than the one that the transfer named}
     *
     * @param entity a queue or a topic
     */
    public int mixedTransfers(String entity) {
        return entities.get(entity).mixed();
    }

    /**
     * {@return how often a lock was renewed of an entity's messages or sessions}
     *
     * @param entity a queue or a subscription
     */
    public int renewals(String entity) {
        return entities.get(entity).renewals();
    }

    /**
     * {@return how often messages were peeked}
     *
     * @param entity a queue or a subscription, or either with {@code /$deadletterqueue}
     */
    public int peeks(String entity) {
        return entities.get(entity).peeks();
    }

    /**
     * Shows a fault.
     *
     * @param entity the queue, topic or subscription it is shown to the clients of
     * @param fault what is done wrong
     */
    public void show(String entity, BrokerFault fault) {
        faults.add(entity, fault);
    }

    /** {@return how many of the faults of an entity have not been shown to the end} */
    public int faultsLeft(String entity) {
        return faults.left(entity);
    }

    /** Shows no more faults, gives links the credit that was withheld, and forgets what limits were set. */
    public void clearFaults() {
        faults.clear();
        maxMessageSize = LARGEST;
        lockDuration = UNLIMITED;
        connections.forEach(connection -> connection.producers().forEach(ProducerLink::giveCredit));
    }

    /** Cuts the sockets of all clients. */
    public void cutConnections() {
        connections.forEach(BrokerConnection::cut);
    }

    /**
     * Closes the connections of all clients.
     *
     * @param condition the AMQP condition of the error, such as {@code amqp:connection:forced}
     */
    public void closeConnections(String condition) {
        connections.forEach(connection -> connection.close(condition));
    }

    /**
     * Detaches the links of all clients that send to an entity.
     *
     * @param entity a queue or a topic
     * @param condition the AMQP condition of the error, such as {@code amqp:link:detach-forced}
     */
    public void detachLinks(String entity, String condition) {
        connections.forEach(connection -> connection.producers().stream()
                .filter(producer -> producer.entity().equals(entity))
                .forEach(producer -> producer.detach(condition)));
    }

    /**
     * Detaches the links of all clients that receive from an entity, so that their messages are redelivered.
     *
     * @param entity a queue or a subscription
     * @param condition the AMQP condition of the error, such as {@code com.microsoft:session-lock-lost}
     */
    public void detachReceivers(String entity, String condition) {
        connections.forEach(connection -> connection.consumers().stream()
                .filter(consumer -> consumer.entity().equals(entity))
                .forEach(consumer -> consumer.detach(condition)));
    }

    /** {@return how many clients are connected} */
    public int connections() {
        return connections.size();
    }

    /** {@return the largest number of links of one connection that receive from an entity} */
    public int mostReceiversOfConnection(String entity) {
        return connections.stream()
                .mapToInt(connection -> (int) connection.consumers().stream()
                        .filter(consumer -> consumer.entity().equals(entity))
                        .count())
                .max()
                .orElse(0);
    }

    /**
     * {@return how often a session was accepted}
     *
     * @param entity a queue or a subscription
     * @param session the id of the session
     */
    public int acceptances(String entity, String session) {
        return entities.get(entity).acceptances(session);
    }

    /** {@return whether any client has a link to send to an entity} */
    public boolean hasSender(String entity) {
        return connections.stream()
                .flatMap(connection -> connection.producers().stream())
                .anyMatch(producer -> producer.entity().equals(entity));
    }

    /** {@return whether it is neither killed nor closed} */
    public boolean isRunning() {
        return server != null;
    }

    /**
     * Sets how long a session is locked from now on, unless the lock is renewed; without it, a day. The locks of messages
     * do not expire.
     *
     * @param duration how long
     */
    public void setLockDuration(Duration duration) {
        lockDuration = duration;
    }

    /**
     * Sets the largest message that links announce from now on; without it, 262,144.
     *
     * @param bytes its size
     */
    public void setMaxMessageSize(int bytes) {
        maxMessageSize = bytes;
    }

    /**
     * Stops it like a crash: the sockets are cut first.
     *
     * @throws Exception if that fails
     */
    public void kill() throws Exception {
        if (server != null) {
            cutConnections();
            server.fail(false);
            connections.clear();
            server = null;
        }
    }

    @Override
    public void close() throws Exception {
        kill();
    }

    /** Stores messages and waits until they are on disk; returns their sequence numbers. */
    List<Long> store(Entity entity, List<Message> messages) {
        Executor executor = server.getExecutorFactory().getExecutor();
        return CompletableFuture.supplyAsync(() -> MessageStore.store(server, executor, entity, messages), executor)
                .thenCompose(stored -> stored)
                .join();
    }

    int maxMessageSize() {
        return maxMessageSize;
    }

    Duration lockDuration() {
        return lockDuration;
    }

    Faults faults() {
        return faults;
    }

    Collection<Entity> entities() {
        return entities.values();
    }

    Entity entity(String name) {
        return entities.get(name);
    }

    boolean has(BrokerConnection connection) {
        return connections.contains(connection);
    }

    QueueContents contents(String name) {
        Queue queue = server.locateQueue(SimpleString.of(name));
        if (queue == null) {
            throw new IllegalArgumentException("There is no queue or subscription " + name);
        }
        return new QueueContents(queue);
    }

    /** Learns of connections. */
    private final class Connections implements ActiveMQServerConnectionPlugin {

        private final Map<Object, BrokerConnection> byId = new ConcurrentHashMap<>();

        @Override
        public void afterCreateConnection(RemotingConnection connection) {
            if (connection instanceof ActiveMQProtonRemotingConnection proton) {
                BrokerConnection added = new BrokerConnection(Broker.this, proton.getAmqpConnection());
                byId.put(connection.getID(), added);
                connections.add(added);
                proton.getAmqpConnection().addEventHandler(added);
            }
        }

        @Override
        public void afterDestroyConnection(RemotingConnection connection) {
            BrokerConnection removed = byId.remove(connection.getID());
            if (removed != null) {
                connections.remove(removed);
                removed.ended();
            }
        }
    }
}
