package io.daybook.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.readmodel.ReadModelUnavailableException;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FailurePolicyTest {

    static Stream<Throwable> failuresOfAnyEvent() {
        return Stream.of(
                new InterruptedException(),
                new IllegalStateException(new InterruptedException()),
                new OutOfMemoryError(),
                new IllegalStateException(new ExecutionException(new OutOfMemoryError())),
                new IllegalStateException(new NoClassDefFoundError()),
                new EventStoreUnavailableException("down", Outcome.NOT_STORED, null, null),
                new IllegalStateException(new ReadModelUnavailableException("down", null, null)));
    }

    static Stream<Throwable> failuresOfOneEvent() {
        return Stream.of(
                new IllegalStateException("poison"),
                new IOException("its database"),
                new StackOverflowError(),
                new IllegalStateException(new ExecutionException(new StackOverflowError())));
    }

    @ParameterizedTest
    @MethodSource("failuresOfAnyEvent")
    void failure_that_would_hit_any_event_is_not_of_the_event(Throwable failure) {
        assertThat(FailurePolicy.isOfEvent(failure)).isFalse();
    }

    @ParameterizedTest
    @MethodSource("failuresOfOneEvent")
    void other_failure_is_of_the_event(Throwable failure) {
        assertThat(FailurePolicy.isOfEvent(failure)).isTrue();
    }

    private static Throwable withCauses(int causes, Throwable last) {
        Throwable failure = last;
        for (int i = 0; i < causes; i++) {
            failure = new IllegalStateException(failure);
        }
        return failure;
    }

    @Test
    void looks_at_a_failure_and_99_causes() {
        assertThat(FailurePolicy.isOfEvent(withCauses(99, new OutOfMemoryError())))
                .isFalse();
        assertThat(FailurePolicy.isOfEvent(withCauses(100, new OutOfMemoryError())))
                .isTrue();
    }

    @Test
    void failure_that_is_a_cause_of_itself_is_of_the_event() {
        Exception first = new Exception();
        first.initCause(new IllegalStateException(first));

        assertThat(FailurePolicy.isOfEvent(first)).isTrue();
    }
}
