package io.daybook.aggregate;

import io.daybook.DaybookException;

/**
 * A rule of the domain forbids what was asked for. Nothing is stored. Extend it to tell rules apart:
 *
 * <pre>{@code
 * public final class OrderShippedException extends DomainException {
 *     private static final long serialVersionUID = 1L;
 *
 *     public OrderShippedException(String orderId) {
 *         super("the order " + orderId + " is shipped already");
 *     }
 * }
 * }</pre>
 */
public class DomainException extends DaybookException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the rejection.
     *
     * @param message which rule forbids it, in words for the one who asked
     */
    public DomainException(String message) {
        super(message);
    }
}
