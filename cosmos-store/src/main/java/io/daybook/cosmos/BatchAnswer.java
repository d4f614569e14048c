package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.models.CosmosBatch;
import com.azure.cosmos.models.CosmosBatchOperationResult;
import com.azure.cosmos.models.CosmosBatchResponse;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What the service answered to a transactional batch.
 *
 * @param index the operation that failed; -1 if none did, or the batch as a whole
 * @param status the status of what failed, 200 if nothing did
 * @param substatus the substatus of what failed
 * @param results what the service answered to each operation
 */
record BatchAnswer(int index, int status, int substatus, List<CosmosBatchOperationResult> results) {

    private static final Duration ATTEMPT_BOUND = Duration.ofSeconds(10);

    /** Sends a batch once. Throws what the SDK threw, or a wrapped {@code TimeoutException}. */
    static BatchAnswer to(CosmosBatch batch, CosmosAsyncContainer container, Requests.Operation operation) {
        Duration left = operation.left();
        Duration bound = left.compareTo(ATTEMPT_BOUND) < 0 ? left : ATTEMPT_BOUND;
        CosmosBatchResponse answer = Objects.requireNonNull(
                operation.await(container.executeCosmosBatch(batch), bound, CosmosBatchResponse::getDiagnostics));
        List<CosmosBatchOperationResult> results = answer.getResults();
        for (int i = 0; i < results.size(); i++) {
            CosmosBatchOperationResult result = results.get(i);
            if (!result.isSuccessStatusCode() && result.getStatusCode() != 424) {
                return new BatchAnswer(i, result.getStatusCode(), result.getSubStatusCode(), results);
            }
        }
        return answer.isSuccessStatusCode()
                ? new BatchAnswer(-1, 200, 0, results)
                : new BatchAnswer(-1, answer.getStatusCode(), answer.getSubStatusCode(), results);
    }

    boolean isStored() {
        return status == 200;
    }

    /** Whether a document is there that was to be created, or is missing that was to be read. */
    boolean isConflict() {
        return index >= 0 && (status == 409 || (status == 404 && substatus == 0));
    }

    RuntimeException asFailure() {
        return new IllegalStateException(
                "operation " + index + " of the batch was answered with status " + status + "/" + substatus);
    }
}
