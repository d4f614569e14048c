package io.daybook.aggregate;

import io.daybook.event.DomainEvent;
import io.daybook.eventstore.StreamId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The base class of aggregates, whose state is derived from their events alone. Command methods check the rules and
 * {@link #raise raise} events. Event handlers, registered with an {@link AggregateType}, change the state and do
 * nothing else. The same handlers run when an event is raised and when it is read back years later, so they must not
 * check rules or read a clock.
 *
 * <pre>{@code
 * public final class Order extends AggregateRoot<OrderEvent> {
 *     public static final AggregateType<Order, OrderEvent> TYPE = AggregateType.named("Order", OrderEvent.class, Order::new)
 *             .on(OrderCreated.class, Order::created)
 *             .on(OrderShipped.class, Order::shipped)
 *             .build();
 *
 *     private boolean shipped;
 *
 *     public void create(String customerId) {
 *         raise(new OrderCreated(id(), customerId));
 *     }
 *
 *     public void ship(String trackingNumber, Instant at) {
 *         require(!shipped, "the order is already shipped");
 *         raise(new OrderShipped(id(), trackingNumber, at));
 *     }
 *
 *     private void created(OrderCreated event) {
 *         shipped = false;
 *     }
 *
 *     private void shipped(OrderShipped event) {
 *         shipped = true;
 *     }
 * }
 * }</pre>
 *
 * <p>Obtain instances from {@link AggregateType#newInstance AggregateType.newInstance} or a repository. An instance created with
 * {@code new} has neither an id nor handlers. Not thread-safe.
 *
 * @param <E> the sealed interface of the aggregate's events
 */
public abstract class AggregateRoot<E extends DomainEvent> {

    private @Nullable AggregateType<?, E> type;
    private @Nullable StreamId stream;
    private long version;
    private @Nullable String lastEventId;
    private @Nullable String broken;
    // The running code of the type that must not raise events; null while events may be raised.
    private @Nullable Object running;
    private @Nullable String misuse;
    private @Nullable UnknownAppend unknownAppend;
    private final List<E> raised = new ArrayList<>(2);

    /** Creates an aggregate without state. Called by {@link AggregateType#newInstance AggregateType.newInstance}. */
    protected AggregateRoot() {}

    /**
     * {@return the id of this aggregate}
     *
     * @throws IllegalStateException if the aggregate was created with {@code new}
     */
    public final String id() {
        return stream().aggregateId();
    }

    final StreamId stream() {
        if (stream == null) {
            throw new IllegalStateException(getClass().getName()
                    + " was created with new, so it has no id: use AggregateType.newInstance or a repository");
        }
        return stream;
    }

    /**
     * {@return the sequence number of the last stored event, or 0 if no event is stored; raised events count only after
     * they are saved}
     */
    public final long version() {
        return version;
    }

    /**
     * {@return an immutable copy of the events that were raised but not yet saved, in order}
     */
    public final List<E> raisedEvents() {
        return List.copyOf(raised);
    }

    /** Returns the raised events without a copy. Callers must not change or keep the list. */
    final List<E> raised() {
        return raised;
    }

    /**
     * Raises an event: validates it, applies it to this aggregate and keeps it for the next save.
     *
     * @param event the event
     * @throws io.daybook.serialization.UnknownEventTypeException if the aggregate type has no handler for the event
     * @throws IllegalStateException if this aggregate is invalid, because an earlier event could not be applied, it was saved for a
     *     duplicate command, or its events were stored after an event that it had not read; if the outcome of its last save is unknown; if
     *     it was created with {@code new}; or if an event handler, a constructor, a factory, or code that takes or restores a snapshot
     *     raises the event
     */
    protected final void raise(E event) {
        requireMayRaise(event);
        requireIntact();
        if (unknownAppend != null) {
            throw new IllegalStateException("the outcome of the last save of " + stream
                    + " is unknown: save or load the aggregate again before it raises more events");
        }
        event.validate();
        broken = "an event could not be applied";
        apply(event);
        broken = null;
        raised.add(event);
    }

    private void requireMayRaise(E event) {
        String name = event.getClass().getSimpleName();
        if (stream == null) {
            throw new IllegalStateException(
                    getClass().getName() + " raised " + name
                            + " before it had an id: do not raise events in a constructor or factory, and use AggregateType.newInstance or a repository");
        }
        if (running != null) {
            misuse = running instanceof DomainEvent applied
                    ? "the handler of " + stream.aggregateType() + " for "
                            + applied.getClass().getSimpleName() + " raised " + name
                            + ": handlers run again when events are read, so raise the event where "
                            + applied.getClass().getSimpleName() + " is raised"
                    : "the code of " + stream.aggregateType() + " that " + running + " raised " + name
                            + ": raise events only in command methods";
            throw new IllegalStateException(misuse);
        }
    }

    /**
     * Rejects the command unless a rule is satisfied.
     *
     * @param fulfilled whether the rule is satisfied
     * @param otherwise the violated rule, worded for the caller; the message of the exception
     * @throws DomainException if the rule is not satisfied
     */
    protected static void require(boolean fulfilled, String otherwise) {
        if (!fulfilled) {
            throw new DomainException(otherwise);
        }
    }

    final void bind(AggregateType<?, E> type, StreamId stream) {
        if (this.stream != null) {
            throw new IllegalStateException("the factory of " + type.name() + " returned " + this.stream
                    + ", which is already in use: return a new aggregate each time");
        }
        this.type = type;
        this.stream = stream;
    }

    final void replay(DomainEvent event, long sequenceNumber, String eventId) {
        apply(event);
        version = sequenceNumber;
        lastEventId = eventId;
    }

    final void restored(long version, String eventId) {
        this.version = version;
        this.lastEventId = eventId;
    }

    final void saved(long version, String lastEventId) {
        restored(version, lastEventId);
        raised.clear();
        unknownAppend = null;
    }

    final @Nullable UnknownAppend unknownAppend() {
        return unknownAppend;
    }

    final void appendUnknown(@Nullable UnknownAppend append) {
        unknownAppend = append;
    }

    /** Marks this aggregate as broken: its state contains an event that the stream does not. */
    final void builtOnLostEvent() {
        broken = "its events were stored after an event that it had not read";
    }

    /** Marks this aggregate as broken: its state contains raised events that were not stored, and that no later save may store. */
    final void notSaved() {
        broken = "its command was handled before, so the events that it raised were not stored";
    }

    final @Nullable String lastEventId() {
        return lastEventId;
    }

    final void requireIntact() {
        if (broken != null) {
            throw new IllegalStateException("the state of " + getClass().getName() + " " + id() + " is invalid because "
                    + broken + ": load the aggregate again");
        }
    }

    private void apply(DomainEvent event) {
        AggregateType<?, E> known = type;
        if (known == null) {
            throw new IllegalStateException(getClass().getName()
                    + " was created with new, so it has no handlers: use AggregateType.newInstance");
        }
        enter(event);
        try {
            known.apply(this, event);
        } finally {
            leave();
        }
    }

    /** Marks the start of code that must not raise events. The argument is the event being handled, or a description of the code. */
    final void enter(Object code) {
        running = code;
    }

    /** Marks the end of that code. Throws if the code raised an event, even if it swallowed the exception. */
    final void leave() {
        running = null;
        if (misuse != null) {
            throw new IllegalStateException(misuse);
        }
    }
}
