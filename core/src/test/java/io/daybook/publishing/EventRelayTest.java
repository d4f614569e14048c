package io.daybook.publishing;

import static io.daybook.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.daybook.account.Account;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.UpdateContext;
import io.daybook.contract.ContractEvent;
import io.daybook.contract.Patience;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventPublisher;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.metrics.RelayMetrics;
import io.daybook.publishing.EventPublishException.Delivery;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.subscription.DeletedStream;
import io.daybook.subscription.EventFeed;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionOptions;
import io.daybook.subscription.SubscriptionStatus.State;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EventRelayTest {

    private final InMemoryEventStore store =
            new InMemoryEventStore(JacksonEventSerializer.of(Account.TYPE.eventTypes()));
    private final InMemoryEventFeed feed = new InMemoryEventFeed(store);
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);
    private final ScriptedPublisher publisher = new ScriptedPublisher();

    /** Publishes in order; stops a stream at an event of which a fault is known. */
    private static final class ScriptedPublisher implements EventPublisher {
        private final InMemoryEventPublisher sent = new InMemoryEventPublisher();
        private final Map<Long, Delivery> faults = new HashMap<>();
        private final List<Integer> sizes = new CopyOnWriteArrayList<>();
        private volatile String unavailableReason = "";

        synchronized void fault(long sequenceNumber, Delivery delivery) {
            faults.put(sequenceNumber, delivery);
        }

        synchronized void mend() {
            faults.clear();
        }

        @Override
        public synchronized void publish(List<EventEnvelope> events) {
            sizes.add(events.size());
            Map<String, Delivery> deliveries = new HashMap<>();
            for (EventEnvelope event : events) {
                Delivery delivery =
                        deliveries.containsValue(Delivery.IMPOSSIBLE) || deliveries.containsValue(Delivery.NOT_SENT)
                                ? Delivery.NOT_SENT
                                : faults.getOrDefault(event.metadata().sequenceNumber(), Delivery.SENT);
                deliveries.put(event.metadata().eventId(), delivery);
                if (delivery == Delivery.SENT || delivery == Delivery.UNKNOWN) {
                    sent.publish(List.of(event));
                }
            }
            if (deliveries.values().stream().anyMatch(delivery -> delivery != Delivery.SENT)) {
                throw new EventPublishException("the broker is down", deliveries, null);
            }
        }

        @Override
        public String unavailableReason() {
            return unavailableReason;
        }

        List<Long> numbers() {
            return sent.published().stream()
                    .map(event -> event.metadata().sequenceNumber())
                    .toList();
        }
    }

    private void events(int count) {
        accounts.create("1", UpdateContext.empty(), account -> {
            account.open("ann", Instant.EPOCH);
            for (int i = 1; i < count; i++) {
                account.deposit("1.00");
            }
        });
    }

    @Test
    void publishes_every_stored_event_once_and_in_order() {
        events(5);
        try (EventRelay relay = EventRelay.builder(feed, publisher).start()) {
            accounts.update("1", UpdateContext.empty(), account -> account.deposit("2.00"));
            await().until(() -> relay.published() == 6);
            assertThat(publisher.numbers()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
            await().until(() -> relay.status().lag() == 0);
        }
    }

    @Test
    void passes_on_the_stored_json_without_decoding_it() {
        events(1);
        try (EventRelay relay = EventRelay.builder(feed, publisher).start()) {
            await().until(() -> relay.published() == 1);
            assertThat(publisher.sent.published().get(0).data()).isPresent();
        }
    }

    @Test
    void waits_while_the_broker_is_down_and_sends_again_only_what_is_not_known_to_be_sent() {
        publisher.fault(3, Delivery.NOT_SENT);
        events(5);
        try (EventRelay relay = EventRelay.builder(feed, publisher).start()) {
            await().until(() -> relay.status().state() == State.RETRYING && relay.failures() > 1);
            assertThat(relay.status().lastError()).endsWith(": the broker is down");
            assertThat(relay.status().lag()).isEqualTo(5);
            assertThat(relay.lag()).isEqualTo(5);
            publisher.mend();
            await().until(() -> relay.published() == 5);
            await().until(() -> relay.status().state() == State.RUNNING);
        }
        assertThat(publisher.numbers()).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(publisher.sizes).startsWith(5, 3).endsWith(3);
    }

    @Test
    void events_of_a_deleted_stream_are_skipped_and_block_no_stream() {
        publisher.fault(3, Delivery.IMPOSSIBLE);
        events(5);
        try (EventRelay relay = EventRelay.builder(feed, publisher).start()) {
            await().until(() -> relay.status().state() == State.RETRYING && relay.failures() > 1);
            accounts.delete("1");
            accounts.create("2", UpdateContext.empty(), account -> account.open("eve", Instant.EPOCH));
            await().until(() ->
                    publisher.numbers().size() == 3 && relay.status().state() == State.RUNNING);
            assertThat(relay.status().lag()).isZero();
        }
        assertThat(publisher.numbers()).containsExactly(1L, 2L, 1L);
    }

    @Test
    void reports_unavailable_broker_without_events_to_publish() {
        try (EventRelay relay = EventRelay.builder(feed, publisher).start()) {
            assertThat(relay.status().state()).isEqualTo(State.RUNNING);
            publisher.unavailableReason = "the broker is down";
            assertThat(relay.status().state()).isEqualTo(State.RETRYING);
            assertThat(relay.status().lastError()).isEqualTo("the broker is down");
            publisher.unavailableReason = "";
            assertThat(relay.status().state()).isEqualTo(State.RUNNING);
            relay.close();
            publisher.unavailableReason = "the connection is closed";
            assertThat(relay.status().state()).isEqualTo(State.STOPPED);
        }
    }

    @Test
    void sends_again_what_may_not_have_arrived() {
        publisher.fault(2, Delivery.UNKNOWN);
        events(2);
        try (EventRelay relay = EventRelay.builder(feed, publisher).start()) {
            await().until(() -> relay.failures() >= 1);
            publisher.mend();
            await().until(() -> relay.published() == 2);
        }
        assertThat(publisher.numbers()).startsWith(1L, 2L).endsWith(2L);
    }

    @Test
    void stops_at_an_event_that_can_never_be_published() {
        publisher.fault(2, Delivery.IMPOSSIBLE);
        events(3);
        try (EventRelay relay = EventRelay.builder(feed, publisher).start()) {
            await().until(() -> relay.failures() > 2);
            assertThat(publisher.numbers()).containsExactly(1L);
            assertThat(relay.status().state()).isEqualTo(State.RETRYING);
            assertThat(relay.skipped()).isZero();
        }
    }

    @Test
    void passes_unpublishable_event_to_the_user_and_continues() {
        publisher.fault(2, Delivery.IMPOSSIBLE);
        events(3);
        List<Long> kept = new CopyOnWriteArrayList<>();
        try (EventRelay relay = EventRelay.builder(feed, publisher)
                .onUnpublishable((event, failure) -> {
                    assertThat(failure).hasMessage("the broker is down");
                    kept.add(event.metadata().sequenceNumber());
                })
                .start()) {
            await().until(() -> relay.published() == 2);
            await().until(() -> relay.status().lag() == 0);
            assertThat(relay.skipped()).isEqualTo(1);
            assertThat(relay.status().failures()).as("redeliveries").isZero();
            assertThat(relay.rememberedEvents()).isZero();
        }
        assertThat(kept).containsExactly(2L);
        assertThat(publisher.numbers()).containsExactly(1L, 3L);
    }

    @Test
    void resumes_where_it_stopped() {
        events(2);
        try (EventRelay relay =
                EventRelay.builder(feed, publisher).name("orders").start()) {
            await().until(() -> relay.published() == 2);
        }
        accounts.update("1", UpdateContext.empty(), account -> account.deposit("2.00"));
        try (EventRelay relay =
                EventRelay.builder(feed, publisher).name("orders").start()) {
            await().until(() -> relay.published() == 1);
        }
        assertThat(publisher.numbers()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void close_with_timeout_tells_whether_the_publication_has_ended() throws Exception {
        CountDownLatch publishing = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        EventPublisher slow = events -> {
            publishing.countDown();
            try {
                answer.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        events(1);
        try (EventRelay relay = EventRelay.builder(feed, slow).start()) {
            publishing.await();
            assertThat(relay.close(Duration.ofMillis(1))).isFalse();
            answer.countDown();
            assertThat(relay.close(Patience.LIMIT)).isTrue();
            assertThat(relay.published()).isEqualTo(1);
        }
    }

    @Test
    void starts_at_the_end_if_configured() {
        events(2);
        try (EventRelay relay =
                EventRelay.builder(feed, publisher).from(StartPosition.NOW).start()) {
            accounts.update("1", UpdateContext.empty(), account -> account.deposit("2.00"));
            await().until(() -> relay.published() == 1);
        }
        assertThat(publisher.numbers()).containsExactly(3L);
    }

    @Test
    void shows_itself_in_metrics() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        events(2);
        try (EventRelay relay =
                EventRelay.builder(feed, publisher).name("orders").start()) {
            new RelayMetrics(relay).bindTo(registry);
            await().until(() -> relay.published() == 2 && relay.status().lag() == 0);

            assertThat(registry.get("daybook.relay.published")
                            .tag("relay", "orders")
                            .functionCounter()
                            .count())
                    .isEqualTo(2);
            assertThat(registry.get("daybook.relay.lag").gauge().value()).isZero();
            assertThat(registry.get("daybook.relay.failures").functionCounter().count())
                    .isZero();
            assertThat(registry.get("daybook.relay.skipped").functionCounter().count())
                    .isZero();
        }
    }

    @Test
    void measures_lag_without_asking_the_broker() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        AtomicInteger asked = new AtomicInteger();
        EventPublisher unreachable = new EventPublisher() {
            @Override
            public void publish(List<EventEnvelope> events) {}

            @Override
            public String unavailableReason() {
                asked.incrementAndGet();
                throw new IllegalStateException("no connection");
            }
        };
        events(2);
        try (EventRelay relay = EventRelay.builder(feed, unreachable).start()) {
            new RelayMetrics(relay).bindTo(registry);
            await().until(() -> registry.get("daybook.relay.lag").gauge().value() == 0);
            assertThat(asked).hasValue(0);

            assertThat(relay.status().state()).isEqualTo(State.RETRYING);
            assertThat(relay.status().lastError()).contains("no connection");
        }
    }

    @Test
    void forgets_acknowledged_events_whose_page_is_never_redelivered() throws Exception {
        EventHandler[] relayed = new EventHandler[1];
        EventFeed other = new EventFeed() {
            @Override
            public Subscription subscribe(String name, SubscriptionOptions options, EventHandler handler) {
                relayed[0] = handler;
                return feed.subscribe(name, StartPosition.NOW, events -> {});
            }

            @Override
            public void forget(String name) {
                feed.forget(name);
            }
        };
        EventPublisher stuck = events -> {
            String last = events.get(events.size() - 1).metadata().eventId();
            Map<String, Delivery> deliveries = new HashMap<>();
            events.forEach(event -> deliveries.put(event.metadata().eventId(), Delivery.SENT));
            deliveries.put(last, Delivery.NOT_SENT);
            throw new EventPublishException("the broker is down", deliveries, null);
        };
        StreamId stream = StreamId.of("Contract", "1");
        try (EventRelay relay = EventRelay.builder(other, stuck).start()) {
            for (int page = 0; page < 150; page++) {
                List<EventEnvelope> events = ContractEvent.events(stream, page * 100L, 100);
                assertThatExceptionOfType(EventPublishException.class).isThrownBy(() -> relayed[0].handle(events));
            }
            assertThat(relay.published()).isEqualTo(150 * 99);
            assertThat(relay.rememberedEvents()).isEqualTo(10_000);
        }
    }

    @Test
    void publishes_deletion_after_the_events_and_again_until_it_succeeds() {
        AtomicInteger failures = new AtomicInteger(2);
        InMemoryEventPublisher sent = new InMemoryEventPublisher();
        EventPublisher failing = new EventPublisher() {
            @Override
            public void publish(List<EventEnvelope> events) {
                assertThat(sent.deletions()).isEmpty();
                sent.publish(events);
            }

            @Override
            public void publishDeletion(StreamId stream, long version) {
                if (failures.getAndDecrement() > 0) {
                    throw new EventPublishException("the broker is down", Map.of(), null);
                }
                sent.publishDeletion(stream, version);
            }
        };
        events(3);
        try (EventRelay relay = EventRelay.builder(feed, failing).start()) {
            await().until(() -> relay.published() == 3);
            store.delete(StreamId.of("Account", "1"));
            await().until(() -> relay.status().lag() == 0);
            assertThat(relay.failures()).isEqualTo(2);
            assertThat(relay.published()).isEqualTo(3);
        }
        assertThat(sent.deletions()).containsExactly(new DeletedStream(StreamId.of("Account", "1"), 3));
    }
}
