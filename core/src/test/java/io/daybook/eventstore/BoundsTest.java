package io.daybook.eventstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.daybook.account.Account;
import io.daybook.account.AccountEvent;
import io.daybook.account.ScriptedEventStore;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.AggregateType;
import io.daybook.aggregate.RetryPolicy;
import io.daybook.aggregate.UpdateContext;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandMetadata;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.MessageContext;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.publishing.EventPublishException;
import io.daybook.publishing.EventPublishException.Delivery;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What is too large, too long or out of range is refused where it comes in. */
class BoundsTest {

    private static final StreamId STREAM = StreamId.of("Account", "1");

    @Test
    void rejects_attribute_that_cannot_be_published() {
        AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, new ScriptedEventStore());
        UpdateContext context = UpdateContext.of(MessageContext.builder()
                .attribute("baggage", "x".repeat(200 * 1024))
                .build());

        assertThatExceptionOfType(AppendTooLargeException.class)
                .isThrownBy(() -> accounts.create("1", context, account -> account.open("ann", Instant.EPOCH)));
    }

    @Test
    void attributes_count_towards_the_size_of_an_event() {
        List<EventEnvelope> events = List.of(event(1, Map.of("key", "value")));
        List<byte[]> data = List.of("{}".getBytes(StandardCharsets.UTF_8));

        new AppendLimits(1, 10, 10).check(STREAM, 0, events, data);
        assertThatExceptionOfType(AppendTooLargeException.class)
                .isThrownBy(() -> new AppendLimits(1, 9, 10).check(STREAM, 0, events, data))
                .withMessageContaining("has 10 bytes");
    }

    @Test
    void rejects_excessive_pause() {
        Duration second = Duration.ofSeconds(1);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RetryPolicy(20, second, Duration.ofSeconds(Long.MAX_VALUE)));
    }

    @Test
    void remaining_time_shrinks_with_the_clock() {
        AtomicLong nanos = new AtomicLong(1_000);
        CommandTimeout timeout = CommandTimeout.after(Duration.ofNanos(100), nanos::get);
        nanos.addAndGet(40);
        assertThat(timeout.remaining()).hasValue(Duration.ofNanos(60));
        nanos.addAndGet(70);
        assertThat(timeout.remaining()).hasValue(Duration.ZERO);
    }

    @Test
    void the_longest_timeout_ends_like_every_other() {
        AtomicLong nanos = new AtomicLong();
        CommandTimeout timeout = CommandTimeout.after(Duration.ofSeconds(Long.MAX_VALUE), nanos::get);
        nanos.set(Duration.ofDays(366).toNanos());

        assertThatExceptionOfType(CommandTimeoutException.class).isThrownBy(() -> timeout.check("it"));
    }

    @Test
    void a_timeout_may_have_expired_from_the_start() {
        assertThat(CommandTimeout.after(Duration.ofSeconds(Long.MIN_VALUE)).hasExpired())
                .isTrue();
        assertThat(CommandTimeout.after(Duration.ZERO, () -> 5).hasExpired()).isTrue();
    }

    @Test
    void a_query_that_ends_before_it_begins_is_refused() {
        Instant noon = Instant.parse("2026-01-02T12:00:00Z");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventFilter.all().from(noon).until(noon.minusNanos(1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventFilter.all().until(noon).from(noon.plusNanos(1)));
        assertThat(EventFilter.all().from(noon).until(noon).until()).contains(noon);
    }

    @Test
    void filter_keeps_the_conditions_that_it_had() {
        Instant noon = Instant.parse("2026-01-02T12:00:00Z");
        EventFilter filter = EventFilter.all()
                .aggregateType("Account")
                .eventType("MoneyDeposited")
                .from(noon)
                .until(noon.plusNanos(1))
                .commandId("c1")
                .userId("ann");

        assertThat(filter.aggregateType()).contains("Account");
        assertThat(filter.eventType()).contains("MoneyDeposited");
        assertThat(filter.from()).contains(noon);
        assertThat(filter.until()).contains(noon.plusNanos(1));
        assertThat(filter.commandId()).contains("c1");
        assertThat(filter.context().userId()).contains("ann");
    }

    @Test
    void an_append_whose_data_are_not_those_of_its_events_is_refused() {
        EventEnvelope event = EventEnvelope.of(
                EventMetadata.builder()
                        .eventId("e1")
                        .eventType("MoneyDeposited", 1)
                        .timestamp(Instant.EPOCH)
                        .aggregate("Account", "1")
                        .sequenceNumber(1)
                        .build(),
                new AccountEvent.MoneyDeposited("1", BigDecimal.ONE));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> AppendLimits.DEFAULT.check(STREAM, 0, List.of(event), List.of()))
                .withMessageContaining("pass the data of each event");
    }

    private static EventEnvelope event(long number, Map<String, String> attributes) {
        return EventEnvelope.of(
                EventMetadata.builder()
                        .eventId("e" + number)
                        .eventType("MoneyDeposited", 1)
                        .timestamp(Instant.EPOCH)
                        .aggregate("Account", "1")
                        .sequenceNumber(number)
                        .context(MessageContext.of(null, null, null, attributes))
                        .build(),
                new AccountEvent.MoneyDeposited("1", BigDecimal.ONE));
    }

    @Test
    void limits_of_an_append_hold_to_the_last_byte() {
        List<EventEnvelope> two = List.of(event(1, Map.of()), event(2, Map.of()));
        List<byte[]> data = List.of("{}".getBytes(StandardCharsets.UTF_8), "{ }".getBytes(StandardCharsets.UTF_8));

        new AppendLimits(2, 3, 5).check(STREAM, 0, two, data);
        assertThatExceptionOfType(AppendTooLargeException.class)
                .isThrownBy(() -> new AppendLimits(1, 3, 5).check(STREAM, 0, two, data))
                .withMessageContaining("an append of 2 events");
        assertThatExceptionOfType(AppendTooLargeException.class)
                .isThrownBy(() -> new AppendLimits(2, 2, 5).check(STREAM, 0, two, data))
                .withMessageContaining("e2 of Account-1 has 3 bytes")
                .satisfies(e -> {
                    assertThat(e.eventId()).contains("e2");
                    assertThat(e.actual()).isEqualTo(3);
                    assertThat(e.limit()).isEqualTo(2);
                });
        assertThatExceptionOfType(AppendTooLargeException.class)
                .isThrownBy(() -> new AppendLimits(2, 3, 4).check(STREAM, 0, two, data))
                .withMessageContaining("an append of 5 bytes")
                .satisfies(e -> {
                    assertThat(e.stream()).isEqualTo(STREAM);
                    assertThat(e.eventId()).isEmpty();
                });
    }

    @Test
    void limit_of_all_attributes_holds_to_the_last_byte() {
        List<byte[]> data = List.of("{}".getBytes(StandardCharsets.UTF_8));
        Map<String, String> fit = Map.of("a", "x".repeat(31_999), "b", "x".repeat(29_439));
        Map<String, String> oneMore = Map.of("a", "x".repeat(31_999), "b", "x".repeat(29_440));

        AppendLimits.DEFAULT.check(STREAM, 0, List.of(event(1, fit)), data);
        assertThatExceptionOfType(AppendTooLargeException.class)
                .isThrownBy(() -> AppendLimits.DEFAULT.check(STREAM, 0, List.of(event(1, oneMore)), data))
                .withMessageContaining("has attributes of 61441 bytes");
    }

    @Test
    void rejects_limits_out_of_range() {
        assertThat(new AppendLimits(98, 1, 1)).isNotEqualTo(new AppendLimits(1, 1, 1));
        for (int[] limits : new int[][] {{0, 1, 1}, {99, 1, 1}, {1, 0, 1}, {1, 1, 0}}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new AppendLimits(limits[0], limits[1], limits[2]))
                    .withMessageContaining(": use 1 ");
        }
    }

    @Test
    void rejects_blank_names_of_roles_and_attributes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CommandMetadata.builder().roles(Set.of(" ")));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CommandMetadata.builder().attribute("", "value"));
    }

    @Test
    void a_default_timeout_that_no_command_could_keep_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CommandBus.builder().defaultTimeout(Duration.ZERO));
    }

    @Test
    void a_schema_version_that_no_snapshot_can_have_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AggregateType.named("Account", AccountEvent.class, Account::new)
                        .snapshot(String.class, 0, account -> "", (account, state) -> {}));
    }

    @Test
    void failures_can_be_serialized() throws IOException, ClassNotFoundException {
        ConcurrencyException conflict = copy(new ConcurrencyException(STREAM, 1, 2));
        assertThat(conflict.stream()).isEqualTo(STREAM);
        assertThat(conflict.conflictingEvents()).isEmpty();
        EventStoreUnavailableException unavailable =
                copy(new EventStoreUnavailableException("down", Outcome.UNKNOWN, Duration.ofSeconds(2), null));
        assertThat(unavailable.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(unavailable.retryAfter()).hasValue(Duration.ofSeconds(2));
        EventPublishException unsent = copy(new EventPublishException("down", Map.of("e", Delivery.NOT_SENT), null));
        assertThat(unsent.delivery("e")).isEqualTo(Delivery.UNKNOWN);
    }

    @SuppressWarnings("unchecked")
    private static <T> T copy(T failure) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new ObjectOutputStream(bytes).writeObject(failure);
        return (T) new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
    }
}
