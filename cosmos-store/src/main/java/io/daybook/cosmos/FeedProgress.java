package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.models.CosmosChangeFeedRequestOptions;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.FeedRange;
import com.azure.cosmos.models.FeedResponse;
import com.azure.cosmos.models.SqlParameter;
import com.azure.cosmos.models.SqlQuerySpec;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The progress of a subscription: its leases, and the changes after them in the change feed.
 *
 * <p>Deletes and expiry also increase the sequence number of a partition, although the change feed never shows them,
 * and a lease keeps its token when a poll finds nothing. The distance between the two therefore does not show how much
 * is left. Only a read after the token does.
 */
final class FeedProgress {

    private static final String OWN_LEASES =
            "SELECT * FROM c WHERE STARTSWITH(c.id, @prefix) AND CONTAINS(c.id, @container) AND IS_DEFINED(c.LeaseToken)";
    private static final int UNKNOWN = -1;
    private static final int PAGE = 100;

    private final CosmosAsyncContainer events;
    private final CosmosAsyncContainer leases;
    private final HandledChanges handled;
    private final SqlQuerySpec ownLeases;

    /**
     * @param prefix the prefix of the leases' ids
     * @param eventsId the resource id of the container of events: leases of other containers may have the same prefix
     * @param handled the changes that this instance handled last, which do not count
     */
    FeedProgress(
            CosmosAsyncContainer events,
            CosmosAsyncContainer leases,
            String prefix,
            String eventsId,
            HandledChanges handled) {
        this.events = events;
        this.leases = leases;
        this.handled = handled;
        this.ownLeases = new SqlQuerySpec(
                OWN_LEASES, new SqlParameter("@prefix", prefix), new SqlParameter("@container", "_" + eventsId + ".."));
    }

    /** Returns the leases of all instances. Throws the SDK's exception, or a wrapped {@code TimeoutException}. */
    List<ObjectNode> leases(Duration timeout) {
        return Objects.requireNonNull(leases.queryItems(ownLeases, new CosmosQueryRequestOptions(), ObjectNode.class)
                .collectList()
                .timeout(timeout)
                .block());
    }

    /**
     * Returns how many changes follow the leases: 0 if a read after each token finds nothing that is not handled;
     * otherwise an upper estimate, which includes deletes; -1 if unknown. Throws the SDK's exception, or a wrapped
     * {@code TimeoutException}.
     */
    long lag(List<ObjectNode> leases, Duration timeout) {
        return sum(lags(leases, timeout));
    }

    /** Returns how many changes follow each lease, as {@link #lag lag} does; empty if part of the container has no lease. */
    List<LeaseLag> lags(List<ObjectNode> leases, Duration timeout) {
        if (!coverContainer(leases)) {
            return List.of();
        }
        return Objects.requireNonNull(Flux.fromIterable(leases)
                .flatMap(lease -> lag(lease).map(lag -> new LeaseLag(lease, lag)))
                .collectList()
                .timeout(timeout)
                .block());
    }

    /** Returns how many changes follow all of the leases; -1 if unknown. */
    static long sum(List<LeaseLag> lags) {
        return lags.isEmpty() || lags.stream().anyMatch(each -> each.lag() == UNKNOWN)
                ? UNKNOWN
                : lags.stream().mapToLong(LeaseLag::lag).sum();
    }

    /** The number of changes that follow a lease. */
    record LeaseLag(ObjectNode lease, long lag) {

        /** Returns what shows why a lease makes no progress, for the log. */
        @Override
        public String toString() {
            return lease.path("id").asText() + " lag=" + lag + " renewed="
                    + lease.path("timestamp").asText();
        }
    }

    static boolean hasToken(ObjectNode lease) {
        return !token(lease).isEmpty();
    }

    static boolean isOwnedBy(String host, ObjectNode lease) {
        return host.equalsIgnoreCase(lease.path("Owner").asText(""));
    }

    private static String token(ObjectNode lease) {
        return lease.path("ContinuationToken").asText("");
    }

    /**
     * While a partition is being split, or after a lease was deleted by hand, part of the container may have no lease.
     */
    private static boolean coverContainer(List<ObjectNode> leases) {
        List<JsonNode> ranges = leases.stream()
                .map(lease -> lease.path("feedRange").path("Range"))
                .sorted(Comparator.comparing(range -> range.path("min").asText()))
                .toList();
        String covered = "";
        for (JsonNode range : ranges) {
            if (range.path("min").asText().compareTo(covered) > 0) {
                return false;
            }
            String end = range.path("max").asText();
            covered = end.compareTo(covered) > 0 ? end : covered;
        }
        return covered.equals("FF");
    }

    private Mono<Long> lag(ObjectNode lease) {
        CosmosChangeFeedRequestOptions options = hasToken(lease)
                ? CosmosChangeFeedRequestOptions.createForProcessingFromContinuation(token(lease))
                : CosmosChangeFeedRequestOptions.createForProcessingFromBeginning(range(lease));
        return events.queryChangeFeed(options.setMaxItemCount(PAGE), ObjectNode.class)
                .byPage(PAGE)
                .map(this::lag)
                .filter(lag -> lag != 0)
                .next()
                .defaultIfEmpty(0L);
    }

    /** The SDK writes a range as JSON into a lease, and reads it as Base64. */
    private static FeedRange range(ObjectNode lease) {
        byte[] json = lease.path("feedRange").toString().getBytes(StandardCharsets.UTF_8);
        return FeedRange.fromString(Base64.getEncoder().encodeToString(json));
    }

    /** Returns the distance between the first unhandled change of a page and the latest change of the partition. */
    private long lag(FeedResponse<ObjectNode> page) {
        Optional<ObjectNode> first = page.getResults().stream()
                .filter(change -> !handled.contains(change))
                .findFirst();
        if (first.isEmpty()) {
            return 0;
        }
        long number = first.get().path("_lsn").asLong(UNKNOWN);
        long latest = latest(page);
        return number < 0 || latest < 0 ? UNKNOWN : Math.max(1, latest - number + 1);
    }

    /** Returns the number of the latest change of a physical partition, which the session token contains; -1 if it is unknown. */
    static long latest(FeedResponse<ObjectNode> page) {
        String session = page.getSessionToken() == null ? "" : page.getSessionToken();
        String[] parts = session.substring(session.indexOf(':') + 1).split("#", -1);
        try {
            return Long.parseLong(parts[parts.length > 1 ? 1 : 0]);
        } catch (NumberFormatException e) {
            return UNKNOWN;
        }
    }
}
