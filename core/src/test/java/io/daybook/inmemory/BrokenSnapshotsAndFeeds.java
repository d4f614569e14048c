package io.daybook.inmemory;

import io.daybook.contract.AggregateCacheContract;
import io.daybook.contract.ContractEvent;
import io.daybook.contract.EventFeedContract;
import io.daybook.contract.SnapshotStoreContract;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendOptions.IdempotencyKey;
import io.daybook.eventstore.AppendResult;
import io.daybook.eventstore.EventFilter;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.HandledCommand;
import io.daybook.eventstore.StreamId;
import io.daybook.serialization.EventSerializer;
import io.daybook.snapshot.AggregateCache;
import io.daybook.snapshot.Snapshot;
import io.daybook.snapshot.SnapshotStore;
import io.daybook.subscription.EventFeed;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.FailurePolicy;
import io.daybook.subscription.RememberingSubscription;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Snapshot stores and feeds that are wrong in one way each. They are run by {@link ContractsNoticeTest} alone. */
final class BrokenSnapshotsAndFeeds {

    private static final Duration FOR_WHAT_NEVER_COMES = Duration.ofMillis(500);

    private BrokenSnapshotsAndFeeds() {}

    static class NoSnapshots extends SnapshotStoreContract {
        @Override
        protected SnapshotStore store() {
            return SnapshotStore.none();
        }
    }

    static class Backwards extends SnapshotStoreContract {
        @Override
        protected SnapshotStore store() {
            InMemorySnapshotStore right = new InMemorySnapshotStore();
            return new SnapshotStore() {
                @Override
                public <S> Optional<Snapshot<S>> load(StreamId stream, Class<S> stateType, int schemaVersion) {
                    return right.load(stream, stateType, schemaVersion);
                }

                @Override
                public void save(Snapshot<?> snapshot) {
                    right.delete(snapshot.stream());
                    right.save(snapshot);
                }

                @Override
                public void delete(StreamId stream) {
                    right.delete(stream);
                }
            };
        }
    }

    /** A cache that delegates to the right one. */
    abstract static class TamperedCache extends AggregateCacheContract implements AggregateCache {
        final AggregateCache right = AggregateCache.inMemory(10);

        @Override
        protected AggregateCache cache() {
            return this;
        }

        @Override
        public Optional<Snapshot<?>> get(StreamId stream) {
            return right.get(stream);
        }

        @Override
        public void put(Snapshot<?> snapshot) {
            right.put(snapshot);
        }

        @Override
        public void remove(StreamId stream) {
            right.remove(stream);
        }
    }

    static class CachesNothing extends TamperedCache {
        @Override
        public void put(Snapshot<?> snapshot) {}
    }

    static class CachesBackwards extends TamperedCache {
        @Override
        public void put(Snapshot<?> snapshot) {
            right.remove(snapshot.stream());
            right.put(snapshot);
        }
    }

    static class KeepsOtherSchemaVersions extends TamperedCache {
        @Override
        public void put(Snapshot<?> snapshot) {
            if (right.get(snapshot.stream())
                    .filter(kept -> kept.version() > snapshot.version())
                    .isEmpty()) {
                right.put(snapshot);
            }
        }
    }

    static class RemovesNothing extends TamperedCache {
        @Override
        public void remove(StreamId stream) {}
    }

    static class IgnoresCase extends TamperedCache {
        @Override
        public Optional<Snapshot<?>> get(StreamId stream) {
            return super.get(StreamId.of("Cached", stream.aggregateId().toLowerCase(Locale.ROOT)));
        }
    }

    /** A feed whose handlers are tampered with. */
    abstract static class Tampered extends EventFeedContract {
        private InMemoryEventStore store = new InMemoryEventStore(ContractEvent.serializer());

        abstract EventHandler tamper(EventHandler handler);

        @Override
        protected EventStore store(EventSerializer serializer) {
            store = new InMemoryEventStore(serializer);
            return store;
        }

        @Override
        protected EventFeed feed() {
            InMemoryEventFeed right = new InMemoryEventFeed(store);
            return new EventFeed() {
                @Override
                public Subscription subscribe(String name, SubscriptionOptions options, EventHandler handler) {
                    return right.subscribe(name, options, tamper(handler));
                }

                @Override
                public void forget(String name) {
                    right.forget(name);
                }
            };
        }

        static EventHandler changing(EventHandler handler, UnaryOperator<List<EventEnvelope>> change) {
            return events -> handler.handle(change.apply(new ArrayList<>(events)));
        }
    }

    /** A feed that delivers the next events of a stream after it has given up on one. */
    static class SkipsWhatAHandlerThrewAt extends Tampered {
        @Override
        protected Duration patience() {
            return FOR_WHAT_NEVER_COMES;
        }

        @Override
        EventHandler tamper(EventHandler handler) {
            return handler;
        }

        @Override
        protected EventFeed feed() {
            EventFeed right = super.feed();
            return new EventFeed() {
                @Override
                public Subscription subscribe(String name, SubscriptionOptions options, EventHandler handler) {
                    SubscriptionOptions never = options.onFailure(FailurePolicy.retryForever());
                    return right.subscribe(name, never, options.failurePolicy().parks() ? each(handler) : handler);
                }

                @Override
                public void forget(String name) {
                    // nothing, which the contract must notice
                }
            };
        }

        private static EventHandler each(EventHandler handler) {
            return events -> {
                for (EventEnvelope event : events) {
                    try {
                        handler.handle(List.of(event));
                    } catch (IllegalArgumentException e) {
                        // skipped, which the contract must notice
                    }
                }
            };
        }
    }

    /** Each call of {@code feed()} makes a new one, so its only fault is that it starts again. */
    static class ForgetsItsProgress extends Tampered {
        @Override
        EventHandler tamper(EventHandler handler) {
            return handler;
        }
    }

    /** A feed that takes its remembered progress for its progress. */
    static class RemembersThatItHasCaughtUp extends Tampered {
        @Override
        EventHandler tamper(EventHandler handler) {
            return handler;
        }

        @Override
        protected EventFeed feed() {
            EventFeed right = super.feed();
            return new EventFeed() {
                @Override
                public Subscription subscribe(String name, SubscriptionOptions options, EventHandler handler) {
                    return new RememberingSubscription(right.subscribe(name, options, handler));
                }

                @Override
                public void forget(String name) {
                    right.forget(name);
                }
            };
        }
    }

    static class LosesWhatAHandlerThrewAt extends Tampered {
        @Override
        protected Duration patience() {
            return FOR_WHAT_NEVER_COMES;
        }

        @Override
        EventHandler tamper(EventHandler handler) {
            return events -> {
                try {
                    handler.handle(events);
                } catch (RuntimeException e) {
                    // lost, which the contract must notice
                }
            };
        }
    }

    static class WrongOrder extends Tampered {
        @Override
        EventHandler tamper(EventHandler handler) {
            return changing(handler, events -> {
                Collections.reverse(events);
                return events;
            });
        }
    }

    static class TearsAppends extends Tampered {
        @Override
        EventHandler tamper(EventHandler handler) {
            return events -> {
                for (EventEnvelope event : events) {
                    handler.handle(List.of(event));
                }
            };
        }
    }

    static class HandsOnTheRestOfWhatAHandlerThrewAt extends Tampered {
        @Override
        EventHandler tamper(EventHandler handler) {
            return events -> {
                try {
                    handler.handle(events);
                } catch (IllegalStateException e) {
                    if (events.size() > 1) {
                        handler.handle(events.subList(1, events.size()));
                    }
                    throw e;
                }
            };
        }
    }

    /** As a feed would that follows a copy of the events, of which a deletion knows nothing. */
    static class HandsOnWhatWasDeleted extends Tampered {
        @Override
        protected EventStore store(EventSerializer serializer) {
            EventStore right = super.store(serializer);
            return new EventStore() {
                @Override
                public AppendResult append(
                        StreamId stream, long expectedVersion, List<EventEnvelope> events, AppendOptions options) {
                    return right.append(stream, expectedVersion, events, options);
                }

                @Override
                public Stream<EventEnvelope> read(StreamId stream, long afterVersion, long toVersion) {
                    return right.read(stream, afterVersion, toVersion);
                }

                @Override
                public long currentVersion(StreamId stream) {
                    return right.currentVersion(stream);
                }

                @Override
                public Optional<HandledCommand> findCommand(StreamId stream, String commandId) {
                    return right.findCommand(stream, commandId);
                }

                @Override
                public HandledCommand recordRejection(StreamId stream, IdempotencyKey command, String error) {
                    return right.recordRejection(stream, command, error);
                }

                @Override
                public Stream<EventEnvelope> find(EventFilter filter) {
                    return right.find(filter);
                }

                @Override
                public void delete(StreamId stream, long expectedVersion) {
                    // nothing, which the contract must notice
                }

                @Override
                public void delete(StreamId stream) {
                    // nothing either
                }
            };
        }

        @Override
        EventHandler tamper(EventHandler handler) {
            return handler;
        }
    }

    /** Fails every test that waits for events, and must not block any of them forever. */
    static class HandsOnNothing extends Tampered {
        @Override
        EventHandler tamper(EventHandler handler) {
            return events -> {};
        }

        @Override
        protected Duration patience() {
            return FOR_WHAT_NEVER_COMES;
        }
    }

    /** A feed whose handlers of deletions are tampered with. */
    abstract static class TamperedDeletions extends Tampered {
        abstract void delete(EventHandler handler, StreamId stream, long version) throws Exception;

        void handle(EventHandler handler, List<EventEnvelope> events) throws Exception {
            handler.handle(events);
        }

        @Override
        protected Duration patience() {
            return FOR_WHAT_NEVER_COMES;
        }

        @Override
        EventHandler tamper(EventHandler handler) {
            return new EventHandler() {
                @Override
                public void handle(List<EventEnvelope> events) throws Exception {
                    TamperedDeletions.this.handle(handler, events);
                }

                @Override
                public void deleted(StreamId stream, long version) throws Exception {
                    delete(handler, stream, version);
                }
            };
        }
    }

    static class DropsDeletions extends TamperedDeletions {
        @Override
        void delete(EventHandler handler, StreamId stream, long version) {
            // nothing, which the contract must notice
        }
    }

    static class DeliversDeletionsFirst extends TamperedDeletions {
        @Override
        void handle(EventHandler handler, List<EventEnvelope> events) throws Exception {
            EventEnvelope last = events.get(events.size() - 1);
            handler.deleted(
                    StreamId.of(last.metadata().aggregateType(), last.metadata().aggregateId()),
                    last.metadata().sequenceNumber());
            handler.handle(events);
        }

        @Override
        void delete(EventHandler handler, StreamId stream, long version) throws Exception {
            handler.deleted(stream, version);
        }
    }

    static class WrongVersionOfDeletions extends TamperedDeletions {
        @Override
        void delete(EventHandler handler, StreamId stream, long version) throws Exception {
            handler.deleted(stream, version + 1);
        }
    }

    static class SwallowsFailuresOfDeletions extends TamperedDeletions {
        @Override
        void delete(EventHandler handler, StreamId stream, long version) throws Exception {
            try {
                handler.deleted(stream, version);
            } catch (RuntimeException e) {
                // lost, which the contract must notice
            }
        }
    }
}
