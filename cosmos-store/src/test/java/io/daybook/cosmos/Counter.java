package io.daybook.cosmos;

import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import io.daybook.aggregate.DomainException;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.serialization.EventSerializer;
import io.daybook.serialization.JacksonEventSerializer;

/** The smallest aggregate that can refuse something. */
final class Counter extends AggregateRoot<Counter.Counted> {

    @EventType("Counted")
    record Counted(int by) implements DomainEvent {}

    record Total(int total) {}

    static final AggregateType<Counter, Counted> TYPE = AggregateType.named("Counter", Counted.class, Counter::new)
            .on(Counted.class, Counter::counted)
            .snapshot(Total.class, counter -> new Total(counter.total), Counter::restore)
            .build();

    private int total;

    static EventSerializer serializer() {
        return JacksonEventSerializer.of(TYPE.eventTypes());
    }

    int total() {
        return total;
    }

    void count(int by) {
        if (total + by > 1_000_000) {
            throw new DomainException("the counter is full");
        }
        raise(new Counted(by));
    }

    private void counted(Counted event) {
        total += event.by();
    }

    private void restore(Total state) {
        total = state.total();
    }
}
