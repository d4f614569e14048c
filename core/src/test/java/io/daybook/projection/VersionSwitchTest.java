package io.daybook.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.daybook.account.Account;
import io.daybook.account.AccountEvent.AccountOpened;
import io.daybook.account.AccountEvent.MoneyDeposited;
import io.daybook.account.AccountEvent.MoneyWithdrawn;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.UpdateContext;
import io.daybook.contract.Patience;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemoryReadModelStore;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.Page;
import io.daybook.serialization.JacksonEventSerializer;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What readers see while a new version of a read model takes over from an old one. */
class VersionSwitchTest {

    record First(BigDecimal amount) {
        Second upgraded() {
            return new Second(amount, UNKNOWN);
        }
    }

    record Second(BigDecimal amount, int movements) {
        Second plus(BigDecimal change) {
            return new Second(amount.add(change), movements + 1);
        }
    }

    record Owner(String owner) {}

    record Total(int accounts) {}

    private static final int UNKNOWN = -1;
    private static final Projection<First> V1 = Projection.named("balances", 1, Account.TYPE, First.class)
            .on(AccountOpened.class, (none, event, metadata) -> new First(BigDecimal.ZERO))
            .on(
                    MoneyDeposited.class,
                    (first, event, metadata) -> new First(first.amount().add(event.amount())))
            .ignoring(MoneyWithdrawn.class)
            .build();
    private static final Projection<Second> V2 = Projection.named("balances", 2, Account.TYPE, Second.class)
            .on(AccountOpened.class, (none, event, metadata) -> new Second(BigDecimal.ZERO, 0))
            .on(MoneyDeposited.class, (second, event, metadata) -> second.plus(event.amount()))
            .ignoring(MoneyWithdrawn.class)
            .build();
    private static final GroupedProjection<Owner, Total> TOTALS_1 = totals(1, 1);
    private static final GroupedProjection<Owner, Total> TOTALS_2 = totals(2, 100);

    private static GroupedProjection<Owner, Total> totals(int version, int weight) {
        return GroupedProjection.named("totals", version, Owner.class, Total.class)
                .contribution(
                        Account.TYPE,
                        share -> share.on(AccountOpened.class, (none, event, metadata) -> new Owner(event.owner()))
                                .ignoringOthers())
                .groupedBy(Owner::owner)
                .startingWith(owner -> new Total(0))
                .adding((total, share) -> new Total(total.accounts() + weight))
                .removing((total, share) -> new Total(total.accounts() - weight))
                .build();
    }

    private final InMemoryEventStore store =
            new InMemoryEventStore(JacksonEventSerializer.of(Account.TYPE.eventTypes()));
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);
    private final InMemoryEventFeed feed = new InMemoryEventFeed(store);
    private final InMemoryReadModelStore readModels = new InMemoryReadModelStore();
    private final Deque<Projector> started = new ArrayDeque<>();

    private Projector start(ProjectionDefinition... projections) {
        Projector.Builder builder = Projector.builder(feed, store, readModels);
        List.of(projections).forEach(builder::project);
        Projector projector = builder.start();
        started.push(projector);
        projector.drain(Patience.LIMIT);
        return projector;
    }

    /** Starts an instance in which the first version answers, and the second one has caught up. */
    private Projector startBoth() {
        for (int i = 0; i < 5; i++) {
            accounts.create("a" + i, UpdateContext.empty(), account -> {
                account.open("alice", Instant.EPOCH);
                account.deposit("10");
            });
        }
        start(V1, TOTALS_1).close();
        return start(V1, V2, TOTALS_1, TOTALS_2);
    }

    private static ReadModel<Second> balances(Projector projector) {
        return projector.readModel(V2).fallingBackTo(projector.readModel(V1), First::upgraded);
    }

    private static GroupedReadModel<Owner, Total> totals(Projector projector) {
        return projector
                .readModel(TOTALS_2)
                .fallingBackTo(projector.readModel(TOTALS_1), total -> new Total(total.accounts() + 1_000));
    }

    private static List<Integer> movements(Page<ReadDocument<Second>> page) {
        return page.items().stream().map(each -> each.content().movements()).toList();
    }

    private static List<String> keys(Page<? extends ReadDocument<?>> page) {
        return page.items().stream().map(ReadDocument::key).toList();
    }

    private ConsistencyToken deposit(String id) {
        return accounts.update(id, UpdateContext.empty(), account -> account.deposit("5"))
                .consistencyToken();
    }

    @AfterEach
    void closeProjectors() {
        started.forEach(Projector::close);
    }

    @Test
    void older_version_answers_until_the_newer_one_is_active() {
        Projector projector = startBoth();
        ReadModel<Second> balances = balances(projector);

        assertThat(balances.get("a0").orElseThrow().content()).isEqualTo(new Second(BigDecimal.TEN, UNKNOWN));
        assertThat(movements(balances.find(Filter.all()))).containsOnly(UNKNOWN).hasSize(5);
        projector.activate(V2);
        assertThat(balances.get("a0").orElseThrow().content()).isEqualTo(new Second(BigDecimal.TEN, 1));
        assertThat(movements(balances.find(Filter.all()))).containsOnly(1).hasSize(5);
    }

    @Test
    void only_active_version_is_reported_as_active() {
        Projector projector = startBoth();
        ReadModel<Second> balances = balances(projector);
        GroupedReadModel<Owner, Total> totals = totals(projector);

        assertThat(projector.readModel(V1).isActive()).isTrue();
        assertThat(projector.readModel(TOTALS_1).isActive()).isTrue();
        assertThat(balances.isActive()).isFalse();
        assertThat(totals.isActive()).isFalse();
        projector.activate(V2);
        projector.activate(TOTALS_2);
        assertThat(balances.isActive()).isTrue();
        assertThat(totals.isActive()).isTrue();
    }

    @Test
    void version_that_is_being_built_is_not_active() {
        try (Projector reading = Projector.builder(feed, store, readModels)
                .project(V1)
                .following(false)
                .start()) {
            assertThat(reading.readModel(V1).isActive()).isFalse();
        }
    }

    @Test
    void summaries_of_the_older_version_answer_until_the_newer_one_is_active() {
        Projector projector = startBoth();
        GroupedReadModel<Owner, Total> totals = totals(projector);

        assertThat(totals.get("alice").orElseThrow().content()).isEqualTo(new Total(1_005));
        assertThat(totals.find(Filter.all()).items().get(0).content()).isEqualTo(new Total(1_005));
        projector.activate(TOTALS_2);
        assertThat(totals.get("alice").orElseThrow().content()).isEqualTo(new Total(500));
        assertThat(totals.find(Filter.all()).items().get(0).content()).isEqualTo(new Total(500));
    }

    @Test
    void reader_with_a_token_never_goes_back_during_the_switch() {
        Projector projector = startBoth();
        projector.close(); // nothing follows, so a read without repair would be older
        ReadModel<Second> balances = balances(projector);
        GroupedReadModel<Owner, Total> totals = totals(projector);

        ConsistencyToken before = deposit("a0");
        ReadDocument<Second> old = balances.get("a0", before).orElseThrow();
        assertThat(old.content()).isEqualTo(new Second(new BigDecimal("15"), UNKNOWN));
        assertThat(balances.find(Filter.all(), before).items().get(0).content()).isEqualTo(old.content());
        projector.activate(V2);
        assertThat(balances.get("a0", old.token()).orElseThrow().content())
                .isEqualTo(new Second(new BigDecimal("15"), 2));
        ConsistencyToken after = deposit("a1");
        assertThat(balances.find(Filter.all(), after).items().get(1).content())
                .isEqualTo(new Second(new BigDecimal("15"), 2));

        ConsistencyToken sixth = accounts.create(
                        "a5", UpdateContext.empty(), account -> account.open("alice", Instant.EPOCH))
                .consistencyToken();
        assertThat(totals.get("alice", sixth).orElseThrow().content()).isEqualTo(new Total(1_006));
        projector.activate(TOTALS_2);
        assertThat(totals.get("alice", sixth).orElseThrow().content()).isEqualTo(new Total(600));
    }

    @Test
    void list_ends_in_the_version_in_which_it_began() {
        Projector projector = startBoth();
        ReadModel<Second> balances = balances(projector);
        Filter two = Filter.all().limit(2);
        Page<ReadDocument<Second>> first = balances.find(two);
        projector.activate(V2);
        Page<ReadDocument<Second>> second = balances.find(two.after(first.next().orElseThrow()));
        Page<ReadDocument<Second>> third = balances.find(two.after(second.next().orElseThrow()), deposit("a4"));

        assertThat(keys(first)).containsExactly("a0", "a1");
        assertThat(keys(second)).containsExactly("a2", "a3");
        assertThat(keys(third)).containsExactly("a4");
        assertThat(movements(second)).containsOnly(UNKNOWN);
        assertThat(movements(third)).containsOnly(UNKNOWN);
        assertThat(third.items().get(0).content().amount()).isEqualByComparingTo("15");
        Page<ReadDocument<Second>> anew = balances.find(two);
        assertThat(movements(balances.find(two.after(anew.next().orElseThrow()))))
                .containsOnly(1);
        Filter unknown = two.after("nonsense");
        assertThatIllegalArgumentException().isThrownBy(() -> balances.find(unknown));
    }

    @Test
    void list_of_a_dropped_version_begins_again() {
        Projector projector = startBoth();
        ReadModel<Second> balances = balances(projector);
        Filter two = Filter.all().limit(2);
        Filter rest = two.after(balances.find(two).next().orElseThrow());
        projector.activate(V2);
        projector.close();
        Projector next = start(V2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> next.readModel(V2).find(rest))
                .withMessageContaining("begin with the first page");
        next.drop("balances", 1);
        projector.drop("balances", 1); // which learns that it is dropped

        assertThatIllegalArgumentException()
                .isThrownBy(() -> balances.find(rest))
                .withMessageContaining("begin with the first page");
        assertThat(movements(balances.find(two))).containsOnly(1);
    }

    @Test
    void list_continues_in_an_instance_that_has_not_learned_of_the_activation() {
        Projector late = startBoth();
        late.close(); // so that it does not read the state again
        Projector early = start(V1, V2, TOTALS_1, TOTALS_2);
        early.activate(V2);
        early.activate(TOTALS_2);
        Filter two = Filter.all().limit(2);
        Page<ReadDocument<Second>> first = balances(early).find(two);
        Page<ReadDocument<Second>> second =
                balances(late).find(two.after(first.next().orElseThrow()));

        assertThat(movements(balances(late).find(two))).containsOnly(UNKNOWN);
        assertThat(keys(second)).containsExactly("a2", "a3");
        assertThat(movements(second)).containsOnly(1);
        Filter one = Filter.all().limit(1);
        Filter rest = one.after(totals(early).find(one).next().orElseThrow());
        assertThat(totals(late).find(rest).items()).isEmpty();
    }

    @Test
    void summary_is_refused_while_its_version_is_built() {
        accounts.create("a0", UpdateContext.empty(), account -> account.open("alice", Instant.EPOCH));
        Projector reading = Projector.builder(feed, store, readModels)
                .project(TOTALS_1)
                .following(false)
                .start();
        started.push(reading);
        GroupedReadModel<Owner, Total> totals = reading.readModel(TOTALS_1);

        assertThatThrownBy(() -> totals.get("alice")).isInstanceOf(ReadModelNotReadyException.class);
        assertThatThrownBy(() -> totals.contributions("alice", "")).isInstanceOf(ReadModelNotReadyException.class);
    }

    @Test
    void refuses_another_read_model_in_place_of_an_older_version() {
        Projector projector = startBoth();
        ReadModel<First> first = projector.readModel(V1);
        ReadModel<Second> second = projector.readModel(V2);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> first.fallingBackTo(second, later -> new First(later.amount())))
                .withMessageContaining("balances-1")
                .withMessageContaining("balances-2");
        assertThatIllegalArgumentException().isThrownBy(() -> second.fallingBackTo(second, same -> same));
    }
}
