package io.daybook.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
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
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The time that a page takes, appends that are skipped, and what the status and the log say of failures. */
class PageDeliveryTest {

    private static final List<EventEnvelope> ONE = ContractEvent.events(StreamId.of("Contract", "one"), 0, 1);
    private static final List<EventEnvelope> OTHER = ContractEvent.events(StreamId.of("Contract", "other"), 0, 1);
    private static final List<EventEnvelope> OTHER_SECOND =
            ContractEvent.events(StreamId.of("Contract", "other"), 1, 1);

    private final RecordedParkedStreams parked = new RecordedParkedStreams();
    private final Set<String> poison = new HashSet<>();
    private final List<String> delivered = new ArrayList<>();

    private DeliveryLoop loop(FailurePolicy policy) {
        return DeliveryLoop.parking("pages", policy, this::handle, parked, Clock.systemUTC());
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

    @Test
    void status_recovers_when_the_failing_append_is_skipped() {
        poison.add("one");
        DeliveryLoop loop = loop(FailurePolicy.retryForever());
        PageDelivery page = loop.page("page", List.of(ONE), List.of());
        page.step();
        assertThat(loop.status(State.RUNNING, 0, false).state()).isEqualTo(State.RETRYING);

        page.skip();
        assertThat(loop.status(State.RUNNING, 0, false).state()).isEqualTo(State.RUNNING);
        assertThat(page.isDone()).isTrue();
    }

    @Test
    void status_stays_retrying_while_another_stream_of_the_page_fails() {
        poison.add("one");
        DeliveryLoop loop = loop(FailurePolicy.retryForever());
        PageDelivery page = loop.page("page", List.of(ONE, OTHER), List.of());
        page.step();
        page.step();
        page.step();

        assertThat(delivered).containsExactly("other");
        assertThat(loop.status(State.RUNNING, 0, false).state()).isEqualTo(State.RETRYING);
    }

    @Test
    void delivers_no_event_of_a_stream_that_is_unwanted_before_the_first_call() {
        parked.unavailable = true;
        PageDelivery page =
                loop(FailurePolicy.retryForever()).page("page", List.of(ONE, OTHER, OTHER_SECOND), List.of());
        page.step();
        page.retain(stream -> stream.aggregateId().equals("other"));
        parked.unavailable = false;
        page.step();

        assertThat(delivered).containsExactly("other", "other");
        assertThat(page.isDone()).isTrue();
    }

    @Test
    void backs_off_while_parked_streams_cannot_be_read() {
        parked.unavailable = true;
        PageDelivery page = loop(FailurePolicy.parkStreamAfter(1)).page("page", List.of(ONE), List.of());

        assertThat(IntStream.range(0, 4).mapToObj(i -> page.step().pause().toMillis()))
                .containsExactly(20L, 40L, 80L, 160L);
    }

    @Test
    void page_without_events_reads_no_parked_streams() {
        PageDelivery page = loop(FailurePolicy.parkStreamAfter(1)).page("page", List.of(List.of()), List.of());
        page.step();

        assertThat(page.isDone()).isTrue();
        assertThat(parked.reads).isZero();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " "})
    void status_names_the_class_of_a_failure_without_a_message(String message) {
        DeliveryLoop loop = DeliveryLoop.of("pages", FailurePolicy.retryForever(), events -> {
            throw new IllegalArgumentException(message);
        });
        PageDelivery page = loop.page("page", List.of(ONE, OTHER), List.of());

        page.step();
        assertThat(loop.status(State.RUNNING, 0, false).lastError())
                .contains("stream=Contract-one number=1", " and 1 more: ")
                .endsWith(": " + IllegalArgumentException.class.getName());
        page.step();
        assertThat(loop.status(State.RUNNING, 0, false).lastError())
                .endsWith(", attempt 1: " + IllegalArgumentException.class.getName());
    }

    @Test
    void logs_failures_as_warnings_and_an_interrupt_without_its_stack_trace() {
        Exception[] failure = {new IllegalStateException("poison")};
        DeliveryLoop loop = DeliveryLoop.of("pages", FailurePolicy.retryForever(), events -> {
            throw failure[0];
        });
        PageDelivery page = loop.page("page", List.of(ONE, OTHER), List.of());
        Logger logger = (Logger) LoggerFactory.getLogger(DeliveryLoop.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try {
            page.step();
            page.step();
            failure[0] = new InterruptedException("the service stops");
            page.step();
        } finally {
            logger.detachAppender(lines);
        }

        assertThat(lines.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.WARN, Level.WARN, Level.INFO);
        assertThat(lines.list.get(0).getFormattedMessage()).endsWith(" and 1 more appends=together");
        assertThat(lines.list.get(1).getFormattedMessage()).endsWith(" attempt=1");
        assertThat(lines.list.get(2).getFormattedMessage()).endsWith("reason=\"the service stops\"");
        assertThat(lines.list.get(2).getThrowableProxy()).isNull();
    }
}
