package io.daybook.contract;

import static io.daybook.contract.ContractEvent.events;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import io.daybook.publishing.EventPublisher;
import io.daybook.subscription.DeletedStream;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Contract of {@link EventPublisher}: what its broker has when it returns. Failures of the broker are the subject of each adapter's own
 * tests.
 */
public abstract class EventPublisherContract {

    /**
     * A message that the broker has.
     *
     * @param id its message id
     * @param stream the stream that it belongs to
     * @param number the sequence number in the stream
     * @param isDeletion whether a consumer takes it for a deletion
     */
    public record Arrived(String id, StreamId stream, long number, boolean isDeletion) {

        /**
         * Describes the message of an event.
         *
         * @param event the event
         * @return the message
         */
        public static Arrived of(EventEnvelope event) {
            return new Arrived(
                    event.metadata().eventId(),
                    StreamId.of(
                            event.metadata().aggregateType(), event.metadata().aggregateId()),
                    event.metadata().sequenceNumber(),
                    false);
        }

        /**
         * Describes the message of a deletion.
         *
         * @param deletion the deletion
         * @return the message
         */
        public static Arrived of(DeletedStream deletion) {
            return new Arrived(deletion.id(), deletion.stream(), deletion.sequenceNumber(), true);
        }
    }

    private final StreamId stream = EventStoreFindContract.newStream();

    /**
     * {@return the publisher under test, to a destination of this test}
     */
    protected abstract EventPublisher publisher();

    /**
     * {@return what the destination has, in the order of arrival}
     */
    protected abstract List<Arrived> arrived();

    private List<Arrived> arrivedOf(StreamId one) {
        return arrived().stream().filter(each -> each.stream().equals(one)).toList();
    }

    private List<EventEnvelope> stored(StreamId of, long afterVersion, int count) {
        return events(of, afterVersion, count).stream()
                .map(event -> EventEnvelope.stored(
                        event.metadata(), ContractEvent.serializer().encode(event.event()), ContractEvent.serializer()))
                .toList();
    }

    @Test
    void events_have_arrived_in_order_when_it_returns() {
        List<EventEnvelope> first = stored(stream, 0, 20);
        List<EventEnvelope> second = stored(stream, 20, 3);
        EventPublisher publisher = publisher();
        publisher.publish(first);
        publisher.publish(second);

        assertThat(arrivedOf(stream)).extracting(Arrived::number).containsExactlyElementsOf(upTo(23));
        assertThat(arrivedOf(stream).subList(0, 20))
                .isEqualTo(first.stream().map(Arrived::of).toList());
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    @Test
    void deletion_has_arrived_after_the_events_of_its_stream() {
        EventPublisher publisher = publisher();
        publisher.publish(stored(stream, 0, 3));
        publisher.publishDeletion(stream, 3);

        assertThat(arrivedOf(stream)).hasSize(4).last().isEqualTo(Arrived.of(new DeletedStream(stream, 3)));
    }

    @Test
    void deletion_that_is_published_again_has_the_same_id() {
        EventPublisher publisher = publisher();
        publisher.publishDeletion(stream, 3);
        publisher.publishDeletion(stream, 3);

        assertThat(arrivedOf(stream)).isNotEmpty().containsOnly(Arrived.of(new DeletedStream(stream, 3)));
    }

    @Test
    void distinguishes_deletions_of_streams() {
        StreamId other = EventStoreFindContract.newStream();
        EventPublisher publisher = publisher();
        publisher.publishDeletion(stream, 0);
        publisher.publishDeletion(other, 7);

        assertThat(arrivedOf(stream)).containsExactly(Arrived.of(new DeletedStream(stream, 0)));
        assertThat(arrivedOf(other)).containsExactly(Arrived.of(new DeletedStream(other, 7)));
    }
}
