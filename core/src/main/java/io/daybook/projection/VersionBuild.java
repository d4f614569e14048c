package io.daybook.projection;

import io.daybook.eventstore.EventStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * The build of a version by this instance: the scan, which continues that of an earlier instance, and its progress. Not
 * thread-safe.
 */
final class VersionBuild {

    private final EventScan scan;
    private final ScanTarget target;
    private final VersionState from;
    private final Instant since;

    VersionBuild(EventStore eventStore, ScanTarget target, VersionState from, Instant since, Executor readAhead) {
        this.scan = new EventScan(eventStore, target, from.ranges(), readAhead);
        this.target = target;
        this.from = from;
        this.since = since;
    }

    /** Scans one page, unless the scan is complete. */
    boolean step() {
        if (scan.isComplete()) {
            return false;
        }
        scan.step();
        return true;
    }

    boolean isComplete() {
        return scan.isComplete();
    }

    /** Returns how many events this instance has scanned. */
    long scanned() {
        return scan.events();
    }

    /** Returns how many events this instance and earlier instances have scanned. */
    long events() {
        return from.events() + scan.events();
    }

    /** Returns the state to store, from which another instance can continue. */
    VersionState saved(Instant now) {
        return from.scanned(scan.saved(), events(), from.documents() + target.written(), now);
    }

    RebuildProgress progress(Instant now) {
        double seconds = Duration.between(since, now).toNanos() / 1e9;
        double rate = seconds > 0 ? scan.events() / seconds : 0;
        return new RebuildProgress(
                events(),
                from.documents() + target.written(),
                rate,
                scan.remaining().isEmpty() || rate == 0
                        ? Optional.empty()
                        : Optional.of(
                                Duration.ofSeconds(Math.round(scan.remaining().getAsLong() / rate))));
    }
}
