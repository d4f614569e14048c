package io.daybook.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

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
import io.daybook.readmodel.ReadCache;
import io.daybook.serialization.JacksonEventSerializer;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CachedReadsTest {

    record Balance(BigDecimal amount) {}

    private static final Projection<Balance> BALANCES = Projection.named("balances", 1, Account.TYPE, Balance.class)
            .on(AccountOpened.class, (none, event, metadata) -> new Balance(BigDecimal.ZERO))
            .on(
                    MoneyDeposited.class,
                    (balance, event, metadata) -> new Balance(balance.amount().add(event.amount())))
            .ignoring(MoneyWithdrawn.class)
            .build();
    private static final StreamId STREAM = StreamId.of("Account", "1");

    private final InMemoryEventStore events =
            new InMemoryEventStore(JacksonEventSerializer.of(Account.TYPE.eventTypes()));
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, events);
    private final CountedReadModelStore store = new CountedReadModelStore();
    private final InMemoryReadCache cache = new InMemoryReadCache(10);
    private Consumer<String> onGet = key -> {};

    private final ReadCache observed = new ReadCache() {
        @Override
        public Optional<CachedDocument> get(String key) {
            onGet.accept(key);
            return cache.get(key);
        }

        @Override
        public void put(String key, CachedDocument document, Duration timeToLive) {
            cache.put(key, document, timeToLive);
        }
    };

    private final Projector projector = Projector.builder(new InMemoryEventFeed(events), events, store)
            .project(BALANCES)
            .cache(observed, Duration.ofHours(1))
            .start();
    private final ReadModel<Balance> model = projector.readModel(BALANCES);

    @AfterEach
    void closeProjector() {
        projector.close();
    }

    private void open() {
        accounts.create("1", UpdateContext.empty(), account -> account.open("ann", Instant.EPOCH));
        projector.drain(Patience.LIMIT);
    }

    private ConsistencyToken deposit(String amount) {
        long version = accounts.update("1", UpdateContext.empty(), account -> account.deposit(amount))
                .version();
        return ConsistencyToken.of(STREAM, version);
    }

    private int amount(ConsistencyToken token) {
        return model.get("1", token).orElseThrow().content().amount().intValue();
    }

    @Test
    void written_document_is_read_without_a_request_to_the_store() {
        open();
        deposit("5");
        projector.drain(Patience.LIMIT);
        int reads = store.reads.get();

        assertThat(amount(ConsistencyToken.none())).isEqualTo(5);
        assertThat(amount(ConsistencyToken.of(STREAM, 2))).isEqualTo(5);
        assertThat(store.reads).hasValue(reads);
    }

    @Test
    void document_that_the_cache_lost_is_cached_again_by_a_read() {
        open();
        cache.clear();
        int reads = store.reads.get();

        amount(ConsistencyToken.none());
        amount(ConsistencyToken.none());

        assertThat(store.reads).hasValue(reads + 1);
    }

    @Test
    void cached_document_older_than_the_token_is_not_the_answer() {
        open();
        projector.close();
        amount(ConsistencyToken.none());

        assertThat(amount(deposit("5"))).isEqualTo(5);
        assertThat(amount(ConsistencyToken.none()))
                .as("the newer one is cached")
                .isEqualTo(5);
    }

    @Test
    void slow_reader_puts_no_old_document_back() {
        open();
        cache.clear();
        onGet = key -> { // the reader finds nothing, and a writer is faster than its read of the store
            onGet = any -> {};
            CachedDocument newer = new CachedDocument(99, "{\"seq\":9,\"eventId\":\"e9\"}\n{\"amount\":42}");
            cache.put(key, newer, Duration.ofHours(1));
            onGet = any -> {};
        };

        amount(ConsistencyToken.none());

        assertThat(amount(ConsistencyToken.none())).isEqualTo(42);
    }

    @Test
    void failing_cache_fails_no_read_and_no_projection() {
        onGet = key -> {
            throw new IllegalStateException("connection refused");
        };
        open();

        for (int i = 1; i <= 5; i++) {
            assertThat(amount(deposit("1"))).isEqualTo(i);
        }
    }

    @Test
    void concurrent_misses_of_one_key_read_the_store_once() throws Exception {
        open();
        projector.close();
        cache.clear();
        int reads = store.reads.get();
        CountDownLatch answer = new CountDownLatch(1);
        store.beforeRead = () -> Waiting.on(answer);

        List<Future<Integer>> amounts = new ArrayList<>();
        try (Waiting readers = new Waiting()) {
            for (int i = 0; i < 8; i++) {
                amounts.add(readers.start(() -> amount(ConsistencyToken.none())));
            }
            readers.awaitIn(SharedLoads.class, 8);
            answer.countDown();
            for (Future<Integer> amount : amounts) {
                assertThat(amount.get()).isZero();
            }
        }

        assertThat(store.reads).hasValue(reads + 1);
    }

    @Test
    void reader_with_a_newer_token_does_not_share_the_older_read() throws Exception {
        open();
        projector.close();
        cache.clear();
        CountDownLatch answer = new CountDownLatch(1);
        store.beforeRead = () -> Waiting.on(answer);

        try (Waiting readers = new Waiting()) {
            Future<Integer> older = readers.start(() -> amount(ConsistencyToken.none()));
            readers.awaitIn(SharedLoads.class, 1);
            ConsistencyToken token = deposit("5");
            Future<Integer> newer = readers.start(() -> amount(token));
            readers.awaitIn(SharedLoads.class, 2);
            answer.countDown();

            assertThat(older.get()).isZero();
            assertThat(newer.get()).isEqualTo(5);
        }
    }

    @Test
    void refuses_a_time_to_live_that_is_too_short() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Projector.builder(new InMemoryEventFeed(events), events, store)
                        .cache(cache, Duration.ofMillis(999)))
                .withMessage("the time to live in the cache is PT0.999S: use 1 second or more");
    }
}
