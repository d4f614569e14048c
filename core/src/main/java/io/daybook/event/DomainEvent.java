package io.daybook.event;

/**
 * A fact about an aggregate. Events are named in the past tense and are never modified.
 *
 * <p>An event is an immutable value, preferably a record, named with {@link EventType}. The events of one aggregate share a sealed
 * interface, so that the compiler and {@link EventTypes} know all of them:
 *
 * <pre>{@code
 * public sealed interface OrderEvent extends DomainEvent permits OrderCreated, OrderShipped {}
 *
 * @EventType("OrderCreated")
 * public record OrderCreated(String orderId, String customerId) implements OrderEvent {}
 *
 * @EventType("OrderShipped")
 * public record OrderShipped(String orderId, String trackingNumber, Instant shippedAt) implements OrderEvent {}
 * }</pre>
 *
 * <p>Do not check rules in a record's constructor. The constructor also runs when an event from years ago is read back,
 * and a rule that has become stricter since then would make the event unreadable. Check rules in
 * {@link #validate() validate}.
 */
public interface DomainEvent {

    /**
     * Checks this event. This method is called once, when an aggregate raises the event, and never when the event is
     * read back. The default implementation accepts every event.
     *
     * @throws RuntimeException if the event must not be recorded; the exception reaches the caller unchanged, and nothing is stored
     */
    default void validate() {}
}
