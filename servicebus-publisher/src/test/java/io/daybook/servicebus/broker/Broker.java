package io.daybook.servicebus.broker;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.DivertConfiguration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.ActiveMQServers;
import org.apache.activemq.artemis.core.server.ComponentConfigurationRoutingType;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.core.server.impl.AddressInfo;
import org.apache.activemq.artemis.core.server.plugin.ActiveMQServerConnectionPlugin;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.protocol.amqp.broker.AMQPMessage;
import org.apache.activemq.artemis.protocol.amqp.broker.ActiveMQProtonRemotingConnection;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.apache.activemq.artemis.utils.collections.LinkedListIterator;

/**
 * A broker within the process that is near enough to Azure Service Bus for its SDK: an Apache Artemis with a journal on
 * disk, to which the SDK talks over a socket. Entities have to be created first. It can be killed, started again with
 * what it stored, and made to show faults.
 */
public final class Broker implements AutoCloseable {

    private static final String DEAD_LETTERS = "/$deadletterqueue";
    private static final int MAX_DELIVERIES = 10;
    private static final int JOURNAL_BUFFER = 5 * 1024 * 1024;
    private static final int JOURNAL_WAIT_NANOS = 500_000;

    private final Path directory;
    private final int port;
    private final Faults faults = new Faults();
    private final Map<String, Entity> entities = new ConcurrentHashMap<>();
    private final Set<BrokerConnection> connections = ConcurrentHashMap.newKeySet();
    private volatile int maxMessageSize = 262_144;
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
        Configuration configuration = new ConfigurationImpl()
                .setName("broker-" + port)
                .setSecurityEnabled(false)
                .setPersistenceEnabled(true)
                .setJournalType(JournalType.NIO)
                .setJournalDatasync(false)
                // A message has to fit into the buffer.
                .setJournalBufferSize_NIO(JOURNAL_BUFFER)
                .setJournalBufferTimeout_NIO(JOURNAL_WAIT_NANOS)
                .setJournalFileSize(2 * JOURNAL_BUFFER)
                .setJournalMinFiles(2)
                .setJMXManagementEnabled(false)
                .setMaxDiskUsage(-1)
                .setThreadPoolMaxSize(16)
                .setScheduledThreadPoolMaxSize(2)
                .setJournalDirectory(directory.resolve("journal").toString())
                .setBindingsDirectory(directory.resolve("bindings").toString())
                .setPagingDirectory(directory.resolve("paging").toString())
                .setLargeMessagesDirectory(directory.resolve("large").toString())
                .addAcceptorConfiguration(
                        "amqp",
                        "tcp://127.0.0.1:" + port
                                + "?protocols=AMQP;saslMechanisms=ANONYMOUS;amqpMinLargeMessageSize=-1");
        configuration.registerBrokerPlugin(new Connections());
        configuration.addAddressSetting(
                "#",
                new AddressSettings()
                        .setAutoCreateQueues(false)
                        .setAutoCreateAddresses(false)
                        .setAutoDeleteQueues(false)
                        .setAutoDeleteAddresses(false)
                        .setMaxDeliveryAttempts(MAX_DELIVERIES));
        entities.forEach((name, entity) -> {
            entity.unlockAll();
            if (!entity.isTopic() && !name.endsWith(DEAD_LETTERS)) {
                configuration.addAddressSetting(name, deadLetters(name));
            }
        });
        ActiveMQServer starting = ActiveMQServers.newActiveMQServer(configuration, true);
        starting.start();
        server = starting;
    }

    private static AddressSettings deadLetters(String queue) {
        return new AddressSettings()
                .setDeadLetterAddress(SimpleString.of(queue + DEAD_LETTERS))
                .setMaxDeliveryAttempts(MAX_DELIVERIES);
    }

    private static DivertConfiguration divert(String topic, String subscription) {
        return new DivertConfiguration()
                .setName(subscription + "/divert")
                .setAddress(topic)
                .setForwardingAddress(subscription)
                .setExclusive(false)
                .setRoutingType(ComponentConfigurationRoutingType.ANYCAST);
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
        for (String queue : List.of(name + DEAD_LETTERS, name)) {
            server.createQueue(QueueConfiguration.of(queue)
                    .setAddress(queue)
                    .setRoutingType(RoutingType.ANYCAST)
                    .setDurable(true)
                    .setAutoCreateAddress(true)
                    .setGroupBuckets(0));
        }
        server.getAddressSettingsRepository().addMatch(name, deadLetters(name));
        entities.put(name + DEAD_LETTERS, new Entity(name + DEAD_LETTERS, false, false));
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
            server.deployDivert(divert(topic, name));
        }
        entities.put(topic, new Entity(topic, true, detectsDuplicates));
    }

    /** {@return the connection string of a client} */
    public String connectionString() {
        return "Endpoint=sb://localhost:" + port
                + ";SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=c2VjcmV0"
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
        return stored(queue).stream().map(Messages::read).toList();
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
     * {@return how often a lock was renewed of an entity's messages or sessions}
     *
     * @param entity a queue or a subscription
     */
    public int renewals(String entity) {
        return entities.get(entity).renewals();
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

    /** Shows no more faults, and gives links the credit that was withheld. */
    public void clearFaults() {
        faults.clear();
        connections.forEach(connection -> connection.producers().forEach(ProducerLink::giveCredit));
    }

    /** Cuts the sockets of all clients. */
    public void cutConnections() {
        connections.forEach(BrokerConnection::cut);
    }

    /**
     * Closes the connections of all clients.
     *
     * @param condition the AMQP condition they are told, such as {@code amqp:connection:forced}
     */
    public void closeConnections(String condition) {
        connections.forEach(connection -> connection.close(condition));
    }

    /**
     * Detaches the links of all clients that send to an entity.
     *
     * @param entity a queue or a topic
     * @param condition the AMQP condition they are told, such as {@code amqp:link:detach-forced}
     */
    public void detachLinks(String entity, String condition) {
        connections.forEach(connection -> connection.producers().stream()
                .filter(producer -> producer.entity().equals(entity))
                .forEach(producer -> producer.detach(condition)));
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

    int maxMessageSize() {
        return maxMessageSize;
    }

    Faults faults() {
        return faults;
    }

    Entity entity(String name) {
        return entities.get(name);
    }

    boolean has(BrokerConnection connection) {
        return connections.contains(connection);
    }

    List<AMQPMessage> stored(String name) {
        Queue queue = server.locateQueue(SimpleString.of(name));
        if (queue == null) {
            throw new IllegalArgumentException("There is no queue or subscription " + name);
        }
        flush(queue);
        List<AMQPMessage> messages = new ArrayList<>();
        try (LinkedListIterator<MessageReference> references = queue.browserIterator()) {
            while (references.hasNext()) {
                messages.add((AMQPMessage) references.next().getMessage());
            }
        }
        queue.getDeliveringMessages().values().stream()
                .flatMap(List::stream)
                .map(reference -> (AMQPMessage) reference.getMessage())
                .filter(message -> !messages.contains(message)) // one that was given back meanwhile
                .forEach(messages::add);
        messages.sort(Comparator.comparingLong(message -> Messages.read(message).sequenceNumber()));
        return messages;
    }

    /** What was stored before becomes visible; Artemis' own flush does not wait for that. */
    private static void flush(Queue queue) {
        CountDownLatch latch = new CountDownLatch(1);
        queue.getExecutor().execute(latch::countDown);
        try {
            latch.await(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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
            }
        }
    }
}
