package io.daybook.benchmarks;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.axonframework.common.TypeReference;
import org.axonframework.common.infra.ComponentDescriptor;
import org.axonframework.eventsourcing.eventstore.AggregateBasedConsistencyMarker;
import org.axonframework.eventsourcing.eventstore.AggregateBasedConsistencyMarker.AggregateSequencer;
import org.axonframework.eventsourcing.eventstore.AggregateBasedEventStorageEngineUtils;
import org.axonframework.eventsourcing.eventstore.AggregateSequenceNumberPosition;
import org.axonframework.eventsourcing.eventstore.AppendCondition;
import org.axonframework.eventsourcing.eventstore.AppendEventsTransactionRejectedException;
import org.axonframework.eventsourcing.eventstore.ConsistencyMarker;
import org.axonframework.eventsourcing.eventstore.ContinuousMessageStream;
import org.axonframework.eventsourcing.eventstore.EmptyAppendTransaction;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.eventsourcing.eventstore.SourcingCondition;
import org.axonframework.eventsourcing.eventstore.TaggedEventMessage;
import org.axonframework.messaging.core.Context;
import org.axonframework.messaging.core.LegacyResources;
import org.axonframework.messaging.core.MessageStream;
import org.axonframework.messaging.core.MessageType;
import org.axonframework.messaging.core.SimpleEntry;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventhandling.GenericEventMessage;
import org.axonframework.messaging.eventhandling.TerminalEventMessage;
import org.axonframework.messaging.eventhandling.conversion.EventConverter;
import org.axonframework.messaging.eventhandling.processing.streaming.token.GlobalSequenceTrackingToken;
import org.axonframework.messaging.eventhandling.processing.streaming.token.TrackingToken;
import org.axonframework.messaging.eventstreaming.StreamingCondition;

/** Events in memory as serialized entries: one list for each aggregate, and one list of all events. */
final class JsonEngine implements EventStorageEngine {

    private static final TypeReference<Map<String, String>> METADATA = new TypeReference<>() {};

    private record Entry(String id, String type, String version, Instant time, byte[] payload, byte[] metadata) {}

    private record Tracked(int index, Entry entry) {}

    private record Append(String orderId, long sequenceNumber, Entry entry) {}

    private static final int PAGE = 100;

    private final EventConverter converter;
    private final Map<String, List<Entry>> streams = new ConcurrentHashMap<>();
    private final List<Entry> log = new ArrayList<>();

    JsonEngine(EventConverter converter) {
        this.converter = converter;
    }

    void clear() {
        streams.clear();
        log.clear();
    }

    /** Stores one event without a condition. */
    void store(OrderEvent event) {
        Entry entry = serialized(new GenericEventMessage(new MessageType(event.getClass()), event));
        streams.computeIfAbsent(event.orderId(), id -> new ArrayList<>()).add(entry);
        log.add(entry);
    }

    @Override
    public CompletableFuture<AppendTransaction<?>> appendEvents(
            AppendCondition condition, ProcessingContext context, List<TaggedEventMessage<?>> events) {
        return CompletableFuture.completedFuture(
                events.isEmpty()
                        ? EmptyAppendTransaction.INSTANCE
                        : new Transaction(AggregateBasedConsistencyMarker.from(condition), events));
    }

    private final class Transaction implements AppendTransaction<AggregateBasedConsistencyMarker> {

        private final AggregateBasedConsistencyMarker before;
        private final List<TaggedEventMessage<?>> events;

        Transaction(AggregateBasedConsistencyMarker before, List<TaggedEventMessage<?>> events) {
            this.before = before;
            this.events = events;
        }

        @Override
        public CompletableFuture<AggregateBasedConsistencyMarker> commit(ProcessingContext context) {
            AggregateSequencer sequencer = before.createSequencer();
            List<Append> appends = new ArrayList<>(events.size());
            for (TaggedEventMessage<?> event : events) {
                String orderId = AggregateBasedEventStorageEngineUtils.resolveAggregateIdentifier(event.tags());
                appends.add(
                        new Append(orderId, sequencer.incrementAndGetSequenceOf(orderId), serialized(event.event())));
            }
            List<Entry> stream = streams.computeIfAbsent(appends.get(0).orderId(), id -> new ArrayList<>());
            synchronized (stream) {
                if (stream.size() != appends.get(0).sequenceNumber()) {
                    return CompletableFuture.failedFuture(
                            AppendEventsTransactionRejectedException.conflictingEventsDetected(before));
                }
                appends.forEach(append -> stream.add(append.entry()));
            }
            synchronized (log) {
                appends.forEach(append -> log.add(append.entry()));
            }
            return CompletableFuture.completedFuture(sequencer.toMarker());
        }

        @Override
        public CompletableFuture<ConsistencyMarker> afterCommit(
                AggregateBasedConsistencyMarker after, ProcessingContext context) {
            return CompletableFuture.completedFuture(after);
        }

        @Override
        public void rollback(ProcessingContext context) {
            // nothing is stored before the commit
        }
    }

    private Entry serialized(EventMessage event) {
        return new Entry(
                event.identifier(),
                event.type().name(),
                event.type().version(),
                event.timestamp(),
                event.payloadAs(byte[].class, converter),
                converter.convert(event.metadata(), byte[].class));
    }

    @Override
    public MessageStream<EventMessage> source(SourcingCondition condition, ProcessingContext context) {
        String orderId = AggregateBasedEventStorageEngineUtils.resolveAggregateIdentifier(
                condition.criteria().flatten().iterator().next().tags());
        List<Entry> stored = streams.getOrDefault(orderId, List.of());
        List<Entry> entries;
        synchronized (stored) {
            entries = List.copyOf(stored);
        }
        long first = AggregateSequenceNumberPosition.toSequenceNumber(condition.start());
        AtomicReference<AggregateBasedConsistencyMarker> marker =
                new AtomicReference<>(new AggregateBasedConsistencyMarker(orderId, first - 1));
        CompletableFuture<Void> end = new CompletableFuture<>();
        long[] next = {first};
        MessageStream<EventMessage> events = MessageStream.fromStream(
                        entries.stream().skip(first), this::message, entry -> {
                            long sequenceNumber = next[0]++;
                            marker.set(new AggregateBasedConsistencyMarker(orderId, sequenceNumber));
                            return Context.with(LegacyResources.AGGREGATE_IDENTIFIER_KEY, orderId)
                                    .withResource(LegacyResources.AGGREGATE_SEQUENCE_NUMBER_KEY, sequenceNumber)
                                    .withResource(LegacyResources.AGGREGATE_TYPE_KEY, "Order");
                        })
                .onComplete(() -> end.complete(null))
                .cast();
        return events.concatWith(MessageStream.fromFuture(
                end.thenApply(any -> TerminalEventMessage.INSTANCE),
                any -> Context.with(ConsistencyMarker.RESOURCE_KEY, marker.get())));
    }

    private EventMessage message(Entry entry) {
        return new GenericEventMessage(
                entry.id(),
                new MessageType(entry.type(), entry.version()),
                entry.payload(),
                converter.convert(entry.metadata(), METADATA.getType()),
                entry.time());
    }

    /** Reads page by page, as from a database. */
    @Override
    public MessageStream<EventMessage> stream(StreamingCondition condition, ProcessingContext context) {
        int first = (int) condition.position().position().orElse(0);
        return new ContinuousMessageStream<Tracked>(
                last -> page(last == null ? first : last.index() + 1),
                tracked -> new SimpleEntry<>(
                        message(tracked.entry()),
                        TrackingToken.addToContext(
                                Context.empty(), new GlobalSequenceTrackingToken(tracked.index() + 1))),
                (stream, callback) -> () -> true);
    }

    private List<Tracked> page(int first) {
        synchronized (log) {
            return IntStream.range(first, Math.min(first + PAGE, log.size()))
                    .mapToObj(index -> new Tracked(index, log.get(index)))
                    .toList();
        }
    }

    @Override
    public CompletableFuture<TrackingToken> firstToken(ProcessingContext context) {
        return CompletableFuture.completedFuture(new GlobalSequenceTrackingToken(0));
    }

    @Override
    public CompletableFuture<TrackingToken> latestToken(ProcessingContext context) {
        synchronized (log) {
            return CompletableFuture.completedFuture(new GlobalSequenceTrackingToken(log.size()));
        }
    }

    @Override
    public CompletableFuture<TrackingToken> tokenAt(Instant at, ProcessingContext context) {
        throw new UnsupportedOperationException("nothing asks for a time");
    }

    @Override
    public void describeTo(ComponentDescriptor descriptor) {
        descriptor.describeProperty("streams", streams.size());
    }
}
