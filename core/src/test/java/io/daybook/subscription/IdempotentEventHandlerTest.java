package io.daybook.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.daybook.contract.AppliedEvents;
import io.daybook.contract.ContractEvent;
import io.daybook.contract.ContractEvent.Counted;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.IdempotentEventHandler.Effects;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IdempotentEventHandlerTest {

    private static final StreamId A = StreamId.of("Contract", "a");
    private static final StreamId B = StreamId.of("Contract", "b");

    private final AppliedEvents applied = new AppliedEvents();
    private final IdempotentEventHandler handler = IdempotentEventHandler.of(applied);

    private static List<EventEnvelope> events(StreamId stream, long... numbers) {
        return Arrays.stream(numbers)
                .mapToObj(number -> EventEnvelope.of(
                        ContractEvent.metadata(stream, number, new Counted(1)).build(), new Counted(1)))
                .toList();
    }

    @Test
    void the_next_events_are_applied_in_their_order() throws Exception {
        List<EventEnvelope> mixed = new ArrayList<>(events(A, 1, 2));
        mixed.addAll(events(B, 1));
        mixed.addAll(events(A, 3));

        handler.handle(mixed);

        assertThat(applied.of(A)).containsExactly(1L, 2L, 3L);
        assertThat(applied.of(B)).containsExactly(1L);
    }

    @Test
    void events_that_were_applied_are_left_out() throws Exception {
        handler.handle(events(A, 1, 2, 3));
        handler.handle(events(A, 2, 1, 3, 4, 4, 2));

        assertThat(applied.of(A)).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void rejects_event_after_a_gap_and_keeps_earlier_effects() throws Exception {
        handler.handle(events(A, 1));

        assertThatIllegalStateException()
                .isThrownBy(() -> handler.handle(events(A, 2, 4)))
                .withMessageContaining("Contract-a is at 2")
                .withMessageContaining("event 4")
                .withMessageEndingWith("last sequence number to 3");
        handler.handle(events(A, 2, 3, 4));

        assertThat(applied.of(A)).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void a_stream_begins_with_its_first_event() {
        assertThatIllegalStateException().isThrownBy(() -> handler.handle(events(A, 7)));
        assertThat(applied.of(A)).isEmpty();
    }

    @Test
    void stream_may_begin_anywhere_if_allowed_but_has_no_gaps() throws Exception {
        IdempotentEventHandler late = handler.startingAnywhere();
        late.handle(events(A, 7, 8));

        assertThatIllegalStateException().isThrownBy(() -> late.handle(events(A, 10)));
        late.handle(events(A, 6, 9));

        assertThat(applied.of(A)).containsExactly(7L, 8L, 9L);
    }

    @Test
    void accepts_gaps_if_allowed_and_skips_repetitions() throws Exception {
        IdempotentEventHandler filtered = handler.acceptingGaps();

        filtered.handle(events(A, 3, 5));
        filtered.handle(events(A, 3, 4, 5, 9));

        assertThat(applied.of(A)).containsExactly(3L, 5L, 9L);
    }

    @Test
    void accepts_gaps_anywhere_in_whichever_order_it_is_configured() throws Exception {
        handler.acceptingGaps().startingAnywhere().handle(events(A, 3, 5));
        handler.startingAnywhere().acceptingGaps().handle(events(A, 7, 9));
        handler.acceptingGaps().startingAnywhere().startingAnywhere().handle(events(A, 12));

        assertThat(applied.of(A)).containsExactly(3L, 5L, 7L, 9L, 12L);
    }

    @Test
    void applies_a_redelivered_event_whose_effect_failed() throws Exception {
        boolean[] fails = {true};
        IdempotentEventHandler failing = IdempotentEventHandler.of(new Effects() {
            @Override
            public long lastSequenceNumber(StreamId stream) {
                return applied.lastSequenceNumber(stream);
            }

            @Override
            public void apply(StreamId stream, long last, EventEnvelope event) {
                if (fails[0] && event.metadata().sequenceNumber() == 2) {
                    throw new IllegalStateException("away");
                }
                applied.apply(stream, last, event);
            }
        });

        assertThatIllegalStateException().isThrownBy(() -> failing.handle(events(A, 1, 2, 3)));
        fails[0] = false;
        failing.handle(events(A, 1, 2, 3));

        assertThat(applied.of(A)).containsExactly(1L, 2L, 3L);
    }

    /** Removes a deleted stream and keeps its number. */
    private static final class Removing implements Effects {
        private final Map<StreamId, Long> last = new HashMap<>();
        private final List<String> effects = new ArrayList<>();

        @Override
        public long lastSequenceNumber(StreamId stream) {
            return last.getOrDefault(stream, 0L);
        }

        @Override
        public void apply(StreamId stream, long before, EventEnvelope event) {
            effects.add(stream + "#" + event.metadata().sequenceNumber());
            last.put(stream, event.metadata().sequenceNumber());
        }

        @Override
        public void deleted(StreamId stream, long before, long version) {
            effects.add(stream + " deleted at " + version + " after " + before);
            last.put(stream, version + 1);
        }
    }

    @Test
    void passes_deletion_on_once_and_applies_no_event_after_it() throws Exception {
        Removing removing = new Removing();
        IdempotentEventHandler once = IdempotentEventHandler.of(removing);
        once.handle(events(A, 1, 2));
        once.deleted(A, 2);
        once.deleted(A, 2);
        once.handle(events(A, 1, 2));

        assertThat(removing.effects).containsExactly("Contract-a#1", "Contract-a#2", "Contract-a deleted at 2 after 2");
    }

    @Test
    void accepts_deletion_of_a_stream_whose_last_events_were_never_delivered() throws Exception {
        Removing removing = new Removing();
        IdempotentEventHandler once = IdempotentEventHandler.of(removing);
        once.handle(events(A, 1));
        once.deleted(A, 5);
        once.deleted(B, 3);

        assertThat(removing.effects)
                .containsExactly("Contract-a#1", "Contract-a deleted at 5 after 1", "Contract-b deleted at 3 after 0");
    }

    @Test
    void effects_that_do_not_care_ignore_deletions() throws Exception {
        handler.handle(events(A, 1));
        handler.deleted(A, 1);

        assertThat(applied.of(A)).containsExactly(1L);
    }
}
