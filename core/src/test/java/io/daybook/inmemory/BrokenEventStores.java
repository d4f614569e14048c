package io.daybook.inmemory;

import io.daybook.contract.ContractEvent;
import io.daybook.contract.EventStoreContract;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendOptions.IdempotencyKey;
import io.daybook.eventstore.AppendResult;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventFilter;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.HandledCommand;
import io.daybook.eventstore.ScanPage;
import io.daybook.eventstore.StreamId;
import io.daybook.serialization.EventSerializer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Stores that are wrong in one way each, joined to the contract. They are run by {@link ContractsNoticeTest} alone. */
final class BrokenEventStores {

    private BrokenEventStores() {}

    /** The contract, run against a store that does what a subclass says, and otherwise what is right. */
    abstract static class Suite extends EventStoreContract {

        @Override
        protected final EventStore store(EventSerializer serializer) {
            EventStore right = new InMemoryEventStore(serializer);
            return new EventStore() {
                @Override
                public AppendResult append(
                        StreamId stream, long expected, List<EventEnvelope> events, AppendOptions options) {
                    return Suite.this.append(right, stream, expected, events, options);
                }

                @Override
                public Stream<EventEnvelope> read(StreamId stream, long afterVersion, long toVersion) {
                    return Suite.this.read(right, stream, afterVersion, toVersion);
                }

                @Override
                public Stream<EventEnvelope> readCurrent(StreamId stream, long afterVersion) {
                    return Suite.this.readCurrent(right, stream, afterVersion);
                }

                @Override
                public long currentVersion(StreamId stream) {
                    return right.currentVersion(stream);
                }

                @Override
                public Optional<HandledCommand> findCommand(StreamId stream, String commandId) {
                    return Suite.this.findCommand(right, stream, commandId);
                }

                @Override
                public HandledCommand recordRejection(StreamId stream, IdempotencyKey command, String error) {
                    return Suite.this.recordRejection(right, stream, command, error);
                }

                @Override
                public Stream<EventEnvelope> find(EventFilter filter) {
                    return Suite.this.find(right, filter);
                }

                @Override
                public List<String> scanRanges() {
                    return Suite.this.scanRanges(right);
                }

                @Override
                public ScanPage scan(String range, String after) {
                    return Suite.this.scan(right, range, after);
                }

                @Override
                public void delete(StreamId stream, long expectedVersion) {
                    Suite.this.delete(right, stream, expectedVersion);
                }

                @Override
                public void delete(StreamId stream) {
                    Suite.this.delete(right, stream);
                }
            };
        }

        AppendResult append(
                EventStore right, StreamId stream, long expected, List<EventEnvelope> events, AppendOptions options) {
            return right.append(stream, expected, events, options);
        }

        Stream<EventEnvelope> read(EventStore right, StreamId stream, long afterVersion, long toVersion) {
            return right.read(stream, afterVersion, toVersion);
        }

        Stream<EventEnvelope> readCurrent(EventStore right, StreamId stream, long afterVersion) {
            return read(right, stream, afterVersion, Long.MAX_VALUE);
        }

        Stream<EventEnvelope> find(EventStore right, EventFilter filter) {
            return right.find(filter);
        }

        List<String> scanRanges(EventStore right) {
            return right.scanRanges();
        }

        ScanPage scan(EventStore right, String range, String after) {
            return right.scan(range, after);
        }

        Optional<HandledCommand> findCommand(EventStore right, StreamId stream, String commandId) {
            return right.findCommand(stream, commandId);
        }

        HandledCommand recordRejection(EventStore right, StreamId stream, IdempotencyKey command, String error) {
            return right.recordRejection(stream, command, error);
        }

        void delete(EventStore right, StreamId stream, long expected) {
            right.delete(stream, expected);
        }

        /** Follows the writers, as a store does whose deletion at a version is broken; the right one closes the stream first. */
        void delete(EventStore right, StreamId stream) {
            for (long version = 0; ; ) {
                try {
                    delete(right, stream, version);
                    return;
                } catch (ConcurrencyException e) {
                    version = e.actualVersion();
                }
            }
        }

        /** The same events with other sequence numbers, and other ids if asked for. */
        static List<EventEnvelope> renumbered(List<EventEnvelope> events, long afterVersion, boolean newIds) {
            List<EventEnvelope> renumbered = new ArrayList<>();
            for (EventEnvelope event : events) {
                EventMetadata old = event.metadata();
                renumbered.add(EventEnvelope.of(
                        EventMetadata.builder()
                                .eventId(newIds ? UUID.randomUUID().toString() : old.eventId())
                                .eventType(old.eventType(), old.eventVersion())
                                .timestamp(old.timestamp())
                                .aggregate(old.aggregateType(), old.aggregateId())
                                .sequenceNumber(afterVersion + renumbered.size() + 1)
                                .build(),
                        event.event()));
            }
            return renumbered;
        }
    }

    static class Right extends Suite {}

    static class DoesNothing extends Suite {
        @Override
        AppendResult append(
                EventStore right, StreamId stream, long expected, List<EventEnvelope> events, AppendOptions options) {
            return new AppendResult(expected + 1, expected + events.size(), false);
        }

        @Override
        void delete(EventStore right, StreamId stream, long expected) {
            // nothing
        }
    }

    static class NoVersionCheck extends Suite {
        @Override
        synchronized AppendResult append(
                EventStore right, StreamId stream, long expected, List<EventEnvelope> events, AppendOptions options) {
            long actual = right.currentVersion(stream);
            return right.append(stream, actual, renumbered(events, actual, false), options);
        }
    }

    static class NotAtomic extends Suite {
        private final AtomicInteger reads = new AtomicInteger();
        private volatile boolean seen;

        @Override
        Stream<EventEnvelope> read(EventStore right, StreamId stream, long afterVersion, long toVersion) {
            reads.incrementAndGet();
            return right.read(stream, afterVersion, toVersion);
        }

        @Override
        AppendResult append(
                EventStore right, StreamId stream, long expected, List<EventEnvelope> events, AppendOptions options) {
            if (events.size() < 2 || options.idempotencyKey().isPresent()) {
                return right.append(stream, expected, events, options);
            }
            for (int i = 0; i < events.size(); i++) {
                right.append(stream, expected + i, events.subList(i, i + 1), options);
                int before = reads.get();
                // Of two readers, one has then read from beginning to end.
                Gap.until(() -> seen || reads.get() >= before + 3);
                seen = true;
            }
            return new AppendResult(expected + 1, expected + events.size(), false);
        }
    }

    /** The version is checked, but another writer may come between the check and the append. */
    static class ChecksThenActs extends Suite {
        private final Gap gap = new Gap();

        @Override
        AppendResult append(
                EventStore right, StreamId stream, long expected, List<EventEnvelope> events, AppendOptions options) {
            if (right.currentVersion(stream) != expected
                    || options.idempotencyKey().isPresent()) {
                return right.append(stream, expected, events, options);
            }
            gap.untilMetOr(() -> right.currentVersion(stream) != expected);
            synchronized (this) {
                long actual = right.currentVersion(stream);
                return right.append(stream, actual, renumbered(events, actual, false), options);
            }
        }
    }

    static class GapsWhenAhead extends Suite {
        @Override
        AppendResult append(
                EventStore right, StreamId stream, long expected, List<EventEnvelope> events, AppendOptions options) {
            long actual = right.currentVersion(stream);
            return expected <= actual
                    ? right.append(stream, expected, events, options)
                    : right.append(stream, actual, renumbered(events, actual, false), options);
        }
    }

    static class DoublesARetriedAppend extends Suite {
        @Override
        synchronized AppendResult append(
                EventStore right, StreamId stream, long expected, List<EventEnvelope> events, AppendOptions options) {
            long actual = right.currentVersion(stream);
            boolean stored = !events.isEmpty()
                    && right.read(stream, 0, Long.MAX_VALUE)
                            .anyMatch(event -> event.metadata()
                                    .eventId()
                                    .equals(events.get(0).metadata().eventId()));
            return stored
                    ? right.append(stream, actual, renumbered(events, actual, true), AppendOptions.none())
                    : right.append(stream, expected, events, options);
        }
    }

    static class CallsItsOwnRetryAConflict extends Suite {
        @Override
        AppendResult append(
                EventStore right, StreamId stream, long expected, List<EventEnvelope> events, AppendOptions options) {
            long actual = right.currentVersion(stream);
            if (expected < actual && options.idempotencyKey().isEmpty()) {
                throw new ConcurrencyException(stream, expected, actual);
            }
            return right.append(stream, expected, events, options);
        }
    }

    static class RecognizesAppendsByIdsOnly extends Suite {
        @Override
        AppendResult append(
                EventStore right, StreamId stream, long expected, List<EventEnvelope> events, AppendOptions options) {
            try {
                return right.append(stream, expected, events, options);
            } catch (ConcurrencyException e) {
                List<String> ids =
                        events.stream().map(event -> event.metadata().eventId()).toList();
                List<String> stored = right.read(stream, Math.min(expected, e.actualVersion()), Long.MAX_VALUE)
                        .limit(ids.size())
                        .map(event -> event.metadata().eventId())
                        .toList();
                if (ids.equals(stored)) {
                    return new AppendResult(expected + 1, expected + ids.size(), false);
                }
                throw e;
            }
        }
    }

    static class ForgetsTheCommand extends Suite {
        @Override
        AppendResult append(
                EventStore right, StreamId stream, long expected, List<EventEnvelope> events, AppendOptions options) {
            return right.append(stream, expected, events, AppendOptions.none().timeout(options.timeout()));
        }
    }

    static class ForgetsTheRejection extends Suite {
        @Override
        HandledCommand recordRejection(EventStore right, StreamId stream, IdempotencyKey command, String error) {
            return HandledCommand.rejected(command, error);
        }
    }

    static class RejectsWhatWasAccepted extends Suite {
        @Override
        HandledCommand recordRejection(EventStore right, StreamId stream, IdempotencyKey command, String error) {
            right.recordRejection(stream, command, error);
            return HandledCommand.rejected(command, error);
        }
    }

    static class IgnoresTheFingerprint extends Suite {
        @Override
        AppendResult append(
                EventStore right, StreamId stream, long expected, List<EventEnvelope> events, AppendOptions options) {
            AppendOptions blurred = options.idempotencyKey()
                    .map(command -> options.idempotencyKey(command.commandId(), "same"))
                    .orElse(options);
            return right.append(stream, expected, events, blurred);
        }
    }

    static class IgnoresTheTimeout extends Suite {
        @Override
        AppendResult append(
                EventStore right, StreamId stream, long expected, List<EventEnvelope> events, AppendOptions options) {
            AppendOptions endless = options.idempotencyKey()
                    .map(command -> AppendOptions.none().idempotencyKey(command.commandId(), command.fingerprint()))
                    .orElse(AppendOptions.none());
            return right.append(stream, expected, events, endless);
        }
    }

    static class IgnoresTheEventBefore extends Suite {
        @Override
        AppendResult append(
                EventStore right, StreamId stream, long expected, List<EventEnvelope> events, AppendOptions options) {
            AppendResult result = right.append(stream, expected, events, options);
            return new AppendResult(result.fromSequenceNumber(), result.toSequenceNumber(), result.duplicate());
        }
    }

    static class CallsAnotherEventBeforeAConflict extends Suite {
        @Override
        AppendResult append(
                EventStore right, StreamId stream, long expected, List<EventEnvelope> events, AppendOptions options) {
            AppendResult result = right.append(stream, expected, events, options);
            if (result.otherPredecessor().isPresent()) {
                throw new ConcurrencyException(stream, expected, expected);
            }
            return result;
        }
    }

    static class NamesTheEventBeforeAlways extends Suite {
        @Override
        AppendResult append(
                EventStore right, StreamId stream, long expected, List<EventEnvelope> events, AppendOptions options) {
            return right.append(stream, expected, events, options.builtOn("none"));
        }
    }

    /** Stores what the class of an event is now, under the type and version that the metadata name. */
    static class EncodesWhatIsStored extends Suite {
        private final EventSerializer serializer = ContractEvent.serializer();

        @Override
        AppendResult append(
                EventStore right, StreamId stream, long expected, List<EventEnvelope> events, AppendOptions options) {
            List<EventEnvelope> encoded = events.stream()
                    .map(event -> event.data().isEmpty()
                            ? event
                            : EventEnvelope.stored(event.metadata(), serializer.encode(event.event()), serializer))
                    .toList();
            return right.append(stream, expected, encoded, options);
        }
    }

    static class BelievesTheMetadata extends Suite {
        private final EventSerializer serializer = ContractEvent.serializer();

        @Override
        AppendResult append(
                EventStore right, StreamId stream, long expected, List<EventEnvelope> events, AppendOptions options) {
            List<EventEnvelope> encoded = events.stream()
                    .map(event -> event.data().isPresent()
                            ? event
                            : EventEnvelope.stored(event.metadata(), serializer.encode(event.event()), serializer))
                    .toList();
            return right.append(stream, expected, encoded, options);
        }
    }

    static class NarrowsNumbers extends Suite {
        @Override
        Stream<EventEnvelope> read(EventStore right, StreamId stream, long afterVersion, long toVersion) {
            return right.read(stream, Math.min((int) afterVersion & Integer.MAX_VALUE, toVersion), toVersion);
        }
    }

    static class WrongOrder extends Suite {
        @Override
        Stream<EventEnvelope> read(EventStore right, StreamId stream, long afterVersion, long toVersion) {
            List<EventEnvelope> events =
                    new ArrayList<>(right.read(stream, afterVersion, toVersion).toList());
            if (events.size() > 10) {
                Collections.swap(events, 8, 9);
            }
            return events.stream();
        }
    }

    static class EventsOfAnotherStream extends Suite {
        @Override
        AppendResult append(
                EventStore right, StreamId stream, long expected, List<EventEnvelope> events, AppendOptions options) {
            AppendResult result = right.append(stream, expected, events, options);
            seen.add(stream);
            return result;
        }

        private final List<StreamId> seen = Collections.synchronizedList(new ArrayList<>());

        @Override
        Stream<EventEnvelope> read(EventStore right, StreamId stream, long afterVersion, long toVersion) {
            // as a query by a prefix of the name would do
            return Stream.concat(
                    right.read(stream, afterVersion, toVersion),
                    List.copyOf(seen).stream()
                            .filter(other ->
                                    !other.equals(stream) && other.toString().startsWith(stream.toString()))
                            .flatMap(other -> right.read(other, afterVersion, toVersion)));
        }
    }

    static class LosesOneAtThePageBoundary extends Suite {
        @Override
        Stream<EventEnvelope> read(EventStore right, StreamId stream, long afterVersion, long toVersion) {
            return right.read(stream, afterVersion, toVersion)
                    .filter(event -> event.metadata().sequenceNumber() != afterVersion + 501);
        }
    }

    static class CurrentReadsAreBehind extends Suite {
        @Override
        Stream<EventEnvelope> readCurrent(EventStore right, StreamId stream, long afterVersion) {
            long seen = Math.max(afterVersion, right.currentVersion(stream) - 1);
            return right.read(stream, afterVersion, seen);
        }
    }

    static class QueriesInTheOrderOfTheLog extends Suite {
        @Override
        Stream<EventEnvelope> find(EventStore right, EventFilter filter) {
            return right.find(filter)
                    .sorted((a, b) -> Long.compare(
                            a.metadata().sequenceNumber(), b.metadata().sequenceNumber()));
        }
    }

    static class LosesOneAtThePageBoundaryOfAQuery extends Suite {
        @Override
        Stream<EventEnvelope> find(EventStore right, EventFilter filter) {
            List<EventEnvelope> found = new ArrayList<>(right.find(filter).toList());
            if (found.size() > 100) {
                found.remove(100);
            }
            return found.stream();
        }
    }

    static class OrdersTimesAsText extends Suite {
        @Override
        Stream<EventEnvelope> find(EventStore right, EventFilter filter) {
            return right.find(filter)
                    .sorted(Comparator.comparing(
                            event -> event.metadata().timestamp().toString()));
        }
    }

    static class IgnoresTheCaseOfCommandIds extends Suite {
        @Override
        AppendResult append(
                EventStore right, StreamId stream, long expected, List<EventEnvelope> events, AppendOptions options) {
            AppendOptions lower = options.idempotencyKey()
                    .map(command ->
                            options.idempotencyKey(command.commandId().toLowerCase(Locale.ROOT), command.fingerprint()))
                    .orElse(options);
            return right.append(stream, expected, events, lower);
        }
    }
}
