package io.daybook.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.daybook.contract.ContractEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.SubscriptionStatus.State;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Deletions of streams, as the loop delivers, retries and parks them. */
class DeletionDeliveryTest {

    private static final StreamId STREAM = StreamId.of("Contract", "deleted");
    private static final StreamId OTHER = StreamId.of("Contract", "other");

    private final RecordedParkedStreams store = new RecordedParkedStreams();
    private final List<String> delivered = new ArrayList<>();
    private final Set<String> poison = new HashSet<>();
    private final DeliveryLoop loop = loop(FailurePolicy.parkStreamAfter(2));

    private DeliveryLoop loop(FailurePolicy policy) {
        EventHandler handler = new EventHandler() {
            @Override
            public void handle(List<EventEnvelope> events) {
                events.forEach(event -> failIfPoison(
                        event.metadata().aggregateId() + "#" + event.metadata().sequenceNumber()));
                events.forEach(event -> delivered.add(
                        event.metadata().aggregateId() + "#" + event.metadata().sequenceNumber()));
            }

            @Override
            public void deleted(StreamId stream, long version) {
                String deletion = stream.aggregateId() + " deleted at " + version;
                failIfPoison(deletion);
                delivered.add(deletion);
            }
        };
        return DeliveryLoop.parking("deletions", policy, handler, store, Clock.systemUTC());
    }

    private void failIfPoison(String what) {
        if (poison.contains(what)) {
            throw new IllegalArgumentException("poison");
        }
    }

    private List<List<EventEnvelope>> appends(StreamId stream, int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(number -> store.keep(stream, ContractEvent.events(stream, number - 1, 1)))
                .toList();
    }

    private static List<DeletedStream> deletion(long version) {
        return List.of(new DeletedStream(STREAM, version));
    }

    private static void run(PageDelivery page) {
        for (int step = 0; !page.isDone(); step++) {
            assertThat(step).isLessThan(1_000);
            page.step();
        }
    }

    private void deliver(List<List<EventEnvelope>> appends, List<DeletedStream> deletions) {
        run(loop.page("page", appends, deletions));
    }

    @Test
    void delivers_deletion_after_all_events_of_the_page() {
        deliver(appends(STREAM, 1, 3), deletion(3));

        assertThat(delivered).containsExactly("deleted#1", "deleted#2", "deleted#3", "deleted deleted at 3");
    }

    @Test
    void delivers_deletion_without_events() {
        deliver(List.of(), deletion(0));

        assertThat(delivered).containsExactly("deleted deleted at 0");
    }

    @Test
    void delivers_no_deletion_before_an_event_of_its_stream_is_handled() {
        poison.add("deleted#2");
        PageDelivery page = loop(FailurePolicy.retryForever()).page("page", appends(STREAM, 1, 2), deletion(2));
        IntStream.range(0, 10).forEach(i -> page.step());
        assertThat(delivered).containsExactly("deleted#1");

        poison.clear();
        run(page);
        assertThat(delivered).containsExactly("deleted#1", "deleted#2", "deleted deleted at 2");
    }

    @Test
    void redelivers_deletion_and_names_it_in_the_status() {
        poison.add("deleted deleted at 2");
        DeliveryLoop retrying = loop(FailurePolicy.retryForever());
        PageDelivery page = retrying.page("page", appends(OTHER, 1, 1), deletion(2));
        IntStream.range(0, 5).forEach(i -> page.step());

        assertThat(delivered).containsExactly("other#1");
        SubscriptionStatus status = retrying.status(State.RUNNING, 0, false);
        assertThat(status.state()).isEqualTo(State.RETRYING);
        assertThat(status.lastError()).contains("deletion of stream=Contract-deleted number=3", "attempt 4", "poison");
        poison.clear();
        run(page);
        assertThat(delivered).containsExactly("other#1", "deleted deleted at 2");
        assertThat(retrying.status(State.RUNNING, 0, false).state()).isEqualTo(State.RUNNING);
    }

    @Test
    void keeps_deletion_of_a_stream_whose_events_are_gone() {
        poison.add("deleted#1");
        PageDelivery page = loop(FailurePolicy.retryForever()).page("page", appends(STREAM, 1, 1), deletion(1));
        page.step();
        page.retain(stream -> !stream.equals(STREAM));
        run(page);

        assertThat(delivered).containsExactly("deleted deleted at 1");
    }

    @Test
    void deletion_that_fails_parks_its_stream() {
        poison.add("deleted deleted at 2");
        deliver(appends(OTHER, 1, 1), deletion(2));

        assertThat(loop.parked()).singleElement().satisfies(parked -> {
            assertThat(parked.stream()).isEqualTo(STREAM);
            assertThat(parked.sequenceNumber()).isEqualTo(3);
            assertThat(parked.lastSequenceNumber()).isEqualTo(3);
            assertThat(parked.eventId()).startsWith("deleted-");
            assertThat(parked.attempts()).isEqualTo(2);
            assertThat(parked.deleted()).isTrue();
        });
        assertThat(loop.retryParked()).isZero();
        assertThat(loop.parked()).singleElement().returns(3, ParkedStream::attempts);

        poison.clear();
        assertThat(loop.retryParked()).isEqualTo(1);
        assertThat(delivered).containsExactly("other#1", "deleted deleted at 2");
        assertThat(loop.parked()).isEmpty();
    }

    @Test
    void deletion_of_parked_stream_waits_for_the_retry() {
        poison.add("deleted#1");
        deliver(appends(STREAM, 1, 2), List.of());
        store.delete(STREAM);
        deliver(List.of(), deletion(2));
        assertThat(delivered).isEmpty();
        assertThat(loop.parked()).singleElement().returns(true, ParkedStream::deleted);

        assertThat(loop.retryParked()).isEqualTo(1);
        assertThat(delivered).containsExactly("deleted deleted at 2");
        assertThat(loop.parked()).isEmpty();
    }

    @Test
    void retry_delivers_what_is_left_of_a_stream_and_its_deletion_last() {
        poison.add("deleted#1");
        deliver(appends(STREAM, 1, 2), deletion(2));
        poison.clear();

        assertThat(loop.retryParked()).isEqualTo(1);
        assertThat(delivered).containsExactly("deleted#1", "deleted#2", "deleted deleted at 2");
    }

    @Test
    void deletion_that_another_instance_reaches_during_the_retry_comes_after_its_events() {
        poison.add("deleted#1");
        deliver(appends(STREAM, 1, 2), List.of());
        poison.clear();
        DeliveryLoop other = loop(FailurePolicy.parkStreamAfter(2));
        store.beforeReplace = () -> { // the retry has delivered the events and is about to unpark the stream
            store.beforeReplace = () -> {};
            store.delete(STREAM);
            run(other.page("other", List.of(), deletion(2)));
        };

        assertThat(loop.retryParked()).isEqualTo(1);
        assertThat(delivered).containsExactly("deleted#1", "deleted#2", "deleted deleted at 2");
        assertThat(loop.parked()).isEmpty();
    }

    @Test
    void deletion_that_is_still_to_come_is_delivered_after_the_retry() {
        poison.add("deleted#1");
        deliver(appends(STREAM, 1, 2), List.of());
        store.delete(STREAM);

        assertThat(loop.retryParked()).isEqualTo(1);
        assertThat(delivered).isEmpty();
        deliver(List.of(), deletion(2));
        assertThat(delivered).containsExactly("deleted deleted at 2");
    }

    @Test
    void id_and_number_of_a_deletion_are_the_same_for_all_instances() {
        DeletedStream deletion = new DeletedStream(StreamId.of("Order", "42"), 7);

        assertThat(deletion.id()).isEqualTo("deleted-mTzGSxsoeO1dPJxhwQmcc2V8G_uqHshNcTCgKxCkTTw");
        assertThat(deletion.sequenceNumber()).isEqualTo(8);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DeletedStream(STREAM, -1))
                .withMessageContaining("-1");
    }
}
