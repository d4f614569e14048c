package io.daybook.sample.order.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.daybook.projection.ProjectorStatus;
import io.daybook.projection.RebuildProgress;
import io.daybook.projection.VerifyReport;
import io.daybook.subscription.SubscriptionStatus;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The state of a projection.
 *
 * @param name its name
 * @param version its version
 * @param state the state of its documents, in lower case
 * @param feed the progress of its subscription to the feed
 * @param rebuild the progress of a build by this process; null if it builds nothing
 * @param counts the counts of its work since the process was started
 */
record ProjectionView(
        String name,
        int version,
        String state,
        Feed feed,
        @Nullable Rebuild rebuild,
        ProjectorStatus.Counts counts) {

    /** How a projection follows its feed. */
    record Feed(
            String state,
            long lag,
            boolean caughtUp,
            long failures,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) String lastError) {}

    /** The progress of a rebuild. */
    record Rebuild(
            long events,
            long documents,
            long eventsPerSecond,
            @Nullable Long remainingSeconds) {}

    /** What a verification has found. */
    record Verified(
            long checked, long behind, long ahead, long different, long parked, long repaired, List<Finding> findings) {

        static Verified of(VerifyReport report) {
            return new Verified(
                    report.checked(),
                    report.behind(),
                    report.ahead(),
                    report.different(),
                    report.parked(),
                    report.repaired(),
                    report.findings().stream()
                            .map(each -> new Finding(
                                    word(each.problem()), each.stream().aggregateId(), each.position(), each.version()))
                            .toList());
        }
    }

    /** An order whose document is wrong or behind. */
    record Finding(String problem, String orderId, long position, long version) {}

    static ProjectionView of(ProjectorStatus status) {
        SubscriptionStatus feed = status.subscription();
        return new ProjectionView(
                status.name(),
                status.version(),
                word(status.state()),
                new Feed(word(feed.state()), feed.lag(), feed.caughtUp(), feed.failures(), feed.lastError()),
                status.rebuild().map(ProjectionView::rebuild).orElse(null),
                status.counts());
    }

    private static Rebuild rebuild(RebuildProgress progress) {
        return new Rebuild(
                progress.events(),
                progress.documents(),
                Math.round(progress.eventsPerSecond()),
                progress.remaining().map(Duration::toSeconds).orElse(null));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
