package io.daybook.servicebus;

import static io.daybook.contract.Patience.await;
import static io.daybook.servicebus.StoredEvents.counted;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.servicebus.testserver.ServiceBusFault;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Handlers that run longer than locks last. */
class ServiceBusEventFeedLockIT extends FeedFixture {

    @Test
    void renews_session_lock_while_a_slow_handler_runs() {
        Duration lock = Duration.ofSeconds(12);
        broker.setLockDuration(lock);
        publisher.publish(counted("a", 1, 2));
        Recorder recorder = new Recorder();
        Subscription subscription = subscribe(feed().eventsPerDelivery(1), events -> {
            recorder.handle(events);
            long start = System.nanoTime();
            if (recorder.of("a").size() == 1) {
                await().until(() ->
                        System.nanoTime() - start > lock.plusSeconds(1).toNanos());
            }
        });
        awaitEmpty();

        assertThat(recorder.of("a")).containsExactly(1L, 2L);
        assertThat(broker.renewals(billing)).isPositive();
        assertThat(subscription.status().handled()).isEqualTo(2);
    }

    @Test
    void failed_renewal_does_not_interrupt_the_handler() {
        String shared = BROKER.newTopic("gone", "broken");
        String plain = BROKER.newQueue();
        List<String> entities = List.of(shared + "/subscriptions/gone", shared + "/subscriptions/broken", plain);
        broker.show(entities.get(0), ServiceBusFault.refuseRenewal(410));
        broker.show(entities.get(1), ServiceBusFault.refuseRenewal(500));
        broker.show(plain, ServiceBusFault.refuseRenewal(410));
        publishTo(ServiceBusEventPublisher.toTopic(shared, BROKER::client));
        publishTo(ServiceBusEventPublisher.toQueue(plain, BROKER::client));

        List<Recorder> recorders = List.of(new Recorder(), new Recorder(), new Recorder());
        ServiceBusEventFeed sessions = ServiceBusEventFeed.fromTopic(shared, BROKER::client, StoredEvents.SERIALIZER)
                .build();
        ServiceBusEventFeed messages = ServiceBusEventFeed.fromQueue(plain, BROKER::client, StoredEvents.SERIALIZER)
                .withoutSessions()
                .build();
        subscribe(sessions, "gone", recorders.get(0), entities.get(0));
        subscribe(sessions, "broken", recorders.get(1), entities.get(1));
        subscribe(messages, "any", recorders.get(2), plain);

        for (int i = 0; i < 3; i++) {
            String entity = entities.get(i);
            await().until(() -> broker.messages(entity).isEmpty());
            assertThat(recorders.get(i).of("a")).as(entity).isEqualTo(upTo(3));
        }
    }

    private static void publishTo(ServiceBusEventPublisher.Builder builder) {
        try (ServiceBusEventPublisher other = builder.build()) {
            other.publish(counted("a", 1, 3));
        }
    }

    /** The first call lasts until a renewal has failed. */
    private void subscribe(ServiceBusEventFeed feed, String name, Recorder recorder, String entity) {
        subscriptions.add(feed.subscribe(name, StartPosition.BEGINNING, events -> {
            recorder.handle(events);
            await().until(() -> broker.faultsLeft(entity) == 0);
        }));
    }

    @Test
    void redelivers_event_whose_completion_is_never_answered() {
        publisher.publish(counted("a", 1, 3));
        broker.show(billing, ServiceBusFault.ignoreSettlement());
        Recorder recorder = new Recorder();
        subscribe(recorder);
        await().until(() -> broker.faultsLeft(billing) == 0);
        publisher.publish(counted("b", 1, 3));
        await().untilAsserted(() -> assertThat(recorder.of("b")).isEqualTo(upTo(3)));
        awaitEmpty();

        assertThat(firstOccurrences(recorder.of("a"))).isEqualTo(upTo(3));
        assertThat(recorder.of("a")).hasSizeGreaterThan(3);
    }

    @Test
    void lost_session_is_not_retried_by_the_instance_that_lost_it() {
        AtomicInteger failing = new AtomicInteger();
        AtomicInteger failingElsewhere = new AtomicInteger();
        AtomicBoolean other = new AtomicBoolean();
        Recorder recorder = new Recorder();
        subscribe(feed().parallelSessions(1), events -> {
            boolean isLost = events.get(0).metadata().aggregateId().equals("a");
            (isLost ? failing : failingElsewhere).incrementAndGet();
            if (isLost && other.get() && recorder.of("a").isEmpty()) {
                broker.detachReceivers(billing, "com.microsoft:session-lock-lost");
            }
            throw new IllegalStateException("this instance always fails");
        });
        publisher.publish(counted("a", 1, 3));
        await().until(() -> failing.get() > 0);
        subscribe(feed().parallelSessions(1), recorder);
        other.set(true);
        awaitEmpty();
        int tried = failing.get();

        assertThat(recorder.of("a")).isEqualTo(upTo(3));
        // It has gone on to another stream, so it is done with the one that it lost.
        for (int i = 0; failingElsewhere.get() == 0; i++) {
            String next = "b" + i;
            publisher.publish(counted(next, 1, 1));
            await().until(() -> failingElsewhere.get() > 0 || !recorder.of(next).isEmpty());
        }
        assertThat(failing).hasValue(tried);
    }
}
