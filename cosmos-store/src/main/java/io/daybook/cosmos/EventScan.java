package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.models.CosmosChangeFeedRequestOptions;
import com.azure.cosmos.models.FeedRange;
import com.azure.cosmos.models.FeedResponse;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.ScanPage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A scan of all events through the ranges of the change feed. It reads each range from its beginning, page by page. The
 * continuation of a page survives a restart of the process and a split of the physical partition.
 */
final class EventScan {

    private static final int PAGE_EVENTS = 1_000;
    private static final long UNKNOWN = -1;

    private final CosmosAsyncContainer events;
    private final EventEnvelope.Decoder decoder;
    private final RequestExecutor executor;

    EventScan(CosmosAsyncContainer events, EventEnvelope.Decoder decoder, RequestExecutor executor) {
        this.events = events;
        this.decoder = decoder;
        this.executor = executor;
    }

    /** Returns one range for each current physical partition. A range stays valid when its partition is split. */
    List<String> ranges() {
        RequestExecutor.Operation operation = executor.start("scanRanges");
        try (operation) {
            List<FeedRange> ranges = Objects.requireNonNull(
                    operation.awaitRead("the ranges of a scan", events.getFeedRanges(), all -> null));
            operation.succeeded();
            return ranges.stream().map(FeedRange::toString).toList();
        } catch (RuntimeException e) {
            throw CosmosFailures.unavailable("reading the ranges of a scan", e);
        }
    }

    ScanPage page(String range, String after) {
        FeedResponse<ObjectNode> answer = documents(range, after);
        try {
            return answer == null
                    ? new ScanPage(List.of(), Map.of(), "", 0)
                    : new ScanPage(
                            events(answer.getResults()), Map.of(), answer.getContinuationToken(), remaining(answer));
        } catch (RuntimeException e) { // a document that is not an event
            throw CosmosFailures.unavailable("a page of a scan", e);
        }
    }

    /** Returns a page of documents of all kinds. Returns null at the end of the range. */
    @Nullable
    FeedResponse<ObjectNode> documents(String range, String after) {
        CosmosChangeFeedRequestOptions options = options(range, after).setMaxItemCount(PAGE_EVENTS);
        RequestExecutor.Operation operation = executor.start("scan");
        try (operation) {
            @Nullable
            FeedResponse<ObjectNode> answer = operation.awaitRead(
                    "a page of a scan",
                    events.queryChangeFeed(options, ObjectNode.class)
                            .byPage(PAGE_EVENTS)
                            .next(),
                    FeedResponse::getCosmosDiagnostics);
            operation.succeeded();
            return answer == null || answer.getResults().isEmpty() ? null : answer;
        } catch (RuntimeException e) {
            throw CosmosFailures.unavailable("a page of a scan", e);
        }
    }

    private static CosmosChangeFeedRequestOptions options(String range, String after) {
        try {
            FeedRange known = FeedRange.fromString(range);
            return after.isEmpty()
                    ? CosmosChangeFeedRequestOptions.createForProcessingFromBeginning(known)
                    : CosmosChangeFeedRequestOptions.createForProcessingFromContinuation(after);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "the store has no range " + range
                            + ", or the position belongs to another store: use a range from scanRanges()",
                    e);
        }
    }

    /** The service returns the transactions in order, but not the documents of one transaction. */
    private List<EventEnvelope> events(List<ObjectNode> documents) {
        Map<String, List<ObjectNode>> streams = new LinkedHashMap<>();
        for (ObjectNode document : documents) {
            if (EventDocuments.isEvent(document)) {
                streams.computeIfAbsent(document.path("streamId").asText(), unseen -> new ArrayList<>())
                        .add(document);
            }
        }
        List<EventEnvelope> found = new ArrayList<>();
        for (List<ObjectNode> stream : streams.values()) {
            stream.sort(Comparator.comparingLong(EventDocuments::sequenceNumber));
            stream.forEach(document -> found.add(EventDocuments.envelope(document, decoder)));
        }
        return found;
    }

    /**
     * Estimates the number of remaining documents, assuming that each remaining transaction has as many documents as
     * those of this page.
     */
    static long remaining(FeedResponse<ObjectNode> page) {
        List<ObjectNode> documents = page.getResults();
        long first = documents.get(0).path("_lsn").asLong(UNKNOWN);
        long last = documents.get(documents.size() - 1).path("_lsn").asLong(UNKNOWN);
        long latest = FeedProgress.latest(page);
        return first < 0 || latest < last ? UNKNOWN : (latest - last) * documents.size() / (last - first + 1);
    }
}
