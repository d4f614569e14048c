package io.daybook.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.daybook.account.Account;
import io.daybook.account.AccountEvent;
import io.daybook.account.AccountEvent.AccountOpened;
import io.daybook.account.AccountEvent.MoneyDeposited;
import io.daybook.account.AccountEvent.MoneyWithdrawn;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.UpdateContext;
import io.daybook.contract.Patience;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.Page;
import io.daybook.serialization.JacksonEventSerializer;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GroupedProjectionTest {

    record Money(@Nullable String owner, BigDecimal amount) {}

    record Wealth(BigDecimal amount, int accounts) {

        static Wealth none(String owner) {
            return new Wealth(BigDecimal.ZERO, 0);
        }

        Wealth plus(Money money) {
            return new Wealth(amount.add(money.amount()), accounts + 1);
        }

        Wealth minus(Money money) {
            return new Wealth(amount.subtract(money.amount()), accounts - 1);
        }

        Wealth and(Wealth other) {
            return new Wealth(amount.add(other.amount()), accounts + other.accounts());
        }
    }

    private final AtomicBoolean refusing = new AtomicBoolean();
    private final InMemoryEventStore store =
            new InMemoryEventStore(JacksonEventSerializer.of(Account.TYPE.eventTypes()));
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);
    private final CountedReadModelStore documents = new CountedReadModelStore();
    private final List<Projector> projectors = new ArrayList<>();

    /** Accounts by owner. The owner "none" belongs to no group. */
    private GroupedProjection.Builder<Money, Wealth> grouped() {
        return GroupedProjection.named("wealth", 1, Money.class, Wealth.class)
                .contribution(
                        Account.TYPE,
                        money -> money.on(
                                        AccountOpened.class,
                                        (none, event, metadata) -> new Money(event.owner(), BigDecimal.ZERO))
                                .on(
                                        MoneyDeposited.class,
                                        (before, event, metadata) -> new Money(
                                                before.owner(), before.amount().add(event.amount())))
                                .ignoring(MoneyWithdrawn.class))
                .groupedBy(money -> Objects.equals(money.owner(), "none") ? null : money.owner());
    }

    private GroupedProjection.Builder<Money, Wealth> adding() {
        return grouped().startingWith(Wealth::none).adding(this::plus).removing(Wealth::minus);
    }

    private Wealth plus(Wealth wealth, Money money) {
        if (refusing.get() && money.amount().intValue() == 13) {
            throw new IllegalStateException("13 cannot be added");
        }
        return wealth.plus(money);
    }

    private static Wealth richest(List<Money> money) {
        return new Wealth(money.stream().map(Money::amount).reduce(BigDecimal.ZERO, BigDecimal::max), money.size());
    }

    private GroupedReadModel<Money, Wealth> project(GroupedProjection<Money, Wealth> projection) {
        Projector projector = Projector.builder(new InMemoryEventFeed(store), store, documents)
                .project(projection)
                .parkAfter(2)
                .start();
        projectors.add(projector);
        projector.drain(Patience.LIMIT);
        return projector.readModel(projection);
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

    private static Wealth wealth(String amount, int accounts) {
        return new Wealth(new BigDecimal(amount), accounts);
    }

    @AfterEach
    void closeProjectors() {
        projectors.forEach(Projector::close);
    }

    @Test
    void summaries_add_up_and_are_listed_page_by_page() {
        open("1", "alice", "30", "2");
        open("2", "bob", "5");
        open("3", "alice", "10");
        open("4", "carol", "5");
        open("5", "none", "1000");
        GroupedReadModel<Money, Wealth> model = project(adding().index("amount", Wealth::amount)
                .index("accounts", Wealth::accounts)
                .listedBy("amount", "accounts")
                .build());

        assertThat(model.get("alice").orElseThrow().content()).isEqualTo(wealth("42", 2));
        assertThat(model.get("none")).isEmpty();
        Filter filter = Filter.where("accounts").from(1).orderBy("amount").limit(1);
        List<String> listed = new ArrayList<>();
        Page<ReadDocument<Wealth>> page = model.find(filter);
        while (!page.items().isEmpty()) {
            listed.add(page.items().get(0).key());
            page = model.find(filter.after(page.next().orElseThrow()));
        }
        assertThat(listed).containsExactly("bob", "carol", "alice");
        assertThat(model.contributions("alice", "").items())
                .containsExactly(
                        new Contribution<>(stream("1"), 3, new Money("alice", new BigDecimal("32"))),
                        new Contribution<>(stream("3"), 2, new Money("alice", new BigDecimal("10"))));
    }

    @Test
    void read_with_token_shows_the_write_though_the_projector_is_closed() {
        open("1", "alice", "30");
        GroupedReadModel<Money, Wealth> model = project(adding().build());
        projectors.get(0).close();
        accounts.update("1", UpdateContext.empty(), account -> account.deposit("12"));
        open("2", "alice", "1");

        assertThat(model.get("alice").orElseThrow().content()).isEqualTo(wealth("30", 1));
        ConsistencyToken token = ConsistencyToken.of(stream("1"), 3).and(stream("2"), 2);
        assertThat(model.get("alice", token).orElseThrow().content()).isEqualTo(wealth("43", 2));
        int reads = documents.reads.get();
        ReadDocument<Wealth> again = model.get("alice", token).orElseThrow();
        assertThat(documents.reads.get() - reads)
                .as("reads of a summary that names the streams")
                .isOne();
        assertThat(again.token()).isEqualTo(token);
        assertThat(model.get("bob", token.and(stream("3"), 7).and(StreamId.of("Other", "1"), 2)))
                .isEmpty();
    }

    @Test
    void many_events_of_one_group_take_few_writes() {
        String[] deposits = "1 1 1 1 1 1 1".split(" ");
        for (int i = 0; i < 200; i++) {
            open("" + i, "alice", deposits);
        }
        GroupedReadModel<Money, Wealth> model = project(adding().build());

        assertThat(model.get("alice").orElseThrow().content()).isEqualTo(wealth("1400", 200));
        assertThat(documents.groupWrites.get()).isLessThanOrEqualTo(25);
        assertThat(model.contributions("alice", "").next()).isPresent();
    }

    @Test
    void page_of_many_groups_takes_one_read_of_groups_and_one_call_to_write_them() {
        GroupedProjection<Money, Wealth> projection = adding().build();
        List<EventEnvelope> events = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            open("" + i, "owner-" + i, "10");
            store.read(stream("" + i), 0, Long.MAX_VALUE).forEach(events::add);
        }

        projection
                .runner(
                        documents.open(projection.schema()),
                        store,
                        new ProjectionCounters(),
                        new Parks(2, Clock.systemUTC()))
                .project(events);

        assertThat(documents.reads.get()).as("the streams, and all groups").isEqualTo(2);
        assertThat(documents.writes.get())
                .as("each stream before and after its group")
                .isEqualTo(30);
        assertThat(documents.groupWritesAtOnce.get()).isEqualTo(10);
    }

    @Test
    void deletion_takes_the_contribution_back() {
        open("1", "alice", "30");
        open("2", "alice", "12");
        open("3", "bob", "7");
        GroupedReadModel<Money, Wealth> model = project(adding().build());
        store.delete(stream("1"));
        store.delete(stream("3"));
        projectors.get(0).drain(Patience.LIMIT);

        assertThat(model.get("alice").orElseThrow().content()).isEqualTo(wealth("12", 1));
        assertThat(model.get("bob")).isEmpty();
        assertThat(model.get("alice", ConsistencyToken.of(stream("1"), 2))).isPresent();
        assertThat(model.contributions("alice", "").items())
                .extracting(Contribution::stream)
                .containsExactly(stream("2"));
    }

    @Test
    void stream_that_cannot_be_added_is_parked_and_stops_no_other() {
        refusing.set(true);
        open("1", "alice", "30");
        open("2", "alice", "13");
        open("3", "alice", "12");
        GroupedProjection<Money, Wealth> projection = adding().build();
        GroupedReadModel<Money, Wealth> model = project(projection);

        assertThat(model.get("alice").orElseThrow().content()).isEqualTo(wealth("42", 2));
        assertThatThrownBy(() -> model.get("alice", ConsistencyToken.of(stream("2"), 2)))
                .isInstanceOf(StreamParkedException.class);
        refusing.set(false);
        assertThat(projectors.get(0).parked(projection)).containsOnlyKeys(stream("2"));
        assertThat(projectors.get(0).retryParked(projection)).isOne();
        assertThat(model.get("alice").orElseThrow().content()).isEqualTo(wealth("55", 3));
    }

    @Test
    void recomputes_summary_of_at_most_1000_contributions() {
        for (int i = 0; i < 1_001; i++) {
            open("" + i, i < 2 ? "bob" : "alice", "" + (i + 1));
        }
        GroupedProjection<Money, Wealth> projection =
                grouped().recomputing(GroupedProjectionTest::richest).build();
        GroupedReadModel<Money, Wealth> model = project(projection);

        assertThat(model.get("alice").orElseThrow().content()).isEqualTo(wealth("1001", 999));
        store.delete(stream("1000"));
        store.delete(stream("1"));
        store.delete(stream("0"));
        projectors.get(0).drain(Patience.LIMIT);
        assertThat(model.get("alice").orElseThrow().content()).isEqualTo(wealth("1000", 998));
        assertThat(model.get("bob")).isEmpty();

        open("x", "alice", "1");
        open("y", "alice", "1");
        open("z", "alice", "1");
        projectors.get(0).drain(Patience.LIMIT);
        assertThat(model.get("alice").orElseThrow().content()).isEqualTo(wealth("1000", 1_000));
        assertThatThrownBy(() -> model.get("alice", ConsistencyToken.of(stream("z"), 2)))
                .isInstanceOf(StreamParkedException.class);
    }

    @Test
    void shards_of_a_group_are_merged_when_it_is_read() {
        for (int i = 0; i < 30; i++) {
            open("" + i, "alice", "1");
        }
        GroupedReadModel<Money, Wealth> model =
                project(adding().sharded(4, Wealth::and).build());

        assertThat(model.get("alice").orElseThrow().content()).isEqualTo(wealth("30", 30));
        assertThat(documents.groupWrites.get()).isGreaterThanOrEqualTo(4);
        accounts.update("7", UpdateContext.empty(), account -> account.deposit("5"));
        assertThat(model.get("alice", ConsistencyToken.of(stream("7"), 3))
                        .orElseThrow()
                        .content())
                .isEqualTo(wealth("35", 30));
        List<Contribution<Money>> contributions = new ArrayList<>();
        String next = "";
        do {
            Page<Contribution<Money>> page = model.contributions("alice", next);
            contributions.addAll(page.items());
            next = page.next().orElse("");
        } while (!next.isEmpty());
        assertThat(contributions).hasSize(30).extracting(Contribution::stream).doesNotHaveDuplicates();
        assertThatThrownBy(() -> model.find(Filter.all())).hasMessageContaining("sharded");
        assertThatThrownBy(() -> model.contributions("alice", "4:")).hasMessageContaining("another list");
    }

    @Test
    void stream_whose_group_key_is_too_long_is_parked() {
        open("1", "a".repeat(513));
        open("2", "a".repeat(512));
        GroupedProjection<Money, Wealth> projection = adding().build();
        GroupedReadModel<Money, Wealth> model = project(projection);

        assertThat(model.get("a".repeat(512))).isPresent();
        assertThatThrownBy(() -> model.get("a".repeat(513))).hasMessageContaining("513 bytes: use 1 to 512");
        assertThatThrownBy(() -> model.get("")).hasMessageContaining("0 bytes");
        assertThat(projectors.get(0).status().get(0).counts().parked()).isOne();
    }

    @Test
    void refuses_projection_that_is_incomplete_or_contradictory() {
        assertThatThrownBy(() -> grouped().build()).hasMessageContaining("startingWith, adding and removing");
        assertThatThrownBy(() ->
                        adding().recomputing(GroupedProjectionTest::richest).build())
                .hasMessageContaining("or only recomputing");
        assertThatThrownBy(() -> grouped()
                        .startingWith(Wealth::none)
                        .adding(Wealth::plus)
                        .build())
                .hasMessageContaining("removing");
        assertThatThrownBy(() -> adding().sharded(1, Wealth::and)).hasMessageContaining("2 to 100");
        assertThatThrownBy(() -> adding().sharded(2, Wealth::and)
                        .index("accounts", Wealth::accounts)
                        .build())
                .hasMessageContaining("is sharded and has indexes");
        assertThatThrownBy(() -> GroupedProjection.named("wealth", 1, Money.class, Wealth.class)
                        .build())
                .hasMessageContaining("has no contribution or no group");
        assertThatThrownBy(() -> adding().contribution(Account.TYPE, money -> money.ignoringOthers()))
                .hasMessageContaining("two contributions of Account");
        assertThatThrownBy(() -> GroupedProjection.named("wealth", 1, Money.class, Wealth.class)
                        .contribution("Account", AccountEvent.class, money -> money.ignoring(MoneyWithdrawn.class))
                        .groupedBy(Money::owner)
                        .build())
                .hasMessageContaining("AccountOpened");
        GroupedProjection<Money, Wealth> other = adding().build();
        project(adding().build());
        assertThatThrownBy(() -> projectors.get(0).readModel(other))
                .hasMessageContaining("does not run the projection");
    }
}
