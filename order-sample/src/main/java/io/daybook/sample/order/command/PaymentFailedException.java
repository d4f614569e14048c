package io.daybook.sample.order.command;

/**
 * Thrown when a payment gateway does not confirm a payment. The payment may have been made: retry with the same
 * idempotency key.
 */
public final class PaymentFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message the operation that failed, without payment details
     */
    public PaymentFailedException(String message) {
        super(message);
    }
}
