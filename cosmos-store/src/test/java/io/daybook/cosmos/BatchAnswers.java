package io.daybook.cosmos;

import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.CosmosBatchOperationResult;
import com.azure.cosmos.models.CosmosBatchResponse;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;

/** Answers of the SDK, whose classes have no public constructors. */
final class BatchAnswers {

    private BatchAnswers() {}

    static CosmosException failure(int status, int substatus, Duration retryAfter) {
        CosmosException failure = mock(CosmosException.class);
        when(failure.getStatusCode()).thenReturn(status);
        when(failure.getSubStatusCode()).thenReturn(substatus);
        when(failure.getRetryAfterDuration()).thenReturn(retryAfter);
        return failure;
    }

    static CosmosBatchOperationResult result(int status, int substatus) {
        CosmosBatchOperationResult result = mock(CosmosBatchOperationResult.class);
        when(result.getStatusCode()).thenReturn(status);
        when(result.getSubStatusCode()).thenReturn(substatus);
        when(result.isSuccessStatusCode()).thenReturn(status < 300);
        return result;
    }

    static CosmosBatchOperationResult found(ObjectNode item) {
        CosmosBatchOperationResult result = result(200, 0);
        when(result.getItem(ObjectNode.class)).thenReturn(item);
        return result;
    }

    /** The answer with the results of some operations; others than the one that failed depend on it (424). */
    static CosmosBatchResponse answer(int status, CosmosBatchOperationResult... results) {
        CosmosBatchResponse answer = mock(CosmosBatchResponse.class);
        when(answer.getResults()).thenReturn(List.of(results));
        when(answer.getStatusCode()).thenReturn(status);
        when(answer.getSubStatusCode()).thenReturn(7);
        when(answer.isSuccessStatusCode()).thenReturn(status < 300 && status != 207);
        return answer;
    }
}
