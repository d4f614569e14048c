package io.daybook.process;

import java.time.Instant;
import java.util.List;

/** A timer store whose changes fail while it is down. */
final class FailingTimers implements TimerStore {

    boolean down;
    private final TimerStore timers;

    FailingTimers(TimerStore timers) {
        this.timers = timers;
    }

    private void requireUp() {
        if (down) {
            throw new IllegalStateException("the timer store is down");
        }
    }

    @Override
    public void set(ProcessTimer timer) {
        requireUp();
        timers.set(timer);
    }

    @Override
    public void remove(ProcessTimer timer) {
        requireUp();
        timers.remove(timer);
    }

    @Override
    public void postpone(ProcessTimer timer, Instant until) {
        requireUp();
        timers.postpone(timer, until);
    }

    @Override
    public List<ProcessTimer> due(Instant now, int max) {
        return timers.due(now, max);
    }
}
