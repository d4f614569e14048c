package io.daybook.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.daybook.account.Account;
import io.daybook.account.AccountEvent.AccountOpened;
import io.daybook.account.AccountEvent.MoneyDeposited;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.UpdateContext;
import io.daybook.command.CommandBus;
import io.daybook.contract.Patience;
import io.daybook.eventstore.EventFilter;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemoryTimerStore;
import io.daybook.process.ProcessEvent;
import io.daybook.process.ProcessManager;
import io.daybook.process.ProcessRunner;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.subscription.EventFeed.StartPosition;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ProcessMetricsTest {

    record Watch(String accountId) {}

    private final InMemoryEventStore store =
            new InMemoryEventStore(JacksonEventSerializer.of(Account.TYPE.eventTypes()));
    private final InMemoryEventStore processStore = new InMemoryEventStore(ProcessEvent.serializer());
    private final ProcessManager<Watch> watch = ProcessManager.named("Watch", 1, Watch.class)
            .startsWith(
                    AccountOpened.class,
                    AccountOpened::accountId,
                    (step, event) -> step.become(new Watch(event.accountId())).timer("look", Duration.ZERO))
            .on(MoneyDeposited.class, MoneyDeposited::accountId, (step, event) -> step.end())
            .onTimer("look", step -> {})
            .build();
    private final ProcessRunner runner = ProcessRunner.builder(
                    new InMemoryEventFeed(store), store, CommandBus.builder().build())
            .processStore(processStore, new InMemoryEventFeed(processStore), new InMemoryTimerStore())
            .run(watch)
            .build();

    @Test
    void shows_the_subscription_and_the_parked_streams() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        AtomicBoolean broken = new AtomicBoolean(true);
        ProcessManager<Watch> fragile = ProcessManager.named("Fragile", 1, Watch.class)
                .startsWith(AccountOpened.class, AccountOpened::accountId, (step, event) -> {
                    if (broken.get()) {
                        throw new IllegalStateException("poison");
                    }
                    step.become(new Watch(event.accountId()));
                })
                .build();
        AggregateRepository.of(Account.TYPE, store)
                .createOrUpdate("1", UpdateContext.empty(), account -> account.open("alice", Instant.EPOCH));
        try (ProcessRunner following = ProcessRunner.builder(
                        new InMemoryEventFeed(store),
                        store,
                        CommandBus.builder().build())
                .processStore(processStore, new InMemoryEventFeed(processStore), new InMemoryTimerStore())
                .from(StartPosition.BEGINNING)
                .run(fragile)
                .start()) {
            following.drain(Patience.LIMIT);
            new ProcessMetrics(following).bindTo(registry);
            assertThat(gauge(registry, "parked.streams")).isOne();
            assertThat(gauge(registry, "lag")).isZero();
            assertThat(gauge(registry, "healthy")).isOne();
            assertThat(gauge(registry, "delay")).isZero();
            broken.set(false);
            following.retryParkedStreams("Fragile");
            SimpleMeterRegistry later = new SimpleMeterRegistry();
            new ProcessMetrics(following).bindTo(later);
            assertThat(gauge(later, "parked.streams")).isZero();
        }
    }

    private static double gauge(SimpleMeterRegistry registry, String name) {
        return registry.get("daybook.process." + name)
                .tag("process", "Fragile")
                .gauge()
                .value();
    }

    @Test
    void counts_instances_steps_and_timers() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new ProcessMetrics(runner).bindTo(registry);
        AggregateRepository.of(Account.TYPE, store)
                .createOrUpdate("1", UpdateContext.empty(), account -> account.open("alice", Instant.EPOCH));
        runner.handle(watch, store.find(EventFilter.all()).toList());
        runner.handle(watch, store.find(EventFilter.all()).toList());
        runner.fireTimers();

        assertThat(registry.get("daybook.process.instances")
                        .tag("state", "started")
                        .tag("process", "Watch")
                        .functionCounter()
                        .count())
                .isOne();
        assertThat(registry.get("daybook.process.steps").functionCounter().count())
                .isEqualTo(2);
        assertThat(registry.get("daybook.process.inputs.repeated")
                        .functionCounter()
                        .count())
                .isOne();
        assertThat(registry.get("daybook.process.timers").functionTimer().count())
                .isOne();
        assertThatThrownBy(() -> runner.counts("Other")).hasMessageContaining("Other");
    }
}
