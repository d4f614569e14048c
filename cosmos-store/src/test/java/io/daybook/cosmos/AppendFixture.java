package io.daybook.cosmos;

import static io.daybook.cosmos.BatchAnswers.answer;
import static io.daybook.cosmos.BatchAnswers.failure;
import static io.daybook.cosmos.BatchAnswers.found;
import static io.daybook.cosmos.BatchAnswers.result;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.models.CosmosBatch;
import com.azure.cosmos.models.CosmosBatchResponse;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.contract.ContractEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendOptions.IdempotencyKey;
import io.daybook.eventstore.AppendResult;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.StreamId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import reactor.core.publisher.Mono;

/** An append of two events at version 2, with the answers that a test queues up instead of the service. */
abstract class AppendFixture {

    static final StreamId STREAM = StreamId.of("Contract", "1");
    static final Duration AT_ONCE = Duration.ofNanos(1);
    static final AppendResult STORED = new AppendResult(3, 4, false);
    static final AppendOptions BUILT_ON_LOST = AppendOptions.none().builtOn("lost");
    static final AppendOptions COMMAND = BUILT_ON_LOST.idempotencyKey("cmd", "f");

    final CosmosAsyncContainer container = mock(CosmosAsyncContainer.class);
    final StreamReader reader = mock(StreamReader.class);
    final StreamDeletion deletion = mock(StreamDeletion.class);
    final RequestExecutor executor = new RequestExecutor(Duration.ofMinutes(1), null);
    final Deque<Mono<CosmosBatchResponse>> answers = new ArrayDeque<>();
    final List<EventEnvelope> before = ContractEvent.events(STREAM, 0, 2);
    final List<EventEnvelope> events = ContractEvent.events(STREAM, 2, 2);

    @BeforeEach
    void answerInOrder() {
        when(container.executeCosmosBatch(any(CosmosBatch.class)))
                .thenAnswer(call -> Mono.defer(() -> answers.remove()));
    }

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    static ObjectNode document(EventEnvelope event) {
        return EventDocuments.event(
                STREAM, event.metadata(), ContractEvent.serializer().encode(event.event()));
    }

    AppendResult append(long version, List<EventEnvelope> appended, AppendOptions options) {
        AppendDocuments documents = new AppendDocuments(
                options.idempotencyKey()
                        .map(key -> command(key, version + 1, id(appended.get(0))))
                        .orElse(null),
                appended.stream().map(AppendFixture::document).toList());
        try (RequestExecutor.Operation operation = executor.start("append", options.timeout())) {
            return new Append(container, reader, operation, STREAM, version, appended, options, documents, deletion)
                    .run();
        }
    }

    static ObjectNode command(IdempotencyKey key, long from, String firstEventId) {
        return EventDocuments.command(STREAM, key, from, from + 1, firstEventId, Duration.ofDays(1));
    }

    static String id(EventEnvelope event) {
        return event.metadata().eventId();
    }

    /** Appends two events at version 2. */
    AppendResult append(AppendOptions options) {
        return append(2, events, options);
    }

    AppendResult append() {
        return append(AppendOptions.none());
    }

    EventStoreUnavailableException unavailable(AppendOptions options) {
        return catchThrowableOfType(EventStoreUnavailableException.class, () -> append(options));
    }

    void answerFailure(int status, int substatus, Duration retryAfter) {
        answers.add(Mono.error(failure(status, substatus, retryAfter)));
    }

    void answerUnknown() {
        answerFailure(503, 0, AT_ONCE);
    }

    void answerStored() {
        answers.add(Mono.just(answer(200, found(document(before.get(1))), result(201, 0), result(201, 0))));
    }

    void answerConflict() {
        answers.add(Mono.just(answer(207, result(424, 0), result(409, 0), result(424, 0))));
    }

    void read(StreamReader.Page page) {
        doReturn(page).when(reader).firstPage(any(), eq(STREAM), anyLong(), anyLong(), anyInt(), any());
    }

    void readFails(RuntimeException failure) {
        doThrow(failure).when(reader).firstPage(any(), eq(STREAM), anyLong(), anyLong(), anyInt(), any());
    }

    static AppendResult storedAfter(EventEnvelope other) {
        return new AppendResult(3, 4, false, Optional.of(id(other)));
    }
}
