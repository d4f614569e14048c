package io.daybook.contract;

import static io.daybook.contract.ContractEvent.events;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.daybook.contract.ContractEvent.Counted;
import io.daybook.contract.ContractEvent.Noted;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.MessageContext;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendResult;
import io.daybook.eventstore.AppendTooLargeException;
import io.daybook.eventstore.CommandIdReusedException;
import io.daybook.eventstore.CommandTimeout;
import io.daybook.eventstore.CommandTimeoutException;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.HandledCommand;
import io.daybook.eventstore.StreamId;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * What every {@link EventStore} promises. A store joins with a subclass:
 *
 * <pre>{@code
 * class InMemoryEventStoreTest extends EventStoreContract { // yours
 *     protected EventStore store(EventSerializer serializer) {
 *         return new InMemoryEventStore(serializer);
 *     }
 * }
 * }</pre>
 *
 * <p>Every test uses new streams, so the store need not be empty. Not asserted here, since it cannot be brought
 * about through the SPI: what happens when a reply is lost or a deletion breaks off, and that a command is forgotten after
 * its time. A store's own tests show those.
 */
public abstract class EventStoreContract extends EventStoreDeletionContract {

    /** Creates the suite. */
    protected EventStoreContract() {}

    private static EventEnvelope noted(StreamId stream, long sequenceNumber, String text) {
        Noted event = new Noted(text, BigDecimal.ONE, Instant.EPOCH);
        return EventEnvelope.of(
                ContractEvent.metadata(stream, sequenceNumber, event).build(), event);
    }

    private static AppendOptions command(String id, String fingerprint) {
        return AppendOptions.none().idempotencyKey(id, fingerprint);
    }

    @Test
    void an_event_comes_back_as_it_was_stored() {
        Noted event = new Noted(
                "naïve \"quote\" \\ \n 😀", new BigDecimal("10.00"), Instant.parse("2026-01-01T00:00:00.000000001Z"));
        EventEnvelope appended = EventEnvelope.of(
                ContractEvent.metadata(stream, 1, event)
                        .commandId("cmd")
                        .context(MessageContext.of(
                                "corr", "cause", "alice", Map.of("traceparent", "00-1", "tenant", "ü", "empty", "")))
                        .build(),
                event);

        AppendResult result = store.append(stream, 0, List.of(appended), AppendOptions.none());

        assertThat(result).isEqualTo(new AppendResult(1, 1, false));
        EventEnvelope read = store.read(stream, 0, Long.MAX_VALUE).findFirst().orElseThrow();
        assertThat(read.metadata()).isEqualTo(appended.metadata());
        assertThat(read.event()).isEqualTo(event);
        assertThat(read.data()).isPresent();
    }

    @Test
    void a_repeat_in_another_version_of_the_command_type_is_a_duplicate() {
        store.append(stream, 0, events(stream, 0, 2), command("cmd", "v1:Ship:content"));

        assertThat(store.append(stream, 2, events(stream, 2, 1), command("cmd", "v2:Ship:other")))
                .isEqualTo(new AppendResult(1, 2, true));
        assertThatExceptionOfType(CommandIdReusedException.class)
                .isThrownBy(() -> store.append(stream, 2, events(stream, 2, 1), command("cmd", "v2:Pack:other")));
        assertThatExceptionOfType(CommandIdReusedException.class)
                .isThrownBy(() -> store.append(stream, 2, events(stream, 2, 1), command("cmd", "v1:Ship:other")));
        assertThat(numbers()).containsExactly(1L, 2L);
    }

    @Test
    void an_event_without_optional_metadata_comes_back_without_them() {
        append(0, 1);

        EventEnvelope read = store.read(stream, 0, Long.MAX_VALUE).findFirst().orElseThrow();
        assertThat(read.metadata().causationId()).isEmpty();
        assertThat(read.metadata().userId()).isEmpty();
        assertThat(read.metadata().commandId()).isEmpty();
        assertThat(read.metadata().attributes()).isEmpty();
        assertThat(read.metadata().correlationId()).isEqualTo(read.metadata().eventId());
    }

    @Test
    void sequence_numbers_have_no_gaps() {
        assertThat(append(0, 3)).isEqualTo(new AppendResult(1, 3, false));
        assertThat(append(3, 2)).isEqualTo(new AppendResult(4, 5, false));

        assertThat(numbers()).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(store.currentVersion(stream)).isEqualTo(5);
    }

    @Test
    void a_stream_without_events_has_version_0_and_nothing_to_read() {
        assertThat(store.currentVersion(stream)).isZero();
        assertThat(store.read(stream, 0, Long.MAX_VALUE)).isEmpty();
        assertThat(store.findCommand(stream, "cmd")).isEmpty();
    }

    @Test
    void refuses_an_expected_version_behind_the_stream() {
        append(0, 3);
        for (long behind : List.of(0L, 1L, 2L)) {
            assertThatExceptionOfType(ConcurrencyException.class)
                    .isThrownBy(() -> append(behind, 1))
                    .satisfies(e -> {
                        assertThat(e.stream()).isEqualTo(stream);
                        assertThat(e.expectedVersion()).isEqualTo(behind);
                        assertThat(e.actualVersion()).isEqualTo(3);
                    });
        }
        assertThat(numbers()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void refuses_an_expected_version_ahead_of_the_stream() {
        assertThatExceptionOfType(ConcurrencyException.class).isThrownBy(() -> append(1, 1));
        append(0, 2);
        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> append(3, 1))
                .satisfies(e -> assertThat(e.actualVersion()).isEqualTo(2));
        assertThat(numbers()).containsExactly(1L, 2L);
    }

    @Test
    void a_refused_append_leaves_nothing_behind() {
        append(0, 2);
        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> store.append(stream, 1, events(stream, 1, 3), command("cmd", "f")));

        assertThat(numbers()).containsExactly(1L, 2L);
        assertThat(store.findCommand(stream, "cmd")).isEmpty();
        assertThat(store.append(stream, 2, events(stream, 2, 1), command("cmd", "f")))
                .isEqualTo(new AppendResult(3, 3, false));
    }

    @Test
    void an_append_that_is_sent_again_is_recognised_by_its_event_ids() {
        List<EventEnvelope> appended = events(stream, 0, 3);
        store.append(stream, 0, appended, AppendOptions.none());

        assertThat(store.append(stream, 0, appended, AppendOptions.none())).isEqualTo(new AppendResult(1, 3, false));
        append(3, 2);
        assertThat(store.append(stream, 0, appended, AppendOptions.none())).isEqualTo(new AppendResult(1, 3, false));
        assertThat(numbers()).containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void refuses_other_events_with_the_ids_of_stored_events() {
        List<EventEnvelope> appended = events(stream, 0, 2);
        store.append(stream, 0, appended, AppendOptions.none());
        List<EventEnvelope> later = appended.stream()
                .map(event -> EventEnvelope.of(
                        EventMetadata.builder()
                                .eventId(event.metadata().eventId())
                                .eventType(
                                        event.metadata().eventType(),
                                        event.metadata().eventVersion())
                                .timestamp(event.metadata().timestamp().plusNanos(1))
                                .aggregate(stream.aggregateType(), stream.aggregateId())
                                .sequenceNumber(event.metadata().sequenceNumber())
                                .context(event.metadata().context())
                                .build(),
                        event.event()))
                .toList();

        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> store.append(stream, 0, later, AppendOptions.none()));
        assertThat(numbers()).containsExactly(1L, 2L);
    }

    @Test
    void retry_of_own_append_counts_as_first_attempt() {
        List<EventEnvelope> appended = events(stream, 0, 2);
        store.append(stream, 0, appended, command("cmd", "f"));
        append(2, 1);

        assertThat(store.append(stream, 0, appended, command("cmd", "f"))).isEqualTo(new AppendResult(1, 2, false));
        assertThat(numbers()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void an_append_of_other_events_is_a_conflict_though_some_are_stored() {
        List<EventEnvelope> appended = events(stream, 0, 2);
        store.append(stream, 0, appended, AppendOptions.none());
        List<EventEnvelope> mixed =
                List.of(appended.get(0), events(stream, 1, 1).get(0));
        List<EventEnvelope> longer = new ArrayList<>(appended);
        longer.addAll(events(stream, 2, 1));

        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> store.append(stream, 0, mixed, AppendOptions.none()));
        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> store.append(stream, 0, longer, AppendOptions.none()));
        assertThat(numbers()).containsExactly(1L, 2L);
    }

    @Test
    void repeated_command_gets_its_first_result_at_any_version() {
        append(0, 1);
        store.append(stream, 1, events(stream, 1, 2), command("cmd", "f"));
        append(3, 1);

        for (long version : List.of(0L, 1L, 3L, 4L, 9L)) {
            assertThat(store.append(stream, version, events(stream, version, 1), command("cmd", "f")))
                    .isEqualTo(new AppendResult(2, 3, true));
        }
        assertThat(numbers()).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void a_handled_command_is_found() {
        store.append(stream, 0, events(stream, 0, 2), command("cmd/?#\\ü", "print"));

        assertThat(store.findCommand(stream, "cmd/?#\\ü")).hasValue(new HandledCommand("cmd/?#\\ü", "print", 1, 2));
        assertThat(store.findCommand(stream, "other")).isEmpty();
    }

    @Test
    void command_ids_that_are_alike_name_different_commands() {
        List<String> alike =
                List.of("cmd", "CMD", "cmd ", "cmd/1", "cmd?1", "cmd#1", "cmd\\1", "cmd%31", "cmd1", "cmdü");
        for (int i = 0; i < alike.size(); i++) {
            assertThat(store.append(stream, i, events(stream, i, 1), command(alike.get(i), "f")))
                    .as(alike.get(i))
                    .isEqualTo(new AppendResult(i + 1, i + 1, false));
        }
        for (int i = 0; i < alike.size(); i++) {
            assertThat(store.findCommand(stream, alike.get(i)))
                    .hasValue(new HandledCommand(alike.get(i), "f", i + 1, i + 1));
        }
    }

    @Test
    void another_command_under_the_same_id_is_refused() {
        store.append(stream, 0, events(stream, 0, 1), command("cmd", "f"));

        assertThatExceptionOfType(CommandIdReusedException.class)
                .isThrownBy(() -> store.append(stream, 1, events(stream, 1, 1), command("cmd", "other")))
                .satisfies(e -> {
                    assertThat(e.stream()).isEqualTo(stream);
                    assertThat(e.commandId()).isEqualTo("cmd");
                });
        assertThat(numbers()).containsExactly(1L);
    }

    @Test
    void the_scope_of_a_command_is_its_stream() {
        StreamId other = newStream();
        store.append(stream, 0, events(stream, 0, 1), command("cmd", "f"));

        assertThat(store.append(other, 0, events(other, 0, 1), command("cmd", "g"))
                        .duplicate())
                .isFalse();
        assertThat(store.findCommand(other, "cmd").orElseThrow().fingerprint()).isEqualTo("g");
    }

    @Test
    void appends_as_many_events_as_are_allowed_and_refuses_more() {
        assertThat(append(0, 98)).isEqualTo(new AppendResult(1, 98, false));
        assertThat(store.append(stream, 98, events(stream, 98, 98), command("cmd", "f"))
                        .toSequenceNumber())
                .isEqualTo(196);
        assertThatExceptionOfType(AppendTooLargeException.class)
                .isThrownBy(() -> append(196, 99))
                .satisfies(e -> {
                    assertThat(e.limit()).isEqualTo(98);
                    assertThat(e.actual()).isEqualTo(99);
                    assertThat(e.eventId()).isEmpty();
                });
        assertThat(store.currentVersion(stream)).isEqualTo(196);
    }

    @Test
    void refuses_an_event_that_is_too_large_and_names_it() {
        EventEnvelope large = noted(stream, 2, "x".repeat(200 * 1024));

        assertThatExceptionOfType(AppendTooLargeException.class)
                .isThrownBy(
                        () -> store.append(stream, 0, List.of(noted(stream, 1, "small"), large), AppendOptions.none()))
                .satisfies(
                        e -> assertThat(e.eventId()).hasValue(large.metadata().eventId()))
                .withMessageContaining(large.metadata().eventId());
        assertThat(store.currentVersion(stream)).isZero();
    }

    @Test
    void measures_an_event_in_bytes_to_the_last_one() {
        int limit = 200 * 1024;
        int around = ContractEvent.serializer().encode(noted(stream, 1, "").event()).length;
        EventEnvelope fits = noted(stream, 1, "x".repeat(limit - around));
        EventEnvelope oneMore = noted(stream, 2, "x".repeat(limit - around + 1));
        EventEnvelope wide = noted(stream, 2, "ü".repeat(limit / 2));

        assertThat(store.append(stream, 0, List.of(fits), AppendOptions.none()))
                .isEqualTo(new AppendResult(1, 1, false));
        for (EventEnvelope large : List.of(oneMore, wide)) {
            assertThatExceptionOfType(AppendTooLargeException.class)
                    .isThrownBy(() -> store.append(stream, 1, List.of(large), command("cmd", "f")));
        }
        assertThat(numbers()).containsExactly(1L);
        assertThat(store.findCommand(stream, "cmd")).isEmpty();
    }

    @Test
    void refuses_an_append_that_is_too_large_as_a_whole() {
        List<EventEnvelope> tenLarge = LongStream.rangeClosed(1, 10)
                .mapToObj(number -> noted(stream, number, "x".repeat(190 * 1024)))
                .toList();

        assertThatExceptionOfType(AppendTooLargeException.class)
                .isThrownBy(() -> store.append(stream, 0, tenLarge, AppendOptions.none()));
        assertThat(store.currentVersion(stream)).isZero();
        assertThat(store.append(stream, 0, tenLarge.subList(0, 9), AppendOptions.none())
                        .toSequenceNumber())
                .isEqualTo(9);
    }

    @Test
    void refuses_events_whose_metadata_do_not_fit() {
        List<EventEnvelope> twice = new ArrayList<>(events(stream, 0, 1));
        DomainEvent event = new Counted(2);
        twice.add(EventEnvelope.of(
                ContractEvent.metadata(stream, 2, event)
                        .eventId(twice.get(0).metadata().eventId())
                        .build(),
                event));
        for (List<EventEnvelope> bad :
                List.of(List.<EventEnvelope>of(), events(newStream(), 0, 1), events(stream, 1, 1), twice)) {
            assertThatIllegalArgumentException().isThrownBy(() -> store.append(stream, 0, bad, AppendOptions.none()));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store.append(stream, -1, events(stream, 0, 1), AppendOptions.none()));
        assertThat(store.currentVersion(stream)).isZero();
    }

    @Test
    void starts_no_append_after_the_timeout() {
        CommandTimeout passed = CommandTimeout.after(Duration.ZERO);

        assertThatExceptionOfType(CommandTimeoutException.class)
                .isThrownBy(() -> store.append(
                        stream, 0, events(stream, 0, 1), AppendOptions.none().timeout(passed)));
        assertThat(store.currentVersion(stream)).isZero();
        CommandTimeout ahead = CommandTimeout.after(Duration.ofMinutes(5));
        assertThat(store.append(
                                stream,
                                0,
                                events(stream, 0, 1),
                                AppendOptions.none().timeout(ahead))
                        .toSequenceNumber())
                .isEqualTo(1);
    }

    @Test
    void of_writers_at_the_same_version_one_wins() throws InterruptedException {
        append(0, 1);
        for (int round = 1; round <= 10; round++) {
            long version = round;
            List<Object> outcomes = SideBySide.run(8, thread -> () -> append(version, 1));

            assertThat(outcomes).filteredOn(AppendResult.class::isInstance).hasSize(1);
            assertThat(outcomes)
                    .filteredOn(ConcurrencyException.class::isInstance)
                    .hasSize(7);
        }
        assertThat(numbers()).hasSize(11).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void of_writers_with_the_same_command_one_stores_it_and_the_others_get_its_result() throws InterruptedException {
        List<Object> outcomes =
                SideBySide.run(8, thread -> () -> store.append(stream, 0, events(stream, 0, 2), command("cmd", "f")));

        assertThat(outcomes)
                .containsOnly(new AppendResult(1, 2, false), new AppendResult(1, 2, true))
                .containsOnlyOnce(new AppendResult(1, 2, false));
        assertThat(numbers()).containsExactly(1L, 2L);
    }

    @Test
    void a_reader_sees_whole_appends_only() throws InterruptedException {
        AtomicBoolean writing = new AtomicBoolean(true);
        List<Object> outcomes = SideBySide.run(3, thread -> () -> {
            if (thread == 0) {
                try {
                    for (int i = 0; i < 50; i++) {
                        append(i * 3L, 3);
                    }
                } finally {
                    writing.set(false);
                }
                return "written";
            }
            while (writing.get()) {
                List<Long> seen = numbers();
                assertThat(seen.size() % 3).isZero();
                assertThat(seen)
                        .isEqualTo(
                                LongStream.rangeClosed(1, seen.size()).boxed().toList());
            }
            return "read";
        });

        assertThat(outcomes).containsExactly("written", "read", "read");
        assertThat(numbers()).hasSize(150);
    }
}
