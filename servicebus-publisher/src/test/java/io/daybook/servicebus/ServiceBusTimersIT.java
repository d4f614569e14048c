package io.daybook.servicebus;

import static io.daybook.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.azure.messaging.servicebus.ServiceBusMessage;
import com.azure.messaging.servicebus.ServiceBusSenderClient;
import io.daybook.contract.Patience;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.StreamId;
import io.daybook.process.ProcessTimer;
import io.daybook.servicebus.broker.TestBroker;
import io.daybook.servicebus.testserver.ServiceBusFault;
import io.daybook.servicebus.testserver.ServiceBusTestServer;
import io.daybook.servicebus.testserver.StoredMessage;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Timers as scheduled messages: their times, instances that share them, and a broker that fails. */
class ServiceBusTimersIT {

    @RegisterExtension
    static final TestBroker BROKER = TestBroker.create();

    private static final Instant START = Instant.now();
    private static final Instant PAST = START.minus(Duration.ofDays(1));
    private static final Instant FUTURE = START.plus(Duration.ofDays(1));

    private final ServiceBusTestServer broker = BROKER.broker();
    private final String queue = BROKER.newQueue();
    private final AtomicReference<Instant> clock = new AtomicReference<>(START);
    private final List<ServiceBusTimers> opened = new ArrayList<>();
    private final ServiceBusTimers timers = open();

    @AfterEach
    void close() {
        opened.forEach(ServiceBusTimers::close);
    }

    private ServiceBusTimers open() {
        ServiceBusTimers store = builder(queue).build();
        opened.add(store);
        return store;
    }

    private ServiceBusTimers.Builder builder(String of) {
        return ServiceBusTimers.onQueue(of, BROKER::client).clock(clock::get);
    }

    private static ProcessTimer timer(int number, Instant due) {
        return new ProcessTimer(StreamId.of("OrderExpiry", "order-" + number), "daybook:timer-" + number, due);
    }

    private static List<ProcessTimer> timers(int count, Instant due) {
        return IntStream.range(0, count).mapToObj(i -> timer(i, due)).toList();
    }

    private void awaitDue(ServiceBusTimers store, ProcessTimer... expected) {
        await().until(() -> Set.copyOf(store.due(clock.get(), 1_000)).equals(Set.of(expected)));
    }

    private static Set<ProcessTimer> dueOf(ServiceBusTimers store, Instant now) {
        return new HashSet<>(store.due(now, 1_000));
    }

    @Test
    void message_is_scheduled_for_the_time_and_contains_only_ids() {
        timers.set(timer(1, FUTURE));

        assertThat(broker.messages(queue)).isEmpty();
        StoredMessage message = broker.scheduled(queue).get(0);
        assertThat(message.scheduledTime()).isCloseTo(FUTURE, within(1, ChronoUnit.SECONDS));
        assertThat(message.text()).isEqualTo("{}");
        assertThat(message.properties())
                .containsOnlyKeys("aggregateType", "aggregateId", "timerKey", "due")
                .containsEntry("aggregateId", "order-1")
                .containsEntry("due", FUTURE.toString());
    }

    @Test
    void timer_is_due_when_its_scheduled_message_was_enqueued() throws Exception {
        timers.set(timer(1, FUTURE));
        timers.due(FUTURE, 100);
        broker.enqueueScheduled(queue);
        clock.set(FUTURE);

        awaitDue(timers, timer(1, FUTURE));
        timers.remove(timer(1, FUTURE));
        await().until(() -> broker.messages(queue).isEmpty());
    }

    @Test
    void distant_timer_is_scheduled_within_a_year_and_again_when_it_arrives() throws Exception {
        ProcessTimer distant = timer(1, START.plus(Duration.ofDays(3_650)));
        ProcessTimer never = timer(2, Instant.MAX);
        timers.set(distant);
        timers.set(never);
        assertThat(broker.scheduled(queue))
                .extracting(StoredMessage::scheduledTime)
                .allSatisfy(time -> assertThat(time)
                        .isCloseTo(START.plus(ServiceBusTimers.MAX_AHEAD), within(1, ChronoUnit.SECONDS)));
        Instant inAYear = START.plus(ServiceBusTimers.MAX_AHEAD);
        clock.set(inAYear);
        broker.enqueueScheduled(queue);

        await().until(() -> {
            assertThat(timers.due(inAYear, 10)).isEmpty();
            return broker.scheduled(queue).size() == 2;
        });
        assertThat(broker.scheduled(queue))
                .extracting(StoredMessage::scheduledTime)
                .allSatisfy(time -> assertThat(time)
                        .isCloseTo(inAYear.plus(ServiceBusTimers.MAX_AHEAD), within(1, ChronoUnit.SECONDS)));
        await().until(() -> broker.messages(queue).isEmpty());
    }

    @Test
    void timer_that_arrives_slightly_early_waits_for_its_time() {
        ProcessTimer soon = timer(1, PAST.plusSeconds(59));
        timers.set(soon);
        timers.set(timer(2, PAST));

        await().until(() -> dueOf(timers, PAST).equals(Set.of(timer(2, PAST))));
        assertThat(broker.scheduled(queue)).isEmpty();
        await().until(() -> dueOf(timers, soon.due()).contains(soon));
    }

    @Test
    void timer_set_again_by_the_same_instance_has_one_message() {
        timers.set(timer(1, FUTURE));
        timers.set(timer(1, FUTURE));
        timers.set(timer(2, PAST));
        awaitDue(timers, timer(2, PAST));
        timers.set(timer(2, PAST));

        assertThat(broker.scheduled(queue)).hasSize(1);
        assertThat(broker.messages(queue)).hasSize(1);
    }

    @Test
    void restored_timer_is_scheduled_although_this_instance_set_it() {
        timers.set(timer(1, FUTURE));
        try (ServiceBusSenderClient sender =
                BROKER.client().sender().queueName(queue).buildClient()) {
            sender.cancelScheduledMessage(broker.scheduled(queue).get(0).sequenceNumber());
        }
        assertThat(broker.scheduled(queue)).isEmpty();

        timers.restore(timer(1, FUTURE));

        assertThat(broker.scheduled(queue)).hasSize(1);
        timers.remove(timer(1, FUTURE));
        await().until(() -> broker.scheduled(queue).isEmpty());
    }

    @Test
    void canceled_timer_loses_its_message_and_no_other() {
        timers.set(timer(1, FUTURE));
        timers.set(timer(2, FUTURE));
        timers.remove(timer(1, FUTURE));

        await().until(() -> broker.scheduled(queue).size() == 1);
        assertThat(broker.scheduled(queue).get(0).properties()).containsEntry("aggregateId", "order-2");
    }

    @Test
    void timer_canceled_by_another_instance_rings_and_is_removed_once_it_does() throws Exception {
        timers.set(timer(1, FUTURE));
        open().remove(timer(1, FUTURE));
        timers.due(FUTURE, 100);
        broker.enqueueScheduled(queue);
        clock.set(FUTURE);

        awaitDue(timers, timer(1, FUTURE));
        timers.remove(timer(1, FUTURE));
        await().until(() -> broker.messages(queue).isEmpty());
    }

    @Test
    void cancellation_without_a_broker_does_not_fail() throws Exception {
        timers.set(timer(1, FUTURE));
        broker.kill();

        timers.remove(timer(1, FUTURE));
        timers.remove(timer(2, FUTURE));
        timers.close();
        broker.restart();
        assertThat(broker.scheduled(queue)).hasSize(1); // which has no effect when it rings
    }

    @Test
    void copies_of_a_timer_are_one_timer_and_are_removed_together() {
        ServiceBusTimers other = open();
        timers.set(timer(1, PAST));
        other.set(timer(1, PAST));
        assertThat(broker.messages(queue)).hasSize(2);

        awaitDue(timers, timer(1, PAST));
        timers.set(timer(2, PAST));
        awaitDue(timers, timer(1, PAST), timer(2, PAST)); // both copies came before it
        timers.remove(timer(1, PAST));
        timers.remove(timer(2, PAST));
        await().until(() -> broker.messages(queue).isEmpty());
    }

    static Stream<Arguments> messagesThatAreNoTimers() {
        return Stream.of(
                Arguments.of("aggregateId", null, "aggregateId is missing"),
                Arguments.of("timerKey", "", "timerKey"),
                Arguments.of("timerKey", 5, "timerKey is missing"),
                Arguments.of("due", "secret", "due is not an instant"),
                Arguments.of("aggregateType", "a-b", "aggregate type"));
    }

    @ParameterizedTest
    @MethodSource("messagesThatAreNoTimers")
    void unreadable_message_is_dead_lettered_and_stops_no_timer(String property, Object value, String reason) {
        ServiceBusMessage message = TimerMessages.message(timer(1, PAST));
        message.getApplicationProperties().remove(property);
        if (value != null) {
            message.getApplicationProperties().put(property, value);
        }
        try (ServiceBusSenderClient sender =
                BROKER.client().sender().queueName(queue).buildClient()) {
            sender.sendMessage(message);
        }
        timers.set(timer(2, PAST));

        awaitDue(timers, timer(2, PAST));
        await().until(() -> broker.messages(queue + "/$deadletterqueue").size() == 1);
        assertThat(broker.messages(queue + "/$deadletterqueue").get(0).properties())
                .containsEntry("DeadLetterReason", "TimerNotReadable")
                .hasEntrySatisfying(
                        "DeadLetterErrorDescription",
                        text -> assertThat((String) text).contains(reason).doesNotContain("secret"));
    }

    @Test
    void instances_share_the_timers_and_get_those_of_one_that_closed() {
        ServiceBusTimers other = open();
        List<ProcessTimer> all = timers(150, PAST);
        timers.due(PAST, 100);
        other.due(PAST, 100);
        all.forEach(timers::set);

        Set<ProcessTimer> first = new HashSet<>();
        Set<ProcessTimer> second = new HashSet<>();
        await().until(() -> {
            first.addAll(timers.due(PAST, 100));
            second.addAll(other.due(PAST, 100));
            return first.size() + second.size() == all.size();
        });
        assertThat(first).isNotEmpty().doesNotContainAnyElementsOf(second);
        assertThat(second).isNotEmpty();
        other.close();
        await().until(() -> dueOf(timers, PAST).containsAll(all));
    }

    @Test
    void timer_that_stays_after_it_rang_goes_to_another_instance() {
        ServiceBusTimers other = open();
        timers.set(timer(1, PAST));
        awaitDue(timers, timer(1, PAST));
        clock.set(START.plus(ArrivedTimers.HOLD).minusMillis(1));
        assertThat(timers.due(clock.get(), 100)).containsExactly(timer(1, PAST));
        clock.set(FUTURE);

        assertThat(timers.due(clock.get(), 100)).isEmpty();
        assertThat(broker.scheduled(queue))
                .singleElement()
                .satisfies(message -> assertThat(message.scheduledTime())
                        .isCloseTo(clock.get().plus(ArrivedTimers.PUT_BACK), within(1, ChronoUnit.SECONDS)));
        timers.close();
        other.due(clock.get(), 100);
        await().until(() -> {
            broker.enqueueScheduled(queue);
            return dueOf(other, clock.get()).equals(Set.of(timer(1, PAST)));
        });
    }

    @Test
    void timer_that_cannot_be_scheduled_again_stays_and_holds_up_no_other() {
        try (ServiceBusTimers hasty =
                builder(queue).timeout(Duration.ofMillis(200)).build()) {
            hasty.set(timer(1, PAST));
            awaitDue(hasty, timer(1, PAST));
            hasty.set(timer(2, PAST));
            broker.show(queue, ServiceBusFault.refuseSchedule(503).always());
            clock.set(FUTURE);

            awaitDue(hasty, timer(1, PAST), timer(2, PAST));
            broker.clearFaults();
            await().until(() -> !dueOf(hasty, FUTURE).contains(timer(1, PAST)));
            assertThat(broker.scheduled(queue)).hasSize(1);
        }
    }

    static Stream<ServiceBusFault> faultsThatPass() {
        return Stream.of(
                ServiceBusFault.refuseSchedule(503),
                ServiceBusFault.refuseSchedule(500),
                ServiceBusFault.refuseAttach("com.microsoft:server-busy"),
                ServiceBusFault.refuseToken(500));
    }

    @ParameterizedTest
    @MethodSource("faultsThatPass")
    void timer_is_set_after_transient_faults(ServiceBusFault fault) {
        broker.show(queue, fault);

        timers.set(timer(1, PAST));

        awaitDue(timers, timer(1, PAST));
        assertThat(broker.messages(queue)).hasSize(1);
    }

    @Test
    void timer_is_set_while_the_broker_restarts() throws Exception {
        timers.set(timer(1, FUTURE));
        broker.kill();
        Thread restart = new Thread(() -> {
            try {
                broker.restart();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        restart.start();
        try {
            timers.set(timer(2, FUTURE));
        } finally {
            restart.join();
        }

        assertThat(broker.scheduled(queue))
                .extracting(message -> message.properties().get("aggregateId"))
                .contains("order-1", "order-2");
    }

    static Stream<Arguments> faultsThatStay() {
        return Stream.of(
                Arguments.of(ServiceBusFault.refuseToken(401), "credential", Outcome.NOT_STORED),
                Arguments.of(
                        ServiceBusFault.refuseAttach("com.microsoft:entity-disabled"), "disabled", Outcome.NOT_STORED),
                Arguments.of(ServiceBusFault.refuseSchedule(503), "", null),
                Arguments.of(ServiceBusFault.loseScheduleAnswer(), "cannot be reached", Outcome.UNKNOWN));
    }

    @ParameterizedTest
    @MethodSource("faultsThatStay")
    void broker_that_fails_is_reported_within_the_timeout(ServiceBusFault fault, String word, Outcome outcome) {
        broker.show(queue, fault.always());
        long start = System.nanoTime();
        try (ServiceBusTimers hasty =
                builder(queue).timeout(Duration.ofSeconds(1)).build()) {
            assertThatExceptionOfType(EventStoreUnavailableException.class)
                    .isThrownBy(() -> hasty.set(timer(1, PAST)))
                    .withMessageContaining(queue)
                    .withMessageContaining(word)
                    .satisfies(e -> assertThat(outcome).isIn(null, e.outcome()));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Patience.LIMIT);
    }

    @Test
    void missing_queue_is_reported_when_setting_and_when_polling() {
        try (ServiceBusTimers lost = builder("missing").build()) {
            assertThatExceptionOfType(EventStoreUnavailableException.class)
                    .isThrownBy(() -> lost.set(timer(1, PAST)))
                    .withMessageContaining("create it");
            await().until(() -> reported(lost).contains("create it"));
        }
    }

    @Test
    void queue_with_sessions_is_reported() {
        try (ServiceBusTimers wrong = builder(BROKER.newQueueOfSessions()).build()) {
            await().until(() -> reported(wrong).contains("use a queue without sessions"));
        }
    }

    private String reported(ServiceBusTimers store) {
        try {
            store.due(clock.get(), 10);
            return "";
        } catch (EventStoreUnavailableException e) {
            return e.getMessage();
        }
    }

    static Stream<ServiceBusFault> faultsOfSettlement() {
        return Stream.of(
                ServiceBusFault.refuseSettlement("com.microsoft:message-lock-lost"),
                ServiceBusFault.cutAfterSettling());
    }

    @ParameterizedTest
    @MethodSource("faultsOfSettlement")
    void timer_whose_removal_fails_rings_again_and_holds_up_no_other(ServiceBusFault fault) {
        timers.set(timer(1, PAST));
        timers.set(timer(2, PAST));
        awaitDue(timers, timer(1, PAST), timer(2, PAST));
        broker.show(queue, fault);
        timers.remove(timer(1, PAST));

        await().until(() -> {
            try {
                timers.due(PAST, 10).forEach(timers::remove);
            } catch (EventStoreUnavailableException e) {
                return false; // the connection was lost
            }
            return broker.messages(queue).isEmpty();
        });
    }

    @Test
    void timers_are_redelivered_after_the_broker_restarted() throws Exception {
        List<ProcessTimer> all = timers(20, PAST);
        all.forEach(timers::set);
        awaitDue(timers, all.toArray(ProcessTimer[]::new));
        broker.kill();
        broker.restart();

        Set<ProcessTimer> removed = new HashSet<>();
        await().until(() -> {
            try {
                timers.due(PAST, 100).forEach(timer -> {
                    timers.remove(timer);
                    removed.add(timer);
                });
            } catch (EventStoreUnavailableException e) {
                return false; // it is asked again
            }
            return broker.messages(queue).isEmpty();
        });
        assertThat(removed).containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void closed_store_sets_no_timer_and_parks_no_instance() {
        timers.close();

        assertThatExceptionOfType(EventStoreUnavailableException.class)
                .isThrownBy(() -> timers.set(timer(1, PAST)))
                .withMessageContaining("closed");
        timers.remove(timer(1, PAST));
    }

    @Test
    void refuses_timeout_that_is_out_of_range() {
        for (Duration timeout : List.of(Duration.ZERO, Duration.ofMillis(-1), Duration.ofDays(2))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder(queue).timeout(timeout))
                    .withMessageContaining(timeout.toString());
        }
    }
}
