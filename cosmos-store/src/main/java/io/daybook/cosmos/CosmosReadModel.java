package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.ReadConsistencyStrategy;
import com.azure.cosmos.models.CosmosItemIdentity;
import com.azure.cosmos.models.CosmosItemRequestOptions;
import com.azure.cosmos.models.CosmosItemResponse;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.CosmosReadManyRequestOptions;
import com.azure.cosmos.models.FeedResponse;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.DocumentTooLargeException;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.Page;
import io.daybook.readmodel.PagePosition;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.readmodel.Scan;
import io.daybook.readmodel.StoredDocument;
import io.daybook.readmodel.WriteResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The documents of one version of a read model, in a separate container. Thread-safe. */
final class CosmosReadModel implements ReadModelCollection {

    /** The service limits an item to 2 MB, and a request as well. */
    static final long MAX_BYTES = 1_900_000;

    /** Reads in a session could miss the writes of other instances. */
    private static final ReadConsistencyStrategy LATEST = ReadConsistencyStrategy.LATEST_COMMITTED;

    private static final int MANY = 1_000;
    private static final int SCAN_PAGE = 200;

    /** The writes of one call. More would compete with the event store for the throughput of a shared database. */
    private static final int WRITES_AT_ONCE = 8;

    /** Enough for four projections that follow 16 physical partitions each. */
    private static final int WRITERS_AT_MOST = 4 * 16 * WRITES_AT_ONCE;

    /** For all read models. If all its threads are busy, a write waits for one. Idle threads end. */
    private static final Scheduler WRITERS =
            Schedulers.newBoundedElastic(WRITERS_AT_MOST, Integer.MAX_VALUE, "daybook-documents", 60, true);

    private final CosmosAsyncContainer container;
    private final ReadModelSchema schema;
    private final ReadDocuments documents;
    private final RequestExecutor executor;

    CosmosReadModel(CosmosAsyncContainer container, ReadModelSchema schema, RequestExecutor executor) {
        this.container = container;
        this.schema = schema;
        this.documents = new ReadDocuments(schema);
        this.executor = executor;
    }

    @Override
    public Map<DocumentKey, StoredDocument> read(Collection<DocumentKey> keys) {
        if (keys.isEmpty()) {
            return Map.of();
        }
        return perform("readDocuments", "reading documents", operation -> {
            Map<DocumentKey, StoredDocument> found = new HashMap<>();
            stored(operation, keys).forEach((key, json) -> found.put(key, ReadDocuments.document(json)));
            return found;
        });
    }

    private Map<DocumentKey, ObjectNode> stored(RequestExecutor.Operation operation, Collection<DocumentKey> keys) {
        List<DocumentKey> distinct = new ArrayList<>(new LinkedHashSet<>(keys));
        if (distinct.size() == 1) {
            return one(operation, distinct.get(0));
        }
        Map<DocumentKey, ObjectNode> found = new HashMap<>();
        for (int from = 0; from < distinct.size(); from += MANY) {
            List<CosmosItemIdentity> items = distinct.subList(from, Math.min(distinct.size(), from + MANY)).stream()
                    .map(key -> new CosmosItemIdentity(new PartitionKey(key.partition()), ReadDocuments.idOf(key)))
                    .toList();
            CosmosReadManyRequestOptions options =
                    new CosmosReadManyRequestOptions().setReadConsistencyStrategy(LATEST);
            FeedResponse<ObjectNode> answer = Objects.requireNonNull(operation.awaitRead(
                    "documents of " + schema.id(),
                    container.readMany(items, options, ObjectNode.class),
                    FeedResponse::getCosmosDiagnostics));
            answer.getResults().forEach(json -> found.put(ReadDocuments.key(json), json));
        }
        return found;
    }

    private Map<DocumentKey, ObjectNode> one(RequestExecutor.Operation operation, DocumentKey key) {
        try {
            CosmosItemResponse<ObjectNode> answer = Objects.requireNonNull(operation.awaitRead(
                    "a document of " + schema.id(),
                    container.readItem(
                            ReadDocuments.idOf(key),
                            new PartitionKey(key.partition()),
                            new CosmosItemRequestOptions().setReadConsistencyStrategy(LATEST),
                            ObjectNode.class),
                    CosmosItemResponse::getDiagnostics));
            return Map.of(key, answer.getItem());
        } catch (RuntimeException e) {
            if (CosmosFailures.isMissingItem(e)) {
                return Map.of();
            }
            throw e;
        }
    }

    @Override
    public WriteResult write(List<StoredDocument> written) {
        require(written);
        String write = Long.toUnsignedString(ThreadLocalRandom.current().nextLong(), 36);
        List<ObjectNode> json = written.stream()
                .map(document -> documents.json(document, write))
                .toList();
        requireSize(written, json);
        try (RequestExecutor.Operation operation = executor.start("writeDocuments")) {
            WriteResult result = new DocumentWrite(
                            container, operation, written, json, write, keys -> stored(operation, keys))
                    .run();
            operation.succeeded(); // a conflict is a result, not a failure
            return result;
        }
    }

    @Override
    public List<WriteResult> writeEach(List<List<StoredDocument>> writes) {
        if (writes.size() < 2) {
            return ReadModelCollection.super.writeEach(writes);
        }
        CallingThread.requireMayBlock("writing documents of " + schema.id());
        try {
            // not flatMapSequential, in which a slow write keeps others from being started
            Map<Integer, WriteResult> results = Objects.requireNonNull(Flux.range(0, writes.size())
                    .flatMap(
                            i -> Mono.fromCallable(() -> Map.entry(i, WriteResult.attempt(() -> write(writes.get(i)))))
                                    .subscribeOn(WRITERS),
                            WRITES_AT_ONCE)
                    .collectMap(Map.Entry::getKey, Map.Entry::getValue)
                    .block());
            return IntStream.range(0, writes.size())
                    .mapToObj(i -> Objects.requireNonNull(results.get(i)))
                    .toList();
        } catch (RuntimeException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw CosmosFailures.readModelUnavailable("writing documents of " + schema.id(), true, e);
            }
            throw e;
        }
    }

    private static void require(List<StoredDocument> written) {
        if (written.isEmpty() || written.size() > MAX_BATCH) {
            throw new IllegalArgumentException(
                    "the write contains " + written.size() + " documents: use 1 to " + MAX_BATCH);
        }
        Set<DocumentKey> keys = new HashSet<>();
        for (StoredDocument document : written) {
            DocumentKey key = document.key();
            if (!key.partition().equals(written.get(0).key().partition())) {
                throw new IllegalArgumentException(
                        "the write contains documents of several partitions: use one write for each partition");
            }
            if (!keys.add(key)) {
                throw new IllegalArgumentException(
                        "the write contains the document " + key.id() + " twice: write each document once");
            }
        }
    }

    /** All documents of a write share one request, so the largest may take up what the others leave. */
    private static void requireSize(List<StoredDocument> written, List<ObjectNode> json) {
        long atMost = written.stream().mapToLong(ReadDocuments::bytesAtMost).sum();
        if (atMost <= MAX_BYTES) {
            return;
        }
        long sum = 0;
        long largest = 0;
        DocumentKey key = written.get(0).key();
        for (int i = 0; i < json.size(); i++) {
            long bytes = json.get(i).toString().getBytes(StandardCharsets.UTF_8).length;
            sum += bytes;
            if (bytes > largest) {
                largest = bytes;
                key = written.get(i).key();
            }
        }
        if (sum > MAX_BYTES) {
            throw new DocumentTooLargeException(key, largest, MAX_BYTES - (sum - largest));
        }
    }

    @Override
    public List<StoredDocument> find(Filter filter, Optional<PagePosition> after) {
        return perform("findDocuments", "listing documents", operation -> {
            CosmosQueryRequestOptions options = new CosmosQueryRequestOptions().setReadConsistencyStrategy(LATEST);
            Mono<List<FeedResponse<ObjectNode>>> pages = container
                    .queryItems(DocumentQuery.find(schema, filter, after), options, ObjectNode.class)
                    .byPage(filter.limit())
                    .collectList();
            List<FeedResponse<ObjectNode>> answered =
                    Objects.requireNonNull(operation.awaitRead("a list of " + schema.id(), pages, all -> null));
            Set<String> counted = new HashSet<>();
            answered.forEach(page -> operation.count(page.getCosmosDiagnostics(), counted::add));
            return answered.stream()
                    .flatMap(page -> page.getResults().stream())
                    .map(ReadDocuments::document)
                    .toList();
        });
    }

    @Override
    public Page<StoredDocument> scan(Scan scan, String next) {
        return perform("scanDocuments", "scanning documents", operation -> {
            CosmosQueryRequestOptions options = new CosmosQueryRequestOptions().setReadConsistencyStrategy(LATEST);
            if (scan.kind() == Scan.Kind.PARTITION) {
                options.setPartitionKey(new PartitionKey(scan.value()));
            }
            @Nullable
            FeedResponse<ObjectNode> answer = operation.awaitRead(
                    "a scan of " + schema.id(),
                    container
                            .queryItems(DocumentQuery.scan(scan), options, ObjectNode.class)
                            .byPage(next.isEmpty() ? null : next, SCAN_PAGE)
                            .next(),
                    FeedResponse::getCosmosDiagnostics);
            return answer == null
                    ? new Page<>(List.of(), Optional.empty())
                    : new Page<>(
                            answer.getResults().stream()
                                    .map(ReadDocuments::document)
                                    .toList(),
                            Optional.ofNullable(answer.getContinuationToken()));
        });
    }

    private <T> T perform(String name, String what, Function<RequestExecutor.Operation, T> work) {
        return executor.perform(
                name, work, e -> CosmosFailures.readModelUnavailable(what + " of " + schema.id(), false, e));
    }
}
