package io.daybook.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.daybook.account.Account;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.UpdateContext;
import io.daybook.contract.Patience;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemoryReadModelStore;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.ReadModelUnavailableException;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.subscription.EventFeed;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Projectors of a service that gets the events over one subscription and has no event store. */
class NoEventStoreTest {

    /** A feed that loses some events, as a broker does whose subscription was created later, or whose messages were removed. */
    private static final class LossyFeed implements EventFeed {
        private final EventFeed feed;
        private final Predicate<EventEnvelope> delivers;
        private final Set<String> names = ConcurrentHashMap.newKeySet();

        LossyFeed(EventFeed feed, Predicate<EventEnvelope> delivers) {
            this.feed = feed;
            this.delivers = delivers;
        }

        @Override
        public Subscription subscribe(String name, SubscriptionOptions options, EventHandler handler) {
            names.add(name);
            return feed.subscribe(name, options, new EventHandler() {
                @Override
                public void handle(List<EventEnvelope> events) throws Exception {
                    List<EventEnvelope> delivered =
                            events.stream().filter(delivers).toList();
                    if (!delivered.isEmpty()) {
                        handler.handle(delivered);
                    }
                }

                @Override
                public void deleted(StreamId stream, long version) throws Exception {
                    handler.deleted(stream, version);
                }
            });
        }

        @Override
        public void forget(String name) {
            feed.forget(name);
        }
    }

    private final InMemoryEventStore store =
            new InMemoryEventStore(JacksonEventSerializer.of(Account.TYPE.eventTypes()));
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);
    private final InMemoryReadModelStore documents = new InMemoryReadModelStore();
    private final Set<String> lost = ConcurrentHashMap.newKeySet();
    private final LossyFeed feed = new LossyFeed(new InMemoryEventFeed(store), event -> !lost.contains(name(event)));
    private final AtomicBoolean poisonous = new AtomicBoolean();
    private final List<Projector> projectors = new ArrayList<>();

    private final Projection<Deposits> deposits = Deposits.ofAccounts("deposits", 1);
    private final Projection<Deposits> newDeposits = Deposits.ofAccounts("deposits", 2);
    private final Projection<Deposits> fragile = Deposits.ofAccounts("fragile", 1, this::unlessPoisonous);

    private static String name(EventEnvelope event) {
        return event.metadata().aggregateId() + "@" + event.metadata().sequenceNumber();
    }

    private Deposits unlessPoisonous(Deposits before) {
        if (poisonous.get()) {
            throw new IllegalStateException("poison");
        }
        return before.next();
    }

    private Projector started() {
        return started(Projector.builder(feed, documents)
                .sharedSubscription("accounts")
                .project(deposits)
                .project(fragile)
                .project(Deposits.OF_OWNERS)
                .parkAfter(2));
    }

    private Projector started(Projector.Builder builder) {
        Projector projector = builder.start();
        projectors.add(projector);
        return projector;
    }

    private Projector withEventStore(Projection<?> projection, boolean follows) {
        return started(Projector.builder(new InMemoryEventFeed(store), store, documents)
                .project(projection)
                .following(follows));
    }

    private void open(String id, int count) {
        accounts.create(id, UpdateContext.empty(), account -> {
            account.open("alice", Instant.EPOCH);
            for (int i = 0; i < count; i++) {
                account.deposit("5");
            }
        });
    }

    private static ConsistencyToken version(String id, long version) {
        return ConsistencyToken.of(StreamId.of("Account", id), version);
    }

    @AfterEach
    void closeProjectors() {
        projectors.forEach(Projector::close);
    }

    @Test
    void all_projections_share_one_subscription_and_are_active_at_once() {
        Projector projector = started();
        assertThat(projector.status()).extracting(ProjectorStatus::state).containsOnly(ReadModelState.ACTIVE);
        open("1", 2);
        open("2", 3);
        projector.drain(Patience.LIMIT);

        assertThat(feed.names).containsExactly("accounts");
        assertThat(projector
                        .readModel(deposits)
                        .find(Filter.where("owner").is("alice"))
                        .items())
                .hasSize(2);
        assertThat(projector
                        .readModel(fragile)
                        .get("1", version("1", 3))
                        .orElseThrow()
                        .content()
                        .count())
                .isEqualTo(2);
        assertThat(projector
                        .readModel(Deposits.OF_OWNERS)
                        .get("alice", version("2", 4))
                        .orElseThrow()
                        .content()
                        .count())
                .isEqualTo(5);
        assertThat(projector.readModel(deposits).get("unknown")).isEmpty();
        store.delete(StreamId.of("Account", "1"));
        projector.drain(Patience.LIMIT);
        assertThat(projector.readModel(deposits).get("1")).isEmpty();
        assertThat(projector
                        .readModel(Deposits.OF_OWNERS)
                        .get("alice")
                        .orElseThrow()
                        .content()
                        .count())
                .isEqualTo(3);
    }

    @Test
    void read_that_needs_an_undelivered_event_fails_by_name() {
        Projector projector = started();
        open("1", 1);
        projector.drain(Patience.LIMIT);

        assertThatThrownBy(() -> projector.readModel(deposits).get("1", version("1", 3)))
                .isInstanceOfSatisfying(
                        ReadModelUnavailableException.class,
                        e -> assertThat(e.retryAfter()).isPresent())
                .hasMessageContaining("Account-1")
                .hasMessageContaining("version 2")
                .hasMessageContaining("no event store");
        assertThatThrownBy(() -> projector
                        .readModel(deposits)
                        .waiting(Duration.ofMillis(30))
                        .find(Filter.where("owner").is("alice"), version("2", 1)))
                .isInstanceOf(ReadModelUnavailableException.class);
        assertThatThrownBy(() -> projector.readModel(Deposits.OF_OWNERS).get("alice", version("1", 3)))
                .isInstanceOf(ReadModelUnavailableException.class);
        projector.acknowledged(version("1", 3));
        assertThatThrownBy(() -> projector.readModel(deposits).get("1"))
                .isInstanceOf(ReadModelUnavailableException.class);
        assertThatThrownBy(() -> projector.readModel(deposits).waiting(Duration.ofSeconds(-1)))
                .hasMessageContaining("PT-1S");
    }

    @Test
    void read_waits_until_the_event_is_delivered() throws Exception {
        Projector projector = started();
        open("1", 1);
        projector.drain(Patience.LIMIT);
        try (Waiting readers = new Waiting()) {
            Future<Integer> read = readers.start(() -> projector
                    .readModel(deposits)
                    .waiting(Patience.LIMIT)
                    .get("1", version("1", 3))
                    .orElseThrow()
                    .content()
                    .count());
            readers.awaitIn(ReadRepair.class, 1);
            accounts.update("1", UpdateContext.empty(), account -> account.deposit("5"));

            assertThat(read.get()).isEqualTo(2);
        }
    }

    @Test
    void gap_parks_the_stream_and_no_other() {
        lost.addAll(List.of("1@2", "2@1"));
        Projector projector = started();
        open("1", 3);
        open("2", 3);
        open("3", 3);
        projector.drain(Patience.LIMIT);

        ReadModel<Deposits> model = projector.readModel(deposits);
        ReadDocument<Deposits> parked = model.get("1").orElseThrow();
        assertThat(parked.parked()).isTrue();
        assertThat(parked.content().count()).isZero();
        assertThatThrownBy(() -> model.waiting(Patience.LIMIT).get("1", version("1", 2)))
                .isInstanceOfSatisfying(
                        StreamParkedException.class,
                        e -> assertThat(e.sequenceNumber()).isEqualTo(2));
        assertThat(model.get("2")).isEmpty();
        assertThatThrownBy(() -> model.get("2", version("2", 1))).isInstanceOf(StreamParkedException.class);
        assertThat(model.get("3").orElseThrow().content().count()).isEqualTo(3);
        assertThat(projector.status().get(0).counts().parked()).isEqualTo(2);
    }

    @Test
    void gaps_of_any_number_of_streams_do_not_stop_the_others() {
        for (int i = 0; i < 40; i++) {
            lost.add(i + "@1");
        }
        Projector projector = started();
        for (int i = 0; i <= 40; i++) {
            open("" + i, 1);
        }
        projector.drain(Patience.LIMIT);

        assertThat(projector.readModel(deposits).get("40")).isPresent();
        assertThat(projector.status().get(0).counts().parked()).isEqualTo(40);
    }

    @Test
    void poison_event_parks_the_stream_for_the_projection_that_fails() {
        Projector projector = started();
        poisonous.set(true);
        open("1", 2);
        projector.drain(Patience.LIMIT);

        assertThat(Deposits.count(projector, deposits, "1")).isEqualTo(2);
        assertThat(projector.readModel(fragile).get("1").orElseThrow().parked()).isTrue();
    }

    @Test
    void operations_that_need_the_event_store_fail_by_name_and_succeed_where_it_is() {
        Projector projector = started();
        lost.add("1@2");
        open("1", 2);
        projector.drain(Patience.LIMIT);
        assertThatThrownBy(() -> projector.rebuild(deposits)).hasMessageContaining("rebuild needs the event store");
        assertThatThrownBy(() -> projector.rebuildDocument(deposits, "1"))
                .hasMessageContaining("rebuildDocument needs");
        assertThatThrownBy(() -> projector.verify(deposits, VerifyOptions.all()))
                .hasMessageContaining("verify needs");
        assertThatThrownBy(() -> projector.retryParked(deposits)).hasMessageContaining("retryParked needs");
        Projector other = withEventStore(deposits, false);

        assertThat(other.retryParked(deposits)).isOne();
        assertThat(Deposits.count(projector, deposits, "1")).isEqualTo(2);
        accounts.update("1", UpdateContext.empty(), account -> account.deposit("5"));
        projector.drain(Patience.LIMIT);
        assertThat(projector.readModel(deposits).get("1", version("1", 4))).isPresent();
    }

    @Test
    void lost_documents_are_not_replaced_by_empty_ones() {
        Projector before = started();
        open("1", 1);
        before.drain(Patience.LIMIT);
        before.close();
        documents.drop(deposits.schema());

        assertThatThrownBy(this::started)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("deposits-1")
                .hasMessageContaining("no event store");
    }

    @Test
    void rebuild_is_left_to_an_instance_with_the_event_store() {
        Projector before = started();
        open("1", 1);
        before.drain(Patience.LIMIT);
        before.close();
        withEventStore(deposits, false).rebuild(deposits);

        assertThatThrownBy(this::started)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("deposits-1")
                .hasMessageContaining("no event store");
        withEventStore(deposits, true).drain(Patience.LIMIT);
        Projector after = started();
        assertThat(Deposits.count(after, deposits, "1")).isOne();
    }

    @Test
    void new_version_is_built_where_the_event_store_is_and_followed_without_it() {
        Projector old = started();
        open("1", 1);
        old.drain(Patience.LIMIT);
        old.close();
        Projector.Builder next = Projector.builder(feed, documents)
                .sharedSubscription("accounts")
                .project(deposits)
                .project(newDeposits);
        assertThatThrownBy(next::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("deposits-2")
                .hasMessageContaining("no event store");
        Projector building = withEventStore(newDeposits, true);
        building.drain(Patience.LIMIT);
        Projector following = started(next);
        building.close();
        following.activate(newDeposits);
        accounts.update("1", UpdateContext.empty(), account -> account.deposit("5"));
        following.drain(Patience.LIMIT);

        assertThat(following
                        .readModel(newDeposits)
                        .find(Filter.where("owner").is("alice"))
                        .items())
                .singleElement()
                .satisfies(found -> assertThat(found.content().count()).isEqualTo(2));
        assertThat(following
                        .readModel(newDeposits)
                        .get("1", version("1", 3))
                        .orElseThrow()
                        .parked())
                .isFalse();
    }
}
