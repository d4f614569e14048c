package io.daybook.shredding;

import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.serialization.JacksonEventSerializer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A person of whom the stores keep a name, encrypted, and a country. */
final class Customer extends AggregateRoot<Customer.CustomerEvent> {

    sealed interface CustomerEvent extends DomainEvent {}

    @EventType("CustomerRegistered")
    record CustomerRegistered(String customerId, @Nullable String name, String country) implements CustomerEvent {}

    @EventType("CustomerRenamed")
    record CustomerRenamed(String customerId, @Nullable String name) implements CustomerEvent {}

    @EventType("CustomerForgotten")
    record CustomerForgotten() implements CustomerEvent {}

    record State(String customerId, @Nullable String name, String country, boolean forgotten) {

        List<String> subjects() {
            return forgotten ? List.of() : List.of(customerId);
        }
    }

    static final AggregateType<Customer, CustomerEvent> TYPE = AggregateType.named(
                    "Customer", CustomerEvent.class, Customer::new)
            .on(
                    CustomerRegistered.class,
                    (customer, event) ->
                            customer.state = new State(event.customerId(), event.name(), event.country(), false))
            .on(
                    CustomerRenamed.class,
                    (customer, event) -> customer.state =
                            new State(event.customerId(), event.name(), customer.state.country(), false))
            .on(
                    CustomerForgotten.class,
                    (customer, event) -> customer.state =
                            new State(customer.state.customerId(), null, customer.state.country(), true))
            .snapshot(State.class, Customer::state, (customer, state) -> customer.state = state)
            .build();

    private State state = new State("", null, "", false);

    static ShreddingEventSerializer serializer(SubjectKeys keys) {
        return ShreddingEventSerializer.of(JacksonEventSerializer.of(TYPE.eventTypes()), keys)
                .protect(CustomerRegistered.class, CustomerRegistered::customerId, "name")
                .protect(CustomerRenamed.class, CustomerRenamed::customerId, "name");
    }

    void register(String customerId, String name) {
        raise(new CustomerRegistered(customerId, name, "NZ"));
    }

    void rename(String name) {
        raise(new CustomerRenamed(state.customerId(), name));
    }

    void forget() {
        raise(new CustomerForgotten());
    }

    State state() {
        return state;
    }
}
