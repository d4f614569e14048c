package io.daybook;

import org.jspecify.annotations.Nullable;

/**
 * What every failure that Daybook reports is. Catch a leaf to react to one failure, this type to react to any; what the caller did
 * wrong in code is an {@link IllegalArgumentException}, an {@link IllegalStateException} or a {@link NullPointerException} instead, and
 * what a rule or a handler of yours throws passes through as it is.
 *
 * <pre>{@code
 * try {
 *     bus.send(new ShipOrder("42", "1Z999"), metadata);
 * } catch (DomainException e) { // a rule forbids it; nothing was stored
 *     answer(422, e.getMessage());
 * } catch (CommandValidationException e) { // what to mend, and where
 *     answer(400, e.violations().toString());
 * } catch (AggregateNotFoundException e) {
 *     answer(404, e.getMessage());
 * } catch (ConcurrencyException e) { // other writers came first; if the version was stated, to send it again is of no use
 *     answer(e.isPreconditionFailed() ? 412 : 409, e.getMessage());
 * } catch (EventStoreUnavailableException e) { // it may be stored: repeat the same command under the same id
 *     answer(503, "try again", e.retryAfter().orElse(Duration.ofSeconds(1)));
 * } catch (DaybookException e) { // any other
 *     answer(CommandOutcome.of(e) == CommandOutcome.FAILED ? 500 : 400, e.getMessage());
 * }
 * }</pre>
 *
 * <p>Messages say what was wrong and what to do. They hold ids, names, versions and sizes, never a key, a connection string or the
 * payload of an event.
 */
public abstract class DaybookException extends RuntimeException {

    /**
     * Creates the failure.
     *
     * @param message what was wrong and what to do
     */
    protected DaybookException(String message) {
        super(message);
    }

    /**
     * Creates the failure with what caused it.
     *
     * @param message what was wrong and what to do
     * @param cause the failure below, or null if there is none
     */
    protected DaybookException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
