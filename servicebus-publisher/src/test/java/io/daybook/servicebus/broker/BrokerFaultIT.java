package io.daybook.servicebus.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.azure.core.amqp.AmqpRetryMode;
import com.azure.core.amqp.AmqpRetryOptions;
import com.azure.messaging.servicebus.ServiceBusClientBuilder;
import com.azure.messaging.servicebus.ServiceBusException;
import com.azure.messaging.servicebus.ServiceBusMessage;
import com.azure.messaging.servicebus.ServiceBusSenderClient;
import io.daybook.contract.Patience;
import io.daybook.servicebus.testserver.ServiceBusFault;
import io.daybook.servicebus.testserver.ServiceBusTestServer;
import io.daybook.servicebus.testserver.StoredMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the SDK makes of the faults of the broker. */
@Tag("faults")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class BrokerFaultIT {

    @RegisterExtension
    static final TestBroker BROKER = TestBroker.create();

    private final ServiceBusTestServer broker = BROKER.broker();
    private final String orders = BROKER.newQueue();

    private ServiceBusSenderClient sender(int retries) {
        return sender(retries, Patience.LIMIT);
    }

    private ServiceBusSenderClient sender(int retries, Duration tryTimeout) {
        return BROKER.client()
                .retryOptions(new AmqpRetryOptions()
                        .setMode(AmqpRetryMode.FIXED)
                        .setMaxRetries(retries)
                        .setDelay(Duration.ofMillis(100))
                        .setMaxDelay(Duration.ofSeconds(10))
                        .setTryTimeout(tryTimeout))
                .sender()
                .queueName(orders)
                .buildClient();
    }

    private static ServiceBusMessage message(String id) {
        return new ServiceBusMessage("body").setMessageId(id);
    }

    private static Throwable send(ServiceBusSenderClient sender, String id) {
        return catchThrowable(() -> sender.sendMessage(message(id)));
    }

    private static String reason(Throwable thrown) {
        return ((ServiceBusException) thrown).getReason().toString();
    }

    private void assertStored(String... ids) {
        assertThat(broker.messages(orders)).extracting(StoredMessage::messageId).containsExactly(ids);
    }

    @ParameterizedTest
    @ValueSource(strings = {"com.microsoft:server-busy", "com.microsoft:timeout", "amqp:internal-error"})
    void aRejectionThatMayPassIsRetried(String condition) {
        broker.show(orders, ServiceBusFault.reject(condition));
        try (ServiceBusSenderClient sender = sender(1)) {
            assertThat(send(sender, "first")).isNull();
        }
        assertStored("first");
        assertThat(broker.transfers(orders)).containsExactly(1, 1);
    }

    @Test
    void anInternalErrorIsRetriedUntilTheTimeIsUp() {
        broker.show(orders, ServiceBusFault.reject("amqp:internal-error").always());
        try (ServiceBusSenderClient sender = sender(0, Duration.ofSeconds(2))) {
            assertThat(send(sender, "first")).isNotNull();
        }
        assertThat(broker.transfers(orders)).hasSizeGreaterThan(1);
        assertStored();
    }

    @ParameterizedTest
    @CsvSource({
        "amqp:resource-limit-exceeded, QUOTA_EXCEEDED",
        "amqp:unauthorized-access, UNAUTHORIZED",
        "com.microsoft:entity-disabled, MESSAGING_ENTITY_DISABLED",
        "amqp:not-allowed, GENERAL_ERROR"
    })
    void aRejectionThatWillNotPassIsReported(String condition, String reason) {
        broker.show(orders, ServiceBusFault.reject(condition));
        try (ServiceBusSenderClient sender = sender(1)) {
            assertThat(reason(send(sender, "first"))).isEqualTo(reason);
            assertThat(send(sender, "second")).isNull();
        }
        assertStored("second");
        assertThat(broker.transfers(orders)).containsExactly(1, 1);
    }

    @Test
    void otherOutcomesAreReported() {
        broker.show(orders, ServiceBusFault.release());
        broker.show(orders, ServiceBusFault.modify());
        try (ServiceBusSenderClient sender = sender(1)) {
            assertThat(reason(send(sender, "first"))).isEqualTo("GENERAL_ERROR");
            assertThat(reason(send(sender, "second"))).isEqualTo("GENERAL_ERROR");
            assertThat(send(sender, "third")).isNull();
        }
        assertStored("third");
    }

    @ParameterizedTest
    @ValueSource(strings = {"detach", "close", "cut"})
    void aLostTransferIsSentAgain(String how) {
        broker.show(
                orders,
                switch (how) {
                    case "detach" -> ServiceBusFault.detach("amqp:link:detach-forced");
                    case "close" -> ServiceBusFault.closeConnection("amqp:connection:forced");
                    default -> ServiceBusFault.cutBeforeStoring();
                });
        try (ServiceBusSenderClient sender = sender(1)) {
            assertThat(send(sender, "first")).isNull();
        }
        assertStored("first");
        assertThat(broker.transfers(orders)).hasSize(2);
    }

    @Test
    void aLostAnswerStoresTwice() {
        broker.show(orders, ServiceBusFault.cutAfterStoring());
        try (ServiceBusSenderClient sender = sender(1)) {
            assertThat(send(sender, "first")).isNull();
        }
        assertStored("first", "first");
    }

    @Test
    void aLostAnswerFailsWithoutRetries() {
        broker.show(orders, ServiceBusFault.cutAfterStoring());
        try (ServiceBusSenderClient sender = sender(0)) {
            assertThat(send(sender, "first")).isInstanceOf(ServiceBusException.class);
            assertStored("first");
            assertThat(send(sender, "second")).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"detach", "close", "cut"})
    void anIdleSenderRecovers(String how) {
        try (ServiceBusSenderClient sender = sender(0)) {
            assertThat(send(sender, "first")).isNull();
            switch (how) {
                case "detach" -> broker.detachLinks(orders, "amqp:link:detach-forced");
                case "close" -> broker.closeConnections("amqp:connection:forced");
                default -> broker.cutConnections();
            }
            Patience.await()
                    .pollDelay(Duration.ofMillis(500)) // it is to be idle when it learns of it
                    .until(() -> !broker.hasSender(orders));
            assertThat(send(sender, "second")).isNull();
        }
        assertStored("first", "second");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aRefusedAttachIsReplayedByRetriesAndForgottenByTheNextSend(int retries) {
        broker.show(orders, ServiceBusFault.refuseAttach("com.microsoft:server-busy"));
        try (ServiceBusSenderClient sender = sender(retries)) {
            assertThat(send(sender, "first")).isInstanceOf(ServiceBusException.class);
            assertThat(send(sender, "second")).isNull();
        }
        assertStored("second");
    }

    @Test
    void anUnknownEntityIsReported() {
        broker.show(orders, ServiceBusFault.refuseAttach("amqp:not-found"));
        try (ServiceBusSenderClient sender = sender(0)) {
            assertThat(reason(send(sender, "first"))).isEqualTo("MESSAGING_ENTITY_NOT_FOUND");
        }
        try (ServiceBusSenderClient sender =
                BROKER.client().sender().queueName("nowhere").buildClient()) {
            assertThat(reason(send(sender, "first"))).isEqualTo("MESSAGING_ENTITY_NOT_FOUND");
        }
    }

    @Test
    void anAttachWithoutAnswerWedgesTheSender() {
        broker.show(orders, ServiceBusFault.ignoreAttach());
        try (ServiceBusSenderClient sender = sender(0, Duration.ofSeconds(2))) {
            assertThat(send(sender, "first")).isNotNull();
            assertThat(send(sender, "second")).isNotNull();
        }
        try (ServiceBusSenderClient sender = sender(0)) {
            assertThat(send(sender, "third")).isNull();
        }
        assertStored("third");
    }

    @Test
    void aSendWithoutCreditFailsAndIsTransmittedLater() {
        broker.show(orders, ServiceBusFault.withholdCredit());
        try (ServiceBusSenderClient sender = sender(0, Duration.ofSeconds(4))) {
            assertThat(send(sender, "first")).isNotNull();
            assertStored();
            broker.clearFaults();
            Patience.await().untilAsserted(() -> assertStored("first"));
        }
    }

    @ParameterizedTest
    @CsvSource({"401, UNAUTHORIZED", "403, QUOTA_EXCEEDED", "500, GENERAL_ERROR"})
    void aRefusedTokenIsReported(int status, String reason) {
        broker.show(orders, ServiceBusFault.refuseToken(status).always());
        try (ServiceBusSenderClient sender = sender(0)) {
            assertThat(reason(send(sender, "first"))).isEqualTo(reason);
        }
        broker.clearFaults();
        try (ServiceBusSenderClient sender = sender(0)) {
            assertThat(send(sender, "second")).isNull();
        }
        assertStored("second");
    }

    @Test
    void anAnswerMayBeLateOrLost() {
        broker.show(orders, ServiceBusFault.delayAnswer(Duration.ofSeconds(1)));
        broker.show(orders, ServiceBusFault.loseAnswer());
        try (ServiceBusSenderClient sender = sender(0, Duration.ofSeconds(10))) {
            long start = System.nanoTime();
            assertThat(send(sender, "first")).isNull();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(900));
            assertThat(send(sender, "second")).isNotNull();
        }
        assertStored("first", "second");
    }

    @Test
    void aFaultCanWaitItsTurn() {
        broker.show(orders, ServiceBusFault.reject("amqp:not-allowed").after(1).times(2));
        try (ServiceBusSenderClient sender = sender(0)) {
            assertThat(send(sender, "1")).isNull();
            assertThat(send(sender, "2")).isNotNull();
            assertThat(send(sender, "3")).isNotNull();
            assertThat(send(sender, "4")).isNull();
        }
        assertStored("1", "4");
    }

    @Test
    void aBrokerThatIsDownTimesOut() throws Exception {
        try (ServiceBusSenderClient sender = sender(0, Duration.ofSeconds(10))) {
            assertThat(send(sender, "1")).isNull();
            broker.kill();
            assertThat(send(sender, "2")).isNotNull();
            broker.restart();
            Patience.await()
                    .untilAsserted(() -> assertThatCode(() -> sender.sendMessage(message("3")))
                            .doesNotThrowAnyException());
        }
        assertThat(broker.messages(orders)).extracting(StoredMessage::messageId).contains("1", "3");
    }

    @Test
    void aBrokerThatCannotBeTrustedTimesOut(@TempDir Path directory) throws Exception {
        try (Impostor impostor = Impostor.start(directory);
                ServiceBusSenderClient sender = new ServiceBusClientBuilder()
                        .connectionString(impostor.connectionString())
                        .retryOptions(new AmqpRetryOptions().setMaxRetries(0).setTryTimeout(Duration.ofSeconds(2)))
                        .sender()
                        .queueName(orders)
                        .buildClient()) {
            assertThat(send(sender, "1")).isNotNull(); // the failure does not name the certificate
            Patience.await().until(() -> impostor.distrusted() > 0);
        }
    }
}
