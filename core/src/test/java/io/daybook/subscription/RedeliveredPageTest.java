package io.daybook.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.contract.ContractEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A page that is given back before its events are handled or parked, and delivered again. */
class RedeliveredPageTest {

    private static final StreamId BAD = StreamId.of("Contract", "bad");

    private final RecordedParkedStreams store = new RecordedParkedStreams();
    private final Set<String> poison = new HashSet<>();
    private final DeliveryLoop loop =
            DeliveryLoop.parking("loop", FailurePolicy.parkStreamAfter(5), this::handle, store, Clock.systemUTC());

    private void handle(List<EventEnvelope> events) {
        for (EventEnvelope event : events) {
            if (poison.contains(event.metadata().eventId())) {
                throw new IllegalStateException("poison");
            }
        }
    }

    private List<EventEnvelope> append(StreamId stream, long version) {
        return ContractEvent.events(stream, version, 1);
    }

    private static String id(List<EventEnvelope> append) {
        return append.get(0).metadata().eventId();
    }

    /** Delivers a page with a number of steps, and gives it back. Returns how often the next append has failed. */
    private int deliver(List<List<EventEnvelope>> appends, int steps) {
        PageDelivery page = loop.page("page", appends, List.of());
        int failures = 0;
        for (int step = 0; step < steps; step++) {
            failures = page.step().failures();
        }
        return failures;
    }

    @Test
    void parks_each_of_ten_failing_streams_of_a_page_that_is_given_back() {
        List<List<EventEnvelope>> appends = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            List<EventEnvelope> append = append(StreamId.of("Contract", "s" + i), 0);
            poison.add(id(append));
            appends.add(append);
        }
        for (int redelivery = 0; redelivery < 3; redelivery++) {
            deliver(appends, 21); // the whole page, then twice each append
        }

        assertThat(loop.parked()).hasSize(10).allMatch(parked -> parked.attempts() == 5);
    }

    @Test
    void parks_stream_whose_page_is_given_back_after_each_attempt() {
        List<EventEnvelope> append = append(BAD, 0);
        poison.add(id(append));
        IntStream.range(0, 4).forEach(i -> deliver(List.of(append), 1));
        assertThat(loop.parked()).isEmpty();

        deliver(List.of(append), 1);
        assertThat(loop.parked()).singleElement().matches(parked -> parked.attempts() == 5);
    }

    @Test
    void counts_again_after_the_event_was_handled() {
        List<EventEnvelope> append = append(BAD, 0);
        poison.add(id(append));
        assertThat(deliver(List.of(append), 3)).isEqualTo(3);
        poison.clear();
        deliver(List.of(append), 1);
        poison.add(id(append));

        assertThat(deliver(List.of(append), 1)).isEqualTo(1);
    }

    @Test
    void counts_again_after_the_event_was_handled_with_its_whole_page() {
        List<List<EventEnvelope>> appends = List.of(append(BAD, 0), append(BAD, 1));
        poison.add(id(appends.get(1)));
        assertThat(deliver(appends, 4)).isEqualTo(2);
        poison.clear();
        deliver(appends, 1);
        poison.add(id(appends.get(1)));

        assertThat(deliver(appends, 3)).isEqualTo(1);
    }

    @Test
    void counts_again_after_the_event_was_skipped() {
        List<EventEnvelope> append = append(BAD, 0);
        poison.add(id(append));
        PageDelivery page = loop.page("page", List.of(append), List.of());
        page.step();
        page.skip();

        assertThat(deliver(List.of(append), 1)).isEqualTo(1);
    }

    @Test
    void counts_again_after_the_stream_was_parked() {
        List<EventEnvelope> append = append(BAD, 0);
        poison.add(id(append));
        deliver(List.of(append), 5);
        poison.clear();
        loop.retryParked();
        poison.add(id(append));

        assertThat(deliver(List.of(append), 1)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"999, 2", "1000, 1"})
    void remembers_the_attempts_of_the_latest_1000_events_only(int others, int attempt) {
        List<EventEnvelope> first = append(BAD, 0);
        poison.add(id(first));
        deliver(List.of(first), 1);
        for (int i = 0; i < others; i++) {
            List<EventEnvelope> other = append(StreamId.of("Contract", "s" + i), 0);
            poison.add(id(other));
            deliver(List.of(other), 1);
        }

        assertThat(deliver(List.of(first), 1)).isEqualTo(attempt);
    }
}
