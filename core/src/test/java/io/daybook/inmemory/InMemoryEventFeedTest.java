package io.daybook.inmemory;

import static io.daybook.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.daybook.contract.ContractEvent;
import io.daybook.contract.EventFeedContract;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamId;
import io.daybook.serialization.EventSerializer;
import io.daybook.subscription.EventFeed;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.FailurePolicy;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionOptions;
import io.daybook.subscription.SubscriptionStatus.State;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class InMemoryEventFeedTest extends EventFeedContract {

    private InMemoryEventStore store = new InMemoryEventStore(ContractEvent.serializer());
    private InMemoryEventFeed feed = new InMemoryEventFeed(store);

    @Override
    protected EventStore store(EventSerializer serializer) {
        store = new InMemoryEventStore(serializer);
        feed = new InMemoryEventFeed(store);
        return store;
    }

    @Override
    protected EventFeed feed() {
        return feed;
    }

    @Test
    void survives_an_error_of_its_handler_and_refuses_to_be_closed_by_it() {
        StreamId stream = StreamId.of("Contract", "1");
        store.append(stream, 0, ContractEvent.events(stream, 0, 1), AppendOptions.none());
        AtomicInteger calls = new AtomicInteger();
        AtomicReference<Subscription> itself = new AtomicReference<>();
        AtomicReference<Throwable> refusal = new AtomicReference<>();

        try (Subscription subscription = feed.subscribe("errors", StartPosition.BEGINNING, events -> {
            if (calls.incrementAndGet() == 1) {
                throw new AssertionError("an error");
            }
            refusal.set(catchThrowable(() -> itself.get().close()));
        })) {
            itself.set(subscription);
            await().until(() -> refusal.get() != null);
        }
        assertThat(calls).hasValue(2);
        assertThat(refusal.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("another thread");
    }

    @Test
    void delivered_events_can_be_read_from_the_store() {
        StreamId stream = StreamId.of("Contract", "1");
        AtomicInteger unread = new AtomicInteger();
        AtomicInteger handled = new AtomicInteger();
        try (Subscription subscription = feed.subscribe("reads", StartPosition.BEGINNING, events -> {
            for (EventEnvelope event : events) {
                unread.addAndGet(store.currentVersion(stream) < event.metadata().sequenceNumber() ? 1 : 0);
                handled.incrementAndGet();
            }
        })) {
            for (int version = 0; version < 2_000; version++) {
                store.append(stream, version, ContractEvent.events(stream, version, 1), AppendOptions.none());
            }
            await().until(() -> handled.get() == 2_000);
        }
        assertThat(unread).hasValue(0);
    }

    @Test
    void subscription_waits_while_another_owns_the_work_and_takes_over() {
        Subscription first = feed.subscribe("shared", StartPosition.BEGINNING, events -> {});
        await().until(() ->
                first.status().state() == State.RUNNING && first.status().caughtUp());
        try (Subscription second = feed.subscribe("shared", StartPosition.BEGINNING, events -> {})) {
            await().until(() -> second.status().state() == State.WAITING);
            assertThat(second.status().isHealthy()).isTrue();
            first.close();
            await().until(() -> second.status().state() == State.RUNNING);
        }
    }

    @Test
    void retry_delivers_pages_of_whole_appends() {
        StreamId stream = StreamId.of("Contract", "1");
        for (int version = 0; version < 399; version += 3) {
            store.append(stream, version, ContractEvent.events(stream, version, 3), AppendOptions.none());
        }
        AtomicBoolean broken = new AtomicBoolean(true);
        List<Integer> sizes = new CopyOnWriteArrayList<>();
        SubscriptionOptions parking =
                SubscriptionOptions.from(StartPosition.BEGINNING).onFailure(FailurePolicy.parkStreamAfter(1));
        try (Subscription subscription = feed.subscribe("pages", parking, events -> {
            if (broken.get()) {
                throw new IllegalStateException("poison");
            }
            sizes.add(events.size());
        })) {
            await().until(() -> subscription.status().caughtUp());
            broken.set(false);
            assertThat(subscription.retryParked()).isEqualTo(1);
        }
        assertThat(sizes).containsExactly(102, 102, 102, 93);
    }
}
