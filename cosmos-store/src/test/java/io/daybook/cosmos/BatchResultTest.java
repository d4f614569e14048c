package io.daybook.cosmos;

import static io.daybook.cosmos.BatchAnswers.answer;
import static io.daybook.cosmos.BatchAnswers.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.models.CosmosBatch;
import com.azure.cosmos.models.CosmosBatchResponse;
import com.azure.cosmos.models.PartitionKey;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

class BatchResultTest {

    private final CosmosAsyncContainer container = mock(CosmosAsyncContainer.class);
    private final RequestExecutor executor = new RequestExecutor(Duration.ofMinutes(1), null);

    private BatchResult send(CosmosBatchResponse answer) {
        when(container.executeCosmosBatch(any(CosmosBatch.class))).thenReturn(Mono.just(answer));
        try (RequestExecutor.Operation operation = executor.start("append")) {
            return BatchResult.send(CosmosBatch.createCosmosBatch(new PartitionKey("A-1")), container, operation);
        }
    }

    @Test
    void stored_batch_has_the_result_of_each_operation() {
        CosmosBatchResponse answer = answer(200, result(201, 0), result(201, 0));

        assertThat(send(answer)).isEqualTo(new BatchResult(-1, 200, 0, answer.getResults()));
        assertThat(send(answer).isStored()).isTrue();
        assertThat(send(answer).isConflict()).isFalse();
    }

    @Test
    void failed_batch_names_the_operation_on_which_the_others_depend() {
        BatchResult failed = send(answer(207, result(424, 0), result(409, 3), result(424, 0)));

        assertThat(failed).returns(1, BatchResult::index).returns(409, BatchResult::status);
        assertThat(failed.substatus()).isEqualTo(3);
        assertThat(failed.isStored()).isFalse();
        assertThat(failed.asFailure()).hasMessage("operation 1 of the batch failed with status 409/3");
    }

    @Test
    void batch_that_failed_as_a_whole_has_the_status_of_the_answer() {
        assertThat(send(answer(413))).isEqualTo(new BatchResult(-1, 413, 7, List.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 409, 0, true",
        "2, 409, 3, true",
        "1, 412, 0, true",
        "1, 404, 0, true",
        "1, 404, 1002, false",
        "1, 413, 0, false",
        "-1, 409, 0, false",
        "-1, 404, 0, false"
    })
    void conflict_is_of_an_operation_and_not_of_the_batch(int index, int status, int substatus, boolean conflict) {
        assertThat(new BatchResult(index, status, substatus, List.of()).isConflict())
                .isEqualTo(conflict);
    }
}
