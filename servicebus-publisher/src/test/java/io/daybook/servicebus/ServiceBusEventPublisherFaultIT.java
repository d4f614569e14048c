package io.daybook.servicebus;

import static io.daybook.contract.Patience.await;
import static io.daybook.servicebus.StoredEvents.counted;
import static io.daybook.servicebus.StoredEvents.sized;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.messaging.servicebus.ServiceBusClientBuilder;
import io.daybook.contract.Patience;
import io.daybook.event.EventEnvelope;
import io.daybook.publishing.EventPublishException;
import io.daybook.publishing.EventPublishException.Delivery;
import io.daybook.servicebus.broker.Impostor;
import io.daybook.servicebus.testserver.ServiceBusFault;
import io.daybook.servicebus.testserver.StoredMessage;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A {@code publish} while the broker or the connection fails. */
class ServiceBusEventPublisherFaultIT extends PublisherFixture {

    static Stream<ServiceBusFault> faultsThatPass() {
        return Stream.of(
                ServiceBusFault.reject("com.microsoft:server-busy"),
                ServiceBusFault.reject("com.microsoft:timeout"),
                ServiceBusFault.reject("amqp:internal-error"),
                ServiceBusFault.detach("amqp:link:detach-forced"),
                ServiceBusFault.closeConnection("amqp:connection:forced"),
                ServiceBusFault.cutBeforeStoring(),
                ServiceBusFault.cutAfterStoring(),
                ServiceBusFault.loseAnswer(),
                ServiceBusFault.refuseAttach("com.microsoft:server-busy"),
                ServiceBusFault.ignoreAttach(),
                ServiceBusFault.withholdCredit(),
                ServiceBusFault.release(),
                ServiceBusFault.modify(),
                ServiceBusFault.refuseToken(500));
    }

    @ParameterizedTest
    @MethodSource("faultsThatPass")
    void publishes_each_event_once_and_in_order_after_transient_faults(ServiceBusFault fault) {
        broker.show(queue, fault.times(1));

        publisher.publish(counted("a", 1, 10));
        publisher.publish(counted("a", 11, 20));

        assertThat(firstOccurrences(numbers("a"))).isEqualTo(upTo(20));
        assertThat(messages().stream().map(StoredMessage::messageId)).doesNotHaveDuplicates();
        assertThat(broker.faultsLeft(queue)).isZero();
    }

    @ParameterizedTest
    @MethodSource("faultsThatPass")
    void keeps_order_without_duplicate_detection(ServiceBusFault fault) throws Exception {
        String plain = "plain-" + UUID.randomUUID();
        broker.createQueue(plain);
        broker.show(plain, fault.after(1).times(2));
        try (ServiceBusEventPublisher other = ServiceBusEventPublisher.toQueue(plain, BROKER::client)
                .sendTimeout(Duration.ofSeconds(1))
                .timeout(Duration.ofSeconds(20))
                .build()) {
            for (int from = 1; from <= 41; from += 10) {
                other.publish(counted("a", from, from + 9L));
                if (from == 21) {
                    broker.cutConnections(); // so that there is another attach, and another token
                }
            }
        }
        List<Long> arrived = broker.messages(plain).stream()
                .map(message -> (Long) message.properties().get("sequenceNumber"))
                .toList();
        assertThat(firstOccurrences(arrived)).isEqualTo(upTo(50));
        assertThat(broker.faultsLeft(plain)).isZero();
    }

    static Stream<Arguments> faultsThatStay() {
        return Stream.of(
                Arguments.of(ServiceBusFault.reject("amqp:unauthorized-access"), "credential"),
                Arguments.of(ServiceBusFault.reject("amqp:resource-limit-exceeded"), "full"),
                Arguments.of(ServiceBusFault.reject("com.microsoft:entity-disabled"), "disabled"),
                Arguments.of(ServiceBusFault.reject("amqp:not-allowed"), "rejected"),
                Arguments.of(ServiceBusFault.refuseToken(401), "credential"),
                Arguments.of(ServiceBusFault.refuseToken(403), "credential")); // which the SDK takes for a full entity
    }

    @ParameterizedTest
    @MethodSource("faultsThatStay")
    void reports_permanent_failure_at_once_and_sends_nothing(ServiceBusFault fault, String word) {
        publisher.close();
        publisher = builder().timeout(Patience.LIMIT.multipliedBy(2)).build();
        broker.show(queue, fault.always());
        List<EventEnvelope> events = counted("a", 1, 3);
        long start = System.nanoTime();

        EventPublishException e = refused(events);

        assertThat(e).hasMessageContaining(word).hasMessageContaining(queue);
        assertThat(events)
                .allSatisfy(event ->
                        assertThat(e.delivery(event.metadata().eventId())).isEqualTo(Delivery.NOT_SENT));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Patience.LIMIT);
        assertThat(messages()).isEmpty();
    }

    private void assertToldAsUnreachable(ServiceBusEventPublisher.Builder builder, Delivery known) {
        List<EventEnvelope> events = counted("a", 1, 3);
        long start = System.nanoTime();

        EventPublishException e;
        try (ServiceBusEventPublisher ours =
                builder.timeout(Duration.ofSeconds(2)).build()) {
            e = catchThrowableOfType(EventPublishException.class, () -> ours.publish(events));
        }

        assertThat(e).hasMessageContaining("cannot be reached");
        assertThat(events)
                .allSatisfy(event ->
                        assertThat(e.delivery(event.metadata().eventId())).isEqualTo(known));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Patience.LIMIT);
    }

    static Stream<Arguments> waysNotToAnswer() {
        return Stream.of(
                Arguments.of(ServiceBusFault.ignoreAttach(), Delivery.NOT_SENT),
                Arguments.of(ServiceBusFault.refuseToken(503), Delivery.NOT_SENT),
                Arguments.of(ServiceBusFault.withholdCredit(), Delivery.UNKNOWN),
                Arguments.of(ServiceBusFault.cutBeforeStoring(), Delivery.UNKNOWN),
                Arguments.of(ServiceBusFault.loseAnswer(), Delivery.UNKNOWN));
    }

    @ParameterizedTest
    @MethodSource("waysNotToAnswer")
    void reports_silent_broker_as_unreachable_within_the_bound(ServiceBusFault fault, Delivery known) {
        broker.show(queue, fault.always());

        assertToldAsUnreachable(builder(), known);
    }

    @Test
    void reports_broker_that_is_down_as_unreachable_within_the_bound() throws Exception {
        broker.kill();

        assertToldAsUnreachable(builder(), Delivery.NOT_SENT);
    }

    @Test
    void reports_untrusted_broker_as_unreachable_within_the_bound(@TempDir Path directory) throws Exception {
        try (Impostor impostor = Impostor.start(directory)) {
            assertToldAsUnreachable(
                    ServiceBusEventPublisher.toQueue(
                                    queue,
                                    () -> new ServiceBusClientBuilder().connectionString(impostor.connectionString()))
                            .sendTimeout(Duration.ofSeconds(1)),
                    Delivery.NOT_SENT);
            await().until(() -> impostor.distrusted() > 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"detach", "close", "cut"})
    void a_connection_that_was_lost_while_idle_is_not_noticed(String how) {
        publisher.publish(counted("a", 1, 1));
        switch (how) {
            case "detach" -> broker.detachLinks(queue, "amqp:link:detach-forced");
            case "close" -> broker.closeConnections("amqp:connection:forced");
            default -> broker.cutConnections();
        }
        await().until(() -> !broker.hasSender(queue));

        publisher.publish(counted("a", 2, 2));

        assertThat(numbers("a")).containsExactly(1L, 2L);
        assertThat(broker.transfers(queue)).hasSizeGreaterThanOrEqualTo(2).containsOnly(1);
    }

    @Test
    void an_entity_that_does_not_exist_is_named() {
        try (ServiceBusEventPublisher lost =
                ServiceBusEventPublisher.toQueue("nowhere", BROKER::client).build()) {
            EventPublishException e =
                    catchThrowableOfType(EventPublishException.class, () -> lost.publish(counted("a", 1, 1)));
            assertThat(e).hasMessageContaining("nowhere").hasMessageContaining("does not exist");
        }
    }

    @Test
    void reports_the_delivery_of_each_event() {
        publisher.close();
        publisher = builder()
                .sendTimeout(Duration.ofSeconds(5))
                .timeout(Duration.ofSeconds(5))
                .build();
        List<EventEnvelope> events = LongStream.rangeClosed(1, 30)
                .mapToObj(number -> sized("a", number, 20_000))
                .toList();
        broker.show(queue, ServiceBusFault.loseAnswer().after(1).always());

        EventPublishException e = refused(events);

        List<Delivery> told = events.stream()
                .map(event -> e.delivery(event.metadata().eventId()))
                .toList();
        assertThat(told).containsOnly(Delivery.SENT, Delivery.UNKNOWN, Delivery.NOT_SENT);
        assertThat(told).isSortedAccordingTo((a, b) -> Integer.compare(rank(a), rank(b)));
    }

    private static int rank(Delivery delivery) {
        return List.of(Delivery.SENT, Delivery.UNKNOWN, Delivery.NOT_SENT).indexOf(delivery);
    }

    @Test
    void delivery_stays_unknown_after_a_later_refusal() {
        List<EventEnvelope> events = counted("a", 1, 3);
        broker.show(queue, ServiceBusFault.cutAfterStoring().times(1));
        broker.show(
                queue,
                ServiceBusFault.reject("com.microsoft:entity-disabled").after(1).always());

        EventPublishException e = refused(events);

        assertThat(events)
                .allSatisfy(event ->
                        assertThat(e.delivery(event.metadata().eventId())).isEqualTo(Delivery.UNKNOWN));
        assertThat(messages()).hasSize(3);
    }

    @Test
    void publish_reports_deliveries_when_the_publisher_is_closed() throws Exception {
        broker.show(queue, ServiceBusFault.loseAnswer().always());
        List<EventEnvelope> events = counted("a", 1, 2);
        FutureTask<EventPublishException> publishing = new FutureTask<>(() -> refused(events));
        new Thread(publishing, "publishing").start();
        await().until(() -> messages().size() == 2);

        publisher.close();

        EventPublishException e = publishing.get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(events)
                .allSatisfy(event ->
                        assertThat(e.delivery(event.metadata().eventId())).isEqualTo(Delivery.UNKNOWN));
    }

    @Test
    void interrupted_publish_reports_deliveries_and_stays_interrupted() throws Exception {
        broker.show(queue, ServiceBusFault.loseAnswer().always());
        List<EventEnvelope> events = counted("a", 1, 2);
        Object[] outcome = new Object[2];
        Thread publishing = new Thread(() -> {
            outcome[0] = refused(events);
            outcome[1] = Thread.currentThread().isInterrupted();
        });
        publishing.start();
        await().until(() -> !broker.transfers(queue).isEmpty());
        publishing.interrupt();
        publishing.join(Patience.LIMIT.toMillis());

        assertThat(((EventPublishException) outcome[0])
                        .delivery(events.get(0).metadata().eventId()))
                .isEqualTo(Delivery.UNKNOWN);
        assertThat(outcome[1]).isEqualTo(true);
    }

    @Test
    void publishes_remaining_events_when_the_broker_is_back() throws Exception {
        publisher.publish(counted("a", 1, 5));
        broker.kill();
        FutureTask<Void> restarting = new FutureTask<>(() -> {
            try (ServerSocket away = new ServerSocket(broker.port())) {
                away.accept().close(); // the publisher has met a broker that is away
            }
            broker.restart();
            return null;
        });
        new Thread(restarting, "restarting").start();

        publisher.publish(counted("a", 6, 10));

        restarting.get();
        assertThat(firstOccurrences(numbers("a"))).isEqualTo(upTo(10));
    }
}
