package io.daybook.servicebus.testserver;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.activemq.artemis.core.server.plugin.ActiveMQServerConnectionPlugin;
import org.apache.activemq.artemis.protocol.amqp.broker.ActiveMQProtonRemotingConnection;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;

/** The connections of all clients, and their links. */
final class ClientConnections {

    private final EmbeddedBroker broker;
    private final Set<BrokerConnection> connections = ConcurrentHashMap.newKeySet();

    ClientConnections(EmbeddedBroker broker) {
        this.broker = broker;
    }

    /** {@return a listener that learns of the connections of an Artemis server} */
    ActiveMQServerConnectionPlugin listener() {
        return new Listener();
    }

    int count() {
        return connections.size();
    }

    boolean has(BrokerConnection connection) {
        return connections.contains(connection);
    }

    Stream<ProducerLink> producers() {
        return connections.stream().flatMap(connection -> connection.producers().stream());
    }

    Stream<ProducerLink> producers(String entity) {
        return producers().filter(producer -> producer.entity().equals(entity));
    }

    Stream<ConsumerLink> consumers(String entity) {
        return connections.stream().flatMap(connection -> consumers(connection, entity));
    }

    private static Stream<ConsumerLink> consumers(BrokerConnection connection, String entity) {
        return connection.consumers().stream()
                .filter(consumer -> consumer.entity().equals(entity));
    }

    int mostConsumers(String entity) {
        return connections.stream()
                .mapToInt(connection -> (int) consumers(connection, entity).count())
                .max()
                .orElse(0);
    }

    void cut() {
        connections.forEach(BrokerConnection::cut);
    }

    void close(String condition) {
        connections.forEach(connection -> connection.close(condition));
    }

    void forget() {
        connections.clear();
    }

    private final class Listener implements ActiveMQServerConnectionPlugin {

        private final Map<Object, BrokerConnection> byId = new ConcurrentHashMap<>();

        @Override
        public void afterCreateConnection(RemotingConnection connection) {
            if (connection instanceof ActiveMQProtonRemotingConnection proton) {
                PromptAcknowledgments.enable(connection);
                BrokerConnection added = new BrokerConnection(broker, proton.getAmqpConnection());
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
