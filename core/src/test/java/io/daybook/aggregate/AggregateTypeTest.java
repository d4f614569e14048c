package io.daybook.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.daybook.account.Account;
import io.daybook.account.AccountEvent;
import io.daybook.account.AccountEvent.AccountOpened;
import io.daybook.account.AccountEvent.MoneyDeposited;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.eventstore.StreamId;
import io.daybook.serialization.UnknownEventTypeException;
import io.daybook.snapshot.Snapshot;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class AggregateTypeTest {

    sealed interface LampEvent extends DomainEvent {
        @EventType("LampLit")
        record LampLit() implements LampEvent {}

        @EventType("LampBroken")
        record LampBroken() implements LampEvent {}
    }

    static final class Lamp extends AggregateRoot<LampEvent> {
        private int lit;

        void light() {
            raise(new LampEvent.LampLit());
        }

        void smash() {
            raise(new LampEvent.LampBroken());
        }

        private void lit(LampEvent.LampLit event) {
            lit++;
        }

        private void broken(LampEvent.LampBroken event) {
            throw new IllegalArgumentException("a handler that fails");
        }
    }

    @EventType(value = "Rung", version = 2)
    record Rung() implements DomainEvent {}

    record Unnamed() implements DomainEvent {}

    private static AggregateType.Builder<Lamp, LampEvent> lamp(String name) {
        return AggregateType.named(name, LampEvent.class, Lamp::new).on(LampEvent.LampLit.class, Lamp::lit);
    }

    @Test
    void refuses_an_event_without_a_handler() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> lamp("Lamp").build())
                .withMessageContaining("LampBroken");
    }

    @Test
    void refuses_to_restore_a_snapshot_of_another_type() {
        AggregateType<Account, AccountEvent> type = Account.TYPE;
        Account.State state = new Account.State("ann", BigDecimal.TEN, 1);
        StreamId own = StreamId.of(type.name(), "1");

        assertThat(type.restore(new Snapshot<>(own, 3, "e-3", 1, state)).version())
                .isEqualTo(3);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> type.restore(new Snapshot<>(StreamId.of("Lamp", "1"), 3, "e-3", 1, state)))
                .withMessageContaining("Lamp with schema version 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> type.restore(new Snapshot<>(own, 3, "e-3", 2, state)))
                .withMessageContaining("version 2");
    }

    @Test
    void refuses_two_handlers_for_one_event() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> lamp("Lamp").on(LampEvent.LampLit.class, Lamp::lit))
                .withMessageContaining("two handlers");
    }

    @Test
    void refuses_a_handler_for_something_that_is_no_concrete_event() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> lamp("Lamp")
                        .on(LampEvent.LampBroken.class, Lamp::broken)
                        .on(LampEvent.class, (lamp, event) -> {})
                        .build())
                .withMessageContaining("not a concrete event");
    }

    @Test
    void refuses_a_name_that_cannot_begin_a_stream_id() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> lamp("My-Lamp")
                        .on(LampEvent.LampBroken.class, Lamp::broken)
                        .build())
                .withMessageContaining("My-Lamp");
    }

    @Test
    void replays_events_without_validating_them() {
        List<AccountEvent> events =
                List.of(new AccountOpened("1", "ann", Instant.EPOCH), new MoneyDeposited("1", new BigDecimal("-5.00")));

        Account account = Account.TYPE.replay(Account.TYPE.newInstance("1"), events);

        assertThat(account.balance()).isEqualTo(new BigDecimal("-5.00"));
        assertThat(account.version()).isEqualTo(2);
        assertThat(account.raisedEvents()).isEmpty();
    }

    @Test
    void validates_an_event_when_it_is_raised_and_does_not_apply_an_invalid_one() {
        Account account = Account.TYPE.newInstance("1");

        assertThatIllegalArgumentException().isThrownBy(() -> account.deposit("-5.00"));

        assertThat(account.raisedEvents()).isEmpty();
        assertThat(account.movements()).isZero();
    }

    @Test
    void refuses_an_event_of_another_aggregate() {
        assertThatExceptionOfType(UnknownEventTypeException.class)
                .isThrownBy(() -> Account.TYPE.replay(Account.TYPE.newInstance("1"), List.of(new Rung())))
                .withMessageContaining("no handler")
                .satisfies(e -> assertThat(e.eventType()).isEqualTo("Rung"))
                .satisfies(e -> assertThat(e.eventVersion()).isEqualTo(2));
        assertThatExceptionOfType(UnknownEventTypeException.class)
                .isThrownBy(() -> Account.TYPE.replay(Account.TYPE.newInstance("1"), List.of(new Unnamed())))
                .satisfies(e -> assertThat(e.eventType()).isEqualTo(Unnamed.class.getName()));
    }

    @Test
    void refuses_to_go_on_after_a_handler_has_failed() {
        AggregateType<Lamp, LampEvent> type =
                lamp("Lamp").on(LampEvent.LampBroken.class, Lamp::broken).build();
        Lamp lamp = type.newInstance("1");
        type.requireIntact(lamp);

        assertThatIllegalArgumentException().isThrownBy(lamp::smash).withMessage("a handler that fails");
        assertThatIllegalStateException().isThrownBy(lamp::light).withMessageContaining("load the aggregate again");
        assertThatIllegalStateException().isThrownBy(() -> type.requireIntact(lamp));
        assertThat(lamp.raisedEvents()).isEmpty();
    }

    @Test
    void rejects_aggregate_made_with_new() {
        assertThatIllegalStateException()
                .isThrownBy(() -> new Lamp().light())
                .withMessageContaining("AggregateType.newInstance");
    }

    @Test
    void refuses_an_invalid_id() {
        assertThatIllegalArgumentException().isThrownBy(() -> Account.TYPE.newInstance(" "));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Account.TYPE.newInstance("x".repeat(121)))
                .withMessageContaining("129 characters");
    }
}
