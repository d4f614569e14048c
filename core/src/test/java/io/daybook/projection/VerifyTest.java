package io.daybook.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.daybook.account.Account;
import io.daybook.account.AccountEvent.AccountOpened;
import io.daybook.account.AccountEvent.MoneyDeposited;
import io.daybook.account.AccountEvent.MoneyWithdrawn;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.UpdateContext;
import io.daybook.contract.Patience;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemoryReadModelStore;
import io.daybook.projection.VerifyReport.Finding;
import io.daybook.projection.VerifyReport.Problem;
import io.daybook.projection.VerifyReport.Summaries;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.readmodel.Scan;
import io.daybook.readmodel.StoredDocument;
import io.daybook.serialization.JacksonEventSerializer;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VerifyTest {

    record Balance(String owner, BigDecimal amount) {}

    private static final Projection<Balance> BALANCES = Projection.named("balances", 1, Account.TYPE, Balance.class)
            .on(AccountOpened.class, (none, event, metadata) -> new Balance(event.owner(), BigDecimal.ZERO))
            .on(MoneyDeposited.class, (balance, event, metadata) -> deposited(balance, event))
            .ignoring(MoneyWithdrawn.class)
            .index("owner", Balance::owner)
            .build();

    private static final GroupedProjection<Balance, Balance> WEALTH = GroupedProjection.named(
                    "wealth", 1, Balance.class, Balance.class)
            .contribution(
                    Account.TYPE,
                    share -> share.on(
                                    AccountOpened.class,
                                    (none, event, metadata) -> new Balance(event.owner(), BigDecimal.ZERO))
                            .on(MoneyDeposited.class, (balance, event, metadata) -> deposited(balance, event))
                            .ignoring(MoneyWithdrawn.class))
            .groupedBy(Balance::owner)
            .startingWith(owner -> new Balance(owner, BigDecimal.ZERO))
            .adding((sum, share) -> new Balance(sum.owner(), sum.amount().add(share.amount())))
            .removing((sum, share) -> new Balance(sum.owner(), sum.amount().subtract(share.amount())))
            .build();

    private final InMemoryEventStore store = newStore();
    private final InMemoryReadModelStore readModels = new InMemoryReadModelStore();
    private final List<Projector> projectors = new ArrayList<>();

    private static Balance deposited(Balance balance, MoneyDeposited event) {
        return new Balance(balance.owner(), balance.amount().add(event.amount()));
    }

    private static InMemoryEventStore newStore() {
        return new InMemoryEventStore(JacksonEventSerializer.of(Account.TYPE.eventTypes()));
    }

    private static StreamId stream(String id) {
        return StreamId.of("Account", id);
    }

    /** Each event gets an id of its account and number, so that a store can be made that has lost some. */
    private static void open(InMemoryEventStore store, String id, String... deposits) {
        int[] number = {0};
        AggregateRepository.of(Account.TYPE, store)
                .eventIds(() -> id + "-" + ++number[0])
                .create(id, UpdateContext.empty(), account -> {
                    account.open("alice", Instant.EPOCH);
                    for (String amount : deposits) {
                        account.deposit(amount);
                    }
                });
    }

    /** A projector that has projected all events and does not follow any more. */
    private Projector stopped(InMemoryEventStore events, InMemoryReadModelStore documents) {
        return stopped(events, events, documents);
    }

    private Projector stopped(InMemoryEventStore fed, InMemoryEventStore events, InMemoryReadModelStore documents) {
        Projector projector = Projector.builder(new InMemoryEventFeed(fed), events, documents)
                .project(BALANCES)
                .project(WEALTH)
                .start();
        projectors.add(projector);
        projector.drain(Patience.LIMIT);
        projector.close();
        return projector;
    }

    private void alter(ReadModelSchema schema, DocumentKey key, UnaryOperator<StoredDocument.Builder> change) {
        ReadModelCollection documents = readModels.open(schema);
        StoredDocument stored = documents.read(List.of(key)).get(key);
        assertThat(documents.write(List.of(change.apply(stored.next()).build())).isWritten())
                .isTrue();
    }

    private static void copy(InMemoryReadModelStore from, ReadModelSchema schema, InMemoryReadModelStore to) {
        copy(from, schema, to, DocumentKey.of("2"));
    }

    private static void copy(
            InMemoryReadModelStore from, ReadModelSchema schema, InMemoryReadModelStore to, DocumentKey except) {
        ReadModelCollection copies = to.open(schema);
        for (StoredDocument stored : from.open(schema).scan(Scan.all(), "").items()) {
            if (!stored.key().equals(except)) {
                copies.write(List.of(stored.next().etag("").build()));
            }
        }
    }

    private static BigDecimal amount(Projector projector, String id) {
        return projector.readModel(BALANCES).get(id).orElseThrow().content().amount();
    }

    @AfterEach
    void closeProjectors() {
        projectors.forEach(Projector::close);
    }

    @Test
    void documents_that_are_right_give_a_clean_report() {
        open(store, "1", "5");
        open(store, "2");
        Projector projector = stopped(store, readModels);

        assertThat(projector.verify(BALANCES, VerifyOptions.all().repairing()))
                .isEqualTo(new VerifyReport(2, 0, 0, 0, 0, 0, List.of(), new Summaries(0, 0, 0, List.of())));
        VerifyReport ofGroups = projector.verify(WEALTH, VerifyOptions.all().repairing());
        assertThat(ofGroups)
                .isEqualTo(new VerifyReport(2, 0, 0, 0, 0, 0, List.of(), new Summaries(1, 0, 0, List.of())));
    }

    @Test
    void documents_altered_by_hand_are_found_and_repaired() {
        for (String id : List.of("1", "2", "3", "4")) {
            open(store, id, "5");
        }
        Projector projector = stopped(store, readModels);
        ReadModelSchema schema = BALANCES.schema();
        alter(schema, DocumentKey.of("1"), document -> document.content("{\"owner\":\"alice\",\"amount\":999}"));
        alter(schema, DocumentKey.of("2"), document -> document.indexValues(Map.of("owner", List.of("bob"))));
        alter(schema, DocumentKey.of("3"), document -> document.content("no JSON"));

        VerifyReport report = projector.verify(BALANCES, VerifyOptions.all());
        assertThat(report.checked()).isEqualTo(4);
        assertThat(report.different()).isEqualTo(3);
        assertThat(report.repaired()).isZero();
        assertThat(report.findings())
                .containsExactlyInAnyOrder(
                        new Finding(Problem.DIFFERENT, stream("1"), 2, 2),
                        new Finding(Problem.DIFFERENT, stream("2"), 2, 2),
                        new Finding(Problem.DIFFERENT, stream("3"), 2, 2));
        assertThat(projector.verify(BALANCES, VerifyOptions.all().repairing()).repaired())
                .isEqualTo(3);
        assertThat(projector.verify(BALANCES, VerifyOptions.all()).isClean()).isTrue();
        assertThat(amount(projector, "1")).isEqualByComparingTo("5");
    }

    @Test
    void missing_document_is_found_and_repaired() {
        open(store, "1", "5");
        open(store, "2", "6");
        stopped(store, readModels);
        InMemoryReadModelStore copies = new InMemoryReadModelStore();
        copy(readModels, VersionStates.SCHEMA, copies);
        copy(readModels, BALANCES.schema(), copies);
        copy(readModels, WEALTH.schema(), copies);
        Projector projector = stopped(newStore(), store, copies);

        VerifyReport report = projector.verify(BALANCES, VerifyOptions.all().repairing());
        assertThat(report.findings()).containsExactly(new Finding(Problem.BEHIND, stream("2"), 0, 2));
        assertThat(report.repaired()).isOne();
        assertThat(projector.verify(BALANCES, VerifyOptions.all()).isClean()).isTrue();
    }

    @Test
    void event_and_deletion_that_the_feed_lost_are_found_and_repaired() {
        open(store, "1", "5");
        open(store, "2", "6");
        Projector projector = stopped(store, readModels);
        AggregateRepository.of(Account.TYPE, store).update("1", UpdateContext.empty(), account -> account.deposit("7"));
        store.delete(stream("2"));

        VerifyReport report = projector.verify(BALANCES, VerifyOptions.all().repairing());
        assertThat(report.findings())
                .containsExactly(
                        new Finding(Problem.BEHIND, stream("1"), 2, 3), new Finding(Problem.BEHIND, stream("2"), 2, 0));
        assertThat(report.behind()).isEqualTo(2);
        assertThat(report.repaired()).isEqualTo(2);
        assertThat(projector.verify(BALANCES, VerifyOptions.all()).isClean()).isTrue();
        assertThat(amount(projector, "1")).isEqualByComparingTo("12");
        assertThat(projector.readModel(BALANCES).get("2")).isEmpty();
    }

    @Test
    void document_that_shows_events_the_store_has_lost_is_found_and_repaired() {
        open(store, "1", "5", "6");
        open(store, "2", "7");
        stopped(store, readModels);
        InMemoryEventStore restored = newStore();
        open(restored, "1", "5");
        Projector projector = stopped(restored, readModels);

        VerifyReport report = projector.verify(BALANCES, VerifyOptions.all().repairing());
        assertThat(report.findings())
                .containsExactly(
                        new Finding(Problem.AHEAD, stream("1"), 3, 2), new Finding(Problem.AHEAD, stream("2"), 2, 0));
        assertThat(report.repaired()).isEqualTo(2);
        assertThat(projector.verify(BALANCES, VerifyOptions.all()).isClean()).isTrue();
        assertThat(amount(projector, "1")).isEqualByComparingTo("5");
        assertThat(projector.readModel(BALANCES).get("2")).isEmpty();
    }

    @Test
    void share_altered_by_hand_is_found_and_repaired() {
        open(store, "1", "5");
        Projector projector = stopped(store, readModels);
        alter(
                WEALTH.schema(),
                GroupKeys.ofStream(stream("1")),
                document -> document.content("{\"owner\":\"alice\",\"amount\":999}"));

        VerifyReport report = projector.verify(WEALTH, VerifyOptions.all().repairing());
        assertThat(report.findings()).containsExactly(new Finding(Problem.DIFFERENT, stream("1"), 2, 2));
        assertThat(projector.verify(WEALTH, VerifyOptions.all()).isClean()).isTrue();
        assertThat(projector
                        .readModel(WEALTH)
                        .get("alice")
                        .orElseThrow()
                        .content()
                        .amount())
                .isEqualByComparingTo("5");
    }

    private static DocumentKey contribution(String id) {
        return GroupKeys.ofContribution("g:alice", stream(id));
    }

    private static final DocumentKey SUMMARY = new GroupKeys(1).ofSummary("alice", 0);

    private static BigDecimal wealth(Projector projector) {
        return projector.readModel(WEALTH).get("alice").orElseThrow().content().amount();
    }

    /** Repairs what a report shows, after which nothing is left and the summary is right. */
    private static VerifyReport repaired(Projector projector, String sum) {
        VerifyReport found = projector.verify(WEALTH, VerifyOptions.all());
        assertThat(found.isClean()).isFalse();
        assertThat(found.repaired()).isZero();
        VerifyReport report = projector.verify(WEALTH, VerifyOptions.all().repairing());
        assertThat(projector.verify(WEALTH, VerifyOptions.all()).isClean()).isTrue();
        assertThat(wealth(projector)).isEqualByComparingTo(sum);
        return report;
    }

    @Test
    void summary_altered_by_hand_is_found_and_repaired() {
        open(store, "1", "5");
        open(store, "2", "6");
        Projector projector = stopped(store, readModels);
        for (String altered : List.of("{\"owner\":\"alice\",\"amount\":999}", "no JSON", "")) {
            alter(WEALTH.schema(), SUMMARY, document -> document.content(altered));
            assertThat(repaired(projector, "11").summaries()).isEqualTo(new Summaries(1, 1, 0, List.of("alice")));
        }
        alter(WEALTH.schema(), SUMMARY, document -> document.position(3, ""));
        VerifyReport report = repaired(projector, "11");
        assertThat(report.repaired()).isOne();
        assertThat(report.findings()).isEmpty();
    }

    @Test
    void contribution_altered_by_hand_is_found_and_repaired() {
        open(store, "1", "5");
        open(store, "2", "6");
        Projector projector = stopped(store, readModels);
        for (String altered : List.of("{\"owner\":\"alice\",\"amount\":999}", "no JSON", "")) {
            alter(WEALTH.schema(), contribution("1"), document -> document.content(altered));
            VerifyReport report = repaired(projector, "11");
            assertThat(report.findings()).containsExactly(new Finding(Problem.DIFFERENT, stream("1"), 2, 2));
            assertThat(report.summaries().different()).isZero();
        }
    }

    @Test
    void contribution_of_lost_or_foreign_events_is_found_and_repaired() {
        open(store, "1", "5");
        Projector projector = stopped(store, readModels);
        alter(WEALTH.schema(), contribution("1"), document -> document.position(2, "foreign"));
        assertThat(repaired(projector, "5").findings()).containsExactly(new Finding(Problem.AHEAD, stream("1"), 2, 2));
        alter(WEALTH.schema(), contribution("1"), document -> document.position(9, "lost"));
        assertThat(repaired(projector, "5").findings()).containsExactly(new Finding(Problem.AHEAD, stream("1"), 9, 2));
        alter(WEALTH.schema(), contribution("1"), document -> document.position(1, "1-1"));
        assertThat(repaired(projector, "5").findings()).containsExactly(new Finding(Problem.BEHIND, stream("1"), 1, 2));
    }

    @Test
    void missing_contribution_and_summary_are_found_and_repaired() {
        open(store, "1", "5");
        open(store, "2", "6");
        stopped(store, readModels);
        for (DocumentKey missing : List.of(contribution("1"), SUMMARY)) {
            InMemoryReadModelStore copies = new InMemoryReadModelStore();
            copy(readModels, VersionStates.SCHEMA, copies);
            copy(readModels, BALANCES.schema(), copies);
            copy(readModels, WEALTH.schema(), copies, missing);
            Projector projector = stopped(newStore(), store, copies);

            VerifyReport report = repaired(projector, "11");
            assertThat(report.repaired()).isPositive();
            assertThat(report.behind()).isEqualTo(missing.equals(SUMMARY) ? 0 : 1);
            assertThat(report.summaries().groups()).isEqualTo(missing.equals(SUMMARY) ? List.of("alice") : List.of());
        }
    }

    @Test
    void contribution_left_by_a_deleted_stream_is_found_and_repaired() {
        open(store, "1", "5");
        open(store, "2", "6");
        Projector projector = stopped(store, readModels);
        alter(WEALTH.schema(), GroupKeys.ofStream(stream("1")), document -> document.gone(true));
        store.delete(stream("1"));

        assertThat(repaired(projector, "6").findings()).containsExactly(new Finding(Problem.BEHIND, stream("1"), 2, 0));
    }

    @Test
    void sample_checks_some_streams_and_findings_are_limited() {
        for (int i = 0; i < 200; i++) {
            open(store, "a" + i);
        }
        Projector projector = stopped(store, readModels);
        for (int i = 0; i < 200; i++) {
            alter(BALANCES.schema(), DocumentKey.of("a" + i), document -> document.content(""));
        }

        assertThat(projector.verify(BALANCES, VerifyOptions.sample(0.5)).checked())
                .isBetween(1L, 199L);
        VerifyReport all = projector.verify(BALANCES, VerifyOptions.all());
        assertThat(all.different()).isEqualTo(200);
        assertThat(all.findings()).hasSize(VerifyReport.MAX_FINDINGS);
        assertThatThrownBy(() -> VerifyOptions.sample(0)).hasMessageContaining("0.0");
        assertThatThrownBy(() -> VerifyOptions.sample(1.5)).hasMessageContaining("1.5");
    }
}
