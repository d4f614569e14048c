package io.daybook.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.daybook.contract.ContractEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.SubscriptionStatus.State;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The loop's steps, taken one after the other in this thread, and without waiting. */
class DeliveryLoopTest {

    private static final StreamId BAD = StreamId.of("Contract", "bad");
    private static final StreamId GOOD = StreamId.of("Contract", "good");
    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");

    private final RecordedParkedStreams store = new RecordedParkedStreams();
    private final List<String> delivered = new ArrayList<>();
    private final Set<String> poison = new HashSet<>();
    private Supplier<? extends Throwable> failure = () -> new IllegalStateException("poison");
    private final DeliveryLoop loop = loop(FailurePolicy.parkStreamAfter(2));

    private DeliveryLoop loop(FailurePolicy policy) {
        return DeliveryLoop.parking("loop", policy, this::handle, store, Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private void handle(List<EventEnvelope> events) throws Exception {
        for (EventEnvelope event : events) {
            if (poison.contains(name(event))) {
                throwFailure();
            }
        }
        events.forEach(event -> delivered.add(name(event)));
    }

    private void throwFailure() throws Exception {
        Throwable thrown = failure.get();
        if (thrown instanceof Error error) {
            throw error;
        }
        throw (Exception) thrown;
    }

    private static String name(EventEnvelope event) {
        return event.metadata().aggregateId() + "#" + event.metadata().sequenceNumber();
    }

    /** One append of one event for each number. */
    private List<List<EventEnvelope>> appends(StreamId stream, int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(number -> store.keep(stream, ContractEvent.events(stream, number - 1, 1)))
                .toList();
    }

    @SafeVarargs
    private static List<List<EventEnvelope>> together(List<List<EventEnvelope>>... appends) {
        return Stream.of(appends).flatMap(List::stream).toList();
    }

    /** Takes steps until the page is done, up to a limit. */
    private static List<Duration> run(DeliveryLoop loop, List<List<EventEnvelope>> appends) {
        PageDelivery page = loop.page("page", appends, List.of());
        List<Duration> pauses = new ArrayList<>();
        while (!page.isDone()) {
            assertThat(pauses).hasSizeLessThan(10_000);
            pauses.add(page.step().pause());
        }
        return pauses;
    }

    @Test
    void delivers_whole_page_in_one_call() {
        assertThat(run(loop, together(appends(GOOD, 1, 2), appends(BAD, 1, 1)))).containsExactly(Duration.ZERO);
        assertThat(delivered).containsExactly("good#1", "good#2", "bad#1");
    }

    @Test
    void delivers_rest_of_page_before_failing_stream_again() {
        poison.add("bad#1");
        PageDelivery page = loop(FailurePolicy.retryForever())
                .page("page", together(appends(BAD, 1, 2), appends(GOOD, 1, 3)), List.of());
        for (int step = 0; step < 8; step++) {
            page.step();
        }
        assertThat(delivered).containsExactly("good#1", "good#2", "good#3");
        assertThat(page.isDone()).isFalse();
        poison.clear();
        page.step();
        page.step();
        assertThat(page.isDone()).isTrue();
        assertThat(delivered).endsWith("bad#1", "bad#2");
    }

    @Test
    void backs_off_exponentially_and_starts_again_after_a_success() {
        poison.add("bad#1");
        PageDelivery page = loop(FailurePolicy.retryForever()).page("page", appends(BAD, 1, 2), List.of());
        assertThat(IntStream.range(0, 12).mapToObj(i -> page.step().pause().toMillis()))
                .containsExactly(20L, 40L, 80L, 160L, 320L, 640L, 1_280L, 2_560L, 5_120L, 10_000L, 10_000L, 10_000L);
        poison.clear();
        poison.add("bad#2");
        page.step();
        assertThat(page.step().pause()).isEqualTo(Duration.ofMillis(20));
    }

    @Test
    void status_names_stream_number_type_and_event_of_failure() {
        poison.add("bad#2");
        DeliveryLoop retrying = loop(FailurePolicy.retryForever());
        PageDelivery page = retrying.page("page", together(appends(BAD, 1, 2), appends(GOOD, 1, 1)), List.of());
        for (int step = 0; step < 5; step++) {
            page.step();
        }
        EventEnvelope failing = store.event(BAD, 2);
        SubscriptionStatus status = retrying.status(State.RUNNING, 0, false);
        assertThat(status.state()).isEqualTo(State.RETRYING);
        assertThat(status.lastError())
                .contains(
                        "Contract-bad",
                        "number=2",
                        failing.metadata().eventType(),
                        failing.metadata().eventId())
                .endsWith("poison");
    }

    @Test
    void failure_of_one_source_shows_until_that_source_recovers() {
        poison.add("bad#1");
        DeliveryLoop retrying = loop(FailurePolicy.retryForever());
        retrying.page("one", appends(BAD, 1, 1), List.of()).step();
        retrying.page("other", appends(GOOD, 1, 1), List.of()).step();
        assertThat(retrying.status(State.RUNNING, 0, false).state()).isEqualTo(State.RETRYING);

        poison.clear();
        retrying.page("one", appends(BAD, 1, 1), List.of()).step();
        assertThat(retrying.status(State.RUNNING, 0, false).state()).isEqualTo(State.RUNNING);
    }

    @Test
    void parks_stream_after_attempts_and_passes_over_its_later_events() {
        poison.add("bad#2");
        run(loop, together(appends(BAD, 1, 3), appends(GOOD, 1, 1)));

        assertThat(delivered).containsExactly("bad#1", "good#1");
        assertThat(loop.parked())
                .containsExactly(new ParkedStream(
                        BAD,
                        2,
                        store.event(BAD, 2).metadata().eventId(),
                        IllegalStateException.class.getName(),
                        NOW,
                        2,
                        3,
                        false));
        assertThat(loop.status(State.RUNNING, 0, true).state()).isEqualTo(State.RUNNING);
    }

    @Test
    void instance_that_takes_over_delivers_nothing_of_parked_stream() {
        poison.add("bad#1");
        run(loop, appends(BAD, 1, 1));
        poison.clear();

        run(loop(FailurePolicy.parkStreamAfter(2)), together(appends(BAD, 2, 4), appends(GOOD, 1, 2)));
        run(loop(FailurePolicy.retryForever()), appends(BAD, 5, 5));

        assertThat(delivered).containsExactly("good#1", "good#2");
        assertThat(loop.parked()).singleElement().satisfies(parked -> {
            assertThat(parked.sequenceNumber()).isEqualTo(1);
            assertThat(parked.lastSequenceNumber()).isEqualTo(5);
        });
    }

    static Stream<Supplier<Throwable>> failures_of_something_else() {
        return Stream.of(
                () -> new EventStoreUnavailableException("away", Outcome.NOT_STORED, null, null),
                () -> new IllegalStateException(
                        new EventStoreUnavailableException("away", Outcome.UNKNOWN, null, null)),
                () -> new OutOfMemoryError("no memory"),
                () -> new NoClassDefFoundError("missing"),
                () -> new IllegalStateException(new OutOfMemoryError("no memory")),
                () -> new IllegalStateException(new InterruptedException()),
                InterruptedException::new);
    }

    @ParameterizedTest
    @MethodSource("failures_of_something_else")
    void never_parks_for_failures_that_are_not_of_the_event(Supplier<Throwable> other) {
        failure = other;
        poison.add("bad#1");
        PageDelivery page = loop.page("page", appends(BAD, 1, 1), List.of());
        IntStream.range(0, 10).forEach(i -> page.step());

        assertThat(page.isDone()).isFalse();
        assertThat(loop.parked()).isEmpty();
    }

    static Stream<Supplier<Throwable>> failures_of_the_event() {
        return Stream.of(IOException::new, StackOverflowError::new, IllegalArgumentException::new);
    }

    @ParameterizedTest
    @MethodSource("failures_of_the_event")
    void parks_for_any_failure_of_the_event(Supplier<Throwable> of) {
        failure = of;
        poison.add("bad#1");
        run(loop, appends(BAD, 1, 1));

        assertThat(loop.parked()).hasSize(1);
    }

    @Test
    void stops_parking_when_twenty_streams_in_a_row_fail() {
        List<List<EventEnvelope>> all = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            poison.add("s" + i + "#1");
            all.addAll(appends(StreamId.of("Contract", "s" + i), 1, 1));
        }
        PageDelivery page = loop.page("page", all, List.of());
        IntStream.range(0, 200).forEach(i -> page.step());

        assertThat(loop.parked()).hasSize(19);
        assertThat(loop.status(State.RUNNING, 0, false).state()).isEqualTo(State.RETRYING);
        assertThat(loop.status(State.RUNNING, 0, false).lastError()).contains("20 streams in a row", "Contract-s0");

        poison.remove("s24#1");
        IntStream.range(0, 200).forEach(i -> page.step());
        assertThat(delivered).containsExactly("s24#1");
        assertThat(loop.parked()).as("a success allows parking again").hasSize(24);
        assertThat(page.isDone()).isTrue();
    }

    @Test
    void retries_forever_when_a_thousand_streams_are_parked() {
        List<ParkedStream> full = IntStream.range(0, 1_000)
                .mapToObj(i -> new ParkedStream(StreamId.of("Contract", "p" + i), 1, "e", "x", NOW, 1, 1, false))
                .toList();
        assertThat(store.replace(ParkedStreamStore.Contents.NONE, full)).isTrue();
        poison.add("bad#1");
        PageDelivery page = loop.page("page", appends(BAD, 1, 1), List.of());
        IntStream.range(0, 10).forEach(i -> page.step());

        assertThat(loop.parked()).isEqualTo(full);
        assertThat(loop.status(State.RUNNING, 0, false).lastError()).contains("1000 streams are parked");
        poison.clear();
        page.step();
        assertThat(delivered).containsExactly("bad#1");
    }

    @Test
    void retries_parked_stream_in_order_and_continues_it() {
        poison.add("bad#1");
        run(loop, appends(BAD, 1, 2));
        run(loop, appends(BAD, 3, 4));
        poison.clear();

        assertThat(loop.retryParked()).isEqualTo(1);
        run(loop, appends(BAD, 5, 5));

        assertThat(delivered).containsExactly("bad#1", "bad#2", "bad#3", "bad#4", "bad#5");
        assertThat(loop.parked()).isEmpty();
    }

    @Test
    void loses_no_event_that_another_instance_passes_over_during_a_retry() {
        poison.add("bad#1");
        run(loop, appends(BAD, 1, 2));
        poison.clear();
        DeliveryLoop other = loop(FailurePolicy.parkStreamAfter(2));
        AtomicInteger unread = new AtomicInteger(3);
        store.beforeReplace = () -> { // the other instance is faster than the retry's end, three times
            int number = unread.get();
            if (number <= 5) {
                unread.incrementAndGet();
                run(other, appends(BAD, number, number));
            }
        };
        assertThat(loop.retryParked()).isEqualTo(1);

        assertThat(delivered).containsExactly("bad#1", "bad#2", "bad#3", "bad#4", "bad#5");
        assertThat(other.parked()).isEmpty();
    }

    @Test
    void stream_that_fails_again_stays_parked_where_it_fails() {
        poison.add("bad#1");
        run(loop, appends(BAD, 1, 3));
        poison.clear();
        poison.add("bad#3");
        store.pageAppends = 1;

        assertThat(loop.retryParked()).isZero();
        assertThat(delivered).containsExactly("bad#1", "bad#2");
        assertThat(loop.parked()).singleElement().satisfies(parked -> {
            assertThat(parked.sequenceNumber()).isEqualTo(3);
            assertThat(parked.attempts()).isEqualTo(1);
        });
    }

    @Test
    void unparks_stream_that_was_deleted() {
        poison.add("bad#1");
        run(loop, appends(BAD, 1, 1));
        store.delete(BAD);

        assertThat(loop.retryParked()).isEqualTo(1);
        assertThat(loop.parked()).isEmpty();
    }

    @Test
    void delivers_nothing_while_parked_streams_cannot_be_read() {
        store.unavailable = true;
        PageDelivery page = loop.page("page", appends(GOOD, 1, 1), List.of());
        assertThat(page.step().pause()).isPositive();
        assertThat(delivered).isEmpty();
        assertThat(loop.status(State.RUNNING, 0, false).state()).isEqualTo(State.RETRYING);

        store.unavailable = false;
        page.step();
        assertThat(delivered).containsExactly("good#1");
    }

    @Test
    void retrying_forever_reads_parked_streams_once() {
        DeliveryLoop retrying = loop(FailurePolicy.retryForever());
        run(retrying, appends(GOOD, 1, 1));
        run(retrying, appends(GOOD, 2, 2));
        run(retrying, appends(GOOD, 3, 3));

        assertThat(store.reads).isEqualTo(1);
    }

    @Test
    void refuses_close_and_retry_by_its_own_handler() throws Exception {
        List<Throwable> refusals = new ArrayList<>();
        DeliveryLoop[] own = new DeliveryLoop[1];
        own[0] = DeliveryLoop.parking(
                "own",
                FailurePolicy.retryForever(),
                events -> {
                    refusals.add(catchThrowable(() -> own[0].close(Duration.ofDays(1))));
                    refusals.add(catchThrowable(() -> own[0].retryParked()));
                },
                store,
                Clock.systemUTC());
        assertThat(own[0].deliver(own[0].page("page", appends(GOOD, 1, 1), List.of()), FOREVER, stream -> true))
                .isTrue();

        assertThat(refusals)
                .hasSize(2)
                .allSatisfy(refusal -> assertThat(refusal)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("another thread"));
        assertThat(own[0].isClosing()).isFalse();
    }

    @Test
    void delivers_nothing_after_close() throws Exception {
        assertThat(loop.close(Duration.ZERO)).isTrue();

        assertThat(loop.deliver(loop.page("page", appends(GOOD, 1, 1), List.of()), FOREVER, stream -> true))
                .isFalse();
        assertThat(delivered).isEmpty();
        assertThat(loop.status(State.RUNNING, 0, true).state()).isEqualTo(State.STOPPED);
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(loop::retryParked);
    }

    @Test
    void refuses_policies_that_make_no_sense() {
        assertThatIllegalArgumentException().isThrownBy(() -> FailurePolicy.parkStreamAfter(0));
        assertThatIllegalArgumentException().isThrownBy(() -> new FailurePolicy(-1, FailurePolicy.DEFAULT_BACKOFF));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DeliveryLoop.of("x", FailurePolicy.parkStreamAfter(3), this::handle))
                .withMessageContaining("cannot park");
    }
}
