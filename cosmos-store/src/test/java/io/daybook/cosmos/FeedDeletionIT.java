package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.contract.ContractEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.EventHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Deletions that the feed delivers while others append, and to instances that start later. */
class FeedDeletionIT extends FeedFixture {

    private final StreamId stream = streams.get(0);
    private final List<Long> numbers = new CopyOnWriteArrayList<>();
    private final List<Long> versions = new CopyOnWriteArrayList<>();
    private final List<Long> afterDeletion = new CopyOnWriteArrayList<>();

    private final EventHandler recorder = new EventHandler() {
        @Override
        public void handle(List<EventEnvelope> events) {
            for (EventEnvelope event : events) {
                if (event.metadata().aggregateId().equals(stream.aggregateId())) {
                    (versions.isEmpty() ? numbers : afterDeletion)
                            .add(event.metadata().sequenceNumber());
                }
            }
        }

        @Override
        public void deleted(StreamId deleted, long version) {
            assertThat(deleted).isEqualTo(stream);
            versions.add(version);
        }
    };

    /** Appends until the stream is deleted. */
    private void write(AtomicInteger stored) {
        while (true) {
            try {
                long version = store.currentVersion(stream);
                store.append(stream, version, ContractEvent.events(stream, version, 2), AppendOptions.none());
                stored.addAndGet(2);
            } catch (ConcurrencyException e) {
                continue;
            } catch (StreamDeletedException e) {
                return;
            }
        }
    }

    @Test
    @Tag("faults")
    void delivers_deletion_against_four_writers_after_every_event() {
        AtomicInteger stored = new AtomicInteger();
        ExecutorService writers = Executors.newFixedThreadPool(4);
        try (FeedInstance instance = FeedInstance.start(database, NAME, recorder)) {
            List<CompletableFuture<Void>> running = new ArrayList<>();
            for (int writer = 0; writer < 4; writer++) {
                running.add(CompletableFuture.runAsync(() -> write(stored), writers));
            }
            awaitThat("some events", () -> stored.get() > 20);
            store.delete(stream);
            running.forEach(CompletableFuture::join);
            awaitThat("the deletion", () -> !versions.isEmpty());
            awaitCaughtUp(instance);

            assertThat(afterDeletion).isEmpty();
            assertThat(versions.stream().distinct()).hasSize(1);
            assertThat(versions.get(0)).isGreaterThanOrEqualTo(stored.get());
            assertThat(numbers).allMatch(number -> number <= versions.get(0));
        } finally {
            writers.shutdownNow();
        }
    }

    @Test
    void instance_that_starts_later_gets_the_deletion_and_none_of_the_events() {
        append(stream, 3, AppendOptions.none());
        append(stream, 2, AppendOptions.none());
        store.delete(stream);
        try (FeedInstance late = FeedInstance.start(database, NAME, recorder)) {
            awaitThat("the deletion", () -> !versions.isEmpty());
            awaitCaughtUp(late);
        }

        assertThat(versions.stream().distinct()).containsExactly(5L);
        assertThat(numbers).isEmpty();
    }

    @Test
    void deletion_that_a_killed_instance_did_not_handle_goes_to_the_next_one() {
        append(stream, 2, AppendOptions.none());
        AtomicInteger refused = new AtomicInteger();
        FeedInstance killed = FeedInstance.start(database, NAME, new EventHandler() {
            @Override
            public void handle(List<EventEnvelope> events) {
                // only the deletion matters
            }

            @Override
            public void deleted(StreamId deleted, long version) {
                refused.incrementAndGet();
                throw new IllegalStateException("not yet");
            }
        });
        try {
            awaitCaughtUp(killed);
            store.delete(stream, 2);
            awaitThat("a failure", () -> refused.get() > 0);
            killed.kill();
            try (FeedInstance heir = FeedInstance.start(database, NAME, recorder)) {
                awaitThat("the deletion", () -> !versions.isEmpty());
                awaitCaughtUp(heir);
            }
        } finally {
            killed.close();
        }
        assertThat(versions.stream().distinct()).containsExactly(2L);
    }
}
