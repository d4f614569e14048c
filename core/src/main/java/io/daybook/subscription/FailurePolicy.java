package io.daybook.subscription;

import io.daybook.eventstore.Backoff;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.readmodel.ReadModelUnavailableException;
import java.time.Duration;

/**
 * A policy for failures of a subscription's handler: either retry forever, or park the stream after a number of
 * attempts. Immutable.
 *
 * <pre>{@code
 * FailurePolicy policy = FailurePolicy.parkStreamAfter(5);
 * }</pre>
 *
 * <p>A parked stream is skipped until {@link Subscription#retryParked} delivers its events. Other streams continue. An
 * exception thrown by the handler or a {@link StackOverflowError} can park a stream. Other errors, an interrupt, and an
 * unavailable event store or read model never park a stream, even as the cause of an exception. The delivery is then
 * retried. Transient failures of the handler's own database count as attempts. A deletion that fails repeatedly also
 * parks its stream.
 *
 * <p>Use the same policy in all instances of a subscription, including during a deployment: an instance that retries
 * forever checks for parked streams only once, so it would deliver later events of a stream that another instance parks
 * afterward.
 *
 * @param attempts the number of failed deliveries of an append after which its stream is parked; 0 to retry forever.
 *     The first failure of a page with several appends does not count: its appends are then delivered one by one. The
 *     handler may therefore receive an event {@code attempts + 1} times
 * @param backoff the pauses between attempts
 */
public record FailurePolicy(int attempts, Backoff backoff) {

    /** The default pauses, from 20 milliseconds to 10 seconds. */
    public static final Backoff DEFAULT_BACKOFF = new Backoff(Duration.ofMillis(20), Duration.ofSeconds(10));

    /**
     * Checks the number of attempts.
     *
     * @param attempts the number of failed deliveries of an append after which its stream is parked; 0 to retry forever
     * @param backoff the pauses between attempts
     * @throws IllegalArgumentException if {@code attempts} is negative
     */
    public FailurePolicy {
        if (attempts < 0) {
            throw new IllegalArgumentException("attempts is " + attempts + ": use 1 or more, or 0 to retry forever");
        }
    }

    /**
     * {@return a policy that retries until the handler succeeds, with the default backoff}
     */
    public static FailurePolicy retryForever() {
        return new FailurePolicy(0, DEFAULT_BACKOFF);
    }

    /**
     * Returns a policy that parks a stream after one of its appends has failed the given number of times. The policy
     * uses the default backoff.
     *
     * @param attempts the number of failed deliveries of an append, 1 or more; the first failure of a page with several
     *     appends does not count
     * @return the policy
     * @throws IllegalArgumentException if {@code attempts} is less than 1
     */
    public static FailurePolicy parkStreamAfter(int attempts) {
        if (attempts < 1) {
            throw new IllegalArgumentException("attempts is " + attempts + ": use 1 or more");
        }
        return new FailurePolicy(attempts, DEFAULT_BACKOFF);
    }

    /**
     * Returns whether the event may have caused a failure, which is the condition for parking its stream. An interrupt,
     * an error other than {@link StackOverflowError}, an {@link EventStoreUnavailableException} and a
     * {@link ReadModelUnavailableException} do not depend on the event. This method also looks for them among the
     * causes, up to a depth of 100.
     *
     * @param failure the exception or error that a handler threw
     * @return whether the event may be the cause
     */
    public static boolean isOfEvent(Throwable failure) {
        Throwable each = failure;
        for (int depth = 0; each != null && depth < 100; depth++) {
            if (each instanceof EventStoreUnavailableException
                    || each instanceof ReadModelUnavailableException
                    || each instanceof InterruptedException
                    || (each instanceof Error && !(each instanceof StackOverflowError))) {
                return false;
            }
            each = each.getCause();
        }
        return true;
    }

    /**
     * Returns a copy of this policy with another backoff.
     *
     * @param backoff the pauses between attempts
     * @return the policy
     */
    public FailurePolicy with(Backoff backoff) {
        return new FailurePolicy(attempts, backoff);
    }

    /**
     * {@return whether this policy parks streams}
     */
    public boolean parks() {
        return attempts > 0;
    }
}
