package io.daybook.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.daybook.account.Account;
import io.daybook.account.ScriptedEventStore;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.MessageContext;
import io.daybook.eventstore.CommandTimeout;
import io.daybook.eventstore.CommandTimeoutException;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.StreamId;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AggregateRepositoryTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.000000006Z");
    private static final StreamId STREAM = StreamId.of("Account", "1");

    private final ScriptedEventStore store = new ScriptedEventStore();
    private final AggregateRepository<Account> accounts =
            AggregateRepository.of(Account.TYPE, store).clock(Clock.fixed(NOW, ZoneOffset.UTC));

    private void open() {
        accounts.create("1", UpdateContext.empty(), account -> {
            account.open("ann", NOW);
            account.deposit("100.00");
        });
        store.calls();
    }

    private UpdateResult<?> withdraw(UpdateContext context, String amount) {
        return accounts.update("1", context, account -> account.withdraw(amount));
    }

    private static UpdateContext command(String id, String fingerprint) {
        return UpdateContext.builder().idempotencyKey(id, fingerprint).build();
    }

    private List<EventEnvelope> stored() {
        return store.read(STREAM, 0, Long.MAX_VALUE).toList();
    }

    @Test
    void creates_with_one_append_and_changes_with_one_read_and_one_append() {
        UpdateResult<?> created = accounts.create("1", UpdateContext.empty(), account -> account.open("ann", NOW));
        assertThat(store.calls()).containsExactly("append");
        UpdateResult<?> changed = accounts.update("1", UpdateContext.empty(), account -> account.deposit("1.00"));
        assertThat(store.calls()).containsExactly("read>0", "append");

        assertThat(created).isEqualTo(new UpdateResult<>(STREAM, 1, 1, false, 0));
        assertThat(changed).isEqualTo(new UpdateResult<>(STREAM, 2, 1, false, 0));
        assertThat(accounts.load("1").balance()).isEqualTo(new BigDecimal("1.00"));
    }

    @Test
    void a_recorded_command_costs_no_further_request() {
        open();
        withdraw(command("c1", "f"), "1.00");

        assertThat(store.calls()).containsExactly("read>0", "append");
    }

    @Test
    void events_carry_user_correlation_and_causation_ids() {
        accounts.create(
                "1",
                UpdateContext.builder()
                        .messageContext(MessageContext.of("corr", "cause", "alice", Map.of("traceparent", "00-1")))
                        .commandId("c1")
                        .build(),
                account -> {
                    account.open("ann", NOW);
                    account.withdraw("0.00");
                });

        EventMetadata second = stored().get(1).metadata();
        assertThat(second.sequenceNumber()).isEqualTo(2);
        assertThat(second.eventType()).isEqualTo("MoneyWithdrawn");
        assertThat(second.eventVersion()).isEqualTo(2);
        assertThat(second.timestamp()).isEqualTo(NOW);
        assertThat(second.correlationId()).isEqualTo("corr");
        assertThat(second.causationId()).hasValue("cause");
        assertThat(second.userId()).hasValue("alice");
        assertThat(second.commandId()).hasValue("c1");
        assertThat(second.attributes()).containsEntry("traceparent", "00-1");
    }

    @Test
    void a_clock_that_jumps_back_does_not_change_the_order() {
        accounts.create("1", UpdateContext.empty(), account -> account.open("ann", NOW));
        accounts.clock(Clock.fixed(NOW.minusSeconds(3600), ZoneOffset.UTC))
                .update("1", UpdateContext.empty(), account -> account.deposit("5.00"));

        assertThat(stored())
                .extracting(event -> event.metadata().sequenceNumber())
                .containsExactly(1L, 2L);
        assertThat(accounts.load("1").balance()).isEqualTo(new BigDecimal("5.00"));
    }

    @Test
    void loads_the_state_as_it_was() {
        open();
        withdraw(UpdateContext.empty(), "30.00");

        assertThat(accounts.load("1", 2).balance()).isEqualTo(new BigDecimal("100.00"));
        assertThat(accounts.load("1", 3).balance()).isEqualTo(new BigDecimal("70.00"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> accounts.load("1", 4))
                .withMessageContaining("is at version 3");
        assertThatIllegalArgumentException().isThrownBy(() -> accounts.load("1", 0));
        assertThatExceptionOfType(AggregateNotFoundException.class).isThrownBy(() -> accounts.load("2", 1));
    }

    @Test
    void an_old_state_cannot_be_saved() {
        open();
        withdraw(UpdateContext.empty(), "30.00");
        Account old = accounts.load("1", 2);
        old.withdraw("100.00");

        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> accounts.save(old, UpdateContext.empty()));
    }

    @Test
    void rejects_missing_and_existing_aggregates() {
        assertThatExceptionOfType(AggregateNotFoundException.class)
                .isThrownBy(() -> withdraw(UpdateContext.empty(), "1.00"))
                .satisfies(e -> assertThat(e.stream()).isEqualTo(STREAM));
        assertThat(accounts.find("1")).isEmpty();
        open();
        assertThatExceptionOfType(AggregateAlreadyExistsException.class).isThrownBy(this::open);
        assertThat(stored()).hasSize(2);
    }

    @Test
    void a_rejected_decision_stores_nothing() {
        open();

        assertThatExceptionOfType(DomainException.class)
                .isThrownBy(() -> accounts.update("1", UpdateContext.empty(), account -> {
                    account.deposit("1.00");
                    account.withdraw("500.00");
                }))
                .withMessageContaining("does not cover");
        assertThat(store.calls()).containsExactly("read>0", "readCurrent>2");
        assertThat(stored()).hasSize(2);
    }

    @Test
    void an_empty_decision_stores_nothing() {
        open();

        assertThat(accounts.update("1", UpdateContext.empty(), account -> {}))
                .isEqualTo(new UpdateResult<>(STREAM, 2, 0, false, 0));
        assertThat(store.calls()).containsExactly("read>0", "readCurrent>2");
    }

    @Test
    void decides_again_on_fresh_state_when_another_writer_came_first() {
        open();
        store.overtakeNextAppend(() -> withdraw(UpdateContext.empty(), "70.00"));

        assertThatExceptionOfType(DomainException.class).isThrownBy(() -> withdraw(UpdateContext.empty(), "40.00"));
        store.overtakeNextAppend(() -> withdraw(UpdateContext.empty(), "1.00"));
        assertThat(withdraw(UpdateContext.empty(), "2.00")).isEqualTo(new UpdateResult<>(STREAM, 5, 1, false, 1));
    }

    @Test
    void gives_up_after_the_last_retry_and_keeps_the_earlier_conflicts() {
        open();
        AggregateRepository<Account> twice =
                accounts.retry(new RetryPolicy(2, Duration.ofMillis(1), Duration.ofMillis(1)));
        for (int i = 0; i < 3; i++) {
            store.overtakeNextAppend(() -> withdraw(UpdateContext.empty(), "1.00"));
            store.onNextAppend((inner, stream, version, events, options) ->
                    inner.append(stream, version, events, options)); // the other writer's own append
        }

        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> twice.update("1", UpdateContext.empty(), account -> account.deposit("1.00")))
                .satisfies(e -> {
                    assertThat(e.expectedVersion()).isEqualTo(4);
                    assertThat(e.actualVersion()).isEqualTo(5);
                    assertThat(e.isPreconditionFailed()).isFalse();
                    assertThat(e.getSuppressed()).hasSize(1);
                });
        assertThat(stored()).hasSize(5);
    }

    @Test
    void does_not_retry_for_a_stated_version() {
        open();
        UpdateContext atTwo = UpdateContext.builder().expectedVersion(2).build();
        store.overtakeNextAppend(() -> withdraw(UpdateContext.empty(), "1.00"));

        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> withdraw(atTwo, "1.00"))
                .withMessage("expected version 2 of stream Account-1, but it is at 3:"
                        + " reload before you send a new command")
                .matches(ConcurrencyException::isPreconditionFailed);
        assertThat(store.calls()).containsExactly("read>0", "append", "read>0", "append");
    }

    @Test
    void refuses_a_stated_version_that_does_not_match() {
        open();
        for (long wrong : List.of(0L, 1L, 3L)) {
            assertThatExceptionOfType(ConcurrencyException.class)
                    .isThrownBy(() -> withdraw(
                            UpdateContext.builder().expectedVersion(wrong).build(), "1.00"))
                    .satisfies(e -> assertThat(e.actualVersion()).isEqualTo(2))
                    .matches(ConcurrencyException::isPreconditionFailed);
        }
        assertThat(withdraw(UpdateContext.builder().expectedVersion(2).build(), "1.00")
                        .version())
                .isEqualTo(3);
        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> accounts.create(
                        "9", UpdateContext.builder().expectedVersion(1).build(), account -> account.open("x", NOW)))
                .matches(ConcurrencyException::isPreconditionFailed);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> UpdateContext.builder().expectedVersion(-1));
    }

    @Test
    void starts_nothing_after_the_timeout() {
        open();
        AtomicLong nanos = new AtomicLong();
        UpdateContext late = UpdateContext.builder()
                .timeout(CommandTimeout.after(Duration.ofMillis(100), nanos::get))
                .build();
        AtomicInteger decisions = new AtomicInteger();

        assertThatExceptionOfType(CommandTimeoutException.class)
                .isThrownBy(() -> accounts.update("1", late, account -> {
                    decisions.incrementAndGet();
                    account.withdraw("1.00");
                    nanos.set(Duration.ofMillis(100).toNanos());
                }))
                .withMessageContaining("the append to Account-1")
                .satisfies(e -> assertThat(e.timeout()).isEqualTo(Duration.ofMillis(100)));
        assertThatExceptionOfType(CommandTimeoutException.class)
                .isThrownBy(() -> accounts.update("1", late, account -> decisions.incrementAndGet()));
        assertThatExceptionOfType(CommandTimeoutException.class)
                .isThrownBy(() -> accounts.create("2", late, account -> decisions.incrementAndGet()));
        assertThat(decisions).hasValue(1);
        assertThat(stored()).hasSize(2);
    }

    @Test
    void does_not_retry_after_the_timeout() {
        open();
        AtomicLong nanos = new AtomicLong();
        UpdateContext late = UpdateContext.builder()
                .timeout(CommandTimeout.after(Duration.ofMillis(100), nanos::get))
                .build();
        store.overtakeNextAppend(() -> {
            withdraw(UpdateContext.empty(), "1.00");
            nanos.set(Duration.ofSeconds(1).toNanos());
        });

        assertThatExceptionOfType(CommandTimeoutException.class).isThrownBy(() -> withdraw(late, "1.00"));
        assertThat(stored()).hasSize(3);
    }

    @Test
    void an_interrupted_thread_does_not_wait_for_the_next_retry() {
        open();
        AggregateRepository<Account> patient =
                accounts.retry(new RetryPolicy(20, Duration.ofDays(1), Duration.ofDays(1)));
        for (int i = 0; i < 10; i++) { // a pause is random, and may be over before the flag is checked
            store.overtakeNextAppend(() -> withdraw(UpdateContext.empty(), "1.00"));
            store.onNextAppend(
                    (inner, stream, version, events, options) -> inner.append(stream, version, events, options));
        }
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> patient.update("1", UpdateContext.empty(), account -> account.deposit("1.00")));
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void pauses_between_retries_grow_and_are_bounded() {
        RetryPolicy policy = new RetryPolicy(60, Duration.ofMillis(2), Duration.ofMillis(50));
        long slow = Duration.ofMillis(30).toNanos();
        long fast = Duration.ofMillis(1).toNanos();
        for (int i = 0; i < 100; i++) {
            assertThat(policy.pauseBefore(1, slow)).isZero();
            assertThat(policy.pauseBefore(3, slow)).isZero();
            assertThat(policy.pauseBefore(4, slow)).isLessThanOrEqualTo(Duration.ofMillis(2));
            assertThat(policy.pauseBefore(5, slow)).isLessThanOrEqualTo(Duration.ofMillis(4));
            assertThat(policy.pauseBefore(60, slow)).isLessThanOrEqualTo(Duration.ofMillis(50));
            assertThat(policy.pauseBefore(5, fast)).isLessThanOrEqualTo(Duration.ofMillis(2));
            assertThat(policy.pauseBefore(60, fast)).isLessThanOrEqualTo(Duration.ofMillis(25));
        }
        assertThat(longestOf100(policy, slow)).isGreaterThan(Duration.ofMillis(25));
        assertThat(longestOf100(policy, fast)).isGreaterThan(Duration.ofMillis(12));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RetryPolicy(-1, Duration.ofMillis(1), Duration.ofMillis(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> new RetryPolicy(1, Duration.ZERO, Duration.ofMillis(1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RetryPolicy(1, Duration.ofMillis(-1), Duration.ofMillis(1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RetryPolicy(1, Duration.ofMillis(2), Duration.ofMillis(1)));
    }

    private static Duration longestOf100(RetryPolicy policy, long tookNanos) {
        return Stream.generate(() -> policy.pauseBefore(60, tookNanos))
                .limit(100)
                .max(Duration::compareTo)
                .orElseThrow();
    }
}
