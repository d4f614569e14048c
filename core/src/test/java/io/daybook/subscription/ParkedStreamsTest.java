package io.daybook.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.daybook.contract.ContractEvent;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.StreamId;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parked streams while the store answers late or another instance changes them. */
class ParkedStreamsTest {

    private static final StreamId STREAM = StreamId.of("Contract", "parked");

    private final RecordedParkedStreams store = new RecordedParkedStreams();
    private final ParkedStreams parked = new ParkedStreams("test", store);
    private final List<Long> delivered = new ArrayList<>();
    private final DeliveryLoop loop = DeliveryLoop.parking(
            "test",
            FailurePolicy.parkStreamAfter(2),
            events -> events.forEach(event -> delivered.add(event.metadata().sequenceNumber())),
            store,
            Clock.systemUTC());

    private static ParkedStream parkedAt(long number, long lastNumber) {
        return new ParkedStream(STREAM, number, "e" + number, "Failure", Instant.EPOCH, 2, lastNumber, false);
    }

    @BeforeEach
    void park_stream_with_three_waiting_events() {
        for (int version = 0; version < 3; version++) {
            store.keep(STREAM, ContractEvent.events(STREAM, version, 1));
        }
        parked.park(parkedAt(1, 3));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2})
    void keeps_stream_parked_while_its_events_are_not_visible(long visibleTo) {
        store.visibleTo = visibleTo;

        assertThatExceptionOfType(EventStoreUnavailableException.class)
                .isThrownBy(loop::retryParked)
                .withMessageContainingAll("event " + (visibleTo + 1), STREAM.toString());
        assertThat(loop.parked()).containsExactly(parkedAt(1, 3));

        store.visibleTo = 3;
        assertThat(loop.retryParked()).isEqualTo(1);
        assertThat(delivered).endsWith(1L, 2L, 3L);
        assertThat(loop.parked()).isEmpty();
    }

    /** Another instance unparks the stream once, between a read and a replacement. */
    private void unparkBeforeReplace() {
        store.beforeReplace = () -> {
            store.beforeReplace = () -> {};
            new ParkedStreams("other", store).unpark(STREAM, 3);
        };
    }

    @Test
    void parks_stream_again_that_another_instance_unparks_meanwhile() {
        unparkBeforeReplace();

        assertThat(parked.park(parkedAt(3, 4))).isTrue();
        assertThat(parked.parked()).containsExactly(parkedAt(3, 4));
    }

    private static ParkedStream other() {
        return new ParkedStream(StreamId.of("Contract", "other"), 1, "e1", "Failure", Instant.EPOCH, 2, 1, false);
    }

    /** Another instance parks another stream once, between a read and a replacement. */
    private void parkOtherBeforeReplace() {
        store.beforeReplace = () -> {
            store.beforeReplace = () -> {};
            new ParkedStreams("other", store).park(other());
        };
    }

    @Test
    void records_a_passed_over_event_while_another_instance_parks_a_stream() {
        parkOtherBeforeReplace();

        loop.page("page", List.of(ContractEvent.events(STREAM, 3, 1)), List.of())
                .step();
        assertThat(parked.parked()).containsExactly(parkedAt(1, 4), other());
    }

    @Test
    void records_a_failed_retry_while_another_instance_parks_a_stream() {
        parkOtherBeforeReplace();
        parked.replace(STREAM, each -> each.waitingUpTo(7, false));

        assertThat(parked.parked()).containsExactly(parkedAt(1, 7), other());
    }

    @Test
    void parking_a_parked_stream_keeps_its_first_failure() {
        assertThat(parked.park(parkedAt(2, 5))).isTrue();
        assertThat(parked.parked()).containsExactly(parkedAt(1, 5));
    }

    @Test
    void refuses_stream_that_was_unparked_meanwhile_if_others_have_filled_the_document() {
        store.beforeReplace = () -> {
            store.beforeReplace = () -> {};
            List<ParkedStream> others = IntStream.range(0, ParkedStreams.MAX)
                    .mapToObj(i ->
                            new ParkedStream(StreamId.of("Contract", "p" + i), 1, "e", "x", Instant.EPOCH, 1, 1, false))
                    .toList();
            store.replace(store.read(ParkedStreamStore.Contents.NONE), others);
        };

        assertThat(parked.park(parkedAt(3, 4))).isFalse();
        assertThat(parked.parked())
                .hasSize(ParkedStreams.MAX)
                .noneMatch(each -> each.stream().equals(STREAM));
    }
}
