package io.daybook.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class EventTypesTest {

    sealed interface Good extends DomainEvent {
        @EventType("A")
        record A() implements Good {}

        sealed interface Nested extends Good {}

        @EventType(value = "B", version = 3)
        record B() implements Nested {}
    }

    sealed interface Unnamed extends DomainEvent {
        record Nameless() implements Unnamed {}
    }

    sealed interface Twice extends DomainEvent {
        @EventType("Same")
        record One() implements Twice {}

        @EventType("Same")
        record Two() implements Twice {}
    }

    sealed interface WithOpenClass extends DomainEvent {
        @EventType("Open")
        non-sealed class Open implements WithOpenClass {}
    }

    interface NotSealed extends DomainEvent {}

    @EventType("has space")
    record BadName() implements DomainEvent {}

    @EventType(value = "Zero", version = 0)
    record BadVersion() implements DomainEvent {}

    @Test
    void finds_every_event_below_a_sealed_interface() {
        EventTypes types = EventTypes.of(Good.class);

        assertThat(types.all()).extracting(EventTypes.Registration::name).containsExactly("A", "B");
        assertThat(types.find("B")).hasValue(new EventTypes.Registration("B", 3, Good.B.class));
        assertThat(types.registrationOf(new Good.A()).version()).isEqualTo(1);
        assertThat(types.find("C")).isEmpty();
    }

    @Test
    void refuses_an_event_without_a_name() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventTypes.of(Unnamed.class))
                .withMessageContaining("Nameless")
                .withMessageContaining("@EventType");
    }

    @Test
    void refuses_a_name_that_is_used_twice() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventTypes.of(Twice.class))
                .withMessageContaining("One")
                .withMessageContaining("Two");
    }

    @Test
    void refuses_types_whose_events_cannot_be_listed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventTypes.of(WithOpenClass.class))
                .withMessageContaining("is open");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventTypes.of(NotSealed.class))
                .withMessageContaining("is open");
    }

    @Test
    void refuses_invalid_names_and_versions() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventTypes.of(BadName.class))
                .withMessageContaining("has space");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventTypes.of(BadVersion.class))
                .withMessageContaining("version = 0");
    }

    @Test
    void refuses_to_look_up_an_event_that_is_not_registered() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventTypes.of(Good.class).registrationOf(new BadName()))
                .withMessageContaining("not registered");
    }
}
