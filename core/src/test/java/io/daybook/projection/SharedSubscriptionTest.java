package io.daybook.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.daybook.account.Account;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.UpdateContext;
import io.daybook.contract.Patience;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemoryReadModelStore;
import io.daybook.serialization.JacksonEventSerializer;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Projections that share one subscription of a feed, with an event store. */
class SharedSubscriptionTest {

    private final InMemoryEventStore store =
            new InMemoryEventStore(JacksonEventSerializer.of(Account.TYPE.eventTypes()));
    private final InMemoryEventFeed feed = new InMemoryEventFeed(store);
    private final InMemoryReadModelStore documents = new InMemoryReadModelStore();
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);
    private final AtomicBoolean fails = new AtomicBoolean();
    private final AtomicInteger failures = new AtomicInteger();
    private final Projection<Deposits> failing = projection("failing", 1, fails);
    private final Projection<Deposits> first = projection("first", 1, new AtomicBoolean());
    private final Projection<Deposits> second = projection("second", 1, new AtomicBoolean());
    private final Projection<Deposits> newSecond = projection("second", 2, new AtomicBoolean());
    private final List<Projector> projectors = new ArrayList<>();

    private Projection<Deposits> projection(String name, int version, AtomicBoolean failing) {
        return Deposits.ofAccounts(name, version, before -> deposited(before, failing));
    }

    private Deposits deposited(Deposits before, AtomicBoolean failing) {
        if (failing.get()) {
            failures.incrementAndGet();
            throw new IllegalStateException("not now");
        }
        return before.next();
    }

    private Projector.Builder builder() {
        return Projector.builder(feed, store, documents)
                .sharedSubscription("accounts")
                .project(failing)
                .project(first)
                .project(second)
                .parkAfter(1_000);
    }

    private Projector started() {
        return started(builder());
    }

    private Projector started(Projector.Builder builder) {
        Projector projector = builder.start();
        projectors.add(projector);
        return projector;
    }

    private void open(String id) {
        accounts.create(id, UpdateContext.empty(), account -> {
            account.open("alice", Instant.EPOCH);
            account.deposit("5");
        });
    }

    @AfterEach
    void closeProjectors() {
        projectors.forEach(Projector::close);
    }

    @Test
    void events_stored_before_the_first_start_are_scanned_and_later_ones_followed() {
        open("1");
        Projector projector = started();
        projector.drain(Patience.LIMIT);
        open("2");
        projector.drain(Patience.LIMIT);

        for (Projection<Deposits> each : List.of(failing, first, second)) {
            assertThat(Deposits.count(projector, each, "1")).isOne();
            assertThat(Deposits.count(projector, each, "2")).isOne();
        }
        assertThat(projector.status()).extracting(ProjectorStatus::state).containsOnly(ReadModelState.ACTIVE);
    }

    @Test
    void event_that_one_projection_rejects_is_projected_by_the_others() {
        Projector projector = started();
        fails.set(true);
        open("1");
        Patience.await().until(() -> failures.get() > 2);
        projector.close();

        assertThat(Deposits.count(projector, first, "1")).isOne();
        assertThat(Deposits.count(projector, second, "1")).isOne();
        fails.set(false);
        Projector next = started();
        next.drain(Patience.LIMIT);
        assertThat(Deposits.count(next, failing, "1")).isOne();
        assertThat(Deposits.count(next, first, "1")).isOne();
        assertThat(next.verify(failing, VerifyOptions.all()).isClean()).isTrue();
        assertThat(next.status().get(1).counts().written())
                .as("nothing is projected twice")
                .isZero();
    }

    @Test
    void two_instances_share_the_work_and_one_continues_alone() {
        Projector closed = started();
        Projector left = started();
        for (int i = 0; i < 50; i++) {
            open("" + i);
            if (i == 25) {
                closed.close();
            }
        }
        store.delete(StreamId.of("Account", "7"));
        left.drain(Patience.LIMIT);

        for (Projection<Deposits> each : List.of(failing, first, second)) {
            VerifyReport report = left.verify(each, VerifyOptions.all());
            assertThat(report.isClean()).as(report.toString()).isTrue();
            assertThat(report.checked()).isEqualTo(49);
            assertThat(left.readModel(each).get("7")).isEmpty();
        }
    }

    @Test
    void rebuilt_version_gets_all_events_again_and_the_others_go_on() {
        Projector projector = started();
        open("1");
        projector.drain(Patience.LIMIT);
        projector.rebuild(first);
        open("2");
        projector.drain(Patience.LIMIT);

        assertThat(Deposits.count(projector, first, "1")).isOne();
        assertThat(Deposits.count(projector, first, "2")).isOne();
        assertThat(Deposits.count(projector, second, "2")).isOne();
        assertThat(projector.verify(first, VerifyOptions.all()).isClean()).isTrue();
    }

    @Test
    void version_that_another_instance_rebuilds_after_a_drop_misses_no_event() {
        Projector before = started(builder().project(newSecond));
        open("1");
        before.drain(Patience.LIMIT);
        before.close();
        started().drop("second", 2);
        // The clock of this instance does not advance, so it does not look for the rebuild.
        Clock still = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
        Projector late = started(builder().project(newSecond).clock(still));
        assertThat(late.status().get(3).state()).isEqualTo(ReadModelState.DROPPED);
        Projector rebuilding = started(builder().project(newSecond));
        rebuilding.rebuild(newSecond);
        rebuilding.drain(Patience.LIMIT);
        projectors.stream().filter(each -> each != late).forEach(Projector::close);
        open("2");
        late.drain(Patience.LIMIT);

        VerifyReport report = late.verify(newSecond, VerifyOptions.all());
        assertThat(report.isClean()).as(report.toString()).isTrue();
        assertThat(report.checked()).isEqualTo(2);
    }

    @Test
    void shared_subscription_needs_a_name() {
        assertThatThrownBy(() -> Projector.builder(feed, store, documents).sharedSubscription(""))
                .hasMessageContaining("name");
    }
}
