package io.daybook.contract;

import static io.daybook.contract.ContractEvent.events;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamId;
import io.daybook.serialization.EventSerializer;
import io.daybook.subscription.EventFeed;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionStatus.State;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The part of {@link EventFeedContract} that is about streams that were deleted; extend that one. */
abstract class EventFeedDeletionContract {

    /** The name of this test's subscriptions. */
    final String name = "contract-" + UUID.randomUUID();

    /** The store whose events the feed delivers. */
    EventStore store = unset();

    /**
     * Makes the store whose events the feed delivers; called before each test, before {@link #feed()}.
     *
     * @param serializer knows the events of this suite
     * @return the store
     */
    protected abstract EventStore store(EventSerializer serializer);

    /**
     * {@return the feed under test, which follows that store}
     */
    protected abstract EventFeed feed();

    /**
     * {@return how long the suite waits for what the feed is to do; 2 minutes unless overridden}
     */
    protected Duration patience() {
        return Patience.LIMIT;
    }

    final void await(String what, BooleanSupplier condition) {
        SideBySide.await(what, patience(), condition);
    }

    private static EventStore unset() {
        return null;
    }

    @BeforeEach
    final void makeStore() {
        store = store(ContractEvent.serializer());
    }

    final void append(StreamId stream, long version, int count) {
        store.append(stream, version, events(stream, version, count), AppendOptions.none());
    }

    @Test
    void skips_events_deleted_before_delivery() {
        StreamId deleted = EventStoreFindContract.newStream();
        StreamId kept = EventStoreFindContract.newStream();
        for (int version = 0; version < 294; version += 98) {
            append(deleted, version, 98);
        }
        append(kept, 0, 3);
        store.delete(deleted);
        append(kept, 3, 2);
        List<String> handed = new CopyOnWriteArrayList<>();
        AtomicInteger empty = new AtomicInteger();

        try (Subscription subscription = feed().subscribe(name, StartPosition.BEGINNING, page -> {
            empty.addAndGet(page.isEmpty() ? 1 : 0);
            page.forEach(event -> handed.add(
                    event.metadata().aggregateId() + "#" + event.metadata().sequenceNumber()));
        })) {
            await("what was kept", () -> handed.contains(kept.aggregateId() + "#5"));
            await("nothing left", () -> subscription.status().lag() <= 0);
            assertThat(subscription.status().state()).isEqualTo(State.RUNNING);
        }
        assertThat(handed).noneMatch(event -> event.startsWith(deleted.aggregateId()));
        assertThat(handed.stream().filter(event -> event.startsWith(kept.aggregateId())))
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 5)
                        .mapToObj(number -> kept.aggregateId() + "#" + number)
                        .toList());
        assertThat(empty).as("calls without events").hasValue(0);
    }

    @Test
    void resumes_when_the_failing_event_is_deleted() {
        StreamId deleted = EventStoreFindContract.newStream();
        StreamId kept = EventStoreFindContract.newStream();
        append(deleted, 0, 2);
        AtomicInteger failures = new AtomicInteger();
        List<String> handed = new CopyOnWriteArrayList<>();

        try (Subscription subscription = feed().subscribe(name, StartPosition.BEGINNING, page -> {
            if (page.stream().anyMatch(event -> event.metadata().aggregateId().equals(deleted.aggregateId()))) {
                failures.incrementAndGet();
                throw new IllegalStateException("it cannot be handled");
            }
            page.forEach(event -> handed.add(event.metadata().aggregateId()));
        })) {
            await("some failures", () -> failures.get() > 1);
            store.delete(deleted);
            append(kept, 0, 1);
            await("what was kept", () -> handed.contains(kept.aggregateId()));
            await("recovery", () -> subscription.status().state() == State.RUNNING);
        }
    }

    /** Records the numbers of events, and the versions of deletions as {@code deleted at …}. */
    static final class Recording implements EventHandler {
        private final Map<StreamId, List<String>> received = new ConcurrentHashMap<>();
        private final Set<StreamId> refusedDeletions = ConcurrentHashMap.newKeySet();
        private final AtomicInteger refused = new AtomicInteger();

        List<String> of(StreamId stream) {
            return received.computeIfAbsent(stream, unseen -> new CopyOnWriteArrayList<>());
        }

        @Override
        public void handle(List<EventEnvelope> events) {
            events.forEach(event -> of(StreamId.of(
                            event.metadata().aggregateType(), event.metadata().aggregateId()))
                    .add(Long.toString(event.metadata().sequenceNumber())));
        }

        @Override
        public void deleted(StreamId stream, long version) {
            if (refusedDeletions.contains(stream)) {
                refused.incrementAndGet();
                throw new IllegalStateException("no deletions yet");
            }
            of(stream).add("deleted at " + version);
        }

        /** Throws at the deletion of a stream, until it is accepted; other tests may have left deletions. */
        void refuseDeletion(StreamId stream) {
            refusedDeletions.add(stream);
        }

        void acceptDeletion(StreamId stream) {
            refusedDeletions.remove(stream);
        }

        int refused() {
            return refused.get();
        }
    }

    @Test
    void delivers_deletion_after_all_events_of_the_stream() {
        StreamId deleted = EventStoreFindContract.newStream();
        StreamId empty = EventStoreFindContract.newStream();
        append(deleted, 0, 2);
        append(deleted, 2, 1);
        Recording handler = new Recording();
        try (Subscription subscription = feed().subscribe(name, StartPosition.BEGINNING, handler)) {
            await("the events", () -> handler.of(deleted).contains("3"));
            store.delete(deleted);
            store.delete(empty);
            await("the deletion", () -> handler.of(deleted).contains("deleted at 3"));
            await(
                    "the deletion of a stream without events",
                    () -> handler.of(empty).contains("deleted at 0"));
            await("nothing left", () -> subscription.status().caughtUp());
        }
        assertThat(handler.of(deleted).stream().distinct()).containsExactly("1", "2", "3", "deleted at 3");
        assertThat(handler.of(empty).stream().distinct()).containsExactly("deleted at 0");
    }

    @Test
    void redelivers_deletion_that_its_handler_threw_at() {
        StreamId deleted = EventStoreFindContract.newStream();
        StreamId kept = EventStoreFindContract.newStream();
        Recording handler = new Recording();
        handler.refuseDeletion(deleted);
        try (Subscription subscription = feed().subscribe(name, StartPosition.BEGINNING, handler)) {
            append(deleted, 0, 1);
            await("the event", () -> handler.of(deleted).contains("1"));
            store.delete(deleted, 1);
            await("failures", () -> handler.refused() > 1);
            await(
                    "the failure to show",
                    () -> subscription.status().lastError().contains("deletion of stream=" + deleted));
            handler.acceptDeletion(deleted);
            await("the deletion", () -> handler.of(deleted).contains("deleted at 1"));
            append(kept, 0, 1);
            await("another stream", () -> handler.of(kept).contains("1"));
            await("recovery", () -> subscription.status().state() == State.RUNNING);
        }
        assertThat(handler.of(deleted).stream().distinct()).containsExactly("1", "deleted at 1");
    }
}
