package io.daybook.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.account.Account;
import io.daybook.account.AccountEvent.AccountOpened;
import io.daybook.account.AccountEvent.MoneyDeposited;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.UpdateContext;
import io.daybook.contract.Patience;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemoryReadModelStore;
import io.daybook.projection.Projection;
import io.daybook.projection.Projector;
import io.daybook.serialization.JacksonEventSerializer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ProjectionMetricsTest {

    record Owner(String name) {}

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final InMemoryEventStore store =
            new InMemoryEventStore(JacksonEventSerializer.of(Account.TYPE.eventTypes()));

    private static Owner refused() {
        throw new IllegalStateException("poison");
    }

    private static Projection<Owner> owners(int version) {
        return Projection.named("owners", version, Account.TYPE, Owner.class)
                .on(AccountOpened.class, (none, event, metadata) -> new Owner(event.owner()))
                .on(MoneyDeposited.class, (owner, event, metadata) -> refused())
                .ignoringOthers()
                .build();
    }

    private void open(String id) {
        AggregateRepository.of(Account.TYPE, store)
                .create(id, UpdateContext.empty(), account -> account.open("alice", Instant.EPOCH));
    }

    private double counter(String meter) {
        return registry.get(meter)
                .tag("projection", "owners-2")
                .functionCounter()
                .count();
    }

    private double gauge(String meter) {
        return registry.get(meter).tag("projection", "owners-2").gauge().value();
    }

    @Test
    void counts_what_each_projection_has_done() {
        open("1");
        open("2");
        AggregateRepository.of(Account.TYPE, store).update("2", UpdateContext.empty(), account -> account.deposit("1"));
        try (Projector projector = Projector.builder(new InMemoryEventFeed(store), store, new InMemoryReadModelStore())
                .project(owners(1))
                .project(owners(2))
                .parkAfter(1)
                .start()) {
            projector.drain(Patience.LIMIT);
            new ProjectionMetrics(projector).bindTo(registry);

            assertThat(counter("daybook.projection.folded")).isGreaterThanOrEqualTo(2);
            assertThat(counter("daybook.projection.written")).isEqualTo(2);
            assertThat(counter("daybook.projection.parked")).isOne();
            assertThat(counter("daybook.projection.gaps")).isZero();
            assertThat(counter("daybook.projection.conflicts")).isZero();
            assertThat(gauge("daybook.projection.lag")).isZero();
            assertThat(gauge("daybook.projection.healthy")).isOne();
        }
    }

    @Test
    void stopped_projection_is_not_healthy() {
        Projector projector = Projector.builder(new InMemoryEventFeed(store), store, new InMemoryReadModelStore())
                .project(owners(2))
                .start();
        projector.close();
        new ProjectionMetrics(projector).bindTo(registry);

        assertThat(gauge("daybook.projection.healthy")).isZero();
        assertThat(gauge("daybook.projection.lag")).isEqualTo(-1);
    }
}
