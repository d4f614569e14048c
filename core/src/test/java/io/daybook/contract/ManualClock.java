package io.daybook.contract;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * A clock that a test moves. Thread-safe.
 *
 * <pre>{@code
 * ManualClock clock = new ManualClock(Instant.parse("2026-03-01T12:00:00Z"));
 * clock.advance(Duration.ofMinutes(15));
 * Instant quarterPast = clock.instant();
 * }</pre>
 */
public final class ManualClock extends Clock {

    private volatile Instant now;

    /**
     * Creates a clock.
     *
     * @param now its time, until a test moves it
     */
    public ManualClock(Instant now) {
        this.now = now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }

    @Override
    public Instant instant() {
        return now;
    }

    /**
     * Sets the time.
     *
     * @param time the new time
     */
    public void set(Instant time) {
        now = time;
    }

    /**
     * Moves the time forward.
     *
     * @param time by how much
     */
    public void advance(Duration time) {
        set(now.plus(time));
    }
}
