package io.daybook.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.daybook.account.Account;
import io.daybook.account.AccountEvent;
import io.daybook.account.AccountEvent.AccountOpened;
import io.daybook.account.AccountEvent.MoneyDeposited;
import io.daybook.account.AccountEvent.MoneyWithdrawn;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.event.EventTypes;
import io.daybook.event.MessageContext;
import io.daybook.projection.GroupedProjection;
import io.daybook.projection.Projection;
import io.daybook.projection.ProjectionHandler;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.serialization.Money;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ProjectionScenarioTest {

    record Balance(String owner, BigDecimal amount, Instant changedAt) {

        Balance plus(BigDecimal change, Instant at) {
            return new Balance(owner, amount.add(change), at);
        }
    }

    record Wealth(BigDecimal total, int accounts) {}

    record Weight(double kilograms) {}

    record Latest(String amount) {}

    record Change(String user, String channel, Instant at) {}

    record Price(Money amount) {}

    @EventType("PriceSet")
    record PriceSet(Money amount) implements DomainEvent {}

    @EventType("Elsewhere")
    record Elsewhere() implements DomainEvent {}

    private static final DomainEvent OPENED = new AccountOpened("42", "alice", Instant.EPOCH);

    private static DomainEvent deposited(String amount) {
        return new MoneyDeposited("42", new BigDecimal(amount));
    }

    private static DomainEvent withdrawn(String amount) {
        return new MoneyWithdrawn("42", new BigDecimal(amount), "cash");
    }

    private static Projection<Balance> balances(ProjectionHandler<Balance, MoneyDeposited> deposited) {
        return Projection.named("balances", 1, Account.TYPE, Balance.class)
                .on(
                        AccountOpened.class,
                        (none, event, metadata) -> new Balance(event.owner(), BigDecimal.ZERO, metadata.timestamp()))
                .on(MoneyDeposited.class, deposited)
                .on(
                        MoneyWithdrawn.class,
                        (balance, event, metadata) ->
                                balance.plus(event.amount().negate(), metadata.timestamp()))
                .build();
    }

    private static <D> GroupedProjection.Builder<Balance, D> grouped(Class<D> summary) {
        return GroupedProjection.named("by-owner", 1, Balance.class, summary)
                .contribution(
                        "Account",
                        AccountEvent.class,
                        share -> share.on(
                                        AccountOpened.class,
                                        (none, event, metadata) ->
                                                new Balance(event.owner(), BigDecimal.ZERO, metadata.timestamp()))
                                .on(
                                        MoneyDeposited.class,
                                        (balance, event, metadata) ->
                                                balance.plus(event.amount(), metadata.timestamp()))
                                .on(MoneyWithdrawn.class, (balance, event, metadata) -> null))
                .groupedBy(Balance::owner);
    }

    private static GroupedProjection<Balance, Wealth> wealth(BiFunction<Wealth, Balance, Wealth> removing) {
        return grouped(Wealth.class)
                .startingWith(owner -> new Wealth(BigDecimal.ZERO, 0))
                .adding((wealth, share) -> new Wealth(wealth.total().add(share.amount()), wealth.accounts() + 1))
                .removing(removing)
                .build();
    }

    private static Wealth minus(Wealth wealth, Balance share) {
        return new Wealth(wealth.total().subtract(share.amount()), wealth.accounts() - 1);
    }

    private static void assertFails(ThrowingCallable scenario, String... messages) {
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(scenario)
                .satisfies(e -> assertThat(e.getMessage()).contains(messages));
    }

    @Test
    void checks_the_document_of_a_stream_and_compares_amounts_by_value() {
        ProjectionScenario.of(
                        balances((balance, event, metadata) -> balance.plus(event.amount(), metadata.timestamp())))
                .given(OPENED, deposited("30.00"), withdrawn("1"))
                .thenDocument(new Balance("alice", new BigDecimal("29"), Instant.EPOCH.plusSeconds(2)))
                .thenNoDocument("43");
    }

    @Test
    void checks_the_summaries_of_groups() {
        ProjectionScenario.of(wealth(ProjectionScenarioTest::minus))
                .given("1", OPENED, deposited("30.0"))
                .given("2", OPENED, deposited("12"))
                .given("3", new AccountOpened("3", "bob", Instant.EPOCH), withdrawn("1"))
                .given("1", deposited("1"))
                .thenDocument("alice", new Wealth(new BigDecimal("43"), 2))
                .thenNoDocument("bob");
    }

    @Test
    void reports_another_document() {
        ProjectionScenario<Balance> scenario = ProjectionScenario.of(
                        balances((balance, event, metadata) -> balance.plus(event.amount(), metadata.timestamp())))
                .given(OPENED, deposited("30"));
        assertFails(
                () -> scenario.thenDocument(new Balance("bob", new BigDecimal("30"), Instant.EPOCH)),
                "the document of 42 differs from the expected one, at owner");
        assertFails(() -> scenario.thenNoDocument("42"), "expected no document of 42");
        assertFails(
                () -> scenario.given("43", OPENED).thenDocument(new Balance("", BigDecimal.ONE, Instant.EPOCH)),
                "[42, 43]");
    }

    @Test
    void notices_a_handler_that_uses_a_clock() {
        ProjectionScenario<Balance> scenario = ProjectionScenario.of(balances((balance, event, metadata) ->
                        balance.plus(BigDecimal.valueOf(System.nanoTime()), metadata.timestamp())))
                .given(OPENED, deposited("30"));
        assertFails(() -> scenario.thenNoDocument("43"), "twice results in different documents", "amount");
    }

    @Test
    void notices_a_handler_that_keeps_state() {
        AtomicInteger deposits = new AtomicInteger();
        ProjectionScenario<Balance> scenario = ProjectionScenario.of(balances((balance, event, metadata) -> {
                    deposits.set(balance.amount().signum() == 0 ? 1 : deposits.get() + 1);
                    return balance.plus(BigDecimal.valueOf(deposits.get()), metadata.timestamp());
                }))
                .given("1", OPENED, deposited("30"), deposited("30"))
                .given("2", OPENED, deposited("30"), deposited("30"));
        assertFails(() -> scenario.thenNoDocument("43"), "the order of events of different streams");
    }

    @Test
    void notices_a_handler_that_throws() {
        ProjectionScenario<Balance> scenario = ProjectionScenario.of(balances((balance, event, metadata) -> {
                    throw new IllegalStateException("no deposits");
                }))
                .given(OPENED, deposited("30"));
        assertFails(
                () -> scenario.thenNoDocument("43"),
                "event 2 of Account-42 (MoneyDeposited) cannot be projected",
                "no deposits");
    }

    @Test
    void notices_a_removing_that_does_not_undo_adding() {
        ProjectionScenario<Wealth> forgets = ProjectionScenario.of(wealth((wealth, share) -> wealth))
                .given("1", OPENED, deposited("30"))
                .given("2", OPENED);
        assertFails(() -> forgets.thenNoDocument("bob"), "depend");
        ProjectionScenario<Wealth> forgetsAccounts = ProjectionScenario.of(wealth(
                        (wealth, share) -> new Wealth(wealth.total().subtract(share.amount()), wealth.accounts())))
                .given("1", OPENED)
                .given("2", OPENED);
        assertFails(() -> forgetsAccounts.thenNoDocument("bob"), "accounts");
    }

    @Test
    void notices_a_summary_that_depends_on_the_order_of_streams() {
        ProjectionScenario<Latest> scenario = ProjectionScenario.of(grouped(Latest.class)
                        .startingWith(owner -> new Latest(""))
                        .adding((latest, share) -> new Latest(share.amount().toPlainString()))
                        .removing((latest, share) -> latest)
                        .build())
                .given("1", OPENED, deposited("30"))
                .given("2", OPENED, deposited("12"));
        assertFails(() -> scenario.thenNoDocument("bob"), "depend on");
    }

    @Test
    void refuses_floating_point_numbers_in_groups() {
        ProjectionScenario<Weight> scenario = ProjectionScenario.of(grouped(Weight.class)
                        .startingWith(owner -> new Weight(0))
                        .adding((weight, share) -> new Weight(weight.kilograms() + 1))
                        .removing((weight, share) -> new Weight(weight.kilograms() - 1))
                        .build())
                .given(OPENED);
        assertFails(() -> scenario.thenNoDocument("bob"), "double or float", "BigDecimal");
    }

    @Test
    void refuses_events_that_the_projection_does_not_know() {
        ProjectionScenario<Balance> scenario = ProjectionScenario.of(balances((balance, event, metadata) -> balance));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> scenario.given(new Elsewhere()))
                .withMessageContaining("Elsewhere is not an event of balances-1");
    }

    private static Projection<Change> changes() {
        ProjectionHandler<Change, DomainEvent> change = (none, event, metadata) -> new Change(
                metadata.userId().orElse("nobody"),
                metadata.attributes().getOrDefault("channel", ""),
                metadata.timestamp());
        return Projection.named("changes", 1, Account.TYPE, Change.class)
                .on(AccountOpened.class, change::apply)
                .on(MoneyDeposited.class, change::apply)
                .ignoringOthers()
                .index("user", Change::user)
                .indexEach("words", each -> List.of(each.user(), each.channel()))
                .index("night", each -> each.at().equals(Instant.EPOCH) ? null : each.at())
                .build();
    }

    @Test
    void given_events_have_the_context_and_the_time_that_were_set_before() {
        Instant noon = Instant.parse("2026-03-01T12:00:00Z");
        ProjectionScenario<Change> opened = ProjectionScenario.of(changes())
                .timestamp(noon)
                .given("1", OPENED)
                .context(MessageContext.builder()
                        .userId("alice")
                        .attribute("channel", "web")
                        .build())
                .given("1", deposited("1"), deposited("2"))
                .given("2", OPENED);

        opened.thenDocument("1", new Change("alice", "web", noon.plusSeconds(2)))
                .thenDocument("2", new Change("alice", "web", noon.plusSeconds(3)));
        opened.timestamp(Instant.EPOCH)
                .context(MessageContext.empty())
                .given("2", deposited("1"))
                .thenDocument("1", new Change("alice", "web", noon.plusSeconds(2)))
                .thenDocument("2", new Change("nobody", "", Instant.EPOCH));
    }

    @Test
    void refuses_a_time_that_no_event_can_have() {
        ProjectionScenario<Change> scenario = ProjectionScenario.of(changes()).timestamp(Instant.MAX);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> scenario.given(OPENED))
                .withMessageContaining("outside the years");
    }

    @Test
    void writes_events_with_the_given_serializer() {
        Projection<Price> prices = Projection.named("prices", 1, "Article", PriceSet.class, Price.class)
                .mapper(Money.mapper())
                .on(PriceSet.class, (none, event, metadata) -> new Price(event.amount()))
                .build();
        ProjectionScenario<Price> scenario = ProjectionScenario.of(prices).given(new PriceSet(new Money(150)));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> scenario.thenNoDocument("43"))
                .withMessageContaining("PriceSet");
        scenario.serializer(
                        JacksonEventSerializer.of(EventTypes.of(PriceSet.class).mapper(Money.mapper())))
                .thenDocument(new Price(new Money(150)));
    }

    @Test
    void checks_the_values_of_an_index() {
        ProjectionScenario<Change> scenario = ProjectionScenario.of(changes())
                .context(MessageContext.builder()
                        .userId("alice")
                        .attribute("channel", "web")
                        .build())
                .given(OPENED)
                .thenIndexed("42", "user", "alice")
                .thenIndexed("42", "words", "web", "alice")
                .thenIndexed("42", "night");

        assertFails(
                () -> scenario.thenIndexed("42", "words", "web"),
                "the index words of 42 to have the values [web]",
                "but they were [alice, web]");
        assertFails(() -> scenario.thenIndexed("43", "user", "alice"), "a document of 43", "there is none");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> scenario.thenIndexed("42", "color", "red"))
                .withMessageContaining("changes-1 has no index color");
    }

    @Test
    void checks_the_index_of_a_summary() {
        ProjectionScenario.of(grouped(Wealth.class)
                        .startingWith(owner -> new Wealth(BigDecimal.ZERO, 0))
                        .adding((wealth, share) ->
                                new Wealth(wealth.total().add(share.amount()), wealth.accounts() + 1))
                        .removing(ProjectionScenarioTest::minus)
                        .index("total", Wealth::total)
                        .build())
                .given("1", OPENED, deposited("30"))
                .given("2", OPENED, deposited("12.50"))
                .thenIndexed("alice", "total", new BigDecimal("42.5"));
    }

    @Test
    void reports_a_scenario_that_was_not_finished() {
        start();
        assertFails(() -> start().thenNoDocument("42"), "without then");
    }

    private static ProjectionScenario<Balance> start() {
        return ProjectionScenario.of(balances((balance, event, metadata) -> null))
                .given(OPENED, deposited("1"));
    }
}
