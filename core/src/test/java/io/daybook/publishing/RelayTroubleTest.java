package io.daybook.publishing;

import static io.daybook.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.account.Account;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.UpdateContext;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionStatus.State;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nothing but close() ends a relay or a subscription, and every failure shows. */
class RelayTroubleTest {

    private final InMemoryEventStore store =
            new InMemoryEventStore(JacksonEventSerializer.of(Account.TYPE.eventTypes()));
    private final InMemoryEventFeed feed = new InMemoryEventFeed(store);
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);
    private final AtomicInteger calls = new AtomicInteger();

    @BeforeEach
    void open() {
        accounts.create("1", UpdateContext.empty(), account -> account.open("ann", Instant.EPOCH));
    }

    private void assertGoesOn(EventHandler handler) {
        try (Subscription subscription = feed.subscribe("s", StartPosition.BEGINNING, events -> {
            if (calls.incrementAndGet() == 1) {
                handler.handle(events);
            }
        })) {
            await().until(() -> subscription.status().lag() == 0);
            accounts.update("1", UpdateContext.empty(), account -> account.deposit("1.00"));
            await().until(() -> subscription.status().lag() == 0);
            assertThat(subscription.status().state()).isEqualTo(State.RUNNING);
        }
    }

    @Test
    void resumes_after_handler_throws_interrupted_exception() {
        assertGoesOn(events -> {
            throw new InterruptedException("while waiting for the broker");
        });
        assertThat(calls.get()).isGreaterThan(1);
    }

    @Test
    void resumes_after_handler_leaves_thread_interrupted() {
        assertGoesOn(events -> Thread.currentThread().interrupt());
    }

    @Test
    void resumes_after_handler_throws_and_leaves_thread_interrupted() {
        assertGoesOn(events -> {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted");
        });
    }

    @Test
    void counts_and_names_every_failure_of_a_publisher() {
        EventPublisher publisher = events -> {
            throw new NullPointerException();
        };
        try (EventRelay relay = EventRelay.builder(feed, publisher).start()) {
            await().until(() -> relay.failures() > 1);
            assertThat(relay.status().lastError()).endsWith("java.lang.NullPointerException");
        }
    }
}
