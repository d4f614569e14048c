package io.daybook.cosmos;

import static io.daybook.cosmos.BatchAnswers.answer;
import static io.daybook.cosmos.BatchAnswers.failure;
import static io.daybook.cosmos.BatchAnswers.found;
import static io.daybook.cosmos.BatchAnswers.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import com.azure.cosmos.CosmosException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.contract.ContractEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendResult;
import io.daybook.eventstore.CommandTimeout;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.StreamDeletedException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** What an append finds after a conflict: its own events, its own command, or those of another. */
class AppendConflictTest extends AppendFixture {

    @Test
    void recognizes_its_own_events_after_a_lost_answer() {
        answerUnknown();
        answerConflict();
        read(new StreamReader.Page(List.of(before.get(1), events.get(0), events.get(1)), true));
        assertThat(append(BUILT_ON_LOST)).isEqualTo(storedAfter(before.get(1)));
        verify(reader).firstPage(any(), eq(STREAM), eq(1L), eq(Long.MAX_VALUE), eq(3), any());

        answerUnknown();
        answers.add(Mono.just(answer(207, result(409, 0), result(424, 0))));
        read(new StreamReader.Page(before, true));
        assertThat(append(0, before, BUILT_ON_LOST)).isEqualTo(new AppendResult(1, 2, false));
    }

    @Test
    void events_that_only_begin_like_its_own_are_a_conflict() {
        answerConflict();
        read(new StreamReader.Page(List.of(before.get(1), events.get(0), before.get(0)), true));
        assertThatExceptionOfType(ConcurrencyException.class).isThrownBy(this::append);

        answerConflict();
        read(new StreamReader.Page(List.of(before.get(1), events.get(0)), true));
        assertThatExceptionOfType(ConcurrencyException.class).isThrownBy(this::append);
    }

    private void answerCommandTaken() {
        answers.add(Mono.just(answer(207, result(409, 0), result(424, 0), result(424, 0), result(424, 0))));
    }

    private void findCommand(ObjectNode document) {
        when(reader.command(any(), eq(STREAM), eq("cmd"), any())).thenReturn(Optional.ofNullable(document));
    }

    @Test
    void recognizes_its_own_command_after_a_lost_answer() {
        answerUnknown();
        answerCommandTaken();
        findCommand(command(COMMAND.idempotencyKey().orElseThrow(), 3, id(events.get(0))));
        read(new StreamReader.Page(List.of(before.get(1)), true));

        assertThat(append(COMMAND)).isEqualTo(storedAfter(before.get(1)));
        verify(reader).firstPage(any(), eq(STREAM), eq(1L), eq(2L), eq(1), any());

        answerCommandTaken();
        read(new StreamReader.Page(List.of(), true));
        assertThat(append(COMMAND)).as("the event before is not visible").isEqualTo(STORED);
    }

    @Test
    void reads_no_event_before_its_own_command_that_the_caller_does_not_want() {
        answerCommandTaken();
        findCommand(command(COMMAND.idempotencyKey().orElseThrow(), 3, id(events.get(0))));
        assertThat(append(AppendOptions.none().idempotencyKey("cmd", "f"))).isEqualTo(STORED);

        answerCommandTaken();
        findCommand(command(COMMAND.idempotencyKey().orElseThrow(), 1, id(before.get(0))));
        assertThat(append(0, before, COMMAND)).isEqualTo(new AppendResult(1, 2, false));
        verify(reader, never()).firstPage(any(), any(), anyLong(), anyLong(), anyInt(), any());
    }

    @Test
    void command_of_another_append_makes_it_a_duplicate() {
        answerCommandTaken();
        findCommand(command(COMMAND.idempotencyKey().orElseThrow(), 1, id(before.get(0))));

        assertThat(append(COMMAND)).isEqualTo(new AppendResult(1, 2, true));
    }

    @Test
    void repeats_an_append_whose_command_is_not_visible() {
        answerCommandTaken();
        findCommand(null);
        answers.add(
                Mono.just(answer(200, result(201, 0), found(document(before.get(1))), result(201, 0), result(201, 0))));

        assertThat(append(COMMAND)).isEqualTo(storedAfter(before.get(1)));
    }

    @Test
    void missing_event_before_is_a_conflict_of_a_command() {
        answers.add(Mono.just(answer(207, result(424, 0), result(404, 0), result(424, 0), result(424, 0))));
        read(new StreamReader.Page(List.of(), true));

        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> append(COMMAND))
                .satisfies(e -> assertThat(e.actualVersion()).isZero());
    }

    @Test
    void conflict_carries_the_events_if_they_reach_the_end() {
        List<EventEnvelope> others = ContractEvent.events(STREAM, 2, 1);
        List<EventEnvelope> stored = List.of(before.get(1), others.get(0));
        answerConflict();
        read(new StreamReader.Page(stored, true));

        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(this::append)
                .satisfies(e -> assertThat(e.actualVersion()).isEqualTo(3))
                .satisfies(e -> assertThat(e.conflictingEvents()).isEqualTo(stored));

        answerConflict();
        read(new StreamReader.Page(stored, false));
        when(reader.currentVersion(any(), eq(STREAM), any())).thenReturn(9L);
        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(this::append)
                .satisfies(e -> assertThat(e.actualVersion()).isEqualTo(9))
                .satisfies(e -> assertThat(e.conflictingEvents()).isEmpty());
    }

    @Test
    void repeats_a_conflict_that_the_replica_does_not_show() {
        answerConflict();
        answerStored();
        read(new StreamReader.Page(List.of(before.get(1)), true));

        assertThat(append()).isEqualTo(STORED);
    }

    @Test
    void gives_up_if_no_replica_shows_the_conflict_in_time() {
        answerConflict();
        AtomicLong nanos = new AtomicLong();
        CommandTimeout timeout = CommandTimeout.after(Duration.ofMinutes(1), nanos::get);
        when(reader.firstPage(any(), eq(STREAM), anyLong(), anyLong(), anyInt(), any()))
                .thenAnswer(call -> {
                    nanos.set(Duration.ofMinutes(1).toNanos());
                    return new StreamReader.Page(List.of(before.get(1)), true);
                });

        EventStoreUnavailableException e = unavailable(AppendOptions.none().timeout(timeout));
        assertThat(e.outcome()).isEqualTo(Outcome.NOT_STORED);
        assertThat(e.getCause())
                .hasMessage("the conflicting documents could not be read")
                .hasCauseInstanceOf(TimeoutException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void version_behind_is_a_conflict_only_if_nothing_can_be_stored(boolean lostAnswer) {
        if (lostAnswer) {
            answerUnknown();
        }
        answerConflict();
        read(new StreamReader.Page(List.of(), true));
        when(reader.currentVersion(any(), eq(STREAM), any())).thenReturn(1L);

        if (lostAnswer) {
            assertThat(unavailable(AppendOptions.none()).outcome()).isEqualTo(Outcome.UNKNOWN);
        } else {
            assertThatExceptionOfType(ConcurrencyException.class)
                    .isThrownBy(this::append)
                    .satisfies(e -> assertThat(e.actualVersion()).isEqualTo(1));
        }
    }

    @ParameterizedTest
    @CsvSource({"true, UNKNOWN", "false, NOT_STORED"})
    void conflict_that_cannot_be_read_says_whether_it_may_be_stored(boolean lostAnswer, Outcome outcome) {
        for (RuntimeException failure : List.of(
                failure(503, 0, null),
                new EventStoreUnavailableException("the page is away", Outcome.NOT_STORED, null, null))) {
            if (lostAnswer) {
                answerUnknown();
            }
            answerConflict();
            readFails(failure);

            EventStoreUnavailableException e = unavailable(AppendOptions.none());
            assertThat(e.outcome()).isEqualTo(outcome);
            if (lostAnswer || failure instanceof CosmosException) {
                assertThat(e).hasMessageStartingWith("reading the conflicting documents of the append to Contract-1");
            } else {
                assertThat(e).isSameAs(failure);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"true, 2, false", "true, 3, true", "false, 3, false"})
    void removes_events_after_a_tombstone_only_if_it_may_have_stored_them(
            boolean lostAnswer, long lastEvent, boolean removed) {
        if (lostAnswer) {
            answerUnknown();
        }
        answerConflict();
        readFails(new StreamDeletedException(STREAM));
        when(reader.lastEvent(any(), eq(STREAM))).thenReturn(lastEvent);

        assertThatExceptionOfType(StreamDeletedException.class).isThrownBy(this::append);
        verify(deletion, times(removed ? 1 : 0)).finish();
    }
}
