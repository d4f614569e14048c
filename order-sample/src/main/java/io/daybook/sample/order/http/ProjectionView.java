package io.daybook.sample.order.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.daybook.eventstore.StreamId;
import io.daybook.projection.ProjectorStatus;
import io.daybook.projection.ReadModelState;
import io.daybook.projection.RebuildProgress;
import io.daybook.projection.VerifyReport;
import io.daybook.readmodel.Parking;
import io.daybook.subscription.SubscriptionStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The state of a projection. */
record ProjectionView(
        String name,
        int version,
        ReadModelState state,
        Feed feed,
        @Nullable Rebuild rebuild,
        ProjectorStatus.Counts counts) {

    /** The progress of its subscription to the feed. */
    record Feed(
            SubscriptionStatus.State state,
            long lag,
            boolean caughtUp,
            long failures,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) String lastError) {}

    /** The progress of a build by this process. */
    record Rebuild(
            long events,
            long documents,
            long eventsPerSecond,
            @Nullable Long remainingSeconds) {

        static Rebuild of(RebuildProgress progress) {
            return new Rebuild(
                    progress.events(),
                    progress.documents(),
                    Math.round(progress.eventsPerSecond()),
                    progress.remaining().map(Duration::toSeconds).orElse(null));
        }
    }

    /** The result of a verification. */
    record Verified(
            long checked,
            long behind,
            long ahead,
            long different,
            long parked,
            long repaired,
            List<Finding> findings,
            VerifyReport.Summaries summaries) {

        static Verified of(VerifyReport report) {
            return new Verified(
                    report.checked(),
                    report.behind(),
                    report.ahead(),
                    report.different(),
                    report.parked(),
                    report.repaired(),
                    report.findings().stream().map(Finding::of).toList(),
                    report.summaries());
        }
    }

    /** An order with an event that could not be projected. */
    record Parked(String orderId, long version, String eventId, String error, Instant since, int attempts) {
        static Parked of(Map.Entry<StreamId, Parking> parked) {
            Parking parking = parked.getValue();
            return new Parked(
                    parked.getKey().aggregateId(),
                    parking.sequenceNumber(),
                    parking.eventId(),
                    parking.error(),
                    parking.since(),
                    parking.attempts());
        }
    }

    /** An order whose document is wrong or behind. */
    record Finding(VerifyReport.Problem problem, String orderId, long position, long version) {
        static Finding of(VerifyReport.Finding found) {
            return new Finding(found.problem(), found.stream().aggregateId(), found.position(), found.version());
        }
    }

    static ProjectionView of(ProjectorStatus status) {
        SubscriptionStatus feed = status.subscription();
        return new ProjectionView(
                status.name(),
                status.version(),
                status.state(),
                new Feed(feed.state(), feed.lag(), feed.caughtUp(), feed.failures(), feed.lastError()),
                status.rebuild().map(Rebuild::of).orElse(null),
                status.counts());
    }
}
