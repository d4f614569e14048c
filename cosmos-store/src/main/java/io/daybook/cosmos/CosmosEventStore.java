package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.ReadConsistencyStrategy;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.EventTypes;
import io.daybook.eventstore.AppendLimits;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendResult;
import io.daybook.eventstore.AppendTooLargeException;
import io.daybook.eventstore.CommandIdReusedException;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventQuery;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.HandledCommand;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import io.daybook.serialization.EventSerializer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * An event store on Azure Cosmos DB. One append is one transactional batch; the create of the next document is the check
 * for conflicts, so a command on a stream of fewer than 500 events takes two requests, and one on a state in memory takes
 * one.
 *
 * <pre>{@code
 * EventStore store = CosmosEventStore.of(containers, serializer);
 * }</pre>
 *
 * <p>What the service says about a request is followed: one that is throttled is sent again after the time that it names,
 * one whose answer was lost is sent again until it is known what became of it. The bound is the append's deadline, or that
 * of {@link CosmosEventStore.Builder#bound Builder.bound}. Safe for use by many threads.
 */
public final class CosmosEventStore implements EventStore {

    /** The most bytes of a batch: the service takes 2 MB, of which the frame around the documents needs some. */
    private static final long MAX_BATCH_BYTES = 2_000_000 - 100 * 150;

    private final CosmosAsyncContainer container;
    private final EventSerializer serializer;
    private final AppendLimits limits;
    private final Duration rememberCommands;
    private final Requests requests;
    private final StreamReader reader;
    private final int queryPageEvents;

    private CosmosEventStore(Builder builder) {
        this.container = builder.containers.requireEvents();
        this.serializer = builder.serializer;
        this.limits = builder.limits;
        this.rememberCommands = builder.rememberCommands;
        this.requests = new Requests(builder.bound, builder.observer);
        this.reader = new StreamReader(container, serializer, requests, builder.pageEvents);
        this.queryPageEvents = builder.pageEvents;
    }

    /**
     * Creates a store with the defaults of {@link Builder}.
     *
     * @param containers where the documents are
     * @param serializer makes JSON of events and events of JSON
     * @return the store
     * @throws IllegalStateException if the container of events is set up otherwise than the store needs it
     * @throws EventStoreUnavailableException if it cannot be looked at
     */
    public static CosmosEventStore of(CosmosContainers containers, EventSerializer serializer) {
        return builder(containers, serializer).build();
    }

    /**
     * Starts a store with options.
     *
     * @param containers where the documents are
     * @param serializer makes JSON of events and events of JSON
     * @return a builder
     */
    public static Builder builder(CosmosContainers containers, EventSerializer serializer) {
        return new Builder(containers, serializer);
    }

    @Override
    public void requireEventTypes(EventTypes types) {
        serializer.requireEventTypes(types);
    }

    @Override
    public AppendResult append(
            StreamId stream, long expectedVersion, List<EventEnvelope> events, AppendOptions options) {
        options.deadline().check("the append to " + stream);
        List<byte[]> data = new ArrayList<>(events.size());
        for (EventEnvelope event : events) {
            data.add(serializer.encode(event));
        }
        limits.check(stream, expectedVersion, events, data);
        List<ObjectNode> documents = documents(stream, expectedVersion, events, data, options);
        options.deadline().check("the append to " + stream); // encoding may have taken long
        try (Requests.Operation operation = requests.start("append", options.deadline())) {
            try {
                AppendResult result = new Append(
                                container,
                                reader,
                                operation,
                                stream,
                                expectedVersion,
                                events,
                                options,
                                documents,
                                deletion(stream))
                        .run();
                operation.succeeded();
                if (!result.duplicate()) {
                    long bytes = StreamSize.estimate(stream, result.toSequenceNumber(), events, data);
                    operation.streamBytes(bytes);
                    StreamSize.warn(stream, result.toSequenceNumber(), events.size(), bytes);
                }
                return result;
            } catch (ConcurrencyException | CommandIdReusedException | StreamDeletedException e) {
                operation.succeeded(); // the store has done its work, and the answer is no
                throw e;
            }
        }
    }

    private List<ObjectNode> documents(
            StreamId stream,
            long expectedVersion,
            List<EventEnvelope> events,
            List<byte[]> data,
            AppendOptions options) {
        List<ObjectNode> documents = new ArrayList<>(events.size() + 1);
        options.command()
                .ifPresent(command -> documents.add(EventDocuments.command(
                        stream,
                        command,
                        expectedVersion + 1,
                        expectedVersion + events.size(),
                        events.get(0).metadata().eventId(),
                        rememberCommands)));
        long bytesAtMost = 2_000;
        for (int i = 0; i < events.size(); i++) {
            EventMetadata metadata = events.get(i).metadata();
            documents.add(EventDocuments.event(stream, metadata, data.get(i)));
            bytesAtMost += data.get(i).length + EventDocuments.metadataBytesAtMost(stream, metadata);
        }
        if (bytesAtMost > MAX_BATCH_BYTES) {
            long bytes = documents.stream()
                    .mapToLong(document -> document.toString().getBytes(StandardCharsets.UTF_8).length)
                    .sum();
            if (bytes > MAX_BATCH_BYTES) {
                throw AppendTooLargeException.appendTooLarge(stream, bytes, MAX_BATCH_BYTES);
            }
        }
        return documents;
    }

    @Override
    public Stream<EventEnvelope> read(StreamId stream, long afterVersion, long toVersion) {
        if (afterVersion < 0 || afterVersion > toVersion) {
            throw new IllegalArgumentException("a read of " + stream + " after version " + afterVersion + " to "
                    + toVersion + ": the first must not be negative nor greater than the last");
        }
        return stream(reader.read(stream, afterVersion, toVersion, ReadConsistencyStrategy.DEFAULT));
    }

    /**
     * {@inheritDoc}
     *
     * <p>It asks for the latest version that a quorum of replicas has committed, in the first of the client's preferred regions.
     */
    @Override
    public Stream<EventEnvelope> readLatest(StreamId stream, long afterVersion) {
        if (afterVersion < 0) {
            throw new IllegalArgumentException(
                    "a read of " + stream + " after version " + afterVersion + ": it must not be negative");
        }
        return stream(reader.read(stream, afterVersion, Long.MAX_VALUE, ReadConsistencyStrategy.LATEST_COMMITTED));
    }

    private static Stream<EventEnvelope> stream(Iterator<EventEnvelope> events) {
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(events, Spliterator.ORDERED | Spliterator.NONNULL), false);
    }

    @Override
    public long currentVersion(StreamId stream) {
        return look(
                "currentVersion",
                "reading the version of " + stream,
                operation -> reader.currentVersion(operation, stream, ReadConsistencyStrategy.DEFAULT));
    }

    @Override
    public Optional<HandledCommand> findCommand(StreamId stream, String commandId) {
        return look(
                "findCommand",
                "looking a command of " + stream + " up",
                operation -> reader.command(operation, stream, commandId, ReadConsistencyStrategy.LATEST_COMMITTED)
                        .map(EventDocuments::handledCommand));
    }

    private <T> T look(String name, String what, Function<Requests.Operation, T> look) {
        Requests.Operation operation = requests.start(name);
        try (operation) {
            T found = look.apply(operation);
            operation.succeeded();
            return found;
        } catch (EventStoreUnavailableException | StreamDeletedException e) {
            throw e;
        } catch (RuntimeException e) {
            throw CosmosFailures.unavailable(what, e);
        }
    }

    @Override
    public Stream<EventEnvelope> query(EventQuery query) {
        return stream(new EventSearch(container, query, serializer, requests, queryPageEvents));
    }

    /**
     * {@inheritDoc}
     *
     * <p>Each event is overwritten by a tombstone, a document that holds nothing but the event's number. It takes one
     * request for 100 events, about as many request units as it took to store them, and six requests more. The bound of
     * {@link CosmosEventStore.Builder#bound Builder.bound} is that of each request. {@link io.daybook.eventstore.EventStoreUnavailableException.Outcome#NOT_STORED}
     * says that nothing was deleted.
     */
    @Override
    public void delete(StreamId stream, long expectedVersion) {
        if (expectedVersion < 0) {
            throw new IllegalArgumentException("a deletion of " + stream + " at version " + expectedVersion);
        }
        deletion(stream).run(expectedVersion);
    }

    /**
     * {@inheritDoc}
     *
     * <p>It takes as many requests as {@link #delete(StreamId, long)}, and at most some twenty more while others append to the stream.
     */
    @Override
    public void delete(StreamId stream) {
        deletion(stream).run();
    }

    private StreamDeletion deletion(StreamId stream) {
        return new StreamDeletion(container, reader, requests, stream);
    }

    /** Collects the options of a {@link CosmosEventStore}. Not safe for use by several threads. */
    public static final class Builder {

        private static final int DEFAULT_PAGE_EVENTS = 500;
        private static final Duration DEFAULT_BOUND = Duration.ofSeconds(30);
        private static final Duration DEFAULT_REMEMBER_COMMANDS = Duration.ofDays(30);

        private final CosmosContainers containers;
        private final EventSerializer serializer;
        private AppendLimits limits = AppendLimits.DEFAULT;
        private int pageEvents = DEFAULT_PAGE_EVENTS;
        private Duration bound = DEFAULT_BOUND;
        private Duration rememberCommands = DEFAULT_REMEMBER_COMMANDS;
        private @Nullable Consumer<CosmosOperation> observer;

        private Builder(CosmosContainers containers, EventSerializer serializer) {
            this.containers = containers;
            this.serializer = serializer;
        }

        /**
         * Sets how much an append may hold.
         *
         * @param limits the limits; {@link AppendLimits#DEFAULT} unless set
         * @return this builder
         */
        public Builder limits(AppendLimits limits) {
            this.limits = limits;
            return this;
        }

        /**
         * Sets how many events are read with one request. More needs fewer requests and more memory. A page of large events ends
         * early: a read holds about 4 MB at a time, at first up to 12 MB, whatever the events weigh.
         *
         * @param pageEvents 100 to 5,000; 500 unless set
         * @return this builder
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder pageEvents(int pageEvents) {
            if (pageEvents < 100 || pageEvents > 5_000) {
                throw new IllegalArgumentException(
                        "pages of " + pageEvents + " events: use 100, which holds one append, to 5000");
            }
            this.pageEvents = pageEvents;
            return this;
        }

        /**
         * Sets how long an operation without a deadline may take, all attempts together; a page of a query counts as one.
         * Where there is a deadline it holds instead, also a later one.
         *
         * @param bound more than zero, at most a day; 30 seconds unless set
         * @return this builder
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder bound(Duration bound) {
            if (bound.isNegative() || bound.isZero() || bound.compareTo(Duration.ofDays(1)) > 0) {
                throw new IllegalArgumentException("a bound of " + bound + ": use more than zero, at most a day");
            }
            this.bound = bound;
            return this;
        }

        /**
         * Sets how long handled commands are remembered; afterwards a repeat is a new command.
         *
         * @param rememberCommands 1 second to 10 years; 30 days unless set
         * @return this builder
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder rememberCommands(Duration rememberCommands) {
            if (rememberCommands.compareTo(Duration.ofSeconds(1)) < 0
                    || rememberCommands.compareTo(Duration.ofDays(3_653)) > 0) {
                throw new IllegalArgumentException(
                        "commands remembered for " + rememberCommands + ": use 1 second to 10 years");
            }
            this.rememberCommands = rememberCommands;
            return this;
        }

        /**
         * Sets who is told what each operation took, such as {@link CosmosMetrics}. It is called in the thread of the
         * operation, so it should be quick.
         *
         * @param observer the observer, safe for use by many threads; nobody unless set
         * @return this builder
         */
        public Builder observer(Consumer<CosmosOperation> observer) {
            this.observer = observer;
            return this;
        }

        /**
         * Creates the store, after a look whether the container of events is set up as the store needs it.
         *
         * @return the store
         * @throws IllegalStateException if it is set up otherwise; the message says what differs
         * @throws EventStoreUnavailableException if it cannot be looked at
         */
        public CosmosEventStore build() {
            return new CosmosEventStore(this);
        }
    }
}
