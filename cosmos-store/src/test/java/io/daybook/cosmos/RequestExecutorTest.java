package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.azure.cosmos.CosmosException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

class RequestExecutorTest {

    private final List<CosmosOperation> observed = new ArrayList<>();
    private final RequestExecutor executor = new RequestExecutor(Duration.ofMinutes(1), observed::add);
    private final Deque<Mono<String>> answers = new ArrayDeque<>();

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    private static CosmosException failed(int status, int substatus, Duration retryAfter) {
        CosmosException failure = mock(CosmosException.class);
        when(failure.getStatusCode()).thenReturn(status);
        when(failure.getSubStatusCode()).thenReturn(substatus);
        when(failure.getRetryAfterDuration()).thenReturn(retryAfter);
        return failure;
    }

    private String read() {
        try (RequestExecutor.Operation operation = executor.start("read")) {
            String answer = operation.awaitRead("a document", Mono.defer(answers::remove), any -> null);
            operation.succeeded();
            return answer;
        }
    }

    @ParameterizedTest
    @CsvSource({"403, 3", "403, 1008", "404, 1002", "404, 1024", "408, 0", "410, 0", "429, 3200", "449, 0", "503, 21008"
    })
    void repeats_a_read_after_a_transient_failure(int status, int substatus) {
        answers.add(Mono.error(failed(status, substatus, Duration.ofNanos(1))));
        answers.add(Mono.just("found"));

        assertThat(read()).isEqualTo("found");
        assertThat(observed)
                .singleElement()
                .returns(1, CosmosOperation::retries)
                .returns(false, CosmosOperation::failed);
    }

    @ParameterizedTest
    @CsvSource({"400, 0", "401, 0", "403, 0", "403, 1014", "404, 0", "412, 0", "413, 0"})
    void reports_a_refused_read_at_once(int status, int substatus) {
        CosmosException refused = failed(status, substatus, Duration.ZERO);
        answers.add(Mono.error(refused));

        assertThatThrownBy(this::read).isSameAs(refused);
        assertThat(observed)
                .singleElement()
                .returns(0, CosmosOperation::retries)
                .returns(true, CosmosOperation::failed);
    }

    @Test
    void gives_up_a_read_after_three_attempts() {
        CosmosException busy = failed(429, 3200, Duration.ofNanos(1));
        for (int i = 0; i < 4; i++) {
            answers.add(Mono.error(busy));
        }

        assertThatThrownBy(this::read).isSameAs(busy);
        assertThat(answers).hasSize(1);
    }

    @Test
    void does_not_wait_longer_than_the_timeout_for_a_retry() {
        CosmosException busy = failed(429, 3200, Duration.ofMinutes(2));
        answers.add(Mono.error(busy));

        assertThatThrownBy(this::read).isSameAs(busy);
        assertThat(observed).singleElement().returns(0, CosmosOperation::retries);
    }

    @Test
    void interrupted_caller_gets_the_failure_and_stays_interrupted() {
        CosmosException busy = failed(429, 3200, Duration.ofSeconds(30));
        answers.add(Mono.defer(() -> {
            Thread.currentThread().interrupt();
            return Mono.error(busy);
        }));

        assertThatThrownBy(this::read).isSameAs(busy);
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
    }

    @Test
    void interrupt_during_the_pause_ends_the_retries() {
        try (RequestExecutor.Operation operation = executor.start("append")) {
            Thread.currentThread().interrupt();

            assertThat(operation.pause(1, Duration.ofSeconds(30))).isFalse();
        }
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
    }

    @Test
    void request_without_answer_ends_at_its_limit() {
        try (RequestExecutor.Operation operation = executor.start("append")) {
            assertThatExceptionOfType(RuntimeException.class)
                    .isThrownBy(() -> operation.await(Mono.never(), Duration.ofMillis(1), any -> null))
                    .satisfies(e -> assertThat(Exceptions.unwrap(e)).isInstanceOf(TimeoutException.class));
        }
    }

    @Test
    void failing_observer_does_not_fail_the_operation() {
        RequestExecutor observing = new RequestExecutor(Duration.ofMinutes(1), operation -> {
            throw new IllegalStateException("the registry is closed");
        });
        try (RequestExecutor.Operation operation = observing.start("append")) {
            assertThat(operation.await(Mono.just("stored"), operation.left(), any -> null))
                    .isEqualTo("stored");
        }
    }
}
