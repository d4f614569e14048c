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
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemoryReadModelStore;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.readmodel.Filter;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.subscription.SubscriptionStatus.State;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A projector that does not follow the feed answers from what the projector of another process has written. */
class NotFollowingTest {

    record Balance(String owner) {}

    private static final Projection<Balance> BALANCES = Projection.named("balances", 1, Account.TYPE, Balance.class)
            .on(AccountOpened.class, (none, event, metadata) -> new Balance(event.owner()))
            .on(MoneyDeposited.class, (balance, event, metadata) -> balance)
            .ignoring(MoneyWithdrawn.class)
            .index("owner", Balance::owner)
            .build();
    private static final Filter ALL = Filter.where("owner").is("alice");

    private final InMemoryEventStore store =
            new InMemoryEventStore(JacksonEventSerializer.of(Account.TYPE.eventTypes()));
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);
    private final InMemoryReadModelStore readModels = new InMemoryReadModelStore();
    private final Projector answering = projector(false);

    private Projector projector(boolean follows) {
        return Projector.builder(new InMemoryEventFeed(store), store, readModels)
                .project(BALANCES)
                .following(follows)
                .start();
    }

    private void open(String id) {
        accounts.create(id, UpdateContext.empty(), account -> account.open("alice", Instant.EPOCH));
    }

    @AfterEach
    void close() {
        answering.close();
    }

    @Test
    void answers_lists_and_tokens_from_documents_of_another_projector() {
        ReadModel<Balance> model = answering.readModel(BALANCES);
        open("1");
        Projector following = projector(true);
        following.drain(Patience.LIMIT);
        Patience.await()
                .ignoreException(ReadModelNotReadyException.class)
                .untilAsserted(() -> assertThat(model.find(ALL).items()).hasSize(1));
        open("2");
        following.drain(Patience.LIMIT);
        assertThat(model.find(ALL).items()).hasSize(2);

        following.close();
        open("3");
        assertThat(model.find(ALL).items()).hasSize(2);
        ConsistencyToken token = ConsistencyToken.of(StreamId.of(Account.TYPE.name(), "3"), 1);
        assertThat(model.find(ALL, token).items()).hasSize(3);
        assertThat(answering.status().get(0).subscription().state()).isEqualTo(State.WAITING);
        assertThat(answering.status().get(0).counts().folded())
                .as("one read repair")
                .isEqualTo(1);
    }

    @Test
    void refuses_lists_until_another_projector_has_built_the_version() {
        open("1");
        ReadModel<Balance> model = answering.readModel(BALANCES);
        assertThat(model.get("1")).isPresent();
        assertThatThrownBy(() -> model.find(ALL)).isInstanceOf(ReadModelNotReadyException.class);

        try (Projector following = projector(true)) {
            following.drain(Patience.LIMIT);
            Patience.await()
                    .ignoreException(ReadModelNotReadyException.class)
                    .untilAsserted(() -> assertThat(model.find(ALL).items()).hasSize(1));
        }
    }

    @Test
    void refuses_lists_when_the_documents_were_deleted_by_hand() {
        open("1");
        try (Projector following = projector(true)) {
            following.drain(Patience.LIMIT);
        }
        readModels.drop(BALANCES.schema());

        try (Projector later = projector(false)) {
            assertThatThrownBy(() -> later.readModel(BALANCES).find(ALL))
                    .isInstanceOf(ReadModelNotReadyException.class);
        }
    }
}
