package io.daybook.aggregate;

import io.daybook.event.DomainEvent;
import io.daybook.eventstore.StreamId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An object whose state comes from its events alone. Its methods check the rules and {@link #raise raise} events; its event handlers,
 * registered with an {@link AggregateType}, alter the state and nothing else. The same handlers run when an event is raised and when
 * it is read back years later, so they check nothing and read no clock.
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
 *         require(!shipped, "the order is shipped already");
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
 * <p>Instances come from {@link AggregateType#newInstance AggregateType.newInstance} or a repository; one made with {@code new} has neither
 * an id nor handlers. Not safe for use by several threads.
 *
 * @param <E> the sealed interface of its events
 */
public abstract class AggregateRoot<E extends DomainEvent> {

    private @Nullable AggregateType<?, E> type;
    private @Nullable StreamId stream;
    private long version;
    private @Nullable String lastEventId;
    private @Nullable String broken;
    private final List<E> raised = new ArrayList<>(2);

    /** Creates an aggregate without state; called by {@link AggregateType#newInstance AggregateType.newInstance}. */
    protected AggregateRoot() {}

    /**
     * {@return the id of this aggregate}
     *
     * @throws IllegalStateException if the aggregate was made with {@code new}
     */
    public final String id() {
        return stream().aggregateId();
    }

    final StreamId stream() {
        if (stream == null) {
            throw new IllegalStateException(getClass().getName()
                    + " was made with new, so it has no id: take it from AggregateType.newInstance or a repository");
        }
        return stream;
    }

    /**
     * {@return the sequence number of its last stored event; 0 if none is stored; raised events count once they are
     * saved}
     */
    public final long version() {
        return version;
    }

    /**
     * {@return the events that were raised and are not saved yet, in their order; unmodifiable}
     */
    public final List<E> raisedEvents() {
        return Collections.unmodifiableList(raised);
    }

    /**
     * Raises an event: validates it, applies it to this aggregate and keeps it to be saved.
     *
     * @param event what happened
     * @throws io.daybook.serialization.UnknownEventTypeException if the aggregate's type has no handler for it
     * @throws IllegalStateException if an earlier event could not be applied, it was saved for a duplicate command, or
     *     the aggregate was made with {@code new}
     */
    protected final void raise(E event) {
        stream();
        requireIntact();
        event.validate();
        broken = "an event could not be applied";
        apply(event);
        broken = null;
        raised.add(event);
    }

    /**
     * Rejects what was asked for unless a rule is fulfilled.
     *
     * @param fulfilled whether the rule is fulfilled
     * @param otherwise which rule forbids it, in words for the one who asked
     * @throws DomainException if it is not
     */
    protected static void require(boolean fulfilled, String otherwise) {
        if (!fulfilled) {
            throw new DomainException(otherwise);
        }
    }

    final void bind(AggregateType<?, E> type, StreamId stream) {
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
    }

    /** What was raised is part of the state, but was not stored and must not be by a later save. */
    final void notSaved() {
        broken = "its command had been handled before, so what it raised was not stored";
    }

    final @Nullable String lastEventId() {
        return lastEventId;
    }

    final void requireIntact() {
        if (broken != null) {
            throw new IllegalStateException("the state of " + getClass().getName() + " " + id()
                    + " is not to be trusted: load it again, since " + broken);
        }
    }

    private void apply(DomainEvent event) {
        AggregateType<?, E> known = type;
        if (known == null) {
            throw new IllegalStateException(getClass().getName()
                    + " was made with new, so it has no handlers: take it from AggregateType.newInstance");
        }
        known.apply(this, event);
    }
}
