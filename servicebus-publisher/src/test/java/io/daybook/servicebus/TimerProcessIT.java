package io.daybook.servicebus;

import static io.daybook.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.servicebus.ServiceBusSenderClient;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandMetadata;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.process.InstanceState;
import io.daybook.process.ProcessCounts;
import io.daybook.process.ProcessEvent;
import io.daybook.process.ProcessManager;
import io.daybook.process.ProcessRunner;
import io.daybook.process.ProcessTimer;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.servicebus.TracingIT.Darken;
import io.daybook.servicebus.TracingIT.Lamp;
import io.daybook.servicebus.TracingIT.LampEvent;
import io.daybook.servicebus.TracingIT.Light;
import io.daybook.servicebus.broker.TestBroker;
import io.daybook.servicebus.testserver.ServiceBusTestServer;
import io.daybook.subscription.EventFeed.StartPosition;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A process whose timers are scheduled messages: a lamp goes out an hour after it was lit, once. */
class TimerProcessIT {

    @RegisterExtension
    static final TestBroker BROKER = TestBroker.create();

    private static final Duration HOUR = Duration.ofHours(1);

    record Burning(String lampId) {}

    private final AtomicBoolean broken = new AtomicBoolean();
    private final ProcessManager<Burning> saver = ProcessManager.named("Saver", 1, Burning.class)
            .startsWith(
                    LampEvent.LampLit.class,
                    LampEvent.LampLit::lampId,
                    (step, event) -> step.become(new Burning(event.lampId())).timer("off", HOUR))
            .on(LampEvent.LampDarkened.class, LampEvent.LampDarkened::lampId, (step, event) -> step.end())
            .onTimer("off", step -> {
                if (broken.get() && step.id().equals("poison")) {
                    throw new IllegalStateException("simulated");
                }
                step.send("darken", new Darken(step.id())).end();
            })
            .build();

    private final ServiceBusTestServer broker = BROKER.broker();
    private final String queue = BROKER.newQueueWithoutDuplicates();
    private final AtomicReference<Duration> passed = new AtomicReference<>(Duration.ZERO);
    private final InstantSource clock = () -> Instant.now().plus(passed.get());
    private final InMemoryEventStore store = new InMemoryEventStore(JacksonEventSerializer.of(Lamp.TYPE.eventTypes()));
    private final InMemoryEventStore processStore = new InMemoryEventStore(ProcessEvent.serializer());
    private final InMemoryEventFeed feed = new InMemoryEventFeed(store);
    private final InMemoryEventFeed processFeed = new InMemoryEventFeed(processStore);
    private final AggregateRepository<Lamp> lamps = AggregateRepository.of(Lamp.TYPE, store);
    private final CommandBus bus = CommandBus.builder()
            .creating(Light.class, lamps, (lamp, command, context) -> lamp.light())
            .updating(Darken.class, lamps, (lamp, command, context) -> lamp.darken())
            .build();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        Collections.reverse(opened);
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    private ServiceBusTimers timers(String of) {
        ServiceBusTimers timers = ServiceBusTimers.onQueue(of, BROKER::client)
                .timeout(Duration.ofSeconds(2))
                .clock(clock)
                .build();
        opened.add(timers);
        return timers;
    }

    private ProcessRunner runner(ServiceBusTimers timers, Duration resendAfter) {
        ProcessRunner runner = ProcessRunner.builder(feed, store, bus)
                .processStore(processStore, processFeed, timers)
                .clock(clock.withZone(ZoneOffset.UTC))
                .pollEvery(Duration.ofMillis(20))
                .resendAfter(resendAfter)
                .from(StartPosition.BEGINNING)
                .run(saver)
                .start();
        opened.add(runner);
        return runner;
    }

    private void light(String id) {
        bus.send(new Light(id), CommandMetadata.empty());
    }

    private boolean isDark(String id) {
        return events(id).contains("LampDarkened");
    }

    private List<String> events(String id) {
        return store.read(StreamId.of("Lamp", id), 0, Long.MAX_VALUE)
                .map(event -> event.metadata().eventType())
                .toList();
    }

    private ProcessTimer timerOf(ProcessRunner runner, String id) {
        return runner.find(saver, id).orElseThrow().timers().stream()
                .map(set -> new ProcessTimer(StreamId.of("Saver", id), set.key(), set.due()))
                .findFirst()
                .orElseThrow();
    }

    private void anHourPasses() throws Exception {
        passed.set(HOUR);
        broker.enqueueScheduled(queue);
    }

    private static long obsolete(ProcessRunner runner) {
        ProcessCounts counts = runner.counts("Saver");
        return counts.timersObsolete();
    }

    @Test
    void timer_that_rings_twice_takes_effect_once() throws Exception {
        ProcessRunner runner = runner(timers(queue), HOUR.multipliedBy(10));
        light("1");
        await().until(() -> broker.scheduled(queue).size() == 1);
        timers(queue).set(timerOf(runner, "1")); // by another instance, which does not know of the first message
        assertThat(broker.scheduled(queue)).hasSize(2);

        anHourPasses();

        await().until(() -> isDark("1") && broker.messages(queue).isEmpty());
        assertThat(events("1")).containsExactly("LampLit", "LampDarkened");
        assertThat(runner.counts("Saver").timersFired()).isOne();
        assertThat(runner.find(saver, "1").orElseThrow().state()).isEqualTo(InstanceState.COMPLETED);
    }

    @Test
    void timer_of_an_instance_that_has_ended_is_canceled_or_has_no_effect() throws Exception {
        ProcessRunner runner = runner(timers(queue), HOUR.multipliedBy(10));
        light("1");
        await().until(() -> broker.scheduled(queue).size() == 1);
        timers(queue).set(timerOf(runner, "1")); // which the end does not cancel
        bus.send(new Darken("1"), CommandMetadata.empty());
        await().until(() -> broker.scheduled(queue).size() == 1);

        anHourPasses();

        await().until(() -> obsolete(runner) == 1 && broker.messages(queue).isEmpty());
        assertThat(runner.counts("Saver").timersFired()).isZero();
        assertThat(events("1")).containsExactly("LampLit", "LampDarkened");
    }

    @Test
    void timer_is_set_by_another_instance_after_crash_behind_its_step() throws Exception {
        broker.kill();
        ServiceBusTimers lost = timers(queue);
        ProcessRunner crashed = runner(lost, HOUR);
        light("1");
        crashed.drain(Duration.ofMinutes(2)); // the step is stored, and its timer is not
        crashed.close();
        lost.close();
        broker.restart();
        assertThat(broker.scheduled(queue)).isEmpty();

        runner(timers(queue), Duration.ofMillis(1));
        await().until(() -> broker.scheduled(queue).size() == 1);
        anHourPasses();

        await().until(() -> isDark("1") && broker.messages(queue).isEmpty());
        assertThat(events("1")).containsExactly("LampLit", "LampDarkened");
    }

    @Test
    void two_instances_darken_each_lamp_once() throws Exception {
        ProcessRunner first = runner(timers(queue), HOUR.multipliedBy(10));
        ProcessRunner second = runner(timers(queue), HOUR.multipliedBy(10));
        for (int i = 0; i < 30; i++) {
            light("lamp-" + i);
        }
        await().until(() -> broker.scheduled(queue).size() >= 30);

        anHourPasses();

        await().until(() -> {
            broker.enqueueScheduled(queue); // of an instance that was slower
            return IntStream.range(0, 30).allMatch(i -> isDark("lamp-" + i))
                    && broker.messages(queue).isEmpty();
        });
        assertThat(first.counts("Saver").timersFired() + second.counts("Saver").timersFired())
                .isEqualTo(30);
        for (int i = 0; i < 30; i++) {
            assertThat(events("lamp-" + i)).containsExactly("LampLit", "LampDarkened");
        }
    }

    @Test
    void poison_timer_parks_its_instance_and_rings_after_retry() throws Exception {
        broken.set(true);
        ProcessRunner runner = runner(timers(queue), HOUR.multipliedBy(10));
        light("poison");
        light("1");
        await().until(() -> broker.scheduled(queue).size() == 2);
        anHourPasses();
        await().until(() -> isDark("1")
                && runner.find(saver, "poison").orElseThrow().state() == InstanceState.PARKED
                && broker.messages(queue).isEmpty());
        broken.set(false);

        assertThat(runner.retry(saver, "poison")).isTrue();

        await().until(() -> {
            broker.enqueueScheduled(queue); // whose clock is an hour behind
            return isDark("poison") && broker.messages(queue).isEmpty();
        });
    }

    @Test
    void timers_are_restored_to_an_emptied_queue_by_the_instance_that_set_them() throws Exception {
        ProcessRunner runner = runner(timers(queue), HOUR.multipliedBy(10));
        light("1");
        await().until(() -> broker.scheduled(queue).size() == 1);
        try (ServiceBusSenderClient sender =
                BROKER.client().sender().queueName(queue).buildClient()) {
            sender.cancelScheduledMessage(broker.scheduled(queue).get(0).sequenceNumber());
        }

        assertThat(runner.restoreTimers(saver)).isOne();

        assertThat(broker.scheduled(queue)).hasSize(1);
        anHourPasses();
        await().until(() -> isDark("1") && broker.messages(queue).isEmpty());
    }

    @Test
    void timers_are_restored_to_a_new_queue_from_the_process_streams() {
        runner(timers(queue), HOUR.multipliedBy(10));
        light("1");
        light("2");
        await().until(() -> broker.scheduled(queue).size() == 2);
        String replacement = BROKER.newQueue();

        ProcessRunner moved = ProcessRunner.builder(feed, store, bus)
                .processStore(processStore, processFeed, timers(replacement))
                .run(saver)
                .build();

        assertThat(moved.restoreTimers(saver)).isEqualTo(2);
        assertThat(broker.scheduled(replacement)).hasSize(2);
    }
}
