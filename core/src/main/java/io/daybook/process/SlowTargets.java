package io.daybook.process;

import io.daybook.eventstore.Backoff;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The types of commands whose targets give no answer. Other process instances wait for the thread that makes an
 * attempt, so a type is suspended when its attempts have taken too much time. Thread-safe.
 */
final class SlowTargets {

    private static final Duration BUDGET = Duration.ofSeconds(10);
    private static final Backoff SUSPENSIONS = new Backoff(Duration.ofSeconds(30), Duration.ofMinutes(5));

    /** The attempts of a type since its last answer; {@code lost} is the time since the last suspension. */
    private record Silence(Duration lost, int suspensions, Instant until, String error) {}

    private final Clock clock;
    private final Map<String, Silence> silent = new ConcurrentHashMap<>();

    SlowTargets(Clock clock) {
        this.clock = clock;
    }

    /** Returns the error for which a type is suspended; empty if it is not. */
    Optional<String> suspended(String type) {
        return Optional.ofNullable(silent.get(type)).filter(this::isSuspended).map(Silence::error);
    }

    private boolean isSuspended(Silence silence) {
        Duration left = Duration.between(clock.instant(), silence.until());
        boolean clockWasSetBack = left.compareTo(SUSPENSIONS.longest()) > 0;
        return !left.isZero() && !left.isNegative() && !clockWasSetBack;
    }

    void answered(String type) {
        silent.remove(type);
    }

    /** Adds an attempt without an answer. Returns whether the type is now suspended. */
    boolean unanswered(String type, String error, Duration took) {
        return isSuspended(silent.compute(type, (same, before) -> {
            Duration more = took.isNegative() ? Duration.ZERO : took; // the clock was set back
            Duration lost = before == null ? more : before.lost().plus(more);
            int suspensions = before == null ? 0 : before.suspensions();
            Instant until = before == null ? Instant.EPOCH : before.until();
            return lost.compareTo(BUDGET) < 0
                    ? new Silence(lost, suspensions, until, error)
                    : new Silence(
                            Duration.ZERO,
                            suspensions + 1,
                            clock.instant().plus(SUSPENSIONS.after(suspensions + 1)),
                            error);
        }));
    }
}
