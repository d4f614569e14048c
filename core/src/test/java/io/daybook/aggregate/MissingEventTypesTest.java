package io.daybook.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.daybook.account.Account;
import io.daybook.account.AccountEvent;
import io.daybook.account.ScriptedEventStore;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.event.EventTypes;
import io.daybook.eventstore.EventStore;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemorySubjectKeys;
import io.daybook.serialization.EventSerializer;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.shredding.ShreddingEventSerializer;
import org.junit.jupiter.api.Test;

/** An event type that the serializer does not know is found when a repository is built, not by its first command. */
class MissingEventTypesTest {

    @EventType("AccountOpened")
    record OtherOpened(String accountId) implements DomainEvent {}

    private static EventStore store(EventTypes types) {
        return new InMemoryEventStore(JacksonEventSerializer.of(types));
    }

    @Test
    void refuses_repository_whose_events_the_serializer_does_not_know() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        AggregateRepository.of(Account.TYPE, store(EventTypes.of(AccountEvent.AccountOpened.class))))
                .withMessageContaining("MoneyDeposited")
                .withMessageContaining("MoneyWithdrawn")
                .withMessageContaining("EventTypes");
    }

    @Test
    void refuses_repository_whose_event_name_belongs_to_another_class() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AggregateRepository.of(
                        Account.TYPE,
                        store(EventTypes.of(
                                OtherOpened.class,
                                AccountEvent.MoneyDeposited.class,
                                AccountEvent.MoneyWithdrawn.class))))
                .withMessageContaining("AccountOpened")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("MoneyDeposited"));
    }

    @Test
    void refuses_repository_whose_events_are_unknown_behind_a_shredding_serializer() {
        EventSerializer shredding = ShreddingEventSerializer.of(
                JacksonEventSerializer.of(EventTypes.of(OtherOpened.class)), new InMemorySubjectKeys());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> AggregateRepository.of(Account.TYPE, new InMemoryEventStore(shredding)));
    }

    @Test
    void accepts_further_event_types_and_stores_that_cannot_tell() {
        assertThat(AggregateRepository.of(Account.TYPE, store(EventTypes.of(AccountEvent.class, Lost.class))))
                .isNotNull();
        assertThat(AggregateRepository.of(Account.TYPE, new ScriptedEventStore()))
                .isNotNull();
    }

    @EventType("Lost")
    record Lost() implements DomainEvent {}
}
