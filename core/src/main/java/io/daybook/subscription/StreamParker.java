package io.daybook.subscription;

import io.daybook.eventstore.StreamId;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides when a subscription parks a stream, and parks it. Thread-safe. */
final class StreamParker {

    private static final Logger log = LoggerFactory.getLogger(DeliveryLoop.class);
    private static final int PARKED_IN_A_ROW = 20;

    private final String name;
    private final FailurePolicy policy;
    private final @Nullable StreamParking parking;
    private final Clock clock;
    private final FailedAttempts attempts = new FailedAttempts();
    private int givenUpInARow;
    private String firstGivenUp = "";

    StreamParker(String name, FailurePolicy policy, @Nullable StreamParking parking, Clock clock) {
        this.name = name;
        this.policy = policy;
        this.parking = parking;
        this.clock = clock;
    }

    /** Returns the store of parked streams; null if the feed cannot park streams. */
    @Nullable
    StreamParking parking() {
        return parking;
    }

    Duration pauseAfter(int failuresInARow) {
        return policy.backoff().after(failuresInARow);
    }

    /** Returns whether a page may contain events of parked streams; a subscription that retries forever checks only once. */
    boolean mayHaveParked() {
        return parking instanceof ParkedStreams streams && (policy.parks() || streams.mayHold());
    }

    /** Returns which streams of a page are parked. The map contains the last item of each stream. */
    Set<StreamId> passOver(Map<StreamId, DeliveryItem> last) {
        return parking instanceof ParkedStreams streams ? streams.passOver(last) : Set.of();
    }

    synchronized void succeeded() {
        givenUpInARow = 0;
        firstGivenUp = "";
    }

    /** Counts a failed call for an item, and returns how often it has failed, including in earlier deliveries of its page. */
    int countAttempt(DeliveryItem item, int known) {
        return attempts.add(item, known);
    }

    /** Forgets the failed attempts of an item that is handled or skipped. */
    void forget(DeliveryItem item) {
        attempts.forget(item);
    }

    boolean isParkable(Throwable failure, int attempts) {
        return policy.parks() && attempts >= policy.attempts() && FailurePolicy.isOfEvent(failure);
    }

    /**
     * Parks a stream, unless too many are parked or too many in a row have failed, which indicates a bug in the handler rather than bad events.
     *
     * @param item the item that failed
     * @param last the last known item of the stream
     * @return why the stream was not parked; empty if it was
     */
    String park(DeliveryItem item, DeliveryItem last, Throwable failure, int attempts, String error) {
        synchronized (this) {
            firstGivenUp = firstGivenUp.isEmpty() ? error : firstGivenUp;
            if (givenUpInARow >= PARKED_IN_A_ROW - 1) {
                return PARKED_IN_A_ROW
                        + " streams in a row failed, so no more are parked: fix the handler. The first failure: "
                        + firstGivenUp;
            }
        }
        return parkAgain(item, last, failure, attempts, error);
    }

    /** Like {@link #park}, for a stream that may already be parked: the number in a row is not checked again. */
    String parkAgain(DeliveryItem item, DeliveryItem last, Throwable failure, int attempts, String error) {
        if (parking == null) {
            throw new IllegalStateException("a policy that parks has a place for it");
        }
        ParkedStream parked = new ParkedStream(
                item.stream(),
                item.number(),
                item.id(),
                failure.getClass().getName(),
                clock.instant(),
                attempts,
                last.lastNumber(),
                last.isDeletion());
        if (!parking.park(parked)) {
            return ParkedStreams.MAX + " streams are parked, so no more can be parked: fix the handler and retry them. "
                    + error;
        }
        this.attempts.forget(item);
        synchronized (this) {
            givenUpInARow++;
        }
        log.warn("stream parked subscription={} {}", name, parked, failure);
        return "";
    }
}
