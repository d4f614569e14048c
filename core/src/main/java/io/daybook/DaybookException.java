package io.daybook;

import org.jspecify.annotations.Nullable;

/**
 * The base class of Daybook's exceptions for failures that a caller can handle. Catch a subclass to handle one kind of
 * failure, or this class to handle all of them. Mistakes in the calling code cause an {@link IllegalArgumentException},
 * an {@link IllegalStateException} or a {@link NullPointerException} instead. Exceptions thrown by your rules and
 * handlers reach the caller unchanged.
 *
 * <pre>{@code
 * try {
 *     bus.send(new ShipOrder("42", "1Z999"), metadata);
 * } catch (DomainException e) { // a rule rejects it; nothing was stored
 *     answer(422, e.getMessage());
 * } catch (CommandValidationException e) { // lists what to fix, and where
 *     answer(400, e.violations().toString());
 * } catch (AggregateNotFoundException e) {
 *     answer(404, e.getMessage());
 * } catch (ConcurrencyException e) { // other writers were faster, or the expected version did not match
 *     answer(e.isPreconditionFailed() ? 412 : 409, e.getMessage());
 * } catch (EventStoreUnavailableException e) { // it may be stored: send the command again with the same id
 *     answer(503, "try again", e.retryAfter().orElse(Duration.ofSeconds(1)));
 * } catch (CommandTimeoutException e) { // nothing was stored
 *     answer(503, e.getMessage());
 * } catch (DaybookException e) { // any other failure
 *     answer(CommandOutcome.of(e) == CommandOutcome.FAILED ? 500 : 400, e.getMessage());
 * }
 * }</pre>
 *
 * <p>The messages state what is wrong and what to do. They contain ids, names, versions and sizes, but never keys, connection strings or
 * event payloads.
 */
public abstract class DaybookException extends RuntimeException {

    /**
     * Creates the exception.
     *
     * @param message what is wrong and what to do
     */
    protected DaybookException(String message) {
        super(message);
    }

    /**
     * Creates the exception with a cause.
     *
     * @param message what is wrong and what to do
     * @param cause the underlying failure, or null if there is none
     */
    protected DaybookException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
