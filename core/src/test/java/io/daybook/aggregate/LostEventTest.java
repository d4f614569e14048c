package io.daybook.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.daybook.account.Account;
import io.daybook.account.ScriptedEventStore;
import io.daybook.eventstore.AppendResult;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemorySnapshotStore;
import io.daybook.metrics.RepositoryMetrics;
import io.daybook.snapshot.AggregateCache;
import io.daybook.snapshot.SnapshotPolicy;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Appends that were decided on an event that the database has lost since, as after an unplanned failover. */
class LostEventTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(AggregateRepository.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final ScriptedEventStore store = new ScriptedEventStore();
    private final AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store)
            .snapshots(new InMemorySnapshotStore(), SnapshotPolicy.never())
            .cache(AggregateCache.inMemory(10));

    @BeforeEach
    void open() {
        accounts.create("1", UpdateContext.empty(), account -> account.open("ann", Instant.EPOCH));
        lines.start();
        logger.addAppender(lines);
        store.calls();
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
    }

    private void findOtherPredecessorOnNextAppend() {
        store.onNextAppend((inner, stream, version, events, options) -> {
            AppendResult result = inner.append(stream, version, events, options);
            return new AppendResult(
                    result.fromSequenceNumber(), result.toSequenceNumber(), false, Optional.of("other-event"));
        });
    }

    private UpdateResult<?> deposit() {
        return accounts.update("1", UpdateContext.empty(), account -> account.deposit("1.00"));
    }

    @Test
    void names_the_event_that_the_decision_was_built_on() {
        List<Optional<String>> builtOn = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            store.onNextAppend((inner, stream, version, events, options) -> {
                builtOn.add(options.builtOn());
                return inner.append(stream, version, events, options);
            });
        }
        accounts.create("2", UpdateContext.empty(), account -> account.open("bob", Instant.EPOCH));
        deposit();

        String first = store.read(StreamId.of("Account", "1"), 0, 1)
                .toList()
                .get(0)
                .metadata()
                .eventId();
        assertThat(builtOn).containsExactly(Optional.empty(), Optional.of(first));
    }

    @Test
    void counts_append_as_stored_and_drops_the_state_in_memory() {
        findOtherPredecessorOnNextAppend();

        assertThat(deposit().version()).isEqualTo(2);
        assertThat(store.calls()).containsExactly("append");
        assertThat(accounts.appendsOnLostEvents()).isEqualTo(1);

        assertThat(deposit().version()).isEqualTo(3);
        assertThat(store.calls()).containsExactly("read>0", "append");
        assertThat(accounts.appendsOnLostEvents()).isEqualTo(1);
    }

    @Test
    void logs_one_error_with_stream_and_both_events() {
        findOtherPredecessorOnNextAppend();
        deposit();

        assertThat(lines.list).singleElement().satisfies(line -> {
            assertThat(line.getLevel()).isEqualTo(Level.ERROR);
            assertThat(line.getFormattedMessage())
                    .contains("stream=Account-1 version=1 builtOn=")
                    .endsWith("found=other-event");
        });
    }

    @Test
    void shows_the_count_in_metrics() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new RepositoryMetrics(accounts).bindTo(registry);
        findOtherPredecessorOnNextAppend();
        deposit();

        assertThat(registry.get("daybook.appends.on.lost.events")
                        .tag("aggregate", "Account")
                        .functionCounter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void refuses_further_use_of_a_saved_aggregate_that_contains_a_lost_event() {
        Account account = accounts.load("1");
        account.deposit("1.00");
        findOtherPredecessorOnNextAppend();

        assertThat(accounts.save(account, UpdateContext.empty()).version()).isEqualTo(2);
        assertThatIllegalStateException()
                .isThrownBy(() -> account.deposit("1.00"))
                .withMessageContaining("load the aggregate again");
        assertThatIllegalStateException()
                .as("with nothing raised")
                .isThrownBy(() -> accounts.save(account, UpdateContext.empty()));
    }
}
