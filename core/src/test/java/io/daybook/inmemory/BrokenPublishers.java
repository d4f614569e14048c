package io.daybook.inmemory;

import io.daybook.contract.EventPublisherContract;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import io.daybook.publishing.EventPublisher;
import io.daybook.subscription.DeletedStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;

/** Publishers that are wrong in one way each. They are run by {@link ContractsNoticeTest} alone. */
final class BrokenPublishers {

    private BrokenPublishers() {}

    /** A publisher that is right unless a method is overridden. */
    static class Right extends EventPublisherContract implements EventPublisher {
        final List<Arrived> arrived = new ArrayList<>();

        @Override
        protected EventPublisher publisher() {
            return this;
        }

        @Override
        protected List<Arrived> arrived() {
            return List.copyOf(arrived);
        }

        @Override
        public void publish(List<EventEnvelope> events) {
            events.forEach(event -> arrived.add(Arrived.of(event)));
        }

        @Override
        public void publishDeletion(StreamId stream, long version) {
            arrived.add(Arrived.of(new DeletedStream(stream, version)));
        }
    }

    static class DropsDeletions extends Right {
        @Override
        public void publishDeletion(StreamId stream, long version) {
            // nothing, which the contract must notice
        }
    }

    static class DeletesBeforeTheEvents extends Right {
        @Override
        public void publishDeletion(StreamId stream, long version) {
            arrived.add(0, Arrived.of(new DeletedStream(stream, version)));
        }
    }

    static class NumbersDeletionsAsTheLastEvent extends Right {
        @Override
        public void publishDeletion(StreamId stream, long version) {
            DeletedStream deletion = new DeletedStream(stream, version);
            arrived.add(new Arrived(deletion.id(), stream, version, true));
        }
    }

    static class NewIdForEachDeletion extends Right {
        @Override
        public void publishDeletion(StreamId stream, long version) {
            arrived.add(new Arrived(UUID.randomUUID().toString(), stream, version + 1, true));
        }
    }

    static class DeletionLooksLikeAnEvent extends Right {
        @Override
        public void publishDeletion(StreamId stream, long version) {
            arrived.add(new Arrived(new DeletedStream(stream, version).id(), stream, version + 1, false));
        }
    }

    static class OneIdForAllDeletions extends Right {
        @Override
        public void publishDeletion(StreamId stream, long version) {
            arrived.add(new Arrived("deleted", stream, version + 1, true));
        }
    }

    static class WrongOrder extends Right {
        @Override
        public void publish(List<EventEnvelope> events) {
            List<EventEnvelope> reversed = new ArrayList<>(events);
            Collections.reverse(reversed);
            super.publish(reversed);
        }
    }
}
