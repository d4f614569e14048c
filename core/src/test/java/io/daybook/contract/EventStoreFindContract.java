package io.daybook.contract;

import static io.daybook.contract.ContractEvent.events;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.daybook.contract.ContractEvent.Counted;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.MessageContext;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendResult;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventFilter;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamId;
import io.daybook.serialization.EventSerializer;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The part of {@link EventStoreContract} that is about reading and querying; extend that one. */
abstract class EventStoreFindContract {

    private static final Instant T = Instant.parse("2026-01-02T03:04:05.000000005Z");

    /** The store under test. */
    protected EventStore store = unset();

    /** A stream that no other test has used. */
    protected StreamId stream = newStream();

    private final String mark = UUID.randomUUID().toString();

    /**
     * Makes the store under test; called before each test. It may be the same one each time.
     *
     * @param serializer knows the events of this suite
     * @return the store
     */
    protected abstract EventStore store(EventSerializer serializer);

    @BeforeEach
    final void makeStore() {
        store = store(ContractEvent.serializer());
        stream = newStream();
    }

    private static EventStore unset() {
        return null;
    }

    static StreamId newStream() {
        return StreamId.of("Contract", UUID.randomUUID().toString());
    }

    final AppendResult append(long expectedVersion, int count) {
        return store.append(stream, expectedVersion, events(stream, expectedVersion, count), AppendOptions.none());
    }

    final List<Long> numbers() {
        return numbers(0, Long.MAX_VALUE);
    }

    private List<Long> numbers(long afterVersion, long toVersion) {
        return store.read(stream, afterVersion, toVersion)
                .map(event -> event.metadata().sequenceNumber())
                .toList();
    }

    @Test
    void reads_the_range_that_is_asked_for() {
        append(0, 10);

        assertThat(numbers(0, 3)).containsExactly(1L, 2L, 3L);
        assertThat(numbers(3, 5)).containsExactly(4L, 5L);
        assertThat(numbers(9, Long.MAX_VALUE)).containsExactly(10L);
        assertThat(numbers(10, Long.MAX_VALUE)).isEmpty();
        assertThat(numbers(50, 60)).isEmpty();
        assertThat(numbers(4, 4)).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> store.read(stream, -1, 5));
        assertThatIllegalArgumentException().isThrownBy(() -> store.read(stream, 5, 4));
    }

    @Test
    void current_read_returns_all_events_after_a_version() {
        append(0, 10);

        assertThat(store.readCurrent(stream, 0)).hasSize(10);
        assertThat(store.readCurrent(stream, 8).map(event -> event.metadata().sequenceNumber()))
                .containsExactly(9L, 10L);
        assertThat(store.readCurrent(stream, 10)).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> store.readCurrent(stream, -1));
    }

    @Test
    void reads_nothing_however_far_beyond_the_end() {
        append(0, 40);
        long[] beyond = {
            41,
            1L << 31,
            (1L << 32) - 8,
            1L << 32,
            (1L << 32) + 5,
            1_000_000_000_000_000_000L,
            Long.MAX_VALUE - 1,
            Long.MAX_VALUE
        };
        for (long after : beyond) {
            assertThat(numbers(after, Long.MAX_VALUE)).as("after %d", after).isEmpty();
            assertThat(numbers(after, after)).as("after and to %d", after).isEmpty();
            assertThat(store.read(newStream(), after, Long.MAX_VALUE)).isEmpty();
        }
        for (long to : beyond) {
            assertThat(numbers(38, to)).as("to %d", to).containsExactly(39L, 40L);
            assertThat(numbers(0, to)).as("to %d", to).hasSize(40);
            assertThat(numbers(40, to)).as("to %d", to).isEmpty();
        }
    }

    @Test
    void refuses_to_append_and_delete_however_far_beyond_the_end() {
        append(0, 2);
        for (long beyond : new long[] {1L << 32, (1L << 32) + 2, 1_000_000_000_000_000_000L, Long.MAX_VALUE - 1}) {
            assertThatExceptionOfType(ConcurrencyException.class)
                    .isThrownBy(() -> append(beyond, 1))
                    .satisfies(e -> assertThat(e.actualVersion()).isEqualTo(2));
            assertThatExceptionOfType(ConcurrencyException.class)
                    .isThrownBy(() -> store.delete(stream, beyond))
                    .satisfies(e -> assertThat(e.actualVersion()).isEqualTo(2));
        }
        assertThat(numbers()).containsExactly(1L, 2L);
    }

    @Test
    void finds_nothing_in_times_far_beyond_all_events() {
        store(stream, 1, T, UnaryOperator.identity());
        EventFilter mine = EventFilter.all().correlationId(mark);

        assertThat(found(mine.from(Instant.MAX))).isEmpty();
        assertThat(found(mine.until(Instant.MIN))).isEmpty();
        assertThat(found(mine.from(Instant.MIN).until(Instant.MAX))).containsExactly(1);
    }

    @Test
    void reads_a_long_stream_page_by_page_and_loses_nothing() {
        for (int version = 0; version < 1_470; version += 98) {
            append(version, 98);
        }

        assertThat(numbers()).isEqualTo(LongStream.rangeClosed(1, 1_470).boxed().toList());
        for (long after : List.of(99L, 100L, 101L, 499L, 500L, 501L, 999L, 1_000L, 1_001L)) {
            assertThat(numbers(after, Long.MAX_VALUE))
                    .isEqualTo(LongStream.rangeClosed(after + 1, 1_470).boxed().toList());
        }
        for (long to : List.of(99L, 100L, 101L, 500L, 501L, 1_000L, 1_001L)) {
            assertThat(numbers(1, to))
                    .isEqualTo(LongStream.rangeClosed(2, to).boxed().toList());
        }
        Iterator<EventEnvelope> first = store.read(stream, 0, Long.MAX_VALUE).iterator();
        assertThat(((Counted) first.next().event()).number()).isEqualTo(1);
    }

    @Test
    void reads_each_event_under_its_own_number() {
        append(0, 50);

        assertThat(numbers()).hasSize(50);
        store.read(stream, 0, Long.MAX_VALUE)
                .forEach(event -> assertThat(((Counted) event.event()).number())
                        .isEqualTo((int) event.metadata().sequenceNumber()));
    }

    @Test
    void keeps_streams_apart_whose_names_are_alike() {
        List<String> alike = List.of(
                mark + "-1",
                mark + "-10",
                mark + "-1/",
                mark + "-1?",
                mark + "-1#",
                mark + "-1\\",
                mark + "-1'",
                mark + "-1\"",
                mark + "-a",
                mark + "-A",
                mark + "-ä",
                mark + "-1 ",
                mark + "-%31");
        for (int i = 0; i < alike.size(); i++) {
            StreamId named = StreamId.of("Contract", alike.get(i));
            store.append(named, 0, events(named, 0, i + 1), AppendOptions.none());
        }

        for (int i = 0; i < alike.size(); i++) {
            StreamId named = StreamId.of("Contract", alike.get(i));
            assertThat(store.read(named, 0, Long.MAX_VALUE))
                    .as(alike.get(i))
                    .hasSize(i + 1)
                    .allSatisfy(
                            event -> assertThat(event.metadata().aggregateId()).isEqualTo(named.aggregateId()));
            assertThat(store.currentVersion(named)).isEqualTo(i + 1);
        }
    }

    @Test
    void keeps_streams_apart_that_differ_in_their_type_alone() {
        List<String> types = List.of("Contract", "contract", "Another");
        for (int i = 0; i < types.size(); i++) {
            StreamId typed = StreamId.of(types.get(i), mark);
            store.append(typed, 0, events(typed, 0, i + 1), AppendOptions.none());
        }

        for (int i = 0; i < types.size(); i++) {
            StreamId typed = StreamId.of(types.get(i), mark);
            assertThat(store.currentVersion(typed)).isEqualTo(i + 1);
            assertThat(store.read(typed, 0, Long.MAX_VALUE))
                    .hasSize(i + 1)
                    .allSatisfy(event ->
                            assertThat(event.metadata().aggregateType()).isEqualTo(typed.aggregateType()));
        }
    }

    private void store(StreamId target, long number, Instant at, UnaryOperator<EventMetadata.Builder> more) {
        Counted event = new Counted((int) number);
        EventMetadata metadata = more.apply(ContractEvent.metadata(target, number, event)
                        .timestamp(at)
                        .context(marked().build()))
                .build();
        store.append(target, number - 1, List.of(EventEnvelope.of(metadata, event)), AppendOptions.none());
    }

    private MessageContext.Builder marked() {
        return MessageContext.builder().correlationId(mark);
    }

    private List<Integer> found(EventFilter filter) {
        return store.find(filter)
                .filter(event -> event.metadata().correlationId().startsWith(mark))
                .map(event -> ((Counted) event.event()).number())
                .toList();
    }

    @Test
    void finds_events_by_each_of_their_metadata() {
        store(
                stream,
                1,
                T,
                metadata -> metadata.context(marked().userId(mark + "u").build()));
        store(
                stream,
                2,
                T.plusNanos(1),
                metadata -> metadata.context(marked().causationId(mark + "c").build()));
        store(stream, 3, T.plusNanos(2), metadata -> metadata.commandId(mark + "d"));
        store(
                stream,
                4,
                T.plusSeconds(1),
                metadata -> metadata.context(marked().correlationId(mark + "x").build()));
        StreamId other = StreamId.of("Another", mark);
        store(other, 1, T.plusSeconds(60), UnaryOperator.identity());

        assertThat(found(EventFilter.all().userId(mark + "u"))).containsExactly(1);
        assertThat(found(EventFilter.all().causationId(mark + "c"))).containsExactly(2);
        assertThat(found(EventFilter.all().commandId(mark + "d"))).containsExactly(3);
        assertThat(found(EventFilter.all().correlationId(mark + "x"))).containsExactly(4);
        assertThat(found(EventFilter.all().correlationId(mark))).containsExactly(1, 2, 3, 1);
        EventFilter mine = EventFilter.all().correlationId(mark);
        assertThat(found(mine.aggregateType("Another"))).containsExactly(1);
        assertThat(found(mine.aggregateType("Unused"))).isEmpty();
        assertThat(found(mine.eventType("ContractCounted"))).hasSize(4);
        assertThat(found(mine.eventType("ContractNoted"))).isEmpty();
        assertThat(found(mine.from(T.plusNanos(1)))).containsExactly(2, 3, 1);
        assertThat(found(mine.until(T.plusNanos(2)))).containsExactly(1, 2);
        assertThat(found(mine.from(T.plusNanos(1)).until(T.plusNanos(2)))).containsExactly(2);
        assertThat(found(mine.userId(mark + "u").commandId(mark + "d"))).isEmpty();
    }

    @Test
    void finds_events_in_the_order_of_their_time_and_then_of_their_number() {
        store(stream, 1, T.plusSeconds(9), UnaryOperator.identity());
        store(stream, 2, T.plusSeconds(5), UnaryOperator.identity());
        store(stream, 3, T.plusSeconds(5), UnaryOperator.identity());
        store(stream, 4, T.minusSeconds(5), UnaryOperator.identity());

        assertThat(found(EventFilter.all().correlationId(mark))).containsExactly(4, 2, 3, 1);
    }

    @Test
    void compares_times_as_times_however_many_digits_they_have() {
        Instant whole = Instant.parse("2026-01-02T03:04:05Z");
        store(stream, 1, whole.plusNanos(1), UnaryOperator.identity());
        store(stream, 2, whole, UnaryOperator.identity());
        store(stream, 3, whole.plusMillis(1), UnaryOperator.identity());
        store(stream, 4, whole.plusNanos(1_000), UnaryOperator.identity());
        store(stream, 5, Instant.EPOCH.minusSeconds(1), UnaryOperator.identity());

        EventFilter mine = EventFilter.all().correlationId(mark);
        assertThat(found(mine)).containsExactly(5, 2, 1, 4, 3);
        assertThat(found(mine.from(whole))).containsExactly(2, 1, 4, 3);
        assertThat(found(mine.until(whole.plusNanos(1)))).containsExactly(5, 2);
        assertThat(found(mine.from(whole.plusNanos(1)).until(whole.plusMillis(1))))
                .containsExactly(1, 4);
    }

    @Test
    void finds_many_events_page_by_page_and_loses_none() {
        for (int version = 0; version < 1_470; version += 98) {
            store.append(stream, version, marked(version, 98), AppendOptions.none());
        }

        assertThat(found(EventFilter.all().correlationId(mark)))
                .isEqualTo(IntStream.rangeClosed(1, 1_470).boxed().toList());
    }

    private List<EventEnvelope> marked(long afterVersion, int count) {
        return LongStream.rangeClosed(afterVersion + 1, afterVersion + count)
                .mapToObj(number -> {
                    Counted event = new Counted((int) number);
                    EventMetadata metadata = ContractEvent.metadata(stream, number, event)
                            .context(marked().build())
                            .build();
                    return EventEnvelope.of(metadata, event);
                })
                .toList();
    }
}
