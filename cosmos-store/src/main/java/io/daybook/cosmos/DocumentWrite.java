package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.models.CosmosBatch;
import com.azure.cosmos.models.CosmosBatchItemRequestOptions;
import com.azure.cosmos.models.CosmosBatchOperationResult;
import com.azure.cosmos.models.CosmosItemRequestOptions;
import com.azure.cosmos.models.CosmosItemResponse;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.cosmos.CosmosFailures.Meaning;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.StoredDocument;
import io.daybook.readmodel.WriteResult;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * One write of documents of a partition, retried until its outcome is known. Each attempt sends the same documents under the same etags,
 * so it takes effect once. Used by one thread.
 */
final class DocumentWrite {

    /** The result of one attempt. */
    private enum Attempt {
        WRITTEN,
        CONFLICT,
        FAILED
    }

    private final CosmosAsyncContainer container;
    private final RequestExecutor.Operation operation;
    private final List<StoredDocument> documents;
    private final List<ObjectNode> json;
    private final String id;
    private final PartitionKey partition;
    private final Function<List<DocumentKey>, Map<DocumentKey, ObjectNode>> read;
    private List<String> etags = List.of();
    private boolean mayBeStored; // whether the outcome of an attempt is unknown
    private @Nullable RuntimeException lastFailure;
    private Meaning lastMeaning = Meaning.UNKNOWN;

    /**
     * @param json the stored form of the documents
     * @param id of the write, which each of them holds
     * @param read reads what is stored after all writes that returned
     */
    DocumentWrite(
            CosmosAsyncContainer container,
            RequestExecutor.Operation operation,
            List<StoredDocument> documents,
            List<ObjectNode> json,
            String id,
            Function<List<DocumentKey>, Map<DocumentKey, ObjectNode>> read) {
        this.container = container;
        this.operation = operation;
        this.documents = documents;
        this.json = json;
        this.id = id;
        this.partition = new PartitionKey(documents.get(0).key().partition());
        this.read = read;
    }

    WriteResult run() {
        for (int attempt = 1; ; attempt++) {
            Attempt outcome = send();
            if (outcome == Attempt.WRITTEN) {
                return WriteResult.written(etags);
            }
            if (outcome == Attempt.CONFLICT) {
                return mayBeStored ? resolve() : WriteResult.CONFLICT;
            }
            RuntimeException failure = Objects.requireNonNull(lastFailure);
            if (lastMeaning.isFinal()
                    || Thread.currentThread().isInterrupted()
                    || !operation.pause(attempt, CosmosFailures.retryAfter(failure))) {
                throw givenUp(failure);
            }
        }
    }

    private Attempt send() {
        return documents.size() == 1 ? sendOne() : sendBatch();
    }

    private Attempt sendOne() {
        try {
            CosmosItemResponse<ObjectNode> answer = Objects.requireNonNull(
                    operation.await(one(), operation.leftForAttempt(), CosmosItemResponse::getDiagnostics));
            etags = List.of(answer.getETag());
            return Attempt.WRITTEN;
        } catch (RuntimeException e) {
            boolean conflict = CosmosFailures.isStatus(e, 409)
                    || CosmosFailures.isStatus(e, 412)
                    || CosmosFailures.isMissingItem(e);
            return conflict ? Attempt.CONFLICT : failed(e, CosmosFailures.meaning(e));
        }
    }

    private Mono<CosmosItemResponse<ObjectNode>> one() {
        CosmosItemRequestOptions options = new CosmosItemRequestOptions().setContentResponseOnWriteEnabled(false);
        String etag = documents.get(0).etag();
        ObjectNode document = json.get(0);
        return etag.isEmpty()
                ? container.createItem(document, partition, options)
                : container.replaceItem(
                        document, document.path("id").asText(), partition, options.setIfMatchETag(etag));
    }

    private Attempt sendBatch() {
        BatchResult answer;
        try {
            answer = BatchResult.send(batch(), container, operation);
        } catch (RuntimeException e) {
            return failed(e, CosmosFailures.meaning(e));
        }
        if (answer.isStored()) {
            etags = answer.results().stream()
                    .map(CosmosBatchOperationResult::getETag)
                    .toList();
            return Attempt.WRITTEN;
        }
        return answer.isConflict()
                ? Attempt.CONFLICT
                : failed(answer.asFailure(), CosmosFailures.meaning(answer.status(), answer.substatus()));
    }

    private CosmosBatch batch() {
        CosmosBatch batch = CosmosBatch.createCosmosBatch(partition);
        for (int i = 0; i < json.size(); i++) {
            String etag = documents.get(i).etag();
            if (etag.isEmpty()) {
                batch.createItemOperation(json.get(i));
            } else {
                batch.replaceItemOperation(
                        json.get(i).path("id").asText(),
                        json.get(i),
                        new CosmosBatchItemRequestOptions().setIfMatchETag(etag));
            }
        }
        return batch;
    }

    private Attempt failed(RuntimeException failure, Meaning meaning) {
        lastFailure = failure;
        lastMeaning = meaning;
        mayBeStored |= meaning == Meaning.UNKNOWN;
        return Attempt.FAILED;
    }

    /**
     * An attempt without a reply may have caused the conflict. The id of the write in the documents shows whether it
     * did.
     */
    private WriteResult resolve() {
        List<DocumentKey> keys = documents.stream().map(StoredDocument::key).toList();
        Map<DocumentKey, ObjectNode> stored;
        try {
            stored = read.apply(keys);
        } catch (RuntimeException e) {
            throw givenUp(e);
        }
        boolean ours = keys.stream()
                .allMatch(key -> stored.containsKey(key)
                        && id.equals(ReadDocuments.write(Objects.requireNonNull(stored.get(key)))));
        if (ours) {
            return WriteResult.written(keys.stream()
                    .map(key -> Objects.requireNonNull(stored.get(key))
                            .path("_etag")
                            .asText())
                    .toList());
        }
        // another writer was first, or has replaced the documents that this write had stored
        throw givenUp(new IllegalStateException("the documents have been written again", lastFailure));
    }

    private RuntimeException givenUp(RuntimeException failure) {
        String first = documents.get(0).key().id();
        String what =
                documents.size() == 1 ? "the document " + first : documents.size() + " documents from " + first + " on";
        return CosmosFailures.readModelUnavailable("writing " + what, mayBeStored, failure);
    }
}
