package io.daybook.servicebus.testserver;

import java.nio.file.Path;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.DivertConfiguration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.ComponentConfigurationRoutingType;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;

/** How Artemis is set up, so that it does what Service Bus does. */
final class BrokerSettings {

    static final String DEAD_LETTERS = "/$deadletterqueue";
    private static final int MAX_DELIVERIES = 10;
    private static final int JOURNAL_BUFFER = 5 * 1024 * 1024;
    private static final int JOURNAL_WAIT_NANOS = 500_000;

    private BrokerSettings() {}

    static Configuration of(Path directory, int port) throws Exception {
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
        configuration.addAddressSetting(
                "#",
                new AddressSettings()
                        .setAutoCreateQueues(false)
                        .setAutoCreateAddresses(false)
                        .setAutoDeleteQueues(false)
                        .setAutoDeleteAddresses(false)
                        .setMaxDeliveryAttempts(MAX_DELIVERIES));
        return configuration;
    }

    /** Dead letters are delivered without limit. */
    static AddressSettings unlimitedDeliveries() {
        return new AddressSettings().setMaxDeliveryAttempts(-1);
    }

    static AddressSettings deadLetters(String queue) {
        return new AddressSettings()
                .setDeadLetterAddress(SimpleString.of(queue + DEAD_LETTERS))
                .setMaxDeliveryAttempts(MAX_DELIVERIES);
    }

    static DivertConfiguration divert(String topic, String subscription) {
        return new DivertConfiguration()
                .setName(subscription + "/divert")
                .setAddress(topic)
                .setForwardingAddress(subscription)
                .setExclusive(false)
                .setRoutingType(ComponentConfigurationRoutingType.ANYCAST);
    }
}
