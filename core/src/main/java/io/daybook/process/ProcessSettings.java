package io.daybook.process;

import io.daybook.eventstore.Backoff;
import io.daybook.subscription.EventInterceptor;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** The settings of a runner that its workers share. */
record ProcessSettings(
        Clock clock,
        Duration resendAfter,
        Duration parkUnansweredAfter,
        Duration idempotencyKeyRetention,
        Backoff resendBackoff,
        EventInterceptor interceptor) {

    static final int ATTEMPTS = 3;
    static final int HANDLER_ATTEMPTS = 5;

    /** What a newer program may have written waits this long, because a rolling deployment may still replace this program. */
    static final Duration DEPLOYMENT = Duration.ofMinutes(10);

    static final Duration DEPLOYMENT_PAUSE = Duration.ofSeconds(1);
    static final Backoff PAUSES = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1));
    static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(30);

    /** Returns a pause that doubles the time since something was due, within the limits of a backoff. */
    static Duration pauseFor(Duration late, Backoff backoff) {
        Duration pause = late.compareTo(backoff.first()) < 0 ? backoff.first() : late;
        return pause.compareTo(backoff.longest()) > 0 ? backoff.longest() : pause;
    }

    static ProcessSettings defaults() {
        return new ProcessSettings(
                Clock.systemUTC(),
                Duration.ofSeconds(30),
                Duration.ofHours(24),
                Duration.ofDays(30),
                new Backoff(Duration.ofSeconds(30), Duration.ofHours(1)),
                EventInterceptor.none());
    }

    ProcessSettings withClock(Clock clock) {
        return new ProcessSettings(
                clock, resendAfter, parkUnansweredAfter, idempotencyKeyRetention, resendBackoff, interceptor);
    }

    ProcessSettings withResendAfter(Duration resendAfter) {
        requirePositive("resendAfter", resendAfter);
        return new ProcessSettings(
                clock, resendAfter, parkUnansweredAfter, idempotencyKeyRetention, resendBackoff, interceptor);
    }

    ProcessSettings withParkUnansweredAfter(Duration parkUnansweredAfter) {
        requirePositive("parkUnansweredAfter", parkUnansweredAfter);
        return new ProcessSettings(
                clock, resendAfter, parkUnansweredAfter, idempotencyKeyRetention, resendBackoff, interceptor);
    }

    ProcessSettings withIdempotencyKeyRetention(Duration idempotencyKeyRetention) {
        if (idempotencyKeyRetention.compareTo(Duration.ofDays(1)) <= 0) {
            throw new IllegalArgumentException(
                    "idempotencyKeyRetention is " + idempotencyKeyRetention + ": use more than one day");
        }
        return new ProcessSettings(
                clock, resendAfter, parkUnansweredAfter, idempotencyKeyRetention, resendBackoff, interceptor);
    }

    ProcessSettings withInterceptor(EventInterceptor inner) {
        return new ProcessSettings(
                clock,
                resendAfter,
                parkUnansweredAfter,
                idempotencyKeyRetention,
                resendBackoff,
                interceptor.around(inner));
    }

    /** Checks the settings that depend on each other, once all of them are set. */
    ProcessSettings requireConsistent() {
        if (parkUnansweredAfter.compareTo(idempotencyKeyRetention) >= 0) {
            throw new IllegalArgumentException("parkUnansweredAfter is " + parkUnansweredAfter
                    + ", but idempotency keys are retained for " + idempotencyKeyRetention
                    + ": use a shorter parkUnansweredAfter, or a command may take effect twice");
        }
        return this;
    }

    static Duration requirePositive(String what, Duration time) {
        if (time.isZero() || time.isNegative()) {
            throw new IllegalArgumentException(what + " is " + time + ": use more than zero");
        }
        return time;
    }

    /** How long a key reliably shows that a command took effect. One day is subtracted because clocks may differ. */
    Duration keysAreSafeFor() {
        return idempotencyKeyRetention.minusDays(1);
    }

    Instant now() {
        return clock.instant();
    }
}
