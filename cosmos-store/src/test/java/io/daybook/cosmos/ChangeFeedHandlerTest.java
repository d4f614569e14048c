package io.daybook.cosmos;

import static io.daybook.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.cosmos.models.ChangeFeedProcessorItem;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.contract.ContractEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.Backoff;
import io.daybook.eventstore.StreamId;
import io.daybook.serialization.EventSerializer;
import io.daybook.subscription.DeletedStream;
import io.daybook.subscription.DeliveryLoop;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.FailurePolicy;
import io.daybook.subscription.ParkedStream;
import io.daybook.subscription.ParkedStreamStore;
import io.daybook.subscription.SubscriptionStatus.State;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.scheduler.Schedulers;

/** Pages of the change feed that hold deletions, take too long, or are interrupted. */
class ChangeFeedHandlerTest {

    private static final StreamId STREAM = StreamId.of("Contract", "1");
    private static final StreamId OTHER = StreamId.of("Contract", "2");
    private static final EventSerializer SERIALIZER = ContractEvent.serializer();
    private static final Backoff HOURS = new Backoff(Duration.ofHours(1), Duration.ofHours(10));

    @AfterEach
    void clear_interrupt() {
        Thread.interrupted();
    }

    private static ChangeFeedProcessorItem item(long transaction, ObjectNode document) {
        ObjectNode item = JsonNodeFactory.instance.objectNode();
        item.set("current", document);
        item.putObject("metadata").put("lsn", transaction);
        try {
            return new ObjectMapper().readValue(item.toString(), ChangeFeedProcessorItem.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ChangeFeedProcessorItem event(long transaction, StreamId stream, long number) {
        EventEnvelope event = ContractEvent.events(stream, number - 1, 1).get(0);
        return item(transaction, EventDocuments.event(stream, event.metadata(), SERIALIZER.encode(event.event())));
    }

    private static ChangeFeedProcessorItem tombstone(long transaction, StreamId stream, long number) {
        return item(transaction, EventDocuments.tombstone(stream, number));
    }

    private static List<DeletedStream> deletions(ChangeFeedProcessorItem... items) {
        return ChangeFeedPage.of("test", List.of(items), SERIALIZER).deletions();
    }

    @Test
    void transaction_that_closes_a_stream_is_its_deletion() {
        assertThat(deletions(event(1, STREAM, 2), tombstone(2, STREAM, 3), tombstone(2, STREAM, 0)))
                .containsExactly(new DeletedStream(STREAM, 2));
    }

    @Test
    void stream_without_events_is_deleted_at_version_0() {
        assertThat(deletions(tombstone(2, STREAM, 0), tombstone(2, STREAM, 1)))
                .containsExactly(new DeletedStream(STREAM, 0));
    }

    @Test
    void other_tombstones_of_a_deleted_stream_are_no_deletion() {
        assertThat(deletions(
                        tombstone(1, STREAM, 10_004), // far ahead, against writers
                        tombstone(3, STREAM, 2),
                        tombstone(3, STREAM, 1)))
                .isEmpty();
    }

    @Test
    void deletion_against_writers_has_a_number_beyond_every_event() {
        assertThat(deletions(
                        tombstone(1, STREAM, 10_004),
                        tombstone(2, STREAM, 0),
                        tombstone(2, STREAM, 103),
                        tombstone(2, STREAM, 5),
                        tombstone(2, STREAM, 102),
                        tombstone(2, OTHER, 8),
                        tombstone(2, OTHER, 0)))
                .containsExactly(new DeletedStream(STREAM, 102), new DeletedStream(OTHER, 7));
    }

    @Test
    void page_with_a_deletion_only_is_delivered() {
        List<String> received = new ArrayList<>();
        DeliveryLoop loop = DeliveryLoop.of("test", FailurePolicy.retryForever(), new EventHandler() {
            @Override
            public void handle(List<EventEnvelope> events) {
                received.add(events.size() + " events");
            }

            @Override
            public void deleted(StreamId stream, long version) {
                received.add(stream + " deleted at " + version);
            }
        });
        handler(loop, Duration.ofMinutes(1)).handle(List.of(tombstone(2, STREAM, 0), tombstone(2, STREAM, 3)));

        assertThat(received).containsExactly("Contract-1 deleted at 2");
    }

    private static ChangeFeedHandler handler(DeliveryLoop loop, Duration renewal) {
        return new ChangeFeedHandler("test", SERIALIZER, loop, renewal, Schedulers.boundedElastic()::schedule);
    }

    @Test
    void handles_page_that_arrives_on_a_timer_thread_on_one_that_may_block() {
        List<Boolean> mayBlock = new ArrayList<>();
        DeliveryLoop loop = DeliveryLoop.of("test", FailurePolicy.retryForever().with(HOURS), events -> {
            CallingThread.requireMayBlock("the handler");
            mayBlock.add(true);
        });
        ChangeFeedHandler handler = handler(loop, Duration.ofMinutes(1));
        CompletableFuture<Void> call = CompletableFuture.runAsync(
                () -> handler.accept(List.of(event(1, STREAM, 1))), Schedulers.parallel()::schedule);

        assertThat(call).succeedsWithin(Duration.ofSeconds(30));
        assertThat(mayBlock).containsExactly(true);
    }

    @Test
    void returns_page_that_takes_long_to_the_timer_thread() {
        CountDownLatch returned = new CountDownLatch(1);
        List<String> handled = new CopyOnWriteArrayList<>();
        DeliveryLoop loop = DeliveryLoop.of("test", FailurePolicy.retryForever().with(HOURS), events -> {
            returned.await();
            handled.add(events.get(0).metadata().aggregateId());
        });
        ChangeFeedHandler handler = handler(loop, Duration.ofMinutes(1));
        CompletableFuture<Void> call = CompletableFuture.runAsync(
                () -> handler.accept(List.of(event(1, STREAM, 1))), Schedulers.parallel()::schedule);

        assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS)).hasMessageContaining("still being handled");
        returned.countDown();
        await().untilAsserted(() -> assertThat(handled).containsExactly("1"));
    }

    @Test
    @Timeout(60)
    void gives_page_back_in_time_however_long_the_pause_after_a_failure() {
        DeliveryLoop loop = DeliveryLoop.of("test", FailurePolicy.retryForever().with(HOURS), events -> {
            throw new IllegalStateException("poison");
        });

        assertThatIllegalStateException()
                .isThrownBy(() -> handler(loop, Duration.ofMillis(1)).handle(List.of(event(1, STREAM, 1))))
                .withMessageContaining("too long");
    }

    /** A store that fails, and during whose failure the SDK interrupts the thread because the lease has moved. */
    private static final class InterruptedStore implements ParkedStreamStore {
        @Override
        public Contents read(Contents known) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("no answer");
        }

        @Override
        public boolean replace(Contents known, List<ParkedStream> streams) {
            throw new IllegalStateException("not called");
        }

        @Override
        public List<List<EventEnvelope>> appends(StreamId stream, long from, long to) {
            throw new IllegalStateException("not called");
        }
    }

    @Test
    void status_forgets_failure_of_page_that_moved_to_another_instance() {
        FailurePolicy policy = FailurePolicy.parkStreamAfter(3).with(HOURS);
        DeliveryLoop loop =
                DeliveryLoop.parking("test", policy, events -> {}, new InterruptedStore(), Clock.systemUTC());
        ChangeFeedHandler handler = handler(loop, Duration.ofMillis(200));

        assertThatIllegalStateException()
                .isThrownBy(() -> handler.handle(List.of(event(1, STREAM, 1))))
                .withMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(loop.status(State.RUNNING, 0, true).state()).isEqualTo(State.RETRYING);
        await().untilAsserted(() -> {
            handler.dropStaleFailures();
            assertThat(loop.status(State.RUNNING, 0, true).state()).isEqualTo(State.RUNNING);
        });
    }

    @Test
    void later_failure_forgets_one_of_a_page_that_moved_to_another_instance() {
        DeliveryLoop loop = DeliveryLoop.of("test", FailurePolicy.retryForever().with(HOURS), events -> {
            throw new IllegalStateException("poison");
        });
        ChangeFeedHandler handler = handler(loop, Duration.ofMillis(1));

        assertThatIllegalStateException().isThrownBy(() -> handler.handle(List.of(event(1, STREAM, 1))));
        await().untilAsserted(() -> {
            assertThatIllegalStateException().isThrownBy(() -> handler.handle(List.of(event(2, OTHER, 1))));
            assertThat(loop.status(State.RUNNING, 0, true).lastError()).contains(OTHER.toString());
        });
    }

    private static List<ChangeFeedProcessorItem> page(String prefix, int streams) {
        return IntStream.range(0, streams)
                .mapToObj(i -> event(i + 1, StreamId.of("Contract", prefix + i), 1))
                .toList();
    }

    @Test
    @Timeout(120)
    void pages_of_different_streams_are_handled_at_the_same_time() throws Exception {
        CyclicBarrier both = new CyclicBarrier(2);
        DeliveryLoop loop = DeliveryLoop.of("test", FailurePolicy.retryForever(), events -> both.await());
        ChangeFeedHandler handler = handler(loop, Duration.ofMinutes(1));

        CompletableFuture<Void> one = CompletableFuture.runAsync(() -> handler.handle(page("a", 200)));
        handler.handle(page("b", 200));
        one.get();
    }

    @Test
    void page_waits_for_an_earlier_page_with_one_of_its_streams() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        DeliveryLoop loop = DeliveryLoop.of("test", FailurePolicy.retryForever(), events -> {
            begun.countDown();
            mayEnd.await();
        });
        ChangeFeedHandler handler = handler(loop, Duration.ofMillis(1));
        CompletableFuture<Void> earlier = CompletableFuture.runAsync(() -> handler.handle(page("a", 2)));
        begun.await();

        assertThatIllegalStateException()
                .isThrownBy(() ->
                        handler.handle(List.of(event(1, OTHER, 1), page("a", 2).get(1))))
                .withMessageContaining("still runs");
        mayEnd.countDown();
        earlier.get();
        handler.handle(page("a", 2));
    }

    @Test
    void stopping_takes_at_most_what_is_left_of_the_timeout_or_2_seconds() {
        Duration least = Duration.ofSeconds(2);
        assertThat(CosmosSubscription.stopTimeout(Duration.ZERO)).isEqualTo(least);
        assertThat(CosmosSubscription.stopTimeout(Duration.ofMillis(1_999))).isEqualTo(least);
        assertThat(CosmosSubscription.stopTimeout(Duration.ofSeconds(7))).isEqualTo(Duration.ofSeconds(7));
        assertThat(CosmosSubscription.stopTimeout(Duration.ofDays(365))).isEqualTo(Duration.ofSeconds(15));
    }
}
