package io.daybook.inmemory;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendResult;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventFilter;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.HandledCommand;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Stores that delete wrongly in one way each, joined to the contract. They are run by {@link ContractsNoticeTest} alone. */
final class BrokenDeletions {

    private BrokenDeletions() {}

    static class DeletesNothing extends BrokenEventStores.Suite {
        @Override
        void delete(EventStore right, StreamId stream, long expected) {
            if (right.currentVersion(stream) != expected) {
                throw new ConcurrencyException(stream, expected, right.currentVersion(stream));
            }
        }
    }

    /** A deleted stream looks like one that never existed. */
    static class LeavesNoTombstone extends BrokenEventStores.Suite {
        @Override
        Stream<EventEnvelope> read(EventStore right, StreamId stream, long afterVersion, long toVersion) {
            try {
                return right.read(stream, afterVersion, toVersion);
            } catch (StreamDeletedException e) {
                return Stream.empty();
            }
        }
    }

    static class DeletesAtWhateverVersion extends BrokenEventStores.Suite {
        @Override
        void delete(EventStore right, StreamId stream, long expected) {
            right.delete(stream);
        }
    }

    /** An append comes between the check and the deletion, however the threads are scheduled. */
    static class ChecksThenDeletes extends BrokenEventStores.Suite {
        private final Set<StreamId> checked = ConcurrentHashMap.newKeySet();

        @Override
        AppendResult append(
                EventStore right, StreamId stream, long expected, List<EventEnvelope> events, AppendOptions options) {
            if (expected > 0) {
                Gap.until(() -> checked.contains(stream));
            }
            return super.append(right, stream, expected, events, options);
        }

        @Override
        void delete(EventStore right, StreamId stream, long expected) {
            if (right.currentVersion(stream) != expected) {
                throw new ConcurrencyException(stream, expected, right.currentVersion(stream));
            }
            checked.add(stream);
            Gap.until(() -> right.currentVersion(stream) != expected);
            right.delete(stream);
        }
    }

    /** Only ever follows the writers, and gives up. */
    static class GivesUpAgainstWriters extends BrokenEventStores.Suite {
        @Override
        void delete(EventStore right, StreamId stream) {
            for (int attempt = 1; ; attempt++) {
                try {
                    long version = right.currentVersion(stream);
                    Gap.until(() -> right.currentVersion(stream) != version);
                    right.delete(stream, version);
                    return;
                } catch (StreamDeletedException e) {
                    return;
                } catch (ConcurrencyException e) {
                    if (attempt == 5) {
                        throw e;
                    }
                }
            }
        }
    }

    static class RefusesToDeleteTwice extends BrokenEventStores.Suite {
        @Override
        void delete(EventStore right, StreamId stream, long expected) {
            right.currentVersion(stream);
            right.delete(stream, expected);
        }
    }

    /** The events go before the tombstone comes. */
    static class DeletesInPieces extends BrokenEventStores.Suite {
        private final Set<StreamId> halves = ConcurrentHashMap.newKeySet();
        private final AtomicInteger reads = new AtomicInteger();

        @Override
        Stream<EventEnvelope> read(EventStore right, StreamId stream, long afterVersion, long toVersion) {
            reads.incrementAndGet();
            return right.read(stream, afterVersion, toVersion)
                    .filter(event ->
                            !halves.contains(stream) || event.metadata().sequenceNumber() < 100);
        }

        @Override
        void delete(EventStore right, StreamId stream, long expected) {
            halves.add(stream);
            int before = reads.get();
            // Of two readers, one has then read from beginning to end.
            Gap.until(() -> reads.get() >= before + 3);
            right.delete(stream, expected);
        }
    }

    static class KeepsThemForQueries extends BrokenEventStores.Suite {
        private final Queue<EventEnvelope> kept = new ConcurrentLinkedQueue<>();

        @Override
        AppendResult append(
                EventStore right, StreamId stream, long expected, List<EventEnvelope> events, AppendOptions options) {
            AppendResult result = right.append(stream, expected, events, options);
            kept.addAll(events);
            return result;
        }

        @Override
        Stream<EventEnvelope> find(EventStore right, EventFilter filter) {
            return kept.stream().filter(event -> filter.matches(event.metadata()));
        }
    }

    /** As a store does that deletes as much as goes into one transaction. */
    static class LeavesWhatIsBeyondATransaction extends BrokenEventStores.Suite {
        private final Map<String, HandledCommand> commands = new ConcurrentHashMap<>();

        @Override
        void delete(EventStore right, StreamId stream, long expected) {
            for (int i = 100; i < 120; i++) {
                String id = "c" + i;
                right.findCommand(stream, id).ifPresent(command -> commands.put(stream + id, command));
            }
            right.delete(stream, expected);
        }

        @Override
        Optional<HandledCommand> findCommand(EventStore right, StreamId stream, String commandId) {
            return Optional.ofNullable(commands.get(stream + commandId)).or(() -> right.findCommand(stream, commandId));
        }
    }

    /** As a query by a prefix of the name would do. */
    static class DeletesWhatIsNamedAlike extends BrokenEventStores.Suite {
        private final Set<StreamId> seen = ConcurrentHashMap.newKeySet();

        @Override
        AppendResult append(
                EventStore right, StreamId stream, long expected, List<EventEnvelope> events, AppendOptions options) {
            seen.add(stream);
            return right.append(stream, expected, events, options);
        }

        @Override
        void delete(EventStore right, StreamId stream, long expected) {
            right.delete(stream, expected);
            seen.stream()
                    .filter(other -> other.toString().startsWith(stream.toString()))
                    .forEach(right::delete);
        }
    }

    /** A reader in progress misses the events that were deleted, and gets no error. */
    static class EndsEarlyForAReaderOnItsWay extends BrokenEventStores.Suite {
        @Override
        Stream<EventEnvelope> read(EventStore right, StreamId stream, long afterVersion, long toVersion) {
            Iterator<EventEnvelope> events =
                    right.read(stream, afterVersion, toVersion).iterator();
            boolean there = events.hasNext();
            return Stream.iterate(
                    there ? events.next() : null,
                    Objects::nonNull,
                    before -> isDeleted(right, stream) || !events.hasNext() ? null : events.next());
        }

        private static boolean isDeleted(EventStore right, StreamId stream) {
            try {
                return right.currentVersion(stream) < 0;
            } catch (StreamDeletedException e) {
                return true;
            }
        }
    }
}
