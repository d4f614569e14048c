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

    /** Returns where the streams are parked, null if the feed cannot park streams. */
    @Nullable
    StreamParking parking() {
        return parking;
    }

    Duration pauseAfter(int failuresInARow) {
        return policy.backoff().after(failuresInARow);
    }

    /** Whether a page may hold events of parked streams; a subscription that retries forever looks once. */
    boolean mayHaveParked() {
        return parking instanceof ParkedStreams streams && (policy.parks() || streams.mayHold());
    }

    /** Which of the streams of a page are parked. The map has the last item of each. */
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
     * Parks a stream, unless too many are parked or a row of streams fails, which is a bug of the handler rather than of their events.
     *
     * @param item the item that failed
     * @param last the last known item of the stream
     * @return why not; empty if it was parked
     */
    String park(DeliveryItem item, DeliveryItem last, Throwable failure, int attempts, String error) {
        synchronized (this) {
            firstGivenUp = firstGivenUp.isEmpty() ? error : firstGivenUp;
            if (givenUpInARow >= PARKED_IN_A_ROW - 1) {
                return PARKED_IN_A_ROW + " streams in a row failed, so no more are parked: fix the handler. The first: "
                        + firstGivenUp;
            }
        }
        return parkAgain(item, last, failure, attempts, error);
    }

    /** As {@link #park}, for a stream that may be parked already: it counts no more in a row than it did. */
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
            return ParkedStreams.MAX + " streams are parked, so no more are: fix the handler and retry them. " + error;
        }
        this.attempts.forget(item);
        synchronized (this) {
            givenUpInARow++;
        }
        log.warn("stream parked subscription={} {}", name, parked, failure);
        return "";
    }
}
