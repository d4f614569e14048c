package io.daybook.cosmos;

import static io.daybook.cosmos.BatchAnswers.answer;
import static io.daybook.cosmos.BatchAnswers.failure;
import static io.daybook.cosmos.BatchAnswers.found;
import static io.daybook.cosmos.BatchAnswers.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.atLeastOnce;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.CosmosBatch;
import com.azure.cosmos.models.CosmosItemOperation;
import com.azure.cosmos.models.CosmosItemOperationType;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendResult;
import io.daybook.eventstore.CommandTimeout;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamFullException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import reactor.core.publisher.Mono;

/** The attempts of an append, answer by answer. {@code LostReplyIT} shows the same over the real SDK. */
class AppendTest extends AppendFixture {

    @Test
    void result_names_the_event_before_if_the_decision_was_built_on_another() {
        answerStored();
        assertThat(append(BUILT_ON_LOST)).isEqualTo(storedAfter(before.get(1)));

        answers.add(Mono.just(answer(200, found(null), result(201, 0), result(201, 0))));
        assertThat(append(BUILT_ON_LOST)).isEqualTo(STORED);
    }

    private List<CosmosItemOperationType> sent() {
        ArgumentCaptor<CosmosBatch> batch = ArgumentCaptor.forClass(CosmosBatch.class);
        verify(container, atLeastOnce()).executeCosmosBatch(batch.capture());
        return batch.getValue().getOperations().stream()
                .map(CosmosItemOperation::getOperationType)
                .toList();
    }

    @Test
    void batch_creates_the_command_and_the_events_and_reads_the_event_before_them() {
        answers.add(
                Mono.just(answer(200, result(201, 0), found(document(before.get(1))), result(201, 0), result(201, 0))));
        assertThat(append(COMMAND)).isEqualTo(storedAfter(before.get(1)));
        assertThat(sent())
                .containsExactly(
                        CosmosItemOperationType.CREATE,
                        CosmosItemOperationType.READ,
                        CosmosItemOperationType.CREATE,
                        CosmosItemOperationType.CREATE);

        answers.add(Mono.just(answer(200, found(document(before.get(0))), result(201, 0))));
        assertThat(append(0, before, BUILT_ON_LOST)).isEqualTo(new AppendResult(1, 2, false));
        assertThat(sent()).containsExactly(CosmosItemOperationType.CREATE, CosmosItemOperationType.CREATE);
    }

    @Test
    void retries_what_the_service_did_not_do() {
        CosmosException busy = failure(429, 3200, AT_ONCE);
        answers.add(Mono.error(busy));
        answers.add(Mono.error(busy)); // the same one again
        answerStored();

        assertThat(append()).isEqualTo(STORED);
    }

    @Test
    void gives_up_at_once_if_the_service_asks_for_a_longer_pause_than_there_is_time() {
        answerFailure(429, 3200, Duration.ofMinutes(2));
        answerStored();

        EventStoreUnavailableException e = unavailable(AppendOptions.none());
        assertThat(e.outcome()).isEqualTo(Outcome.NOT_STORED);
        assertThat(e.retryAfter()).hasValue(Duration.ofMinutes(2));
        assertThat(answers).hasSize(1);
    }

    /** Fails after 5 ms, when 4 ms are left, as one reading of the clock tells. */
    private AppendOptions failingLate(int status) {
        AtomicLong nextReading = new AtomicLong();
        CommandTimeout timeout = CommandTimeout.after(Duration.ofMinutes(1), () -> nextReading.getAndSet(0));
        answers.add(Mono.defer(() -> {
            long end = System.nanoTime() + Duration.ofMillis(5).toNanos();
            while (end - System.nanoTime() > 0) {
                Thread.onSpinWait();
            }
            nextReading.set(Duration.ofMinutes(1).minusMillis(4).toNanos());
            return Mono.error(failure(status, 3200, AT_ONCE));
        }));
        answerStored();
        return AppendOptions.none().timeout(timeout);
    }

    @Test
    void begins_no_attempt_that_is_likely_to_have_no_answer_in_time() {
        assertThat(unavailable(failingLate(429)).outcome()).isEqualTo(Outcome.NOT_STORED);
        assertThat(answers).hasSize(1);
    }

    @Test
    void uses_all_its_time_once_it_may_be_stored() {
        assertThat(append(failingLate(503))).isEqualTo(STORED);
    }

    @Test
    void names_the_earlier_failures_and_stays_unknown() {
        answerUnknown();
        answers.add(Mono.just(answer(207, result(424, 0), result(413, 0), result(424, 0))));

        EventStoreUnavailableException e = unavailable(AppendOptions.none());
        assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(e.getCause().getSuppressed()).singleElement().isInstanceOf(CosmosException.class);
    }

    @Test
    void interrupted_writer_gets_the_failure_and_stays_interrupted() {
        answers.add(Mono.defer(() -> {
            Thread.currentThread().interrupt();
            return Mono.error(failure(429, 3200, AT_ONCE));
        }));
        answerStored();

        assertThat(unavailable(AppendOptions.none()).outcome()).isEqualTo(Outcome.NOT_STORED);
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
    }

    @Test
    void failure_of_one_operation_is_named() {
        answers.add(Mono.just(answer(207, result(424, 0), result(413, 0), result(424, 0))));

        EventStoreUnavailableException e = unavailable(AppendOptions.none());
        assertThat(e.outcome()).isEqualTo(Outcome.NOT_STORED);
        assertThat(e.getCause()).hasMessage("operation 1 of the batch failed with status 413/0");
    }

    @Test
    void stream_is_full_only_if_nothing_can_be_stored() {
        answerFailure(403, 1014, null);
        assertThatExceptionOfType(StreamFullException.class).isThrownBy(this::append);

        answerUnknown();
        answerFailure(403, 1014, null);
        assertThat(unavailable(AppendOptions.none()).outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void version_that_names_a_tombstone_is_of_a_deleted_stream() {
        answers.add(Mono.just(answer(200, found(EventDocuments.tombstone(STREAM, 2)), result(201, 0), result(201, 0))));
        when(reader.lastEvent(any(), eq(STREAM))).thenReturn(4L);

        assertThatExceptionOfType(StreamDeletedException.class).isThrownBy(this::append);
        verify(deletion).finish();
    }
}
