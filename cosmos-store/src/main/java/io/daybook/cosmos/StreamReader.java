package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.ReadConsistencyStrategy;
import com.azure.cosmos.models.CosmosItemRequestOptions;
import com.azure.cosmos.models.CosmosItemResponse;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.FeedResponse;
import com.azure.cosmos.models.PartitionKey;
import com.azure.cosmos.models.SqlParameter;
import com.azure.cosmos.models.SqlQuerySpec;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The reader of one stream. It reads ranges of sequence numbers, so the service need not plan or sort a query. */
final class StreamReader {

    private static final String RANGE = "SELECT * FROM c WHERE c.streamId = @streamId"
            + " AND c.sequenceNumber > @after AND c.sequenceNumber <= @to";
    /** A read to the end finds the last tombstone of a deleted stream. A read of a range finds the one at 0. */
    private static final String PART = "SELECT * FROM c WHERE c.streamId = @streamId AND (c.sequenceNumber = 0"
            + " OR (c.sequenceNumber > @after AND c.sequenceNumber <= @to))";

    /** The order of a stream, for which the service needs a composite index. */
    static final List<String> ORDER = List.of("streamId", "sequenceNumber");

    private static final String FROM_THE_END = " ORDER BY c.streamId DESC, c.sequenceNumber DESC";
    private static final String LAST = "SELECT TOP 1 c.sequenceNumber, c.kind FROM c WHERE c.streamId = @streamId"
            + " AND c.sequenceNumber > 0" + FROM_THE_END;
    private static final String LAST_EVENT = "SELECT TOP 1 c.sequenceNumber FROM c WHERE c.streamId = @streamId"
            + " AND c.kind = @kind AND c.sequenceNumber > 0" + FROM_THE_END;
    private static final String COMMANDS =
            "SELECT TOP 1000 c.id FROM c WHERE c.streamId = @streamId AND c.kind = @kind";
    private static final int GAP_ATTEMPTS = 5;

    private final CosmosAsyncContainer events;
    private final EventEnvelope.Decoder decoder;
    private final RequestExecutor executor;
    private final int pageEvents;

    StreamReader(CosmosAsyncContainer events, EventEnvelope.Decoder decoder, RequestExecutor executor, int pageEvents) {
        this.events = events;
        this.decoder = decoder;
        this.executor = executor;
        this.pageEvents = pageEvents;
    }

    /**
     * A page of a stream, in order and without gaps.
     *
     * @param events the events
     * @param isLast whether no more events are in the range
     */
    record Page(List<EventEnvelope> events, boolean isLast) {}

    /** Iterates over a range page by page. The first page is fetched with the first event. */
    Iterator<EventEnvelope> read(
            StreamId stream, long afterVersion, long toVersion, ReadConsistencyStrategy consistency) {
        return new Iterator<>() {
            private final PageSize size = new PageSize(pageEvents, 1);
            private long read = afterVersion;
            private boolean more = afterVersion < toVersion;
            private Iterator<EventEnvelope> page = List.<EventEnvelope>of().iterator();

            @Override
            public boolean hasNext() {
                if (!page.hasNext() && more) {
                    Page fetched = fetch(stream, read, toVersion, size, consistency);
                    read += fetched.events().size();
                    more = !fetched.isLast();
                    page = fetched.events().iterator();
                }
                return page.hasNext();
            }

            @Override
            public EventEnvelope next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return page.next();
            }
        };
    }

    private Page fetch(
            StreamId stream, long afterVersion, long toVersion, PageSize size, ReadConsistencyStrategy consistency) {
        RequestExecutor.Operation operation = executor.start("read");
        try (operation) {
            Page page = page(operation, stream, afterVersion, toVersion, size, consistency);
            operation.succeeded();
            return page;
        } catch (EventStoreUnavailableException | StreamDeletedException e) {
            throw e;
        } catch (RuntimeException e) {
            throw unavailable(stream, e);
        }
    }

    private static EventStoreUnavailableException unavailable(StreamId stream, RuntimeException e) {
        return CosmosFailures.unavailable("reading " + stream, e);
    }

    /** Returns the first page after a version, with at least {@code least} events if they exist. */
    Page firstPage(
            RequestExecutor.Operation operation,
            StreamId stream,
            long afterVersion,
            long toVersion,
            int least,
            ReadConsistencyStrategy consistency) {
        return page(operation, stream, afterVersion, toVersion, new PageSize(pageEvents, least), consistency);
    }

    /**
     * Reads one page, in order and without gaps. It ends early if its events are large.
     *
     * @param toVersion the last number of the range
     * @param consistency of the first attempt; a page with a gap is read again with the latest committed version
     * @throws StreamDeletedException if the page contains a tombstone
     */
    private Page page(
            RequestExecutor.Operation operation,
            StreamId stream,
            long afterVersion,
            long toVersion,
            PageSize size,
            ReadConsistencyStrategy consistency) {
        for (int attempt = 1; ; ) {
            int asked = size.events();
            Rows answer = rows(
                    operation,
                    stream,
                    afterVersion,
                    toVersion,
                    size,
                    attempt == 1 ? consistency : ReadConsistencyStrategy.LATEST_COMMITTED);
            List<ObjectNode> rows = answer.rows();
            if (rows.stream().anyMatch(EventDocuments::isTombstone)) {
                operation.succeeded();
                throw new StreamDeletedException(stream);
            }
            rows.sort(Comparator.comparingLong(EventDocuments::sequenceNumber));
            if (answer.isCut() || size.isReduced()) {
                size.adapt(rows.size(), PageSize.bytes(rows));
            }
            int gap = gap(rows, afterVersion);
            if (answer.isCut()) {
                // The service does not guarantee the order of the rows, so only those before the first gap count.
                List<ObjectNode> whole = gap < 0 ? rows : rows.subList(0, gap);
                if (whole.size() < size.least()) {
                    continue; // read again with a smaller page
                }
                return new Page(envelopes(whole), false);
            }
            if (gap < 0) {
                return new Page(envelopes(rows), rows.size() < asked || afterVersion + rows.size() >= toVersion);
            }
            if (attempt == GAP_ATTEMPTS || !operation.pause(attempt, null)) {
                throw new EventStoreUnavailableException(
                        "number " + (afterVersion + 1 + gap) + " of " + stream
                                + " is missing, but later events exist: restore it from a backup",
                        Outcome.NOT_STORED,
                        null,
                        null);
            }
            attempt++;
        }
    }

    private List<EventEnvelope> envelopes(List<ObjectNode> rows) {
        List<EventEnvelope> page = new ArrayList<>(rows.size());
        rows.forEach(row -> page.add(EventDocuments.envelope(row, decoder)));
        return page;
    }

    /** Returns the index of the first row after a gap, or -1. */
    private static int gap(List<ObjectNode> rows, long afterVersion) {
        for (int i = 0; i < rows.size(); i++) {
            if (EventDocuments.sequenceNumber(rows.get(i)) != afterVersion + 1 + i) {
                return i;
            }
        }
        return -1;
    }

    /**
     * The rows of a query.
     *
     * @param rows in any order
     * @param isCut whether further rows were not fetched because these rows are large
     */
    private record Rows(List<ObjectNode> rows, boolean isCut) {}

    private Rows rows(
            RequestExecutor.Operation operation,
            StreamId stream,
            long afterVersion,
            long toVersion,
            PageSize size,
            ReadConsistencyStrategy consistency) {
        SqlQuerySpec range = new SqlQuerySpec(
                toVersion == Long.MAX_VALUE ? RANGE : PART,
                new SqlParameter("@streamId", stream.toString()),
                new SqlParameter("@after", afterVersion),
                new SqlParameter("@to", afterVersion + Math.min(size.events(), toVersion - afterVersion)));
        return query(operation, "reading " + stream, stream, range, consistency, size);
    }

    private List<ObjectNode> query(
            RequestExecutor.Operation operation,
            String what,
            StreamId stream,
            SqlQuerySpec query,
            ReadConsistencyStrategy consistency) {
        return query(operation, what, stream, query, consistency, new PageSize(pageEvents, pageEvents))
                .rows();
    }

    private Rows query(
            RequestExecutor.Operation operation,
            String what,
            StreamId stream,
            SqlQuerySpec query,
            ReadConsistencyStrategy consistency,
            PageSize size) {
        CosmosQueryRequestOptions options = new CosmosQueryRequestOptions()
                .setPartitionKey(new PartitionKey(stream.toString()))
                .setReadConsistencyStrategy(consistency);
        // One row more than there can be. Otherwise, the SDK would follow a full page with a request for an empty one.
        Flux<FeedResponse<ObjectNode>> pages =
                events.queryItems(query, options, ObjectNode.class).byPage(size.events() + 1);
        Mono<List<FeedResponse<ObjectNode>>> enough = Mono.defer(() -> {
            AtomicLong bytes = new AtomicLong();
            return pages.takeUntil(page -> page.getContinuationToken() != null
                            && size.mayEndAt(bytes.addAndGet(PageSize.bytes(page.getResults()))))
                    .collectList();
        });
        List<FeedResponse<ObjectNode>> answered =
                Objects.requireNonNull(operation.awaitRead(what, enough, all -> null));
        List<ObjectNode> rows = new ArrayList<>();
        boolean isCut = false;
        for (FeedResponse<ObjectNode> page : answered) {
            operation.count(page.getCosmosDiagnostics()); // each page has its own diagnostics
            rows.addAll(page.getResults());
            isCut = page.getContinuationToken() != null;
        }
        return new Rows(rows, isCut);
    }

    long currentVersion(RequestExecutor.Operation operation, StreamId stream, ReadConsistencyStrategy consistency) {
        SqlQuerySpec last = new SqlQuerySpec(LAST, new SqlParameter("@streamId", stream.toString()));
        List<ObjectNode> rows = query(operation, "the version of " + stream, stream, last, consistency);
        if (!rows.isEmpty() && EventDocuments.isTombstone(rows.get(0))) {
            operation.succeeded();
            throw new StreamDeletedException(stream);
        }
        return rows.isEmpty() ? 0 : EventDocuments.sequenceNumber(rows.get(0));
    }

    /** Returns the number of the last event of a stream that is being deleted; 0 if none is left. */
    long lastEvent(RequestExecutor.Operation operation, StreamId stream) {
        List<ObjectNode> rows = query(
                operation,
                "the rest of " + stream,
                stream,
                left(LAST_EVENT, stream, EventDocuments.KIND_EVENT),
                ReadConsistencyStrategy.SESSION);
        return rows.isEmpty() ? 0 : EventDocuments.sequenceNumber(rows.get(0));
    }

    /** Returns up to 1,000 ids of command documents of a stream that is being deleted. */
    List<String> commandDocuments(RequestExecutor.Operation operation, StreamId stream) {
        return query(
                        operation,
                        "the rest of " + stream,
                        stream,
                        left(COMMANDS, stream, EventDocuments.KIND_COMMAND),
                        ReadConsistencyStrategy.SESSION)
                .stream()
                .map(row -> row.path("id").asText())
                .toList();
    }

    private static SqlQuerySpec left(String query, StreamId stream, String kind) {
        return new SqlQuerySpec(
                query, new SqlParameter("@streamId", stream.toString()), new SqlParameter("@kind", kind));
    }

    /** Returns the document of a command. */
    Optional<ObjectNode> command(
            RequestExecutor.Operation operation,
            StreamId stream,
            String commandId,
            ReadConsistencyStrategy consistency) {
        CosmosItemRequestOptions options = new CosmosItemRequestOptions().setReadConsistencyStrategy(consistency);
        Mono<CosmosItemResponse<ObjectNode>> read = events.readItem(
                EventDocuments.commandId(commandId), new PartitionKey(stream.toString()), options, ObjectNode.class);
        try {
            @Nullable
            CosmosItemResponse<ObjectNode> answer =
                    operation.awaitRead("a command of " + stream, read, CosmosItemResponse::getDiagnostics);
            return Optional.ofNullable(answer).map(CosmosItemResponse::getItem);
        } catch (RuntimeException e) {
            if (CosmosFailures.isMissingItem(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
