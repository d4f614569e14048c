package io.daybook.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.EventType;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryReadModelStore;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.StoredDocument;
import io.daybook.readmodel.WriteResult;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A worker that still holds events which a failover of the event store has replaced. */
class GroupFailoverTest {

    private static final StreamId STREAM = StreamId.of("Order", "o-1");

    sealed interface OrderEvent extends DomainEvent {}

    @EventType("Moved")
    record Moved(String group) implements OrderEvent {}

    record Share(String group) {}

    record Total(int orders) {}

    private static final GroupedProjection<Share, Total> TOTALS = GroupedProjection.named(
                    "totals", 1, Share.class, Total.class)
            .contribution(
                    "Order",
                    OrderEvent.class,
                    share -> share.on(Moved.class, (before, event, metadata) -> new Share(event.group())))
            .groupedBy(Share::group)
            .startingWith(group -> new Total(0))
            .adding((total, share) -> new Total(total.orders() + 1))
            .removing((total, share) -> new Total(total.orders() - 1))
            .build();

    private final ReadModelCollection documents = new InMemoryReadModelStore().open(TOTALS.schema());
    private List<EventEnvelope> history = List.of();
    private boolean isDeleted;

    private final class Events extends ReadOnlyEventStore {
        @Override
        public Stream<EventEnvelope> read(StreamId stream, long afterVersion, long toVersion) {
            if (isDeleted) {
                throw new StreamDeletedException(stream);
            }
            return history.stream()
                    .filter(event -> event.metadata().sequenceNumber() > afterVersion
                            && event.metadata().sequenceNumber() <= toVersion);
        }

        @Override
        public long currentVersion(StreamId stream) {
            return history.size();
        }
    }

    /** The documents, as a worker sees them to whom something happens before it first uses a partition. */
    private static final class Interrupted extends ForwardingCollection {
        private String read = "";
        private String written = "";
        private Runnable interruption = () -> {};

        Interrupted(ReadModelCollection documents) {
            super(documents);
        }

        void beforeReading(String partition, Runnable interruption) {
            read = partition;
            this.interruption = interruption;
        }

        void beforeWriting(String partition, Runnable interruption) {
            written = partition;
            this.interruption = interruption;
        }

        private void interrupt() {
            read = "";
            written = "";
            interruption.run();
        }

        @Override
        public Map<DocumentKey, StoredDocument> read(Collection<DocumentKey> keys) {
            if (keys.stream().anyMatch(key -> key.partition().equals(read))) {
                interrupt();
            }
            return super.read(keys);
        }

        @Override
        public WriteResult write(List<StoredDocument> documents) {
            if (documents.get(0).key().partition().equals(written)) {
                interrupt();
            }
            return super.write(documents);
        }
    }

    private static EventEnvelope event(long number, String id, String group) {
        EventMetadata metadata = EventMetadata.builder()
                .eventId(id)
                .eventType("Moved", 1)
                .timestamp(Instant.EPOCH)
                .aggregate(STREAM.aggregateType(), STREAM.aggregateId())
                .sequenceNumber(number)
                .build();
        return EventEnvelope.of(metadata, new Moved(group));
    }

    private GroupRunner<Share, Total> worker(ReadModelCollection seen) {
        return TOTALS.runner(seen, new Events(), new ProjectionCounters(), new Parks(3, Clock.systemUTC()));
    }

    private String total(String group) {
        DocumentKey key = new GroupKeys(1).ofSummary(group, STREAM);
        StoredDocument summary = documents.read(List.of(key)).get(key);
        return summary == null ? "" : summary.content();
    }

    @Test
    void share_of_lost_events_is_not_added_after_the_true_ones() {
        EventEnvelope first = event(1, "e1", "A");
        EventEnvelope second = event(2, "e2", "C");
        List<EventEnvelope> lost = List.of(event(2, "lost-2", "B"), event(3, "lost-3", "B"));
        history = List.of(first, lost.get(0), lost.get(1));
        worker(documents).project(List.of(first));

        Interrupted seen = new Interrupted(documents);
        seen.beforeReading("g:B", () -> {
            history = List.of(first, second);
            worker(documents).project(List.of(second));
        });

        worker(seen).project(lost);

        assertThat(history).as("the worker was interrupted").containsExactly(first, second);
        assertThat(total("A")).isEmpty();
        assertThat(total("B")).isEmpty();
        assertThat(total("C")).isEqualTo("{\"orders\":1}");
    }

    @Test
    void share_is_not_added_after_the_document_has_moved_on() {
        EventEnvelope first = event(1, "e1", "C");
        EventEnvelope second = event(2, "e2", "A");
        EventEnvelope lost = event(3, "lost-3", "D");
        List<EventEnvelope> later = List.of(second, event(3, "e3", "B"), event(4, "e4", "B"));
        history = List.of(first, second, lost);
        Interrupted seen = new Interrupted(documents);
        GroupRunner<Share, Total> slow = worker(seen);
        slow.project(List.of(first));
        worker(documents).project(List.of(second));
        worker(documents).project(List.of(lost));
        history = List.of(first, second, later.get(1), later.get(2));
        seen.beforeWriting("s:Order-o-1", () -> {
            isDeleted = true;
            worker(documents).deleted(STREAM, 4);
        });

        slow.project(later); // its document is that of the first event

        assertThat(isDeleted).as("the worker was interrupted").isTrue();
        assertThat(List.of(total("A"), total("B"), total("C"), total("D"))).containsOnly("");
    }

    @Test
    void contribution_of_lost_events_is_replaced() {
        EventEnvelope first = event(1, "e1", "A");
        history = List.of(first, event(2, "lost-2", "B"), event(3, "lost-3", "B"));
        worker(documents).project(history);
        assertThat(total("B")).isEqualTo("{\"orders\":1}");
        history = List.of(first, event(2, "e2", "A"), event(3, "e3", "C"));

        worker(documents).project(history);

        assertThat(List.of(total("A"), total("B"))).containsOnly("");
        assertThat(total("C")).isEqualTo("{\"orders\":1}");
    }
}
