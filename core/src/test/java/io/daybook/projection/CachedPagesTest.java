package io.daybook.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

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
import io.daybook.inmemory.InMemoryReadCache;
import io.daybook.readmodel.CachedDocument;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.Page;
import io.daybook.readmodel.ReadCache;
import io.daybook.serialization.JacksonEventSerializer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which lists come from the cache, and that groups never do. */
class CachedPagesTest {

    record Balance(String owner, int amount) {}

    private static final Projection<Balance> BALANCES = Projection.named("balances", 1, Account.TYPE, Balance.class)
            .on(AccountOpened.class, (none, event, metadata) -> new Balance(event.owner(), 0))
            .on(
                    MoneyDeposited.class,
                    (balance, event, metadata) -> new Balance(
                            balance.owner(), balance.amount() + event.amount().intValueExact()))
            .ignoring(MoneyWithdrawn.class)
            .index("owner", Balance::owner)
            .listedBy("owner")
            .build();

    private static final GroupedProjection<Balance, Balance> OWNERS = GroupedProjection.named(
                    "owners", 1, Balance.class, Balance.class)
            .contribution(
                    Account.TYPE,
                    share -> share.on(AccountOpened.class, (none, event, metadata) -> new Balance(event.owner(), 0))
                            .on(
                                    MoneyDeposited.class,
                                    (balance, event, metadata) -> new Balance(
                                            balance.owner(),
                                            balance.amount() + event.amount().intValueExact()))
                            .ignoring(MoneyWithdrawn.class))
            .groupedBy(Balance::owner)
            .startingWith(owner -> new Balance(owner, 0))
            .adding((sum, balance) -> new Balance(sum.owner(), sum.amount() + balance.amount()))
            .removing((sum, balance) -> new Balance(sum.owner(), sum.amount() - balance.amount()))
            .build();

    private final InMemoryEventStore events =
            new InMemoryEventStore(JacksonEventSerializer.of(Account.TYPE.eventTypes()));
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, events);
    private final CountedReadModelStore store = new CountedReadModelStore();
    private final InMemoryReadCache cache = new InMemoryReadCache(100);
    private final List<String> keys = new ArrayList<>();
    private final List<Projector> projectors = new ArrayList<>();

    private final ReadCache observed = new ReadCache() {
        @Override
        public Optional<CachedDocument> get(String key) {
            synchronized (keys) {
                keys.add(key);
            }
            return cache.get(key);
        }

        @Override
        public void put(String key, CachedDocument document, Duration timeToLive) {
            synchronized (keys) {
                keys.add(key);
            }
            cache.put(key, document, timeToLive);
        }
    };

    @AfterEach
    void closeProjectors() {
        projectors.forEach(Projector::close);
    }

    private Projector.Builder builder() {
        return Projector.builder(new InMemoryEventFeed(events), events, store);
    }

    private Projector caughtUp(Projector.Builder builder) {
        Projector projector = builder.start();
        projectors.add(projector);
        projector.drain(Patience.LIMIT);
        projector.close(); // so that only readers ask the store
        store.finds.set(0);
        return projector;
    }

    private void open(String... owners) {
        for (String owner : owners) {
            accounts.create("account-" + owner, UpdateContext.empty(), account -> account.open(owner, Instant.EPOCH));
        }
    }

    private ConsistencyToken deposit(String owner, String amount) {
        String id = "account-" + owner;
        long version = accounts.update(id, UpdateContext.empty(), account -> account.deposit(amount))
                .version();
        return ConsistencyToken.of(StreamId.of("Account", id), version);
    }

    private static List<Balance> contents(Page<ReadDocument<Balance>> page) {
        return page.items().stream().map(ReadDocument::content).toList();
    }

    @Test
    void list_without_a_token_comes_from_the_cache() {
        open("ann", "bob", "carl");
        Projector projector = caughtUp(
                builder().project(BALANCES).cache(observed, Duration.ofHours(1)).cachePages(Duration.ofHours(1)));
        ReadModel<Balance> model = projector.readModel(BALANCES);
        Filter two = Filter.all().orderBy("owner").limit(2);

        Page<ReadDocument<Balance>> first = model.find(two);
        assertThat(model.find(two)).isEqualTo(first);
        assertThat(store.finds).hasValue(1);
        assertThat(contents(first)).containsExactly(new Balance("ann", 0), new Balance("bob", 0));

        Supplier<List<Balance>> rest =
                () -> contents(model.find(two.after(first.next().orElseThrow())));
        assertThat(rest.get()).containsExactly(new Balance("carl", 0));
        assertThat(rest.get()).containsExactly(new Balance("carl", 0));
        assertThat(contents(model.find(two.limit(1)))).containsExactly(new Balance("ann", 0));
        assertThat(contents(model.find(two.descending())))
                .containsExactly(new Balance("carl", 0), new Balance("bob", 0));
        assertThat(store.finds).hasValue(4);
    }

    @Test
    void list_with_a_token_comes_from_the_store() {
        open("ann");
        Projector projector = caughtUp(
                builder().project(BALANCES).cache(observed, Duration.ofHours(1)).cachePages(Duration.ofHours(1)));
        ReadModel<Balance> model = projector.readModel(BALANCES);
        Filter all = Filter.all();
        model.find(all);

        assertThat(contents(model.find(all, deposit("ann", "5")))).containsExactly(new Balance("ann", 5));
        assertThat(contents(model.find(all, ConsistencyToken.none())))
                .as("a list without a token may be old")
                .containsExactly(new Balance("ann", 0));
    }

    @Test
    void page_that_cannot_be_read_is_read_from_the_store() {
        open("ann");
        Projector projector = caughtUp(
                builder().project(BALANCES).cache(observed, Duration.ofHours(1)).cachePages(Duration.ofHours(1)));
        ReadModel<Balance> model = projector.readModel(BALANCES);
        model.find(Filter.all());
        String key = keys.stream()
                .filter(each -> each.contains(":page:"))
                .findFirst()
                .orElseThrow();

        for (String text : List.of("", "[]", "{}", "{\"documents\":[{\"id\":\"a\"}]}", "no JSON")) {
            cache.put(key, new CachedDocument(Long.MAX_VALUE, text), Duration.ofHours(1));
            assertThat(contents(model.find(Filter.all()))).as(text).containsExactly(new Balance("ann", 0));
        }
    }

    @Test
    void lists_are_not_cached_unless_asked_for() {
        open("ann");
        ReadModel<Balance> model = caughtUp(builder().project(BALANCES).cache(observed, Duration.ofHours(1)))
                .readModel(BALANCES);

        model.find(Filter.all());
        model.find(Filter.all());

        assertThat(store.finds).hasValue(2);
    }

    @Test
    void summaries_of_groups_stay_out_of_the_cache() {
        open("ann", "bob");
        Projector projector = caughtUp(
                builder().project(OWNERS).cache(observed, Duration.ofHours(1)).cachePages(Duration.ofHours(1)));
        GroupedReadModel<Balance, Balance> model = projector.readModel(OWNERS);

        assertThat(model.get("ann", deposit("ann", "5")).orElseThrow().content().amount())
                .isEqualTo(5);
        assertThat(contents(model.find(Filter.all()))).hasSize(2);

        assertThat(keys).isEmpty();
    }

    @Test
    void refuses_to_cache_pages_briefly_or_without_a_cache() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().cachePages(Duration.ofMillis(999)))
                .withMessage("the time to live of pages in the cache is PT0.999S: use 1 second or more");
        assertThatIllegalStateException()
                .isThrownBy(() -> builder()
                        .project(BALANCES)
                        .cachePages(Duration.ofSeconds(1))
                        .start())
                .withMessage("cachePages needs a cache, but none is set: set one with cache(…)");
    }
}
