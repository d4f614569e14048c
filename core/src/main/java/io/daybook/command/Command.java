package io.daybook.command;

/**
 * A request to an aggregate, named in the imperative. Commands are immutable values, preferably records.
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
 * <p>The type name of a command is the simple name of its class, unless {@link CommandType} specifies another. The type
 * name identifies commands that arrive as JSON, and is part of the fingerprint of a command with an idempotency key.
 */
public interface Command {

    /**
     * {@return the id of the aggregate that receives the command}
     */
    String aggregateId();

    /**
     * Checks every rule that does not depend on the aggregate. All violations are reported together. The default
     * implementation reports none.
     *
     * @param violations collects the violations
     */
    default void validate(Violations violations) {}
}
