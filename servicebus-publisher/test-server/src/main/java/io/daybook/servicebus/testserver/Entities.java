package io.daybook.servicebus.testserver;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.impl.AddressInfo;
import org.jspecify.annotations.Nullable;

/** The queues, topics and subscriptions that were created, which outlive a restart. */
final class Entities {

    private final Map<String, Entity> byName = new ConcurrentHashMap<>();

    Collection<Entity> all() {
        return byName.values();
    }

    @Nullable
    Entity find(String name) {
        return byName.get(name);
    }

    Entity get(String name) {
        Entity entity = byName.get(name);
        if (entity == null) {
            throw new IllegalArgumentException("no queue, topic or subscription " + name + ": create it first");
        }
        return entity;
    }

    private void requireFree(String name) {
        if (byName.containsKey(name)) {
            throw new IllegalArgumentException(name + " exists already: use another name");
        }
    }

    /** Sets up a server that is to start with what it has stored. */
    void restore(Configuration configuration) {
        byName.forEach((name, entity) -> {
            entity.unlockAll();
            if (name.endsWith(BrokerSettings.DEAD_LETTERS)) {
                configuration.addAddressSetting(name, BrokerSettings.unlimitedDeliveries());
            } else if (!entity.isTopic()) {
                configuration.addAddressSetting(name, BrokerSettings.deadLetters(name));
            }
        });
    }

    void createQueue(ActiveMQServer server, String name, boolean detectsDuplicates) throws Exception {
        requireFree(name);
        String deadLetters = name + BrokerSettings.DEAD_LETTERS;
        for (String queue : List.of(deadLetters, name)) {
            server.createQueue(QueueConfiguration.of(queue)
                    .setAddress(queue)
                    .setRoutingType(RoutingType.ANYCAST)
                    .setDurable(true)
                    .setAutoCreateAddress(true)
                    .setGroupBuckets(0));
        }
        server.getAddressSettingsRepository().addMatch(name, BrokerSettings.deadLetters(name));
        server.getAddressSettingsRepository().addMatch(deadLetters, BrokerSettings.unlimitedDeliveries());
        byName.put(deadLetters, new Entity(deadLetters, false, false));
        byName.put(name, new Entity(name, false, detectsDuplicates));
    }

    void createTopic(ActiveMQServer server, String topic, boolean detectsDuplicates, String... subscriptions)
            throws Exception {
        requireFree(topic);
        server.addAddressInfo(new AddressInfo(topic).addRoutingType(RoutingType.MULTICAST));
        for (String subscription : subscriptions) {
            String name = topic + "/subscriptions/" + subscription;
            createQueue(server, name, false);
            server.deployDivert(BrokerSettings.divert(topic, name));
        }
        byName.put(topic, new Entity(topic, true, detectsDuplicates));
    }
}
