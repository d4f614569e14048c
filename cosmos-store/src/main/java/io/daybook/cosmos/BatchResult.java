package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.models.CosmosBatch;
import com.azure.cosmos.models.CosmosBatchOperationResult;
import com.azure.cosmos.models.CosmosBatchResponse;
import java.util.List;
import java.util.Objects;

/**
 * The result of a transactional batch.
 *
 * @param index the index of the failed operation; -1 if none failed, or the batch as a whole
 * @param status the status of the failure; 200 if there was none
 * @param substatus the substatus of the failure
 * @param results the result of each operation
 */
record BatchResult(int index, int status, int substatus, List<CosmosBatchOperationResult> results) {

    /** Sends a batch once. Throws the SDK's exception, or a wrapped {@code TimeoutException}. */
    static BatchResult send(CosmosBatch batch, CosmosAsyncContainer container, RequestExecutor.Operation operation) {
        CosmosBatchResponse answer = Objects.requireNonNull(operation.await(
                container.executeCosmosBatch(batch), operation.leftForAttempt(), CosmosBatchResponse::getDiagnostics));
        List<CosmosBatchOperationResult> results = answer.getResults();
        for (int i = 0; i < results.size(); i++) {
            CosmosBatchOperationResult result = results.get(i);
            if (!result.isSuccessStatusCode() && result.getStatusCode() != 424) {
                return new BatchResult(i, result.getStatusCode(), result.getSubStatusCode(), results);
            }
        }
        return answer.isSuccessStatusCode()
                ? new BatchResult(-1, 200, 0, results)
                : new BatchResult(-1, answer.getStatusCode(), answer.getSubStatusCode(), results);
    }

    boolean isStored() {
        return status == 200;
    }

    /**
     * Returns whether a document to create already exists, a document to read or replace is missing, or a document to
     * replace has another etag.
     */
    boolean isConflict() {
        return index >= 0 && (status == 409 || status == 412 || (status == 404 && substatus == 0));
    }

    RuntimeException asFailure() {
        return new IllegalStateException(
                "operation " + index + " of the batch failed with status " + status + "/" + substatus);
    }
}
