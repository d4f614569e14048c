package io.daybook.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.daybook.account.Account;
import io.daybook.account.AccountEvent;
import io.daybook.account.AccountEvent.AccountOpened;
import io.daybook.account.AccountEvent.MoneyDeposited;
import io.daybook.account.AccountEvent.MoneyWithdrawn;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.UpdateContext;
import io.daybook.contract.Patience;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemoryReadModelStore;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.Page;
import io.daybook.readmodel.ReadModelUnavailableException;
import io.daybook.serialization.JacksonEventSerializer;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProjectorTest {

    record Balance(String owner, BigDecimal amount) {}

    private final AtomicBoolean poisonous = new AtomicBoolean();
    private volatile Supplier<Throwable> failure = () -> new IllegalStateException("poison");
    private final InMemoryEventStore store =
            new InMemoryEventStore(JacksonEventSerializer.of(Account.TYPE.eventTypes()));
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);
    private final Projection<Balance> balances = Projection.named("balances", 1, Account.TYPE, Balance.class)
            .on(AccountOpened.class, (none, event, metadata) -> new Balance(event.owner(), BigDecimal.ZERO))
            .on(MoneyDeposited.class, (balance, event, metadata) -> deposited(balance, event))
            .ignoring(MoneyWithdrawn.class)
            .index("owner", Balance::owner)
            .index("amount", Balance::amount)
            .listedBy("amount", "owner")
            .build();
    private final Projector projector = Projector.builder(
                    new InMemoryEventFeed(store), store, new InMemoryReadModelStore())
            .project(balances)
            .parkAfter(2)
            .start();
    private final ReadModel<Balance> model = projector.readModel(balances);

    private Balance deposited(Balance balance, MoneyDeposited event) {
        if (poisonous.get() && event.amount().intValue() == 13) {
            Throwable thrown = failure.get();
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) thrown;
        }
        return new Balance(balance.owner(), balance.amount().add(event.amount()));
    }

    private void open(String id, String owner, String... deposits) {
        accounts.createOrUpdate(id, UpdateContext.empty(), account -> {
            account.open(owner, Instant.EPOCH);
            for (String amount : deposits) {
                account.deposit(amount);
            }
        });
    }

    private static StreamId stream(String id) {
        return StreamId.of("Account", id);
    }

    @AfterEach
    void closeProjector() {
        projector.close();
    }

    @Test
    void documents_follow_the_feed_and_are_listed_page_by_page() {
        open("1", "alice", "30");
        open("2", "alice", "4");
        open("3", "bob", "5");
        open("4", "alice", "200.50");
        projector.drain(Patience.LIMIT);

        Filter filter =
                Filter.where("owner").is("alice").orderBy("amount").descending().limit(2);
        Page<ReadDocument<Balance>> first = model.find(filter);
        Page<ReadDocument<Balance>> second =
                model.find(filter.after(first.next().orElseThrow()));
        assertThat(first.items()).extracting(ReadDocument::key).containsExactly("4", "1");
        assertThat(second.items()).extracting(ReadDocument::key).containsExactly("2");
        assertThat(second.next()).isEmpty();
        assertThatThrownBy(() -> model.find(Filter.all().orderBy("owner")))
                .hasMessageContaining("no listing sorted by owner");
        assertThat(projector.status().get(0).counts().written()).isGreaterThanOrEqualTo(4);
    }

    @Test
    void read_with_token_shows_the_write_though_the_projector_is_closed() {
        projector.close();
        open("1", "alice", "30");

        assertThat(model.find(Filter.where("owner").is("alice")).items()).isEmpty();
        ConsistencyToken token = ConsistencyToken.of(stream("1"), 2);
        assertThat(model.find(Filter.where("owner").is("alice"), token).items()).hasSize(1);
        accounts.update("1", UpdateContext.empty(), account -> account.deposit("12"));
        assertThat(model.get("1").orElseThrow().content().amount()).isEqualByComparingTo("30");
        ReadDocument<Balance> read =
                model.get("1", ConsistencyToken.of(stream("1"), 3)).orElseThrow();
        assertThat(read.content().amount()).isEqualByComparingTo("42");
        assertThat(read.token().versionOf(stream("1"))).hasValue(3);
        assertThat(model.get("1", ConsistencyToken.of(stream("1"), 99))).isPresent();
        assertThat(model.get("unknown")).isEmpty();
    }

    @Test
    void read_without_token_shows_what_this_process_acknowledged() {
        projector.close();
        open("1", "alice", "30");
        assertThat(model.get("1").orElseThrow().content().amount()).isEqualByComparingTo("30");
        accounts.update("1", UpdateContext.empty(), account -> account.deposit("12"));
        projector.acknowledged(ConsistencyToken.of(stream("1"), 3).and(StreamId.of("Other", "1"), 9));
        projector.acknowledged(ConsistencyToken.of(stream("1"), 2));

        ReadDocument<Balance> read = model.get("1").orElseThrow();
        assertThat(read.content().amount()).isEqualByComparingTo("42");
        assertThat(read.token().versionOf(stream("1"))).hasValue(3);
        assertThat(model.get("1", ConsistencyToken.of(stream("1"), 1))
                        .orElseThrow()
                        .content()
                        .amount())
                .isEqualByComparingTo("42");
    }

    @Test
    void poison_event_parks_its_stream_and_stops_no_other() {
        poisonous.set(true);
        open("1", "alice", "1", "13", "5");
        open("2", "bob", "7");
        projector.drain(Patience.LIMIT);

        assertThat(model.get("2").orElseThrow().content().amount()).isEqualByComparingTo("7");
        ReadDocument<Balance> parked = model.get("1").orElseThrow();
        assertThat(parked.parked()).isTrue();
        assertThat(parked.content().amount()).isEqualByComparingTo("1");
        assertThatThrownBy(() -> model.get("1", ConsistencyToken.of(stream("1"), 4)))
                .isInstanceOfSatisfying(
                        StreamParkedException.class,
                        e -> assertThat(e.sequenceNumber()).isEqualTo(3));
        assertThat(projector.retryParked(balances)).isZero();
        assertThat(projector.parked(balances)).containsOnlyKeys(stream("1")).allSatisfy((stream, parking) -> {
            assertThat(parking.sequenceNumber()).isEqualTo(3);
            assertThat(parking.error()).isEqualTo(IllegalStateException.class.getName());
        });
        poisonous.set(false);
        assertThat(projector.retryParked(balances)).isOne();
        assertThat(projector.parked(balances)).isEmpty();
        assertThat(model.get("1").orElseThrow().content().amount()).isEqualByComparingTo("19");
    }

    static Stream<Throwable> failuresOfAnyEvent() {
        return Stream.of(
                new IllegalStateException(new InterruptedException()),
                new IllegalStateException(new ExecutionException(new OutOfMemoryError("simulated"))),
                new OutOfMemoryError("simulated"),
                new IllegalStateException(new EventStoreUnavailableException("down", Outcome.NOT_STORED, null, null)),
                new ReadModelUnavailableException("down", null, null));
    }

    @ParameterizedTest
    @MethodSource("failuresOfAnyEvent")
    void failure_that_would_hit_any_event_is_retried_and_never_parks(Throwable thrown) {
        failure = () -> thrown;
        poisonous.set(true);
        open("1", "alice", "13");
        Patience.await().until(() -> projector.status().get(0).subscription().failures() > 4);
        assertThat(projector.status().get(0).counts().parked()).isZero();
        poisonous.set(false);
        projector.drain(Patience.LIMIT);

        assertThat(model.get("1").orElseThrow().content().amount()).isEqualByComparingTo("13");
        assertThat(projector.status().get(0).counts().parked()).isZero();
    }

    @Test
    void stack_overflow_of_a_fold_parks_its_stream() {
        failure = StackOverflowError::new;
        poisonous.set(true);
        open("1", "alice", "13");
        projector.drain(Patience.LIMIT);

        assertThat(model.get("1").orElseThrow().parked()).isTrue();
    }

    @Test
    void close_with_a_timeout_reports_whether_the_projector_has_stopped() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        failure = () -> {
            entered.countDown();
            Patience.await().until(() -> released.getCount() == 0);
            return new ReadModelUnavailableException("down", null, null);
        };
        poisonous.set(true);
        open("1", "alice", "13");
        assertThat(entered.await(Patience.LIMIT.toMillis(), TimeUnit.MILLISECONDS))
                .isTrue();

        assertThat(projector.close(Duration.ofMillis(1))).isFalse();
        released.countDown();
        assertThat(projector.close(Patience.LIMIT)).isTrue();
    }

    @Test
    void refuses_to_be_closed_by_its_own_handler() {
        List<Throwable> refusals = new CopyOnWriteArrayList<>();
        failure = () -> {
            refusals.add(catchThrowable(projector::close));
            refusals.add(catchThrowable(() -> projector.close(Duration.ofDays(1))));
            return new ReadModelUnavailableException("down", null, null);
        };
        poisonous.set(true);
        open("1", "alice", "13");
        Patience.await().until(() -> refusals.size() > 1);
        poisonous.set(false);
        projector.drain(Patience.LIMIT);

        assertThat(refusals)
                .allSatisfy(refusal -> assertThat(refusal)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("from another thread"));
        assertThat(model.get("1").orElseThrow().content().amount()).isEqualByComparingTo("13");
        assertThat(projector.close(Patience.LIMIT)).isTrue();
    }

    @Test
    void closed_projector_needs_no_time_to_close_again() {
        projector.close();

        assertThat(projector.close(Duration.ZERO)).isTrue();
    }

    @Test
    void handler_that_fails_for_every_stream_parks_few_of_them() {
        poisonous.set(true);
        for (int i = 0; i < 40; i++) {
            open("" + i, "alice", "13");
        }
        Patience.await()
                .until(() -> projector.status().get(0).counts().parked() == 19
                        && projector.status().get(0).subscription().lastError().contains("could not be projected"));
        poisonous.set(false);
        projector.drain(Patience.LIMIT);

        assertThat(projector.status().get(0).counts().parked()).isEqualTo(19);
        assertThat(projector.retryParked(balances)).isEqualTo(19);
        assertThat(model.find(Filter.where("owner").is("alice")).items()).hasSize(40);
    }

    @Test
    void document_of_deleted_stream_is_gone() {
        open("1", "alice", "30");
        projector.drain(Patience.LIMIT);
        assertThat(model.get("1")).isPresent();
        store.delete(stream("1"));
        projector.drain(Patience.LIMIT);

        assertThat(model.get("1")).isEmpty();
        assertThat(model.get("1", ConsistencyToken.of(stream("1"), 2))).isEmpty();
        assertThat(model.find(Filter.where("owner").is("alice")).items()).isEmpty();
    }

    @Test
    void refuses_projection_that_leaves_an_event_out() {
        assertThatThrownBy(() -> Projection.named("balances", 1, Account.TYPE, Balance.class)
                        .on(AccountOpened.class, (none, event, metadata) -> none)
                        .ignoring(MoneyWithdrawn.class)
                        .build())
                .hasMessageContaining("MoneyDeposited")
                .hasMessageContaining("ignoring");
        assertThatThrownBy(() -> Projection.named("balances", 1, Account.TYPE, Balance.class)
                        .ignoring(MoneyWithdrawn.class)
                        .on(MoneyWithdrawn.class, (balance, event, metadata) -> balance))
                .hasMessageContaining("twice");
        assertThatThrownBy(() -> Projection.named("balances", 1, "Account", AccountEvent.class, Object.class)
                        .ignoringOthers()
                        .build())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void drain_accepts_a_timeout_of_any_length() {
        open("1", "ann", "1.00");
        projector.drain(ChronoUnit.FOREVER.getDuration());

        assertThat(model.get("1")).isPresent();
    }
}
