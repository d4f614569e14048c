package io.daybook.servicebus;

import static io.daybook.servicebus.StoredEvents.counted;
import static io.daybook.servicebus.StoredEvents.sized;
import static io.daybook.servicebus.StoredEvents.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.servicebus.ServiceBusClientBuilder;
import io.daybook.contract.ContractEvent;
import io.daybook.contract.ContractEvent.Counted;
import io.daybook.event.EventEnvelope;
import io.daybook.publishing.EventPublishException;
import io.daybook.publishing.EventPublishException.Delivery;
import io.daybook.servicebus.broker.Broker;
import io.daybook.servicebus.broker.BrokerFault;
import io.daybook.servicebus.broker.StoredMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Over the real SDK and sockets, against an embedded broker. */
class ServiceBusEventPublisherIT {

    @TempDir
    static Path directory;

    private static Broker broker;

    private final String queue = "queue-" + UUID.randomUUID();
    private ServiceBusEventPublisher publisher;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = Broker.start(directory, 0);
    }

    @AfterAll
    static void closeBroker() throws Exception {
        broker.close();
    }

    @BeforeEach
    void createQueue() throws Exception {
        broker.createQueueWithoutDuplicates(queue);
        publisher = builder().build();
    }

    @AfterEach
    void close() {
        broker.clearFaults();
        publisher.close();
    }

    private ServiceBusEventPublisher.Builder builder() {
        return ServiceBusEventPublisher.toQueue(
                        queue, () -> new ServiceBusClientBuilder().connectionString(broker.connectionString()))
                .sendTimeout(Duration.ofSeconds(1))
                .bound(Duration.ofSeconds(20));
    }

    private List<StoredMessage> messages() {
        return broker.messages(queue);
    }

    private List<Long> numbers(String id) {
        return messages().stream()
                .filter(message -> ("Contract-" + id).equals(message.sessionId()))
                .map(message -> (Long) message.properties().get("sequenceNumber"))
                .toList();
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    private static List<Long> firstOccurrences(List<Long> numbers) {
        return List.copyOf(new LinkedHashSet<>(numbers));
    }

    @Test
    void a_message_carries_everything_that_is_known_of_the_event() {
        EventEnvelope event = stored(
                "42/ü",
                7,
                new Counted(5),
                metadata -> metadata.eventId("event-7")
                        .correlationId("corr")
                        .causationId("cause")
                        .userId("alice")
                        .commandId("cmd")
                        .attributes(Map.of("tenant", "blue")));

        publisher.publish(List.of(event));

        StoredMessage message = messages().get(0);
        assertThat(message.messageId()).isEqualTo("event-7");
        assertThat(message.sessionId()).isEqualTo("Contract-42/ü");
        assertThat(message.subject()).isEqualTo("ContractCounted");
        assertThat(message.contentType()).isEqualTo("application/json");
        assertThat(message.correlationId()).isEqualTo("corr");
        assertThat(message.text()).isEqualTo("{\"number\":5}");
        assertThat(message.properties())
                .containsEntry("eventVersion", 1)
                .containsEntry("timestamp", "2026-01-02T03:04:05.123456789Z")
                .containsEntry("aggregateType", "Contract")
                .containsEntry("aggregateId", "42/ü")
                .containsEntry("sequenceNumber", 7L)
                .containsEntry("causationId", "cause")
                .containsEntry("userId", "alice")
                .containsEntry("commandId", "cmd")
                .containsEntry("attribute_tenant", "blue");
    }

    @Test
    void a_topic_gives_its_subscriptions_a_copy_each() throws Exception {
        String topic = "topic-" + UUID.randomUUID();
        broker.createTopic(topic, "one", "two");
        try (ServiceBusEventPublisher toTopic = ServiceBusEventPublisher.toTopic(
                        topic, () -> new ServiceBusClientBuilder().connectionString(broker.connectionString()))
                .build()) {
            toTopic.publish(counted("a", 1, 3));
        }
        await().untilAsserted(() -> {
            assertThat(broker.messages(topic + "/subscriptions/one")).hasSize(3);
            assertThat(broker.messages(topic + "/subscriptions/two")).hasSize(3);
        });
    }

    @Test
    void the_events_of_a_stream_keep_their_order_over_many_batches() {
        List<EventEnvelope> events = LongStream.rangeClosed(1, 60)
                .mapToObj(number -> sized("a", number, 20_000))
                .toList();

        publisher.publish(events);

        assertThat(numbers("a")).isEqualTo(upTo(60));
        assertThat(broker.transfers(queue)).hasSizeGreaterThan(4);
    }

    @Test
    void streams_that_are_mixed_keep_their_order_each_and_are_never_in_one_batch() {
        List<EventEnvelope> mixed = new ArrayList<>();
        for (int stream = 0; stream < 50; stream++) {
            mixed.addAll(counted("s" + stream, 1, 20));
        }
        Collections.shuffle(mixed, new Random(7));
        mixed.sort((a, b) ->
                Long.compare(a.metadata().sequenceNumber(), b.metadata().sequenceNumber()));

        publisher.publish(mixed);

        for (int stream = 0; stream < 50; stream++) {
            assertThat(numbers("s" + stream)).isEqualTo(upTo(20));
        }
        assertThat(broker.transfers(queue)).hasSize(50).containsOnly(20);
    }

    static Stream<BrokerFault> faultsThatPass() {
        return Stream.of(
                BrokerFault.reject("com.microsoft:server-busy"),
                BrokerFault.reject("com.microsoft:timeout"),
                BrokerFault.reject("amqp:internal-error"),
                BrokerFault.detach("amqp:link:detach-forced"),
                BrokerFault.closeConnection("amqp:connection:forced"),
                BrokerFault.cutBeforeStoring(),
                BrokerFault.cutAfterStoring(),
                BrokerFault.loseAnswer(),
                BrokerFault.refuseAttach("com.microsoft:server-busy"),
                BrokerFault.ignoreAttach(),
                BrokerFault.withholdCredit(),
                BrokerFault.refuseToken(500));
    }

    @ParameterizedTest
    @MethodSource("faultsThatPass")
    void every_event_is_there_once_and_in_order_after_a_fault_that_passes(BrokerFault fault) {
        broker.show(queue, fault.times(1));

        publisher.publish(counted("a", 1, 10));
        publisher.publish(counted("a", 11, 20));

        assertThat(firstOccurrences(numbers("a"))).isEqualTo(upTo(20));
        assertThat(messages().stream().map(StoredMessage::messageId)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("faultsThatPass")
    void nothing_overtakes_where_the_entity_detects_no_duplicates(BrokerFault fault) throws Exception {
        String plain = "plain-" + UUID.randomUUID();
        broker.createQueue(plain);
        broker.show(plain, fault.after(1).times(2));
        try (ServiceBusEventPublisher other = ServiceBusEventPublisher.toQueue(
                        plain, () -> new ServiceBusClientBuilder().connectionString(broker.connectionString()))
                .sendTimeout(Duration.ofSeconds(1))
                .bound(Duration.ofSeconds(20))
                .build()) {
            for (int from = 1; from <= 41; from += 10) {
                other.publish(counted("a", from, from + 9L));
            }
        }
        List<Long> arrived = broker.messages(plain).stream()
                .map(message -> (Long) message.properties().get("sequenceNumber"))
                .toList();
        assertThat(firstOccurrences(arrived)).isEqualTo(upTo(50));
    }

    private EventPublishException refused(List<EventEnvelope> events) {
        return catchThrowableOfType(EventPublishException.class, () -> publisher.publish(events));
    }

    static Stream<Arguments> faultsThatStay() {
        return Stream.of(
                Arguments.of(BrokerFault.reject("amqp:unauthorized-access"), "credential"),
                Arguments.of(BrokerFault.reject("amqp:resource-limit-exceeded"), "full"),
                Arguments.of(BrokerFault.reject("com.microsoft:entity-disabled"), "disabled"),
                Arguments.of(BrokerFault.reject("amqp:not-allowed"), "refused"),
                Arguments.of(BrokerFault.refuseToken(401), "credential"));
    }

    @ParameterizedTest
    @MethodSource("faultsThatStay")
    void what_will_not_pass_is_told_at_once_and_nothing_is_sent(BrokerFault fault, String word) {
        broker.show(queue, fault.always());
        List<EventEnvelope> events = counted("a", 1, 3);
        long start = System.nanoTime();

        EventPublishException e = refused(events);

        assertThat(e).hasMessageContaining(word).hasMessageContaining(queue);
        assertThat(events)
                .allSatisfy(event ->
                        assertThat(e.delivery(event.metadata().eventId())).isEqualTo(Delivery.NOT_SENT));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
        assertThat(messages()).isEmpty();
    }

    @Test
    void an_entity_that_does_not_exist_is_named() {
        try (ServiceBusEventPublisher lost = ServiceBusEventPublisher.toQueue(
                        "nowhere", () -> new ServiceBusClientBuilder().connectionString(broker.connectionString()))
                .build()) {
            EventPublishException e =
                    catchThrowableOfType(EventPublishException.class, () -> lost.publish(counted("a", 1, 1)));
            assertThat(e).hasMessageContaining("nowhere").hasMessageContaining("does not exist");
        }
    }

    @Test
    void what_is_known_of_each_event_is_told() {
        publisher.close();
        publisher = builder().bound(Duration.ofMillis(500)).build();
        List<EventEnvelope> events = LongStream.rangeClosed(1, 30)
                .mapToObj(number -> sized("a", number, 20_000))
                .toList();
        broker.show(queue, BrokerFault.loseAnswer().after(1).always());

        EventPublishException e = refused(events);

        List<Delivery> told = events.stream()
                .map(event -> e.delivery(event.metadata().eventId()))
                .toList();
        assertThat(told).containsOnly(Delivery.SENT, Delivery.UNKNOWN, Delivery.NOT_SENT);
        assertThat(told).isSortedAccordingTo((a, b) -> Integer.compare(rank(a), rank(b)));
    }

    @Test
    void what_may_have_arrived_stays_unknown_though_a_later_attempt_was_refused() {
        List<EventEnvelope> events = counted("a", 1, 3);
        broker.show(queue, BrokerFault.cutAfterStoring().times(1));
        broker.show(
                queue,
                BrokerFault.reject("com.microsoft:entity-disabled").after(1).always());

        EventPublishException e = refused(events);

        assertThat(events)
                .allSatisfy(event ->
                        assertThat(e.delivery(event.metadata().eventId())).isEqualTo(Delivery.UNKNOWN));
        assertThat(messages()).hasSize(3);
    }

    @Test
    void an_interrupted_publication_tells_what_is_known_and_stays_interrupted() throws Exception {
        broker.show(queue, BrokerFault.loseAnswer().always());
        List<EventEnvelope> events = counted("a", 1, 2);
        Object[] outcome = new Object[2];
        Thread publishing = new Thread(() -> {
            outcome[0] = refused(events);
            outcome[1] = Thread.currentThread().isInterrupted();
        });
        publishing.start();
        await().until(() -> !broker.transfers(queue).isEmpty());
        publishing.interrupt();
        publishing.join(10_000);

        assertThat(((EventPublishException) outcome[0])
                        .delivery(events.get(0).metadata().eventId()))
                .isEqualTo(Delivery.UNKNOWN);
        assertThat(outcome[1]).isEqualTo(true);
    }

    private static int rank(Delivery delivery) {
        return List.of(Delivery.SENT, Delivery.UNKNOWN, Delivery.NOT_SENT).indexOf(delivery);
    }

    @Test
    void an_event_that_is_too_large_is_told_and_holds_up_its_own_stream_only() {
        EventEnvelope large = sized("a", 2, 300_000);
        List<EventEnvelope> events = new ArrayList<>(counted("a", 1, 1));
        events.add(large);
        events.addAll(counted("a", 3, 3));
        events.addAll(counted("b", 1, 3));

        EventPublishException e = refused(events);

        assertThat(e)
                .hasMessageContaining(large.metadata().eventId())
                .hasMessageContaining("ContractNoted")
                .hasMessageContaining("300000")
                .hasMessageContaining("262144");
        assertThat(events.stream().map(event -> e.delivery(event.metadata().eventId())))
                .containsExactly(
                        Delivery.SENT,
                        Delivery.IMPOSSIBLE,
                        Delivery.NOT_SENT,
                        Delivery.SENT,
                        Delivery.SENT,
                        Delivery.SENT);
        assertThat(numbers("a")).containsExactly(1L);
        assertThat(numbers("b")).isEqualTo(upTo(3));
    }

    @Test
    void attributes_beyond_what_the_service_takes_are_told() {
        EventEnvelope laden =
                stored("a", 1, new Counted(1), metadata -> metadata.attributes(Map.of("note", "x".repeat(62_000))));

        EventPublishException e = refused(List.of(laden));

        assertThat(e)
                .hasMessageContaining(laden.metadata().eventId())
                .hasMessageContaining("62004 of attributes")
                .hasMessageContaining("61440");
        assertThat(e.delivery(laden.metadata().eventId())).isEqualTo(Delivery.IMPOSSIBLE);
        assertThat(messages()).isEmpty();
    }

    @Test
    void no_size_around_the_limit_vanishes() {
        List<Integer> sizes = IntStream.iterate(257_000, size -> size <= 263_000, size -> size + 100)
                .boxed()
                .toList();
        for (int size : sizes) {
            EventEnvelope event = sized("size-" + size, 1, size);
            boolean told = false;
            try {
                publisher.publish(List.of(event));
            } catch (EventPublishException e) {
                told = e.delivery(event.metadata().eventId()) == Delivery.IMPOSSIBLE;
            }
            assertThat(numbers("size-" + size)).as("%d bytes", size).hasSize(told ? 0 : 1);
        }
        assertThat(messages()).hasSizeBetween(1, sizes.size() - 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {70_000, 262_144})
    void an_event_larger_than_a_batch_but_not_than_the_entity_allows_is_sent(int batchBytes) {
        publisher.close();
        publisher = builder().maxBatchBytes(batchBytes).build();

        publisher.publish(List.of(sized("a", 1, 200_000), sized("a", 2, 1_000)));

        assertThat(numbers("a")).containsExactly(1L, 2L);
    }

    @Test
    void a_broker_that_comes_back_gets_what_is_left() throws Exception {
        publisher.publish(counted("a", 1, 5));
        broker.kill();
        Thread restarting = new Thread(() -> {
            try {
                Thread.sleep(3_000); // the publisher is to meet a broker that is away
                broker.restart();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        restarting.start();

        publisher.publish(counted("a", 6, 10));

        restarting.join();
        assertThat(firstOccurrences(numbers("a"))).isEqualTo(upTo(10));
    }

    @Test
    void what_was_not_read_from_a_store_is_refused_before_anything_is_sent() {
        EventEnvelope raised = EventEnvelope.of(
                ContractEvent.metadata(StoredEvents.stream("a"), 1, new Counted(1))
                        .build(),
                new Counted(1));

        assertThatIllegalArgumentException().isThrownBy(() -> publisher.publish(List.of(raised)));
        assertThat(messages()).isEmpty();
    }

    @Test
    void a_closed_publisher_says_so() {
        publisher.close();
        assertThatIllegalStateException().isThrownBy(() -> publisher.publish(counted("a", 1, 1)));
    }
}
