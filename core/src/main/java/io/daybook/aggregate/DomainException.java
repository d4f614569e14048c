package io.daybook.aggregate;

import io.daybook.DaybookException;

/**
 * Thrown when a command violates a domain rule. Nothing is stored. Extend this class to distinguish rules:
 *
 * <pre>{@code
 * public final class OrderShippedException extends DomainException {
 *     private static final long serialVersionUID = 1L;
 *
 *     public OrderShippedException(String orderId) {
 *         super("the order " + orderId + " is already shipped");
 *     }
 * }
 * }</pre>
 */
public class DomainException extends DaybookException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message the rule that is violated, worded for the caller
     */
    public DomainException(String message) {
        super(message);
    }
}
