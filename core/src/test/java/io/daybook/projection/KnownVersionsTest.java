package io.daybook.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.account.Account;
import io.daybook.account.ScriptedEventStore;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.UpdateContext;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemoryReadModelStore;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.readmodel.Filter;
import io.daybook.serialization.JacksonEventSerializer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What read models do with tokens that are ahead of their streams. The feed delivers nothing, so each look at the event store is a read's. */
class KnownVersionsTest {

    private static final Projection<Deposits> DEPOSITS = Deposits.ofAccounts("deposits", 1);

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    private final Clock clock = ((InstantSource) now::get).withZone(ZoneOffset.UTC);
    private final ScriptedEventStore store = new ScriptedEventStore();
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);
    private final Projector projector = Projector.builder(
                    new InMemoryEventFeed(new InMemoryEventStore(JacksonEventSerializer.of(Account.TYPE.eventTypes()))),
                    store,
                    new InMemoryReadModelStore())
            .project(DEPOSITS)
            .project(Deposits.OF_OWNERS)
            .clock(clock)
            .start();
    private final ReadModel<Deposits> deposits = projector.readModel(DEPOSITS);
    private final GroupedReadModel<Deposits, Deposits> ofOwners = projector.readModel(Deposits.OF_OWNERS);

    private static ConsistencyToken version(long version) {
        return ConsistencyToken.of(StreamId.of("Account", "1"), version);
    }

    private void open() {
        accounts.create("1", UpdateContext.empty(), account -> account.open("alice", Instant.EPOCH));
        store.calls();
    }

    private void deposit() {
        accounts.update("1", UpdateContext.empty(), account -> account.deposit("5"));
        store.calls();
    }

    private void passes(Duration time) {
        now.updateAndGet(before -> before.plus(time));
    }

    private int count(long version) {
        return deposits.get("1", version(version)).orElseThrow().content().count();
    }

    private int sum(long version) {
        return ofOwners.get("alice", version(version)).orElseThrow().content().count();
    }

    @AfterEach
    void closeProjector() {
        projector.close();
    }

    @Test
    void stream_that_lacks_the_version_of_a_token_is_not_read_again_for_a_second() {
        open();
        assertThat(count(9)).isZero();
        assertThat(store.calls()).hasSize(1);
        passes(Duration.ofMillis(999));
        assertThat(count(9)).isZero();
        assertThat(count(10)).isZero();
        assertThat(deposits.find(Filter.where("owner").is("alice"), version(9)).items())
                .hasSize(1);
        assertThat(store.calls()).isEmpty();
        deposit();
        passes(Duration.ofMillis(1));

        assertThat(count(9)).isOne();
        assertThat(store.calls()).hasSize(1);
    }

    @Test
    void grouped_read_models_share_the_memory_of_the_projector() {
        open();
        assertThat(sum(9)).isZero();
        assertThat(store.calls()).hasSize(1);
        assertThat(sum(9)).isZero();
        assertThat(store.calls()).isEmpty();
        assertThat(count(9))
                .as("a document that is behind is brought to the end")
                .isZero();
        assertThat(store.calls()).hasSize(1);
    }

    @Test
    void token_of_a_version_below_the_missing_one_is_never_answered_with_less() {
        open();
        assertThat(count(9)).isZero();
        deposit();
        assertThat(count(2)).isOne();
        deposit();
        assertThat(count(3)).isEqualTo(2);
        assertThat(sum(3)).isEqualTo(2);
    }

    @Test
    void acknowledged_version_is_looked_for_although_it_was_missing() {
        open();
        assertThat(count(2)).isZero();
        assertThat(sum(2)).isZero();
        deposit();
        projector.acknowledged(version(2));

        assertThat(count(2)).isOne();
        assertThat(sum(2)).isOne();
    }

    @Test
    void missing_document_is_looked_for_in_each_read_without_token() {
        assertThat(deposits.get("1")).isEmpty();
        assertThat(deposits.get("1", ConsistencyToken.none())).isEmpty();
        open();

        assertThat(deposits.get("1")).isPresent();
        assertThat(count(1)).isZero();
    }

    @Test
    void memory_of_versions_is_bounded() {
        KnownVersions versions = new KnownVersions(clock);
        for (int i = 0; i <= KnownVersions.MAX_STREAMS; i++) {
            versions.acknowledged(ConsistencyToken.of(StreamId.of("Account", "" + i), 5));
            versions.acknowledged(ConsistencyToken.of(StreamId.of("Account", "kept"), 7));
            versions.lacks(StreamId.of("Other", "" + i), 5, 4);
        }

        assertThat(versions.acknowledgedOf(StreamId.of("Account", "1"))).isZero();
        assertThat(versions.acknowledgedOf(StreamId.of("Account", "2"))).isEqualTo(5);
        assertThat(versions.acknowledgedOf(StreamId.of("Account", "kept"))).isEqualTo(7);
        assertThat(versions.isLacking(StreamId.of("Other", "0"), 5, 4)).isFalse();
        assertThat(versions.isLacking(StreamId.of("Other", "1"), 5, 4)).isTrue();
    }
}
