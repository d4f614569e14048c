package io.daybook.command;

/**
 * What somebody asks an aggregate to do, in the imperative. An immutable value, best a record.
 *
 * <pre>{@code
 * public record ShipOrder(String orderId, String trackingNumber) implements Command {
 *     public String aggregateId() {
 *         return orderId;
 *     }
 *
 *     public void validate(Violations violations) {
 *         violations.requireText(trackingNumber, "trackingNumber", 100);
 *     }
 * }
 * }</pre>
 *
 * <p>Its JSON, of which the fingerprint of a repeatable command is made too, has the name of the class unless {@link CommandType} says
 * otherwise.
 */
public interface Command {

    /**
     * {@return the id of the aggregate that is asked}
     */
    String aggregateId();

    /**
     * Checks what can be checked without the aggregate. All violations are reported at once. The default finds none.
     *
     * @param violations collects what is wrong
     */
    default void validate(Violations violations) {}
}
