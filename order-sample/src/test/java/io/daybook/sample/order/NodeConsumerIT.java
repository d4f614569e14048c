package io.daybook.sample.order;

import static io.daybook.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.daybook.contract.ContractEvent;
import io.daybook.cosmos.testserver.NodePackages;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.publishing.EventRelay;
import io.daybook.servicebus.ServiceBusEventPublisher;
import io.daybook.servicebus.testserver.ServiceBusTestServer;
import io.daybook.servicebus.testserver.ServiceBusTestServerExtension;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A consumer in JavaScript with Microsoft's package, {@code src/test/consumer/receive.js}: messages that are CloudEvents are plain messages too. */
@ExtendWith(ServiceBusTestServerExtension.class)
class NodeConsumerIT {

    private static final String TOPIC = "contracts";

    @BeforeAll
    static void requireNode() {
        String reason = NodePackages.unavailableReason();
        if ("true".equals(System.getenv("CI"))) {
            assertThat(reason).as("in CI the test must run").isEmpty();
        }
        assumeTrue(reason.isEmpty(), reason);
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void receives_events_and_deletion_as_plain_messages_and_cloud_events(ServiceBusTestServer broker) throws Exception {
        broker.createTopic(TOPIC, "billing");
        broker.requireSessions(TOPIC + "/subscriptions/billing");
        StreamId stream = StreamId.of("Contract", "1");
        InMemoryEventStore store = new InMemoryEventStore(ContractEvent.serializer());
        try (ServiceBusEventPublisher publisher = ServiceBusEventPublisher.toTopic(TOPIC, broker::clientBuilder)
                        .cloudEvents(URI.create("/contracts"))
                        .build();
                EventRelay relay = EventRelay.builder(new InMemoryEventFeed(store), publisher)
                        .start()) {
            store.append(stream, 0, ContractEvent.events(stream, 0, 2), AppendOptions.none());
            await().until(() -> relay.published() == 2);
            store.delete(stream);

            List<JsonNode> messages = received(broker, 3);

            assertThat(messages)
                    .extracting(message -> message.get("sessionId").textValue())
                    .containsOnly("Contract-1");
            for (int number = 1; number <= 2; number++) {
                JsonNode message = messages.get(number - 1);
                JsonNode properties = message.get("applicationProperties");
                assertThat(message.get("contentType").textValue()).isEqualTo("application/json");
                assertThat(message.at("/body/number").isInt()).as("%s", message).isTrue();
                assertThat(properties.get("sequenceNumber").intValue()).isEqualTo(number);
                assertThat(properties.get("cloudEvents:specversion").textValue())
                        .isEqualTo("1.0");
                assertThat(properties.get("cloudEvents:id")).isEqualTo(message.get("messageId"));
                assertThat(properties.get("cloudEvents:source").textValue()).isEqualTo("/contracts/Contract/1");
                assertThat(properties.get("cloudEvents:type")).isEqualTo(message.get("subject"));
                assertThat(properties.get("cloudEvents:sequence").textValue()).isEqualTo("000000000000000000" + number);
                assertThat(properties.get("cloudEvents:time")).isEqualTo(properties.get("timestamp"));
                assertThat(properties.get("cloudEvents:eventversion").isInt()).isTrue();
                assertThat(properties.has("kind")).isFalse();
            }
            JsonNode deletion = messages.get(2).get("applicationProperties");
            assertThat(deletion.get("kind").textValue()).isEqualTo("deletion");
            assertThat(deletion.get("cloudEvents:kind").textValue()).isEqualTo("deletion");
            assertThat(deletion.get("cloudEvents:sequence").textValue()).isEqualTo("0000000000000000003");
            await().untilAsserted(() -> assertThat(broker.messages(TOPIC + "/subscriptions/billing"))
                    .isEmpty());
        }
    }

    private static List<JsonNode> received(ServiceBusTestServer broker, int count) throws Exception {
        Path folder = NodePackages.install(Path.of("src/test/consumer"), Path.of("target/consumer"));
        Process process = new ProcessBuilder(
                        "node", "receive.js", broker.connectionString(), TOPIC, "billing", Integer.toString(count))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        try {
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
            List<JsonNode> messages = new ArrayList<>();
            for (String line : output.lines().toList()) {
                messages.add(new ObjectMapper().readTree(line));
            }
            return messages;
        } finally {
            process.destroyForcibly();
        }
    }
}
