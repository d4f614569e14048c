package io.daybook.servicebus;

import static io.daybook.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.contract.ContractEvent.Counted;
import io.daybook.contract.Patience;
import io.daybook.event.EventEnvelope;
import io.daybook.servicebus.broker.TestBroker;
import io.daybook.servicebus.testserver.ServiceBusTestServer;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A new topic of an embedded broker with the subscription billing and a publisher. Subscriptions are closed after each test. */
abstract class FeedFixture {

    @RegisterExtension
    static final TestBroker BROKER = TestBroker.create();

    final ServiceBusTestServer broker = BROKER.broker();
    final String topic = BROKER.newTopic("billing");
    final String billing = topic + "/subscriptions/billing";
    final List<Subscription> subscriptions = new ArrayList<>();
    final ServiceBusEventPublisher publisher = ServiceBusEventPublisher.toTopic(topic, BROKER::client)
            .timeout(Duration.ofSeconds(20))
            .sendTimeout(Duration.ofSeconds(2))
            .build();

    @AfterEach
    void close() {
        // A test that fails can leave its handler blocked, and then a close without a limit would hide the failure.
        subscriptions.forEach(
                subscription -> assertThat(subscription.close(Patience.LIMIT)).isTrue());
        publisher.close();
    }

    final ServiceBusEventFeed.Builder feed() {
        return ServiceBusEventFeed.fromTopic(topic, BROKER::client, StoredEvents.SERIALIZER)
                .parallelSessions(4);
    }

    final Subscription subscribe(EventHandler handler) {
        return subscribe(feed(), handler);
    }

    final Subscription subscribe(ServiceBusEventFeed.Builder feed, EventHandler handler) {
        Subscription subscription = feed.build().subscribe("billing", StartPosition.BEGINNING, handler);
        subscriptions.add(subscription);
        return subscription;
    }

    static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    static List<Long> firstOccurrences(List<Long> numbers) {
        return List.copyOf(new LinkedHashSet<>(numbers));
    }

    /** Part of a handler. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    /** Records the numbers that are delivered for each stream, and whether two calls for one stream ever overlapped. */
    static final class Recorder implements EventHandler {
        private final Map<String, List<Long>> numbers = new ConcurrentHashMap<>();
        private final Map<String, AtomicInteger> inProgress = new ConcurrentHashMap<>();
        private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
        final AtomicBoolean overlapped = new AtomicBoolean();

        @Override
        public void handle(List<EventEnvelope> events) {
            try {
                handle(events, () -> {});
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        /** Does some work during the call. */
        void handle(List<EventEnvelope> events, Work work) throws Exception {
            String id = events.get(0).metadata().aggregateId();
            AtomicInteger running = inProgress.computeIfAbsent(id, unseen -> new AtomicInteger());
            overlapped.compareAndSet(false, running.incrementAndGet() > 1);
            calls.computeIfAbsent(id, unseen -> new AtomicInteger()).incrementAndGet();
            work.run();
            for (EventEnvelope event : events) {
                assertThat(event.metadata().aggregateId()).isEqualTo(id);
                assertThat(event.event())
                        .isEqualTo(new Counted((int) event.metadata().sequenceNumber()));
                of(id).add(event.metadata().sequenceNumber());
            }
            running.decrementAndGet();
        }

        int calls(String id) {
            return calls.getOrDefault(id, new AtomicInteger()).get();
        }

        List<Long> of(String id) {
            return numbers.computeIfAbsent(id, unseen -> new CopyOnWriteArrayList<>());
        }
    }

    final void awaitEmpty() {
        await().untilAsserted(() -> assertThat(broker.messages(billing)).isEmpty());
    }
}
