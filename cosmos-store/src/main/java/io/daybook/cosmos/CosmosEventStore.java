package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.ReadConsistencyStrategy;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventTypes;
import io.daybook.eventstore.AppendLimits;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendOptions.IdempotencyKey;
import io.daybook.eventstore.AppendResult;
import io.daybook.eventstore.CommandIdReusedException;
import io.daybook.eventstore.CommandRejectedException;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventFilter;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.HandledCommand;
import io.daybook.eventstore.ScanPage;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import io.daybook.serialization.EventSerializer;
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
 * An event store on Azure Cosmos DB. An append is one transactional batch, and a conflict is detected because the next
 * document already exists. A command on a stream of fewer than 500 events takes two requests: one to load the stream
 * and one to append. A command on a cached state takes only the second one.
 *
 * <pre>{@code
 * EventStore store = CosmosEventStore.of(containers, serializer);
 * }</pre>
 *
 * <p>Throttled requests are retried after the time that the service specifies. An append whose response was lost is
 * retried until its outcome is known. All attempts together are limited by the append's timeout, or by {@link
 * CosmosEventStore.Builder#timeout Builder.timeout} if the append has none. Thread-safe.
 */
public final class CosmosEventStore implements EventStore {

    private final CosmosAsyncContainer container;
    private final EventSerializer serializer;
    private final AppendLimits limits;
    private final Duration idempotencyKeyRetention;
    private final RequestExecutor executor;
    private final StreamReader reader;
    private final int queryPageEvents;

    private CosmosEventStore(Builder builder) {
        this.container = builder.containers.requireEvents();
        this.serializer = builder.serializer;
        this.limits = builder.limits;
        this.idempotencyKeyRetention = builder.idempotencyKeyRetention;
        this.executor = new RequestExecutor(builder.timeout, builder.observer);
        this.reader = new StreamReader(container, serializer, executor, builder.eventsPerRequest);
        this.queryPageEvents = builder.eventsPerRequest;
    }

    /**
     * Creates a store with the defaults of {@link Builder}.
     *
     * @param containers the containers; the store uses only the container of the events
     * @param serializer the serializer of the events
     * @return the store
     * @throws IllegalStateException if the container of events is misconfigured
     * @throws EventStoreUnavailableException if the configuration of the container cannot be read
     */
    public static CosmosEventStore of(CosmosContainers containers, EventSerializer serializer) {
        return builder(containers, serializer).build();
    }

    /**
     * Returns a builder of a store.
     *
     * @param containers the containers; the store uses only the container of the events
     * @param serializer the serializer of the events
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
        options.timeout().check("the append to " + stream);
        List<byte[]> data = new ArrayList<>(events.size());
        for (EventEnvelope event : events) {
            data.add(serializer.encode(event));
        }
        limits.check(stream, expectedVersion, events, data);
        AppendDocuments documents =
                AppendDocuments.of(stream, expectedVersion, events, data, options, idempotencyKeyRetention);
        options.timeout().check("the append to " + stream); // encoding may have taken a long time
        try (RequestExecutor.Operation operation = executor.start("append", options.timeout())) {
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
            } catch (ConcurrencyException
                    | CommandIdReusedException
                    | CommandRejectedException
                    | StreamDeletedException e) {
                operation.succeeded(); // a conflict is a result, not a failure
                throw e;
            }
        }
    }

    @Override
    public Stream<EventEnvelope> read(StreamId stream, long afterVersion, long toVersion) {
        if (afterVersion < 0 || afterVersion > toVersion) {
            throw new IllegalArgumentException("cannot read the events of " + stream + " after version " + afterVersion
                    + " up to version " + toVersion + ": use an afterVersion from 0 to toVersion");
        }
        return stream(reader.read(stream, afterVersion, toVersion, ReadConsistencyStrategy.DEFAULT));
    }

    /**
     * {@inheritDoc}
     *
     * <p>Reads the latest version that a quorum of replicas has committed, in the first preferred region of the client.
     */
    @Override
    public Stream<EventEnvelope> readCurrent(StreamId stream, long afterVersion) {
        if (afterVersion < 0) {
            throw new IllegalArgumentException(
                    "cannot read " + stream + " after version " + afterVersion + ": use 0 or more");
        }
        return stream(reader.read(stream, afterVersion, Long.MAX_VALUE, ReadConsistencyStrategy.LATEST_COMMITTED));
    }

    private static Stream<EventEnvelope> stream(Iterator<EventEnvelope> events) {
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(events, Spliterator.ORDERED | Spliterator.NONNULL), false);
    }

    @Override
    public long currentVersion(StreamId stream) {
        return perform(
                "currentVersion",
                "reading the version of " + stream,
                operation -> reader.currentVersion(operation, stream, ReadConsistencyStrategy.DEFAULT));
    }

    @Override
    public Optional<HandledCommand> findCommand(StreamId stream, String commandId) {
        return perform(
                "findCommand",
                "reading a command of " + stream,
                operation -> reader.command(operation, stream, commandId, ReadConsistencyStrategy.LATEST_COMMITTED)
                        .map(EventDocuments::handledCommand));
    }

    @Override
    public HandledCommand recordRejection(StreamId stream, IdempotencyKey command, String error) {
        ObjectNode document = EventDocuments.rejection(stream, command, error, idempotencyKeyRetention);
        return perform(
                "recordRejection",
                "recording the rejection of a command on " + stream,
                operation -> new RejectionRecord(container, reader, operation, stream, document).create());
    }

    private <T> T perform(String name, String what, Function<RequestExecutor.Operation, T> request) {
        return executor.perform(
                name,
                request,
                e -> e instanceof EventStoreUnavailableException || e instanceof StreamDeletedException
                        ? e
                        : CosmosFailures.unavailable(what, e));
    }

    @Override
    public Stream<EventEnvelope> find(EventFilter filter) {
        return stream(new EventSearch(container, filter, serializer, executor, queryPageEvents));
    }

    @Override
    public List<String> scanRanges() {
        return new EventScan(container, serializer, executor).ranges();
    }

    /**
     * {@inheritDoc}
     *
     * <p>Reads the change feed of a range, with one request for every 1,000 documents. The scan reports no deletions.
     */
    @Override
    public ScanPage scan(String range, String after) {
        return new EventScan(container, serializer, executor).page(range, after);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Each event is replaced by a tombstone, which contains only the stream's name and the event's number. The
     * deletion takes four requests, or at least six if records of commands are stored, plus one request for every 100
     * events. It costs about as many request units as storing the events did.
     * {@link CosmosEventStore.Builder#timeout Builder.timeout} limits each request.
     * {@link io.daybook.eventstore.EventStoreUnavailableException.Outcome#NOT_STORED} means that nothing was deleted.
     */
    @Override
    public void delete(StreamId stream, long expectedVersion) {
        if (expectedVersion < 0) {
            throw new IllegalArgumentException(
                    "the expected version of the deletion of " + stream + " is " + expectedVersion + ": use 0 or more");
        }
        deletion(stream).run(expectedVersion);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Takes as many requests as {@link #delete(StreamId, long)}, and at most about twenty more while other writers
     * append to the stream.
     */
    @Override
    public void delete(StreamId stream) {
        deletion(stream).run();
    }

    private StreamDeletion deletion(StreamId stream) {
        return new StreamDeletion(container, reader, executor, stream);
    }

    /** A builder of a {@link CosmosEventStore}. Not thread-safe. */
    public static final class Builder {

        private static final int DEFAULT_PAGE_EVENTS = 500;
        private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);
        private static final Duration DEFAULT_IDEMPOTENCY_KEY_RETENTION = Duration.ofDays(30);

        private final CosmosContainers containers;
        private final EventSerializer serializer;
        private AppendLimits limits = AppendLimits.DEFAULT;
        private int eventsPerRequest = DEFAULT_PAGE_EVENTS;
        private Duration timeout = DEFAULT_TIMEOUT;
        private Duration idempotencyKeyRetention = DEFAULT_IDEMPOTENCY_KEY_RETENTION;
        private @Nullable Consumer<CosmosOperation> observer;

        private Builder(CosmosContainers containers, EventSerializer serializer) {
            this.containers = containers;
            this.serializer = serializer;
        }

        /**
         * Sets the size limits of an append.
         *
         * @param limits the limits; {@link AppendLimits#DEFAULT} by default
         * @return this builder
         */
        public Builder limits(AppendLimits limits) {
            this.limits = limits;
            return this;
        }

        /**
         * Sets the number of events that one request reads. A larger page takes fewer requests and more memory. A page
         * of large events ends early, so a read needs about 4 MB of memory at a time, and up to 12 MB for the first
         * page.
         *
         * @param eventsPerRequest 100 to 5,000; 500 by default
         * @return this builder
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder eventsPerRequest(int eventsPerRequest) {
            if (eventsPerRequest < 100 || eventsPerRequest > 5_000) {
                throw new IllegalArgumentException("eventsPerRequest is " + eventsPerRequest + ": use 100 to 5000");
            }
            this.eventsPerRequest = eventsPerRequest;
            return this;
        }

        /**
         * Sets the timeout for operations that do not specify one. It covers all attempts together. Each page of a
         * query is a separate operation. If a command has a timeout, that timeout applies instead, even if it is longer
         * than this one.
         *
         * @param timeout more than zero, at most a day; 30 seconds by default
         * @return this builder
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder timeout(Duration timeout) {
            this.timeout = RequestExecutor.requireTimeout(timeout);
            return this;
        }

        /**
         * Sets how long command ids are kept as idempotency keys. After that time, a repeated command counts as a new
         * command.
         *
         * @param idempotencyKeyRetention 1 second to 10 years; 30 days by default
         * @return this builder
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder idempotencyKeyRetention(Duration idempotencyKeyRetention) {
            if (idempotencyKeyRetention.compareTo(Duration.ofSeconds(1)) < 0
                    || idempotencyKeyRetention.compareTo(Duration.ofDays(3_653)) > 0) {
                throw new IllegalArgumentException(
                        "idempotencyKeyRetention is " + idempotencyKeyRetention + ": use 1 second to 10 years");
            }
            this.idempotencyKeyRetention = idempotencyKeyRetention;
            return this;
        }

        /**
         * Sets the observer that receives the cost of each operation, such as {@link CosmosMetrics}. The observer is
         * called in the thread of the operation, so it must be fast.
         *
         * @param observer the observer, thread-safe; none by default
         * @return this builder
         */
        public Builder observer(Consumer<CosmosOperation> observer) {
            this.observer = observer;
            return this;
        }

        /**
         * Checks the configuration of the container of events and creates the store.
         *
         * @return the store
         * @throws IllegalStateException if the container is misconfigured; the message lists the differences
         * @throws EventStoreUnavailableException if the configuration of the container cannot be read
         */
        public CosmosEventStore build() {
            return new CosmosEventStore(this);
        }
    }
}
