package io.daybook.event;

/**
 * Something that happened to an aggregate, in the past tense, never altered afterwards.
 *
 * <p>An event is an immutable value, best a record, named with {@link EventType}. The events of one aggregate share a sealed interface,
 * so that the compiler and {@link EventTypes} know all of them:
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
 * <p>Do not check rules in a record's constructor: it also runs when an event of years ago is read back, and a rule that became
 * stricter since would make the past unreadable. Check them in {@link #validate() validate}.
 */
public interface DomainEvent {

    /**
     * Checks this event. It is called once, when an aggregate raises the event, and never when it is read back. The
     * default accepts every event.
     *
     * @throws RuntimeException if the event must not be recorded; the exception reaches the caller as it is, and
     *     nothing is stored
     */
    default void validate() {}
}
