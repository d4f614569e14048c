package io.daybook.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.daybook.account.Account;
import io.daybook.account.AccountEvent.AccountOpened;
import io.daybook.account.AccountEvent.MoneyDeposited;
import io.daybook.account.AccountEvent.MoneyWithdrawn;
import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import io.daybook.aggregate.DomainException;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.event.EventTypes;
import io.daybook.serialization.EventSerializationException;
import io.daybook.serialization.EventSerializer;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.serialization.UnknownEventTypeException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class AggregateScenarioTest {

    private static final AccountOpened OPENED = new AccountOpened("42", "ann", Instant.EPOCH);
    private static final MoneyDeposited TEN = new MoneyDeposited("42", new BigDecimal("10.00"));

    @Test
    void checks_events_and_state() {
        AggregateScenario.of(Account.TYPE)
                .given(OPENED, TEN)
                .when(account -> account.withdraw("4.00"))
                .then(new MoneyWithdrawn("42", new BigDecimal("4.00"), "cash"))
                .thenState(account -> assertThat(account.balance()).isEqualTo(new BigDecimal("6.00")));
    }

    @Test
    void checks_a_rejection() {
        DomainException rejection = AggregateScenario.of(Account.TYPE)
                .given(OPENED)
                .when(account -> account.withdraw("4.00"))
                .thenRejected(DomainException.class, "does not cover");

        assertThat(rejection).hasMessageContaining("balance");
    }

    @Test
    void checks_that_nothing_happened() {
        AggregateScenario.of(Account.TYPE).given(OPENED).when(account -> {}).then();
    }

    @Test
    void fails_for_other_events_an_unexpected_rejection_or_a_missing_one() {
        var ten = AggregateScenario.of(Account.TYPE).given(OPENED).when(account -> account.deposit("10.00"));
        var none = AggregateScenario.of(Account.TYPE).given(OPENED).when(account -> account.withdraw("1.00"));

        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> ten.then(new MoneyDeposited("42", new BigDecimal("10.0"))))
                .withMessageContaining("10.00");
        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> ten.then());
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> ten.thenRejected(DomainException.class, ""))
                .withMessageContaining("Raised: ");
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> none.then(TEN))
                .withMessageContaining("does not cover");
        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> none.thenState(account -> {}));
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> none.thenRejected(DomainException.class, "too tall"));
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> none.thenRejected(IllegalStateException.class, "cover"));
    }

    sealed interface BoxEvent extends DomainEvent {
        @EventType("Filled")
        record Filled(String content) implements BoxEvent {}

        @EventType("Lossy")
        record Lossy(String content) implements BoxEvent {
            @com.fasterxml.jackson.annotation.JsonProperty
            @Override
            public String content() {
                return content.strip();
            }
        }
    }

    record BoxState(List<String> contents) {}

    static final class Box extends AggregateRoot<BoxEvent> {
        private List<String> contents = new ArrayList<>();
        private int asked;

        void fill(String content) {
            raise(new BoxEvent.Filled(content));
        }

        void fillAndCount(String content) {
            asked++;
            raise(new BoxEvent.Filled(content));
        }

        void fillLossily(String content) {
            raise(new BoxEvent.Lossy(content));
        }

        private void filled(BoxEvent.Filled event) {
            contents.add(event.content());
        }

        private void lossy(BoxEvent.Lossy event) {
            contents.add(event.content());
        }
    }

    private static AggregateType<Box, BoxEvent> box(Function<Box, BoxState> take, BiConsumer<Box, BoxState> restore) {
        return AggregateType.named("Box", BoxEvent.class, Box::new)
                .on(BoxEvent.Filled.class, Box::filled)
                .on(BoxEvent.Lossy.class, Box::lossy)
                .snapshot(BoxState.class, take, restore)
                .build();
    }

    private static final AggregateType<Box, BoxEvent> GOOD =
            box(box -> new BoxState(List.copyOf(box.contents)), (box, state) -> box.contents.addAll(state.contents()));

    @Test
    void notices_that_a_method_alters_state_instead_of_a_handler() {
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> AggregateScenario.of(GOOD).given().when(box -> box.fillAndCount("a")))
                .withMessageContaining("change the state only in event handlers")
                .withMessageContaining("Box.asked=1");
    }

    @Test
    void notices_that_an_event_does_not_survive_serialization() {
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> AggregateScenario.of(GOOD).given().when(box -> box.fillLossily(" a ")))
                .withMessageContaining("changes in a JSON round trip: ")
                .withCauseInstanceOf(EventSerializationException.class);
    }

    /** A serializer that loses what the library's own would refuse to lose. */
    private static EventSerializer decoding(BiFunction<EventSerializer, byte[], DomainEvent> decode) {
        EventSerializer json = JacksonEventSerializer.of(GOOD.eventTypes());
        return new EventSerializer() {
            @Override
            public byte[] encode(DomainEvent event) {
                return json.encode(event);
            }

            @Override
            public EventTypes.Registration registrationOf(DomainEvent event) {
                return json.registrationOf(event);
            }

            @Override
            public DomainEvent decode(String eventType, int eventVersion, byte[] data) {
                return decode.apply(json, data);
            }
        };
    }

    @Test
    void notices_that_a_custom_serializer_returns_another_event() {
        EventSerializer trimming = decoding((json, data) -> new BoxEvent.Filled(
                ((BoxEvent.Filled) json.decode("Filled", 1, data)).content().strip()));

        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() ->
                        AggregateScenario.of(GOOD).serializer(trimming).given().when(box -> box.fill(" a ")))
                .withMessageContaining("changes in a JSON round trip, at content")
                .withMessageContaining("Filled.content= a ");
    }

    @Test
    void notices_that_a_custom_serializer_knows_no_type() {
        EventSerializer forgetful = decoding((json, data) -> json.decode("Emptied", 1, data));

        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> AggregateScenario.of(GOOD)
                        .serializer(forgetful)
                        .given(new BoxEvent.Filled("a"))
                        .when(box -> {}))
                .withCauseInstanceOf(UnknownEventTypeException.class);
    }

    @Test
    void notices_that_a_snapshot_forgets_something() {
        AggregateType<Box, BoxEvent> forgetful =
                box(box -> new BoxState(List.of()), (box, state) -> box.contents.addAll(state.contents()));

        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> AggregateScenario.of(forgetful)
                        .given(new BoxEvent.Filled("a"))
                        .when(box -> box.fill("b")))
                .withMessageContaining("a snapshot after event 1");
    }

    @Test
    void notices_that_a_snapshot_shares_its_state_with_the_aggregate() {
        AggregateType<Box, BoxEvent> sharing =
                box(box -> new BoxState(box.contents), (box, state) -> box.contents = state.contents());

        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> AggregateScenario.of(sharing)
                        .given(new BoxEvent.Filled("a"))
                        .when(box -> box.fill("b")))
                .withMessageContaining("was changed by later events");
    }

    @Test
    void accepts_an_aggregate_that_does_all_of_it_right() {
        AggregateScenario.of(GOOD)
                .id("7")
                .given(new BoxEvent.Filled("a"))
                .when(box -> box.fill("b"))
                .then(new BoxEvent.Filled("b"));
    }
}
