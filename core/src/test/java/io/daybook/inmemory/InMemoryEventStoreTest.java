package io.daybook.inmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.daybook.contract.ContractEvent;
import io.daybook.contract.EventStoreContract;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventTypes;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.CommandTimeout;
import io.daybook.eventstore.CommandTimeoutException;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamId;
import io.daybook.serialization.EventSerializer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class InMemoryEventStoreTest extends EventStoreContract {

    @Override
    protected EventStore store(EventSerializer serializer) {
        return new InMemoryEventStore(serializer);
    }

    private static final class MovingClock extends Clock {
        private Instant now = Instant.parse("2026-01-01T00:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
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
        MovingClock clock = new MovingClock();
        EventStore forgetful = new InMemoryEventStore(ContractEvent.serializer(), clock);
        AppendOptions command = AppendOptions.none().idempotencyKey("cmd", "f");
        forgetful.append(stream, 0, ContractEvent.events(stream, 0, 1), command);

        clock.now = clock.now.plus(Duration.ofDays(30)).minusNanos(1);
        assertThat(forgetful.findCommand(stream, "cmd")).isPresent();
        clock.now = clock.now.plusNanos(1);
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
