package io.daybook.projection;

import static org.assertj.core.api.Assertions.assertThat;

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
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.subscription.EventFeed;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.RememberingSubscription;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionOptions;
import io.daybook.subscription.SubscriptionStatus;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What waits for stored events on a feed whose status remembers that it had caught up. */
class FreshProgressTest {

    record Balance(BigDecimal amount) {}

    private static final Projection<Balance> BALANCES = Projection.named("balances", 1, Account.TYPE, Balance.class)
            .on(AccountOpened.class, (none, event, metadata) -> new Balance(BigDecimal.ZERO))
            .on(
                    MoneyDeposited.class,
                    (balance, event, metadata) -> new Balance(balance.amount().add(event.amount())))
            .ignoring(MoneyWithdrawn.class)
            .index("amount", Balance::amount)
            .build();

    private final InMemoryEventStore store =
            new InMemoryEventStore(JacksonEventSerializer.of(Account.TYPE.eventTypes()));
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);
    private final CountDownLatch asked = new CountDownLatch(1);
    private final AtomicReference<Runnable> onStatus = new AtomicReference<>(() -> {});

    /** Delivers nothing after the first page before its subscription is asked for fresh progress. */
    private final class HesitatingFeed implements EventFeed {

        private final InMemoryEventFeed feed = new InMemoryEventFeed(store);
        private volatile boolean hesitates;

        @Override
        public Subscription subscribe(String name, SubscriptionOptions options, EventHandler handler) {
            Subscription subscription = feed.subscribe(name, options, events -> {
                if (hesitates) {
                    Waiting.on(asked);
                }
                handler.handle(events);
            });
            return new RememberingSubscription(subscription) {
                @Override
                public SubscriptionStatus status() {
                    SubscriptionStatus remembered = super.status();
                    onStatus.getAndSet(() -> {}).run();
                    return remembered;
                }

                @Override
                public boolean hasCaughtUp() {
                    asked.countDown();
                    return subscription.hasCaughtUp();
                }
            };
        }

        @Override
        public void forget(String name) {
            feed.forget(name);
        }
    }

    private final HesitatingFeed feed = new HesitatingFeed();

    private Projector start() {
        return Projector.builder(feed, store, new InMemoryReadModelStore())
                .project(BALANCES)
                .start();
    }

    private void open() {
        accounts.create("a", UpdateContext.empty(), account -> account.open("alice", Instant.EPOCH));
    }

    private void deposit() {
        feed.hesitates = true;
        accounts.update("a", UpdateContext.empty(), account -> account.deposit("10"));
    }

    private static BigDecimal listed(Projector projector) {
        return projector
                .readModel(BALANCES)
                .find(Filter.all())
                .items()
                .get(0)
                .content()
                .amount();
    }

    @Test
    void drain_does_not_trust_the_remembered_progress() {
        try (Projector projector = start()) {
            open();
            Patience.await()
                    .until(() -> projector.status().get(0).subscription().caughtUp());
            deposit();
            projector.drain(Patience.LIMIT);

            assertThat(listed(projector)).isEqualByComparingTo("10");
        }
    }

    @Test
    void build_ends_when_the_events_stored_meanwhile_are_projected() {
        open();
        onStatus.set(this::deposit); // after the scan, and after the progress was read
        try (Projector projector = start()) {
            Patience.await().until(() -> projector.status().get(0).state() == ReadModelState.ACTIVE);

            assertThat(listed(projector)).isEqualByComparingTo("10");
        }
    }
}
