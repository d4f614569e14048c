package io.daybook.projection;

import static org.assertj.core.api.Assertions.assertThat;
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
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.Scan;
import io.daybook.serialization.JacksonEventSerializer;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VersionsTest {

    record Balance(String owner, BigDecimal amount) {}

    record Owner(String owner) {}

    private final InMemoryEventStore store =
            new InMemoryEventStore(JacksonEventSerializer.of(Account.TYPE.eventTypes()));
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);
    private final InMemoryEventFeed feed = new InMemoryEventFeed(store);
    private final InMemoryReadModelStore readModels = new InMemoryReadModelStore();
    private Projector projector;

    private static Projection.Builder<Balance> balances(int version) {
        return Projection.named("balances", version, Account.TYPE, Balance.class)
                .on(AccountOpened.class, (none, event, metadata) -> new Balance(event.owner(), BigDecimal.ZERO))
                .on(
                        MoneyDeposited.class,
                        (balance, event, metadata) ->
                                new Balance(balance.owner(), balance.amount().add(event.amount())))
                .index("owner", Balance::owner);
    }

    private static Projection<Balance> complete(int version) {
        return balances(version).ignoring(MoneyWithdrawn.class).build();
    }

    private Projector start(ProjectionDefinition... projections) {
        Projector.Builder builder = Projector.builder(feed, store, readModels);
        for (ProjectionDefinition projection : projections) {
            builder.project(projection);
        }
        projector = builder.start();
        return projector;
    }

    private void restart(ProjectionDefinition... projections) {
        projector.close();
        start(projections);
    }

    private void open(int count) {
        for (int i = 0; i < count; i++) {
            accounts.create("a" + i, UpdateContext.empty(), account -> {
                account.open("alice", Instant.EPOCH);
                account.deposit("10");
            });
        }
    }

    private ReadModelState stateOf(int version) {
        return projector.status().stream()
                .filter(status -> status.version() == version)
                .findFirst()
                .orElseThrow()
                .state();
    }

    @AfterEach
    void closeProjector() {
        if (projector != null) {
            projector.close();
        }
    }

    @Test
    void new_projection_is_built_by_a_scan_that_writes_each_document_once() {
        open(2_500);
        Projection<Balance> balances = complete(1);
        start(balances).drain(Patience.LIMIT);

        assertThat(stateOf(1)).isEqualTo(ReadModelState.ACTIVE);
        ProjectorStatus status = projector.status().get(0);
        assertThat(status.counts().written()).isEqualTo(2_500);
        assertThat(status.counts().folded()).isEqualTo(5_000);
        assertThat(status.counts().gaps()).isZero();
        assertThat(status.subscription().handled()).isZero();
        Filter all = Filter.where("owner").is("alice").limit(100);
        assertThat(projector.readModel(balances).find(all).items()).hasSize(100);
    }

    @Test
    void version_beside_an_active_one_answers_only_after_it_is_activated() {
        open(3);
        start(complete(1)).drain(Patience.LIMIT);
        Projection<Balance> second = complete(2);
        restart(complete(1), second);
        projector.drain(Patience.LIMIT);

        assertThat(stateOf(1)).isEqualTo(ReadModelState.ACTIVE);
        assertThat(stateOf(2)).isEqualTo(ReadModelState.CAUGHT_UP);
        assertThatThrownBy(() -> projector.readModel(second).find(Filter.all()))
                .isInstanceOfSatisfying(
                        ReadModelNotReadyException.class,
                        e -> assertThat(e.state()).isEqualTo(ReadModelState.CAUGHT_UP))
                .hasMessageContaining("balances-2");
        projector.activate(second);
        assertThat(projector.readModel(second).find(Filter.all()).items()).hasSize(3);
        restart(second);
        assertThat(projector.readModel(second).find(Filter.all()).items()).hasSize(3);
    }

    @Test
    void operations_take_projections_of_both_kinds() {
        open(3);
        Projection<Balance> balances = complete(1);
        GroupedProjection<Owner, Owner> owners = GroupedProjection.named("owners", 1, Owner.class, Owner.class)
                .contribution(
                        Account.TYPE,
                        share -> share.on(AccountOpened.class, (none, event, metadata) -> new Owner(event.owner()))
                                .ignoringOthers())
                .groupedBy(Owner::owner)
                .startingWith(Owner::new)
                .adding((summary, share) -> summary)
                .removing((summary, share) -> summary)
                .build();
        start(balances, owners).drain(Patience.LIMIT);

        for (ProjectionDefinition each : List.of(balances, owners)) {
            projector.rebuild(each);
            projector.drain(Patience.LIMIT);
            projector.activate(each);
            assertThat(projector.retryParked(each)).isZero();
            assertThat(projector.verify(each, VerifyOptions.all()))
                    .matches(VerifyReport::isClean)
                    .matches(report -> report.checked() == 3);
        }
    }

    @Test
    void rebuild_deletes_the_documents_and_builds_them_again() {
        open(3);
        Projection<Balance> balances = complete(1);
        start(balances).drain(Patience.LIMIT);
        projector.rebuild(balances);
        projector.drain(Patience.LIMIT);

        assertThat(stateOf(1)).isEqualTo(ReadModelState.ACTIVE);
        assertThat(projector.readModel(balances).find(Filter.all()).items())
                .hasSize(3)
                .allSatisfy(document -> assertThat(document.revision()).isOne());
        projector.rebuildDocument(balances, "a1");
        assertThat(projector.readModel(balances).get("a1").orElseThrow().revision())
                .isEqualTo(2);
    }

    @Test
    void dropped_version_has_no_documents_and_can_be_rebuilt() {
        open(3);
        Projection<Balance> first = complete(1);
        Projection<Balance> second = complete(2);
        start(first).drain(Patience.LIMIT);
        restart(first, second);
        projector.drain(Patience.LIMIT);
        projector.activate(second);
        Projector both = projector;
        assertThatThrownBy(() -> both.drop("balances", 1)).hasMessageContaining("this projector runs");
        start(second);
        assertThatThrownBy(() -> projector.drop("balances", 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("balances-1");
        assertThat(both.readModel(first).find(Filter.all()).items()).hasSize(3);
        both.close();
        projector.drop("balances", 1);
        projector.drop("balances", 1);
        both.drop("balances", 1);

        assertThat(readModels.open(first.schema()).scan(Scan.all(), "").items()).isEmpty();
        assertThatThrownBy(() -> both.readModel(first).get("a1")).isInstanceOf(ReadModelNotReadyException.class);
        assertThat(projector.readModel(second).find(Filter.all()).items()).hasSize(3);
        restart(first, second);
        assertThat(stateOf(1)).isEqualTo(ReadModelState.DROPPED);
        assertThatThrownBy(() -> projector.readModel(first).get("a1")).isInstanceOf(ReadModelNotReadyException.class);
        assertThat(readModels.open(first.schema()).scan(Scan.all(), "").items()).isEmpty();
        projector.rebuild(first);
        Patience.await().until(() -> stateOf(1) == ReadModelState.CAUGHT_UP);
        assertThat(projector.readModel(first).get("a1")).isPresent();
    }

    @Test
    void only_active_version_beside_others_is_not_dropped() {
        open(3);
        start(complete(1)).drain(Patience.LIMIT);
        restart(complete(1), complete(2));
        projector.drain(Patience.LIMIT);
        projector.close();
        assertThatThrownBy(() -> projector.drop("balances", 1)).hasMessageContaining("activate another version");
        projector.drop("balances", 2);
        projector.drop("balances", 1);
        assertThatThrownBy(() -> projector.drop("balances", 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("balances-3");
    }

    @Test
    void version_that_another_instance_builds_is_not_dropped() {
        open(3);
        start(complete(1)).drain(Patience.LIMIT);
        VersionStates states = new VersionStates(readModels);
        VersionState building = VersionState.empty("i", complete(2).fingerprint());
        states.create(complete(2).schema(), building.ownedBy("other", Instant.now()));

        assertThatThrownBy(() -> projector.drop("balances", 2)).hasMessageContaining("is being built");
    }

    @Test
    void documents_that_were_deleted_are_built_again_after_a_restart() {
        open(3);
        Projection<Balance> balances = complete(1);
        start(balances).drain(Patience.LIMIT);
        projector.close();
        readModels.drop(balances.schema());
        start(balances).drain(Patience.LIMIT);

        assertThat(projector.readModel(balances).find(Filter.all()).items()).hasSize(3);
    }

    @Test
    void refuses_changed_projection_under_the_same_version() {
        start(complete(1));
        Projection<Balance> handles = balances(1)
                .on(MoneyWithdrawn.class, (balance, event, metadata) -> balance)
                .build();
        Projection<Balance> indexed = balances(1)
                .ignoring(MoneyWithdrawn.class)
                .index("amount", Balance::amount)
                .build();
        Projection<Owner> shaped = Projection.named("balances", 1, Account.TYPE, Owner.class)
                .on(AccountOpened.class, (none, event, metadata) -> new Owner(event.owner()))
                .on(MoneyDeposited.class, (owner, event, metadata) -> owner)
                .ignoring(MoneyWithdrawn.class)
                .index("owner", Owner::owner)
                .build();

        assertThatThrownBy(() -> restart(handles))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("MoneyWithdrawn, which it ignored before")
                .hasMessageContaining("increase its version");
        assertThatThrownBy(() -> restart(indexed)).hasMessageContaining("has the indexes [amount, owner]");
        assertThatThrownBy(() -> restart(shaped)).hasMessageContaining("a different shape");
        restart(complete(1));
    }

    @Test
    void added_event_type_is_accepted_and_stored() {
        Fingerprint before = complete(1).fingerprint();
        Fingerprint more = new Fingerprint(
                Set.of("Account/AccountOpened", "Account/MoneyDeposited", "Account/AccountClosed"),
                before.ignored(),
                before.ignoresOthers(),
                before.shape(),
                before.indexes());

        more.requireFits("balances-1", before);
        assertThatThrownBy(() -> before.requireFits("balances-1", more))
                .hasMessageContaining("does not handle Account/AccountClosed");
    }
}
