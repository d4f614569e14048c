package io.daybook.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.io.InputDecorator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.ThreadMXBean;
import io.daybook.account.Account;
import io.daybook.command.Command;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandMetadata;
import io.daybook.command.CommandValidationException;
import io.daybook.command.Violations;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemorySnapshotStore;
import io.daybook.serialization.EventSerializer;
import io.daybook.serialization.JacksonDefaults;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.serialization.Upcaster;
import io.daybook.snapshot.AggregateCache;
import io.daybook.snapshot.SnapshotPolicy;
import java.io.InputStream;
import java.io.Reader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What loads and commands cost, counted rather than timed: JSON that is read, trees, look-ups and bytes allocated. */
class HotPathTest {

    private static final int EVENTS = 10;

    private final AtomicInteger parses = new AtomicInteger();
    private final AtomicInteger trees = new AtomicInteger();
    private final AtomicInteger lookUps = new AtomicInteger();
    private final EventSerializer serializer = JacksonEventSerializer.of(
            Account.TYPE.eventTypes().mapper(new CountingMapper()),
            Upcaster.of("MoneyWithdrawn", 1, json -> json.put("reason", "unknown")));
    private final InMemoryEventStore store = new InMemoryEventStore(serializer);
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);

    private final class CountingMapper extends ObjectMapper {

        private static final long serialVersionUID = 1L;

        @SuppressWarnings("deprecation") // what replaces it wants a factory before there is a mapper
        CountingMapper() {
            super(JacksonDefaults.mapper().build());
            getFactory().setInputDecorator(new InputDecorator() {
                private static final long serialVersionUID = 1L;

                @Override
                public InputStream decorate(IOContext context, InputStream in) {
                    throw new AssertionError("events are bytes");
                }

                @Override
                public InputStream decorate(IOContext context, byte[] source, int offset, int length) {
                    parses.incrementAndGet();
                    return null; // the event itself
                }

                @Override
                public Reader decorate(IOContext context, Reader reader) {
                    throw new AssertionError("events are bytes");
                }
            });
            setNodeFactory(new JsonNodeFactory(true) {
                private static final long serialVersionUID = 1L;

                @Override
                public ObjectNode objectNode() {
                    trees.incrementAndGet();
                    return super.objectNode();
                }
            });
        }

        private CountingMapper(CountingMapper source) {
            super(source);
        }

        @Override
        public ObjectMapper copy() {
            return new CountingMapper(this);
        }

        @Override
        public ObjectReader readerFor(Class<?> type) {
            lookUps.incrementAndGet();
            return super.readerFor(type);
        }

        @Override
        public ObjectWriter writerFor(Class<?> type) {
            lookUps.incrementAndGet();
            return super.writerFor(type);
        }
    }

    private record Deposit(String aggregateId, String amount) implements Command {
        @Override
        public void validate(Violations violations) {
            violations.require(!amount.startsWith("-"), "amount", "must not be negative");
        }
    }

    private static void open(AggregateRepository<Account> accounts, String id) {
        accounts.create(id, UpdateContext.empty(), account -> {
            account.open("ann", Instant.EPOCH);
            for (int i = 1; i < EVENTS; i++) {
                account.deposit("1.00");
            }
        });
    }

    private static CommandBus bus(AggregateRepository<Account> accounts) {
        return CommandBus.builder()
                .updating(Deposit.class, accounts, (account, command, context) -> account.deposit(command.amount()))
                .build();
    }

    private void forget() {
        parses.set(0);
        trees.set(0);
        lookUps.set(0);
    }

    @Test
    void loading_reads_the_data_of_each_event_once_and_nothing_else() {
        open(accounts, "1");
        forget();

        assertThat(accounts.load("1").movements()).isEqualTo(EVENTS - 1);

        assertThat(parses).hasValue(EVENTS);
        assertThat(trees).hasValue(0);
        assertThat(lookUps).hasValue(0);
    }

    @Test
    void only_an_event_of_an_older_version_becomes_a_tree() {
        open(accounts, "1");
        StreamId stream = StreamId.of("Account", "1");
        EventMetadata old = EventMetadata.builder()
                .eventId("old")
                .eventType("MoneyWithdrawn", 1)
                .timestamp(Instant.EPOCH)
                .aggregate("Account", "1")
                .sequenceNumber(EVENTS + 1)
                .build();
        byte[] data = "{\"accountId\":\"1\",\"amount\":\"1.00\"}".getBytes(StandardCharsets.UTF_8);
        store.append(stream, EVENTS, List.of(EventEnvelope.stored(old, data, serializer)), AppendOptions.none());
        forget();

        assertThat(accounts.load("1").balance()).isEqualByComparingTo("8.00");

        assertThat(parses).hasValue(EVENTS + 1);
        assertThat(trees).hasValue(1);
        assertThat(lookUps).hasValue(0);
    }

    @Test
    void with_a_snapshot_only_what_came_after_it_is_read() {
        AggregateRepository<Account> snapshots =
                accounts.snapshots(new InMemorySnapshotStore(), SnapshotPolicy.everyEvents(EVENTS));
        open(snapshots, "1");
        snapshots.update("1", UpdateContext.empty(), account -> account.deposit("1.00"));
        forget();

        assertThat(snapshots.load("1").movements()).isEqualTo(EVENTS);

        assertThat(parses).hasValue(1);
    }

    @Test
    void a_command_reads_each_event_once_and_what_it_writes_once() {
        open(accounts, "1");
        CommandBus bus = bus(accounts);
        forget();

        bus.send(new Deposit("1", "1.00"), CommandMetadata.builder().build());

        assertThat(parses).hasValue(EVENTS + 1); // an event is read back before it is stored
        assertThat(trees).hasValue(0);
        assertThat(lookUps).hasValue(0);
    }

    @Test
    void an_invalid_command_costs_no_load() {
        open(accounts, "1");
        CommandBus bus = bus(accounts);
        forget();

        assertThatExceptionOfType(CommandValidationException.class)
                .isThrownBy(() -> bus.send(
                        new Deposit("1", "-1.00"), CommandMetadata.builder().build()));

        assertThat(parses).hasValue(0);
    }

    @Test
    void a_command_on_stored_state_allocates_within_its_bound() {
        assertThat(allocatedByACommand(accounts)).isLessThan(20_000);
    }

    @Test
    void a_command_on_state_in_memory_allocates_within_its_bound() {
        assertThat(allocatedByACommand(accounts.snapshots(new InMemorySnapshotStore(), SnapshotPolicy.never())
                        .cache(AggregateCache.inMemory(10_000))))
                .isLessThan(6_500);
    }

    /** Bytes, on the average of commands on accounts of 10 events. */
    private static long allocatedByACommand(AggregateRepository<Account> accounts) {
        int commands = 2_000;
        CommandBus bus = bus(accounts);
        for (int i = 0; i < 2 * commands; i++) {
            open(accounts, "a" + i);
            accounts.load("a" + i); // in memory, where it is kept
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = 0;
        for (int i = 0; i < 2 * commands; i++) {
            if (i == commands) { // the first half warms up
                before = threads.getCurrentThreadAllocatedBytes();
            }
            bus.send(new Deposit("a" + i, "1.00"), CommandMetadata.builder().build());
        }
        return (threads.getCurrentThreadAllocatedBytes() - before) / commands;
    }
}
