package io.daybook.servicebus;

import static io.daybook.contract.Patience.await;
import static io.daybook.servicebus.StoredEvents.counted;
import static io.daybook.servicebus.StoredEvents.stream;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.contract.ContractEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.publishing.EventRelay;
import io.daybook.servicebus.testserver.StoredMessage;
import io.daybook.subscription.DeletedStream;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.FailurePolicy;
import io.daybook.subscription.ParkedStream;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionOptions;
import io.daybook.subscription.SubscriptionStatus.State;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Deletions of streams, from the event store's feed over the broker to handlers. */
class ServiceBusDeletionIT extends FeedFixture {

    private final Map<String, List<String>> received = new ConcurrentHashMap<>();
    private final Set<String> poison = ConcurrentHashMap.newKeySet();
    private final AtomicInteger failures = new AtomicInteger();

    private final EventHandler handler = new EventHandler() {
        @Override
        public void handle(List<EventEnvelope> events) {
            events.forEach(event -> received(
                    event.metadata().aggregateId(),
                    Long.toString(event.metadata().sequenceNumber())));
        }

        @Override
        public void deleted(StreamId stream, long version) {
            received(stream.aggregateId(), "deleted at " + version);
        }
    };

    private void received(String id, String what) {
        if (poison.contains(id + " " + what)) {
            failures.incrementAndGet();
            throw new IllegalArgumentException("poison");
        }
        of(id).add(what);
    }

    private List<String> of(String id) {
        return received.computeIfAbsent(id, unseen -> new CopyOnWriteArrayList<>());
    }

    private Subscription parking() {
        Subscription subscription = feed().build()
                .subscribe(
                        "billing",
                        SubscriptionOptions.from(StartPosition.BEGINNING).onFailure(FailurePolicy.parkStreamAfter(2)),
                        handler);
        subscriptions.add(subscription);
        return subscription;
    }

    @Test
    void relay_publishes_deletion_and_feed_delivers_it_after_the_events() {
        InMemoryEventStore store = new InMemoryEventStore(StoredEvents.SERIALIZER);
        Subscription subscription = subscribe(handler);
        try (EventRelay relay =
                EventRelay.builder(new InMemoryEventFeed(store), publisher).start()) {
            store.append(stream("a"), 0, ContractEvent.events(stream("a"), 0, 3), AppendOptions.none());
            await().until(() -> relay.published() == 3);
            store.delete(stream("a"));
            await().untilAsserted(() -> assertThat(of("a")).containsExactly("1", "2", "3", "deleted at 3"));
        }
        awaitEmpty();
        assertThat(subscription.status().handled()).as("events").isEqualTo(3);
    }

    @Test
    void redelivers_deletion_and_names_it() {
        poison.add("a deleted at 2");
        publisher.publish(counted("a", 1, 2));
        publisher.publishDeletion(stream("a"), 2);
        publisher.publish(counted("b", 1, 1));
        Subscription subscription = subscribe(handler);
        await().untilAsserted(() -> {
            assertThat(of("a")).containsExactly("1", "2");
            assertThat(of("b")).containsExactly("1");
            assertThat(subscription.status().state()).isEqualTo(State.RETRYING);
            assertThat(subscription.status().lastError()).contains("deletion of stream=Contract-a number=3");
        });
        poison.clear();
        awaitEmpty();

        assertThat(of("a")).containsExactly("1", "2", "deleted at 2");
        assertThat(subscription.status().state()).isEqualTo(State.RUNNING);
    }

    @Test
    void deletion_of_parked_stream_waits_in_the_dead_letter_queue_behind_its_events() {
        poison.add("a 1");
        publisher.publish(counted("a", 1, 2));
        publisher.publishDeletion(stream("a"), 2);
        Subscription subscription = parking();
        awaitEmpty();

        assertThat(of("a")).isEmpty();
        assertThat(subscription.parked()).singleElement().satisfies(parked -> {
            assertThat(parked.sequenceNumber()).isEqualTo(1);
            assertThat(parked.lastSequenceNumber()).isEqualTo(3);
            assertThat(parked.deleted()).isTrue();
        });
        poison.clear();
        assertThat(subscription.retryParked()).isEqualTo(1);
        assertThat(of("a")).containsExactly("1", "2", "deleted at 2");
        assertThat(subscription.parked()).isEmpty();
    }

    @Test
    void deletion_that_fails_parks_its_stream() {
        poison.add("a deleted at 1");
        publisher.publish(counted("a", 1, 1));
        publisher.publishDeletion(stream("a"), 1);
        Subscription subscription = parking();
        awaitEmpty();

        assertThat(failures).hasValue(2);
        assertThat(subscription.parked())
                .singleElement()
                .returns(2L, ParkedStream::sequenceNumber)
                .returns(new DeletedStream(stream("a"), 1).id(), ParkedStream::eventId);
        assertThat(subscription.retryParked()).isZero();
        poison.clear();
        assertThat(subscription.retryParked()).isEqualTo(1);
        assertThat(of("a")).containsExactly("1", "deleted at 1");
    }

    @Test
    void dead_letters_failing_deletion_if_configured() {
        poison.add("a deleted at 1");
        publisher.publish(counted("a", 1, 1));
        publisher.publishDeletion(stream("a"), 1);
        subscribe(feed().deadLetterAfter(2), handler);
        awaitEmpty();

        assertThat(failures).hasValue(2);
        await().untilAsserted(() -> assertThat(broker.messages(billing + "/$deadletterqueue"))
                .extracting(StoredMessage::sessionId)
                .containsExactly("Contract-a"));
    }

    @Test
    void feed_without_sessions_delivers_deletions() {
        String queue = BROKER.newQueue();
        try (ServiceBusEventPublisher toQueue =
                ServiceBusEventPublisher.toQueue(queue, BROKER::client).build()) {
            toQueue.publish(counted("a", 1, 1));
            toQueue.publishDeletion(stream("a"), 1);
        }
        subscriptions.add(ServiceBusEventFeed.fromQueue(queue, BROKER::client, StoredEvents.SERIALIZER)
                .withoutSessions()
                .build()
                .subscribe("queue", StartPosition.BEGINNING, handler));
        await().untilAsserted(() -> assertThat(of("a")).containsExactly("1", "deleted at 1"));
        await().untilAsserted(() -> assertThat(broker.messages(queue)).isEmpty());
    }
}
