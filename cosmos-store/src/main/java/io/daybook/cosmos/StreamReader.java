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

/** Reads one stream: by ranges of its numbers, so that no query has to be planned or sorted by the service. */
final class StreamReader {

    private static final String RANGE = "SELECT * FROM c WHERE c.streamId = @streamId"
            + " AND c.sequenceNumber > @after AND c.sequenceNumber <= @to";
    /** Who reads to the end meets the last tombstone of a stream that was deleted; who does not, the one at 0. */
    private static final String PART = "SELECT * FROM c WHERE c.streamId = @streamId AND (c.sequenceNumber = 0"
            + " OR (c.sequenceNumber > @after AND c.sequenceNumber <= @to))";

    /** The order of a stream, of which the service needs a composite index. */
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
    private final Requests requests;
    private final int pageEvents;

    StreamReader(CosmosAsyncContainer events, EventEnvelope.Decoder decoder, Requests requests, int pageEvents) {
        this.events = events;
        this.decoder = decoder;
        this.requests = requests;
        this.pageEvents = pageEvents;
    }

    /**
     * A part of a stream, in order and without gaps.
     *
     * @param events the events
     * @param isLast whether there were no more up to the end of what is read
     */
    record Page(List<EventEnvelope> events, boolean isLast) {}

    /** Goes through a range page by page; the first page is fetched when the first event is asked for. */
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
        Requests.Operation operation = requests.start("read");
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

    /** The first page after a version, which holds at least so many events, if they are there. */
    Page firstPage(
            Requests.Operation operation,
            StreamId stream,
            long afterVersion,
            long toVersion,
            int least,
            ReadConsistencyStrategy consistency) {
        return page(operation, stream, afterVersion, toVersion, new PageSize(pageEvents, least), consistency);
    }

    /**
     * One page, in order and without gaps. It ends early where its events are large.
     *
     * @param toVersion the last number of all pages
     * @param consistency how fresh it must be; a page with a gap is read again from what is committed
     * @throws StreamDeletedException if a tombstone is among it
     */
    private Page page(
            Requests.Operation operation,
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
                // In which order the service answers is not promised, so what counts is what has nothing missing before
                // it.
                List<ObjectNode> whole = gap < 0 ? rows : rows.subList(0, gap);
                if (whole.size() < size.least()) {
                    continue; // the page is asked for again and is smaller
                }
                return new Page(envelopes(whole), false);
            }
            if (gap < 0) {
                return new Page(envelopes(rows), rows.size() < asked || afterVersion + rows.size() >= toVersion);
            }
            if (attempt == GAP_ATTEMPTS || !operation.pause(attempt, null)) {
                throw new EventStoreUnavailableException(
                        "number " + (afterVersion + 1 + gap) + " of " + stream
                                + " is missing though later ones are there: it was deleted, or a backup is incomplete",
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

    /** The index of the first row that is not at its place, or -1. */
    private static int gap(List<ObjectNode> rows, long afterVersion) {
        for (int i = 0; i < rows.size(); i++) {
            if (EventDocuments.sequenceNumber(rows.get(i)) != afterVersion + 1 + i) {
                return i;
            }
        }
        return -1;
    }

    /**
     * What a query answered.
     *
     * @param rows in any order
     * @param isCut whether there are more, which were not fetched because these are large
     */
    private record Rows(List<ObjectNode> rows, boolean isCut) {}

    private Rows rows(
            Requests.Operation operation,
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
            Requests.Operation operation,
            String what,
            StreamId stream,
            SqlQuerySpec query,
            ReadConsistencyStrategy consistency) {
        return query(operation, what, stream, query, consistency, new PageSize(pageEvents, pageEvents))
                .rows();
    }

    private Rows query(
            Requests.Operation operation,
            String what,
            StreamId stream,
            SqlQuerySpec query,
            ReadConsistencyStrategy consistency,
            PageSize size) {
        CosmosQueryRequestOptions options = new CosmosQueryRequestOptions()
                .setPartitionKey(new PartitionKey(stream.toString()))
                .setReadConsistencyStrategy(consistency);
        // One row more than there can be, else a full page is followed by a request for an empty one.
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
            operation.count(page.getCosmosDiagnostics()); // each page has its own
            rows.addAll(page.getResults());
            isCut = page.getContinuationToken() != null;
        }
        return new Rows(rows, isCut);
    }

    long currentVersion(Requests.Operation operation, StreamId stream, ReadConsistencyStrategy consistency) {
        SqlQuerySpec last = new SqlQuerySpec(LAST, new SqlParameter("@streamId", stream.toString()));
        List<ObjectNode> rows = query(operation, "the version of " + stream, stream, last, consistency);
        if (!rows.isEmpty() && EventDocuments.isTombstone(rows.get(0))) {
            operation.succeeded();
            throw new StreamDeletedException(stream);
        }
        return rows.isEmpty() ? 0 : EventDocuments.sequenceNumber(rows.get(0));
    }

    /** The number of the last event that is left of a stream that is being deleted, 0 if none is. */
    long lastEvent(Requests.Operation operation, StreamId stream) {
        List<ObjectNode> rows = query(
                operation,
                "what is left of " + stream,
                stream,
                left(LAST_EVENT, stream, EventDocuments.KIND_EVENT),
                ReadConsistencyStrategy.SESSION);
        return rows.isEmpty() ? 0 : EventDocuments.sequenceNumber(rows.get(0));
    }

    /** The ids of documents of commands of a stream that is being deleted: some, as long as there are any. */
    List<String> commandDocuments(Requests.Operation operation, StreamId stream) {
        return query(
                        operation,
                        "what is left of " + stream,
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

    /** The document of a command. */
    Optional<ObjectNode> command(
            Requests.Operation operation, StreamId stream, String commandId, ReadConsistencyStrategy consistency) {
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
