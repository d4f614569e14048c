package io.daybook.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.contract.ContractEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.SubscriptionStatus.State;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A stream that is parked, or is not, while the store does not answer; its handler works again after the first call. */
class UnknownParkingTest {

    private static final StreamId STREAM = StreamId.of("Contract", "bad");

    private final RecordedParkedStreams store = new RecordedParkedStreams();
    private final List<Long> delivered = new ArrayList<>();
    private boolean broken = true;
    private final DeliveryLoop loop =
            DeliveryLoop.parking("loop", FailurePolicy.parkStreamAfter(1), this::handle, store, Clock.systemUTC());
    private final List<EventEnvelope> append = store.keep(STREAM, ContractEvent.events(STREAM, 0, 1));
    private final PageDelivery page = loop.page("page", List.of(append), List.of());

    private void handle(List<EventEnvelope> events) {
        if (broken) {
            broken = false;
            throw new IllegalStateException("poison");
        }
        events.forEach(event -> delivered.add(event.metadata().sequenceNumber()));
    }

    private static void noAnswer(Outcome outcome) {
        throw new EventStoreUnavailableException("no answer", outcome, null, null);
    }

    @BeforeEach
    void first_answer_is_lost() {
        store.afterReplace = () -> {
            store.afterReplace = () -> {};
            noAnswer(Outcome.UNKNOWN);
        };
    }

    @Test
    void parks_again_before_it_calls_the_handler_if_parking_had_no_answer() {
        assertThat(page.step().pause()).isPositive();
        assertThat(page.isDone()).isFalse();
        page.step();

        assertThat(page.isDone()).isTrue();
        assertThat(delivered).as("it is parked, so a success would be hidden").isEmpty();
        assertThat(loop.parked()).hasSize(1);
        assertThat(loop.status(State.RUNNING, 0, true).state()).isEqualTo(State.RUNNING);
        assertThat(loop.retryParked()).isEqualTo(1);
        assertThat(delivered).containsExactly(1L);
    }

    @Test
    void does_not_call_the_handler_while_the_outcome_of_parking_cannot_be_read() {
        page.step();
        store.unavailable = true;
        page.step();
        page.step();

        assertThat(page.isDone()).isFalse();
        assertThat(delivered).isEmpty();
        assertThat(loop.status(State.RUNNING, 0, true).lastError()).contains("Contract-bad", "the leases are away");
        store.unavailable = false;
        page.step();
        assertThat(page.isDone()).isTrue();
        assertThat(loop.parked()).hasSize(1);
    }

    @Test
    void calls_the_handler_again_if_the_stream_was_certainly_not_parked() {
        store.beforeReplace = () -> noAnswer(Outcome.NOT_STORED);
        page.step();
        page.step();

        assertThat(page.isDone()).isTrue();
        assertThat(delivered).containsExactly(1L);
        assertThat(loop.parked()).isEmpty();
    }
}
