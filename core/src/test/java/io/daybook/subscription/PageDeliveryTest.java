package io.daybook.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.daybook.contract.ContractEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.Backoff;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.SubscriptionStatus.State;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The time that a page takes, and appends that are skipped. */
class PageDeliveryTest {

    private static final List<EventEnvelope> ONE = ContractEvent.events(StreamId.of("Contract", "one"), 0, 1);
    private static final List<EventEnvelope> OTHER = ContractEvent.events(StreamId.of("Contract", "other"), 0, 1);

    private final Set<String> poison = new HashSet<>();
    private final List<String> delivered = new ArrayList<>();

    private DeliveryLoop loop(FailurePolicy policy) {
        return DeliveryLoop.parking("pages", policy, this::handle, new RecordedParkedStreams(), Clock.systemUTC());
    }

    private void handle(List<EventEnvelope> events) {
        for (EventEnvelope event : events) {
            if (poison.contains(event.metadata().aggregateId())) {
                throw new IllegalStateException("poison");
            }
            delivered.add(event.metadata().aggregateId());
        }
    }

    @Test
    @Timeout(60)
    void gives_page_back_when_its_time_is_over_however_long_the_pause() throws Exception {
        poison.add("one");
        Backoff hours = new Backoff(Duration.ofHours(1), Duration.ofHours(10));
        DeliveryLoop loop = loop(FailurePolicy.retryForever().with(hours));
        PageDelivery page = loop.page("page", List.of(ONE), List.of());

        assertThat(loop.deliver(page, Duration.ofMillis(5), stream -> true)).isFalse();
        assertThat(page.isDone()).isFalse();
        assertThat(loop.isBusy()).isFalse();
    }

    @Test
    void skips_only_an_append_that_failed_alone() {
        poison.addAll(Set.of("one", "other"));
        PageDelivery page = loop(FailurePolicy.retryForever()).page("page", List.of(ONE, OTHER), List.of());
        assertThatIllegalStateException().isThrownBy(page::skip);
        assertThat(page.step().failures()).as("of the whole page").isZero();
        assertThatIllegalStateException().isThrownBy(page::skip).withMessageContaining("alone");

        assertThat(page.step().failures()).isEqualTo(1);
        page.skip();
        assertThatIllegalStateException().as("a second time").isThrownBy(page::skip);
        poison.clear();
        page.step();
        assertThatIllegalStateException().as("after a success").isThrownBy(page::skip);
        assertThat(delivered).containsExactly("other");
        assertThat(page.isDone()).isTrue();
    }

    @Test
    void call_with_whole_page_does_not_count_as_an_attempt() {
        poison.add("one");
        DeliveryLoop loop = loop(FailurePolicy.parkStreamAfter(1));
        PageDelivery page = loop.page("page", List.of(ONE, OTHER), List.of());
        page.step();
        assertThat(loop.parked()).isEmpty();

        page.step();
        assertThat(loop.parked()).singleElement().returns(1, ParkedStream::attempts);
        assertThat(loop.status(State.RUNNING, 0, true).failures()).isEqualTo(2);
    }
}
