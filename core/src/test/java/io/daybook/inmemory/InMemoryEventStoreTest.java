package io.daybook.inmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.daybook.contract.ContractEvent;
import io.daybook.contract.EventStoreContract;
import io.daybook.contract.ManualClock;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventTypes;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendOptions.IdempotencyKey;
import io.daybook.eventstore.CommandTimeout;
import io.daybook.eventstore.CommandTimeoutException;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventFilter;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.ScanPage;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import io.daybook.serialization.EventSerializer;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class InMemoryEventStoreTest extends EventStoreContract {

    @Override
    protected EventStore store(EventSerializer serializer) {
        return new InMemoryEventStore(serializer);
    }

    /** Counts how many events are decoded. */
    private static final class CountingSerializer implements EventSerializer {
        private final EventSerializer serializer = ContractEvent.serializer();
        private final AtomicInteger decoded = new AtomicInteger();

        @Override
        public byte[] encode(DomainEvent event) {
            return serializer.encode(event);
        }

        @Override
        public EventTypes.Registration registrationOf(DomainEvent event) {
            return serializer.registrationOf(event);
        }

        @Override
        public DomainEvent decode(String eventType, int eventVersion, byte[] data) {
            decoded.incrementAndGet();
            return serializer.decode(eventType, eventVersion, data);
        }
    }

    @Test
    void refuses_append_whose_timeout_expired_while_its_events_were_encoded() {
        AtomicLong nanos = new AtomicLong();
        EventSerializer right = ContractEvent.serializer();
        EventStore slow = new InMemoryEventStore(new EventSerializer() {
            @Override
            public EventTypes.Registration registrationOf(DomainEvent event) {
                return right.registrationOf(event);
            }

            @Override
            public byte[] encode(DomainEvent event) {
                nanos.addAndGet(1_000);
                return right.encode(event);
            }

            @Override
            public DomainEvent decode(String eventType, int eventVersion, byte[] data) {
                return right.decode(eventType, eventVersion, data);
            }
        });
        CommandTimeout timeout = CommandTimeout.after(Duration.ofNanos(1_500), nanos::get);

        assertThatExceptionOfType(CommandTimeoutException.class)
                .isThrownBy(() -> slow.append(
                        stream,
                        0,
                        ContractEvent.events(stream, 0, 2),
                        AppendOptions.none().timeout(timeout)));
        assertThat(slow.currentVersion(stream)).isZero();
    }

    private final InMemoryEventStore own = new InMemoryEventStore(ContractEvent.serializer());

    private void appendOwn(long version, int count) {
        own.append(stream, version, ContractEvent.events(stream, version, count), AppendOptions.none());
    }

    private List<EventEnvelope> conflictingEventsAt(long expectedVersion) {
        return catchThrowableOfType(ConcurrencyException.class, () -> appendOwn(expectedVersion, 1))
                .conflictingEvents();
    }

    private static List<Long> numbers(List<EventEnvelope> events) {
        return events.stream().map(event -> event.metadata().sequenceNumber()).toList();
    }

    @Test
    void conflict_names_up_to_500_events_and_the_one_before_them() {
        appendOwn(0, 3);
        assertThat(numbers(conflictingEventsAt(0))).containsExactly(1L, 2L, 3L);
        for (int version = 3; version < 513; version += 51) {
            appendOwn(version, 51);
        }

        assertThat(numbers(conflictingEventsAt(13)))
                .isEqualTo(LongStream.rangeClosed(13, 513).boxed().toList());
        assertThat(numbers(conflictingEventsAt(512))).containsExactly(512L, 513L);
        assertThat(conflictingEventsAt(12)).as("more than 500").isEmpty();
        assertThat(conflictingEventsAt(514)).as("ahead").isEmpty();
        assertThat(conflictingEventsAt(600)).as("far ahead").isEmpty();
    }

    @Test
    void reads_every_number_of_events() {
        for (int version = 0; version < 70; version++) {
            appendOwn(version, 1);
            assertThat(numbers(own.read(stream, 0, Long.MAX_VALUE).toList()))
                    .isEqualTo(LongStream.rangeClosed(1, version + 1).boxed().toList());
        }
        Iterator<EventEnvelope> two = own.read(stream, 0, 2).iterator();
        two.next();
        two.next();
        assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(two::next);
    }

    @Test
    void read_and_rejection_after_a_deletion_report_it() {
        appendOwn(0, 3);
        Stream<EventEnvelope> begun = own.read(stream, 0, Long.MAX_VALUE);
        own.delete(stream);

        assertThatExceptionOfType(StreamDeletedException.class).isThrownBy(begun::toList);
        assertThatExceptionOfType(StreamDeletedException.class)
                .isThrownBy(() -> own.recordRejection(stream, new IdempotencyKey("cmd", "f"), "com.example.SoldOut"));
    }

    @Test
    void finds_events_of_the_same_time_in_the_order_of_their_numbers() {
        StreamId second = StreamId.of("Contract", "second");
        appendOwn(0, 2);
        own.append(second, 0, ContractEvent.events(second, 0, 1), AppendOptions.none());

        assertThat(numbers(own.find(EventFilter.all()).toList())).containsExactly(1L, 1L, 2L);
    }

    @Test
    void scan_tells_how_much_is_left() {
        StreamId inRange1 = StreamId.of("Contract", "1");
        for (int version = 0; version < 30 * 49; version += 49) {
            own.append(inRange1, version, ContractEvent.events(inRange1, version, 49), AppendOptions.none());
        }

        ScanPage first = own.scan("1", "");
        assertThat(first.events()).hasSize(21 * 49);
        assertThat(first.remaining()).as("half of the 9 transactions").isEqualTo(4);
        assertThat(first.isLast()).isFalse();
        ScanPage second = own.scan("1", first.next());
        assertThat(second.events()).hasSize(9 * 49);
        assertThat(second.remaining()).isZero();
        assertThat(second.isLast()).isTrue();
    }

    @Test
    void removes_expired_commands_from_memory() {
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        InMemoryStream kept = new InMemoryStream(stream, ContractEvent.serializer());
        for (int i = 0; i < 10; i++) {
            Instant now = start.plus(Duration.ofDays(i * 20L));
            EventEnvelope event = ContractEvent.events(stream, i, 1).get(0);
            byte[] data = ContractEvent.serializer().encode(event.event());
            kept.append(
                    i,
                    List.of(new StoredEvent(event.metadata(), data)),
                    AppendOptions.none().idempotencyKey("cmd-" + i, "f"),
                    now,
                    now.plus(Duration.ofDays(30)),
                    new TransactionLog());
        }

        assertThat(kept.idempotencyKeys()).isEqualTo(2);
        assertThat(kept.command("cmd-8", start.plus(Duration.ofDays(180)))).isPresent();
    }

    @Test
    void forgets_a_command_after_30_days() {
        ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
        EventStore forgetful = new InMemoryEventStore(ContractEvent.serializer(), clock);
        AppendOptions command = AppendOptions.none().idempotencyKey("cmd", "f");
        forgetful.append(stream, 0, ContractEvent.events(stream, 0, 1), command);

        clock.advance(Duration.ofDays(30).minusNanos(1));
        assertThat(forgetful.findCommand(stream, "cmd")).isPresent();
        clock.advance(Duration.ofNanos(1));
        assertThat(forgetful.findCommand(stream, "cmd")).isEmpty();
        assertThat(forgetful
                        .append(stream, 1, ContractEvent.events(stream, 1, 1), command)
                        .duplicate())
                .isFalse();
    }

    @Test
    void decodes_only_what_a_reader_takes_and_keeps_nothing_of_it() {
        CountingSerializer serializer = new CountingSerializer();
        InMemoryEventStore counted = new InMemoryEventStore(serializer);
        for (int version = 0; version < 98_000; version += 98) {
            counted.append(stream, version, ContractEvent.events(stream, version, 98), AppendOptions.none());
        }
        counted.append(stream, 98_000, ContractEvent.events(stream, 98_000, 2), AppendOptions.none());

        Iterator<EventEnvelope> events =
                counted.read(stream, 90_000, Long.MAX_VALUE).iterator();
        for (int i = 0; i < 10; i++) {
            events.next().event();
        }
        assertThat(serializer.decoded).hasValue(10);

        Runtime runtime = Runtime.getRuntime();
        System.gc();
        long before = runtime.totalMemory() - runtime.freeMemory();
        long[] peak = {0};
        long sum = counted.read(stream, 0, Long.MAX_VALUE)
                .mapToLong(event -> {
                    if (event.metadata().sequenceNumber() % 20_000 == 0) {
                        System.gc();
                        peak[0] = Math.max(peak[0], runtime.totalMemory() - runtime.freeMemory());
                    }
                    return ((ContractEvent.Counted) event.event()).number();
                })
                .sum();
        assertThat(sum).isEqualTo(98_002L * 98_003 / 2);
        assertThat(peak[0] - before)
                .as("bytes held while 98,002 events pass by")
                .isLessThan(4 * 1024 * 1024);
    }

    @Test
    @Tag("faults")
    void holds_a_million_events_of_ten_thousand_streams() {
        InMemoryEventStore large = new InMemoryEventStore(ContractEvent.serializer());
        for (int number = 0; number < 10_000; number++) {
            StreamId one = StreamId.of("Many", String.valueOf(number));
            large.append(one, 0, ContractEvent.events(one, 0, 50), AppendOptions.none());
            large.append(one, 50, ContractEvent.events(one, 50, 50), AppendOptions.none());
        }

        for (int number = 0; number < 10_000; number += 997) {
            StreamId one = StreamId.of("Many", String.valueOf(number));
            assertThat(large.read(one, 0, Long.MAX_VALUE)).hasSize(100);
        }
    }
}
