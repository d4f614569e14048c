package io.daybook.contract;

import static io.daybook.contract.ContractEvent.events;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.daybook.event.EventEnvelope;
import io.daybook.event.MessageContext;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendResult;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventFilter;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The part of {@link EventStoreContract} that is about deleting streams; extend that one. */
abstract class EventStoreDeletionContract extends EventStoreRejectionContract {

    private static final int MOST_ATTEMPTS = 500;

    private final String mark = UUID.randomUUID().toString();

    private void fill(int count) {
        for (int version = 0; version < count; version += 98) {
            append(version, Math.min(98, count - version));
        }
    }

    /** Nothing of the stream can be read, and nothing can be appended to it, at any version. */
    private void assertDeleted(int lastVersion) {
        assertThatDeleted(() -> store.currentVersion(stream));
        List<Integer> seen = List.of(0, 1, 2, 97, 98, 99, 100, 101, 499, 500, 501, lastVersion - 1, lastVersion);
        for (int version : seen.stream().filter(v -> v >= 0 && v <= lastVersion).toList()) {
            assertThatDeleted(() -> append(version, 1));
            assertThatDeleted(() -> append(version, 98));
            assertThatDeleted(() -> store.append(
                    stream,
                    version,
                    events(stream, version, 1),
                    AppendOptions.none().idempotencyKey(UUID.randomUUID().toString(), "f")));
            assertThatDeleted(() -> store.read(stream, version, Long.MAX_VALUE).toList());
            assertThatDeleted(() -> store.read(stream, version, version + 1).findFirst());
            assertThatDeleted(() -> store.readCurrent(stream, version).toList());
        }
        assertThatDeleted(() -> append(lastVersion + 1, 2));
        assertThatDeleted(() -> store.currentVersion(stream));
    }

    private void assertThatDeleted(ThrowingCallable access) {
        assertThatExceptionOfType(StreamDeletedException.class)
                .isThrownBy(access)
                .satisfies(e -> assertThat(e.stream()).isEqualTo(stream))
                .withMessageContaining(stream.toString());
    }

    @Test
    void a_deleted_stream_can_neither_be_read_nor_appended_to() {
        append(0, 3);
        AppendOptions command = AppendOptions.none().idempotencyKey("cmd", "f");
        List<EventEnvelope> last = events(stream, 3, 2);
        store.append(stream, 3, last, command);

        store.delete(stream, 5);

        assertDeleted(5);
        assertThat(store.findCommand(stream, "cmd")).isEmpty();
        assertThatDeleted(() -> store.append(stream, 3, last, command));
        assertThatDeleted(() -> store.append(stream, 5, events(stream, 5, 1), command));
        assertDeleted(5);
    }

    @Test
    void a_stream_of_one_event_is_deleted_like_any_other() {
        append(0, 1);

        store.delete(stream);

        assertDeleted(1);
    }

    @Test
    void deletes_more_events_and_commands_than_are_handled_at_once() {
        fill(686);
        for (int i = 0; i < 120; i++) {
            store.append(
                    stream,
                    686 + i,
                    events(stream, 686 + i, 1),
                    AppendOptions.none().idempotencyKey("c" + i, "f"));
        }

        store.delete(stream, 806);

        assertDeleted(806);
        for (int i = 0; i < 120; i += 17) {
            assertThat(store.findCommand(stream, "c" + i)).isEmpty();
        }
    }

    @Test
    void a_deletion_at_another_version_is_a_conflict_and_deletes_nothing() {
        append(0, 3);
        for (long other : List.of(0L, 1L, 2L, 4L, 9L)) {
            assertThatExceptionOfType(ConcurrencyException.class)
                    .isThrownBy(() -> store.delete(stream, other))
                    .satisfies(e -> {
                        assertThat(e.stream()).isEqualTo(stream);
                        assertThat(e.expectedVersion()).isEqualTo(other);
                        assertThat(e.actualVersion()).isEqualTo(3);
                    });
        }
        assertThatIllegalArgumentException().isThrownBy(() -> store.delete(stream, -1));

        assertThat(numbers()).containsExactly(1L, 2L, 3L);
        assertThat(append(3, 1)).isEqualTo(new AppendResult(4, 4, false));
    }

    @Test
    void to_delete_it_again_does_no_harm_at_whatever_version() {
        append(0, 3);
        store.delete(stream, 3);

        for (long version : List.of(0L, 1L, 2L, 3L, 4L, 9L)) {
            store.delete(stream, version);
        }
        store.delete(stream);

        assertDeleted(3);
    }

    @Test
    void a_stream_without_events_can_be_closed_for_good() {
        assertThatExceptionOfType(ConcurrencyException.class).isThrownBy(() -> store.delete(stream, 1));
        store.delete(stream, 0);

        assertDeleted(0);
    }

    @Test
    void what_was_deleted_is_not_found_and_the_rest_is() {
        StreamId kept = newStream();
        for (StreamId each : List.of(stream, kept)) {
            for (int version = 0; version < 196; version += 98) {
                store.append(each, version, marked(each, version), AppendOptions.none());
            }
        }

        store.delete(stream);

        assertThat(store.find(EventFilter.all().correlationId(mark)))
                .hasSize(196)
                .allSatisfy(event -> assertThat(event.metadata().aggregateId()).isEqualTo(kept.aggregateId()));
        assertThat(store.read(kept, 0, Long.MAX_VALUE)).hasSize(196);
        assertThat(store.currentVersion(kept)).isEqualTo(196);
    }

    private List<EventEnvelope> marked(StreamId each, int version) {
        return events(each, version, 98).stream()
                .map(event -> EventEnvelope.of(
                        ContractEvent.metadata(each, event.metadata().sequenceNumber(), event.event())
                                .context(MessageContext.builder()
                                        .correlationId(mark)
                                        .build())
                                .build(),
                        event.event()))
                .toList();
    }

    @Test
    void streams_whose_names_are_alike_are_not_deleted_along() {
        List<StreamId> alike = List.of(
                StreamId.of("Contract", stream.aggregateId() + "1"),
                StreamId.of("Contract", stream.aggregateId() + "-"),
                StreamId.of("Another", stream.aggregateId()));
        append(0, 1);
        alike.forEach(other -> store.append(other, 0, events(other, 0, 2), AppendOptions.none()));

        store.delete(stream);

        alike.forEach(other -> assertThat(store.currentVersion(other)).isEqualTo(2));
    }

    @Test
    void reader_in_progress_gets_the_rest_or_a_deletion_failure() {
        fill(1_470);
        Iterator<EventEnvelope> events = store.read(stream, 0, Long.MAX_VALUE).iterator();
        for (int i = 0; i < 10; i++) {
            events.next();
        }

        store.delete(stream);

        AtomicInteger rest = new AtomicInteger();
        wholeOrNone(
                () -> {
                    events.forEachRemaining(event -> rest.incrementAndGet());
                    return rest.get();
                },
                1_460);
    }

    @Test
    void reader_gets_the_whole_stream_or_a_deletion_failure() throws InterruptedException {
        fill(686);
        AtomicBoolean deleting = new AtomicBoolean(true);
        List<Object> outcomes = SideBySide.run(3, thread -> () -> {
            if (thread == 0) {
                try {
                    store.delete(stream);
                } finally {
                    deleting.set(false);
                }
                return "deleted";
            }
            do {
                wholeOrNone(() -> store.read(stream, 0, Long.MAX_VALUE).count(), 686);
                wholeOrNone(() -> store.read(stream, 300, Long.MAX_VALUE).count(), 386);
                wholeOrNone(() -> store.read(stream, 0, 200).count(), 200);
                wholeOrNone(() -> store.currentVersion(stream), 686);
            } while (deleting.get());
            return "read";
        });

        assertThat(outcomes).containsExactly("deleted", "read", "read");
        assertDeleted(686);
    }

    private static void wholeOrNone(LongSupplier look, long whole) {
        try {
            assertThat(look.getAsLong()).isEqualTo(whole);
        } catch (StreamDeletedException e) {
            // the other right answer
        }
    }

    @Test
    void of_an_append_and_a_deletion_at_the_same_version_one_wins() throws InterruptedException {
        for (int round = 0; round < 20; round++) {
            stream = newStream();
            append(0, 2);
            List<Object> outcomes = SideBySide.run(2, thread -> () -> thread == 0 ? append(2, 1) : deleted(2));

            if (outcomes.get(0) instanceof AppendResult) {
                assertThat(outcomes.get(1)).isInstanceOf(ConcurrencyException.class);
                assertThat(numbers()).containsExactly(1L, 2L, 3L);
            } else {
                assertThat(outcomes.get(0)).isInstanceOf(StreamDeletedException.class);
                assertThat(outcomes.get(1)).isEqualTo("deleted");
                assertDeleted(2);
            }
        }
    }

    private String deleted(long version) {
        store.delete(stream, version);
        return "deleted";
    }

    @Test
    void writers_are_stopped_by_a_deletion_at_whatever_version() throws InterruptedException {
        append(0, 1);
        AtomicInteger stored = new AtomicInteger(1);
        AtomicInteger writing = new AtomicInteger(2);
        AtomicBoolean deleted = new AtomicBoolean();
        List<Object> outcomes = SideBySide.run(3, thread -> () -> {
            if (thread == 0) {
                SideBySide.await("some events", () -> stored.get() > 5 || writing.get() == 0);
                try {
                    store.delete(stream);
                } finally {
                    deleted.set(true);
                }
                return "deleted";
            }
            try {
                // A deletion that only ever follows the writers comes to an end as well, and the test fails.
                for (int attempt = 0; attempt < MOST_ATTEMPTS && !deleted.get(); attempt++) {
                    appendAtTheEnd(stored);
                }
            } catch (StreamDeletedException e) {
                return "stopped";
            } finally {
                writing.decrementAndGet();
            }
            SideBySide.await("the deletion", deleted::get);
            try {
                for (int attempt = 0; attempt < 10; attempt++) {
                    appendAtTheEnd(stored);
                }
            } catch (StreamDeletedException e) {
                return "stopped";
            }
            return "never stopped";
        });

        assertThat(outcomes).containsExactly("deleted", "stopped", "stopped");
        assertDeleted(stored.get());
    }

    /** The writers keep the version in memory, so nothing but a refused append tells them. */
    @Test
    void closes_a_stream_first_however_fast_four_writers_append() throws InterruptedException {
        append(0, 1);
        AtomicInteger last = new AtomicInteger(1);
        AtomicBoolean deleted = new AtomicBoolean();
        List<Object> outcomes = SideBySide.run(5, thread -> () -> {
            if (thread == 0) {
                SideBySide.await("some events", () -> last.get() > 20);
                try {
                    store.delete(stream);
                } finally {
                    deleted.set(true);
                }
                return "deleted";
            }
            long version = 1;
            for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
                try {
                    version = append(version, 1 + thread % 3).toSequenceNumber();
                    last.accumulateAndGet((int) version, Math::max);
                } catch (ConcurrencyException e) {
                    version = e.actualVersion();
                } catch (StreamDeletedException e) {
                    return "stopped";
                }
            }
            SideBySide.await("the deletion", deleted::get);
            return "stopped";
        });

        assertThat(outcomes).containsExactly("deleted", "stopped", "stopped", "stopped", "stopped");
        assertDeleted(last.get());
    }

    private void appendAtTheEnd(AtomicInteger stored) {
        try {
            append(store.currentVersion(stream), 1);
            stored.incrementAndGet();
        } catch (ConcurrencyException e) {
            Thread.onSpinWait();
        }
    }

    @Test
    void of_deleters_at_the_same_time_all_come_to_an_end() throws InterruptedException {
        fill(250);
        store.append(stream, 250, events(stream, 250, 1), AppendOptions.none().idempotencyKey("cmd", "f"));

        List<Object> outcomes = SideBySide.run(4, thread -> () -> deleted(251));

        assertThat(outcomes).containsOnly("deleted");
        assertDeleted(251);
        assertThat(store.findCommand(stream, "cmd")).isEmpty();
    }
}
