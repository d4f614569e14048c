package io.daybook.projection;

import io.daybook.eventstore.CommandTimeout;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamId;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.readmodel.Parking;
import io.daybook.readmodel.ReadCache;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.readmodel.ReadModelStore;
import io.daybook.subscription.EventFeed;
import io.daybook.subscription.EventInterceptor;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A service that runs projections. It follows a feed and writes the documents of the projections. By default, each version of each
 * projection has a separate subscription. Several instances can run the same projections, and an instance can be configured to serve only
 * reads: see {@link Builder#following}. Thread-safe.
 *
 * <pre>{@code
 * Projection<OrderState> states = Projection.named("order-states", 1, Order.TYPE, OrderState.class)
 *         .on(OrderCreated.class, (none, event, metadata) -> new OrderState(false))
 *         .on(OrderShipped.class, (state, event, metadata) -> new OrderState(true))
 *         .build();
 * Projector projector = Projector.builder(feed, eventStore, new InMemoryReadModelStore()).project(states).start();
 * Optional<ReadDocument<OrderState>> state = projector.readModel(states).get("42");
 * projector.close(); // when the application stops
 * }</pre>
 *
 * <p>If a projection keeps failing for an event, the stream of the event is parked, and other streams continue. If 20 streams in a row
 * fail, no more streams are parked, and the failing events are retried instead. Methods throw {@link IllegalArgumentException} for a
 * projection that this projector does not run.
 */
public final class Projector implements AutoCloseable {

    private final RunningProjections projections;
    private final KnownVersions known;

    private Projector(Builder builder) {
        known = new KnownVersions(builder.settings.clock);
        projections = new RunningProjections(builder);
    }

    /**
     * Returns a builder of a projector.
     *
     * @param feed the feed that delivers the events
     * @param eventStore the store that the feed follows; it is read to build documents, to fill gaps, and to serve reads with a token
     * @param readModelStore the store for the documents
     * @return a builder
     */
    public static Builder builder(EventFeed feed, EventStore eventStore, ReadModelStore readModelStore) {
        return new Builder(feed, eventStore, readModelStore);
    }

    /**
     * Returns a builder of a projector for a service that has no event store, such as a service that receives the events of another service
     * over a message broker. Documents then show only events that the feed delivers:
     * <ul>
     *   <li>The first version of a read model begins without documents and is active immediately. A later version must be built by a
     *       projector that has the event store and uses the same documents.
     *   <li>A stream is parked if one of its events was not delivered, such as an event older than the subscription.
     *   <li>A read with a token fails if the required events have not been delivered, unless {@link ReadModel#waiting} allows it to wait.
     *   <li>{@link #rebuild rebuild}, {@link #rebuildDocument rebuildDocument}, {@link #verify verify} and {@link #retryParked retryParked}
     *       throw {@link IllegalStateException}: call them in a service that has the event store.
     * </ul>
     *
     * @param feed the feed that delivers the events
     * @param readModelStore the store for the documents
     * @return a builder
     */
    public static Builder builder(EventFeed feed, ReadModelStore readModelStore) {
        return new Builder(feed, NoEventStore.INSTANCE, readModelStore);
    }

    /**
     * Returns the read model of a projection. It can be used after the projector is closed.
     *
     * @param <D> the class of the documents
     * @param projection a projection of this projector
     * @return the read model
     * @throws IllegalArgumentException if this projector does not run the projection
     */
    public <D> ReadModel<D> readModel(Projection<D> projection) {
        return projections.of(projection).readModel(projection, known);
    }

    /**
     * Returns the read model of a grouped projection. It can be used after the projector is closed.
     *
     * @param <S> the class of a stream's contribution
     * @param <D> the class of the summaries
     * @param projection a projection of this projector
     * @return the read model
     * @throws IllegalArgumentException if this projector does not run the projection
     */
    public <S, D> GroupedReadModel<S, D> readModel(GroupedProjection<S, D> projection) {
        return projections.of(projection).readModel(projection, known);
    }

    /**
     * Records that this process has acknowledged a command, so that {@link ReadModel#get} without a token shows the command's events. The
     * projector remembers the versions of the last 10,000 streams. Lists and grouped read models do not use them: pass the token instead.
     *
     * @param token the token of the command's result
     */
    public void acknowledged(ConsistencyToken token) {
        known.acknowledged(token);
    }

    /** {@return the current state of each projection} */
    public List<ProjectorStatus> status() {
        return projections.status();
    }

    /**
     * Returns the streams that are parked, with the reasons. The result can be large if a projection has failed for a long time.
     *
     * @param projection a projection of this projector
     * @return the parked streams; a copy
     * @throws io.daybook.readmodel.ReadModelUnavailableException if the documents cannot be read
     */
    public Map<StreamId, Parking> parked(ProjectionDefinition projection) {
        return projections.of(projection).runner().states.parked();
    }

    /**
     * Projects the events of parked streams, in the caller's thread, and unparks each stream whose events were projected.
     *
     * @param projection a projection of this projector
     * @return the number of streams that are no longer parked
     * @throws IllegalStateException if this projector has no event store
     * @throws io.daybook.readmodel.ReadModelUnavailableException if the documents cannot be read or written
     * @throws io.daybook.eventstore.EventStoreUnavailableException if the events cannot be read
     */
    public int retryParked(ProjectionDefinition projection) {
        return projections.withEvents(projection, "retryParked").runner().retryParked();
    }

    /**
     * Activates a version that was built alongside an older one. Within 10 seconds, all instances serve reads from it.
     *
     * @param projection a projection of this projector
     * @throws IllegalStateException if the version has not caught up yet or was dropped: see {@link #status}
     * @throws io.daybook.readmodel.ReadModelUnavailableException if the state cannot be read or written
     */
    public void activate(ProjectionDefinition projection) {
        projections.of(projection).version().activate();
    }

    /**
     * Deletes the documents of a projection and builds them again from all events, in the background. Until the build is complete, requests
     * for lists and group summaries are rejected, and a missing document is built from the event store when it is read. To repair single
     * documents without a rebuild, use {@link #rebuildDocument}.
     *
     * @param projection a projection of this projector, even if its version was dropped
     * @throws IllegalStateException if this projector has no event store
     * @throws io.daybook.readmodel.ReadModelUnavailableException if the state cannot be read or written
     */
    public void rebuild(ProjectionDefinition projection) {
        projections.withEvents(projection, "rebuild").version().rebuild();
    }

    /**
     * Drops a version that is no longer used: deletes its documents and its position in the feed. If this method fails, call it again.
     * Until the version is rebuilt, its read models throw {@link ReadModelNotReadyException}.
     *
     * @param name the name of the read model
     * @param version the version
     * @throws IllegalArgumentException if no version of that name has ever run
     * @throws IllegalStateException if this projector or another instance runs the version, or if several versions exist and this is the
     *     only active one
     * @throws io.daybook.readmodel.ReadModelUnavailableException if the state or the documents cannot be reached
     */
    public void drop(String name, int version) {
        projections.drop(ReadModelSchema.of(name, version));
    }

    /**
     * Folds all events of one stream again and replaces the stream's document.
     *
     * @param projection a projection of this projector
     * @param key the id of the aggregate
     * @throws ProjectionFailedException if an event cannot be projected
     * @throws IllegalStateException if this projector has no event store
     * @throws io.daybook.readmodel.ReadModelUnavailableException if the document cannot be read or written
     * @throws io.daybook.eventstore.EventStoreUnavailableException if the events cannot be read
     */
    public void rebuildDocument(Projection<?> projection, String key) {
        RunningProjection found = projections.withEvents(projection, "rebuildDocument");
        found.runner().rebuild(StreamId.of(projection.aggregateType(), key));
    }

    /**
     * Compares each document with the event store, in the caller's thread: its position with the stream's version, and its content with a
     * fresh fold of the events up to that position. Projectors and writers can keep running; a document counts as behind until the latest
     * events of its stream are projected. This method reads all events once, and each checked stream a second time. It logs its progress
     * every 10 seconds.
     *
     * <p>For a grouped projection, the contributions of the streams are compared with the event store, and each summary is compared with
     * the sum of its contributions.
     *
     * @param projection a projection of this projector
     * @param options the streams to check, and whether to repair documents; a repair does not advance a parked document
     * @return a report of the problems that were found, including those that were then repaired
     * @throws ReadModelNotReadyException if the version is being built or was dropped
     * @throws IllegalStateException if this projector has no event store
     * @throws io.daybook.readmodel.ReadModelUnavailableException if the documents cannot be read or written
     * @throws io.daybook.eventstore.EventStoreUnavailableException if the events cannot be read
     */
    public VerifyReport verify(ProjectionDefinition projection, VerifyOptions options) {
        return projections.withEvents(projection, "verify").verify(options);
    }

    /**
     * Waits until every event stored before this call is projected or parked. For tests. The feed must be able to detect that it has
     * delivered all events.
     *
     * @param timeout the maximum time to wait
     * @throws IllegalStateException if the timeout expires; the message contains the status
     */
    public void drain(Duration timeout) {
        projections.drain(CommandTimeout.after(timeout));
    }

    /**
     * Stops following the feed, and waits until the events in progress are projected. If a rebuild is reading a page ahead, that read may
     * finish after this method has returned. Its page is discarded.
     *
     * @throws IllegalStateException if a handler of a projection calls this method
     */
    @Override
    public void close() {
        projections.close();
    }

    /**
     * Stops following the feed, and waits up to a timeout until the events in progress are projected. Events still in progress at that time
     * continue to be projected. If the program ends before they are projected, they are redelivered.
     *
     * @param timeout the maximum time to wait
     * @return whether the projector has stopped
     * @throws IllegalStateException if a handler of a projection calls this method
     */
    public boolean close(Duration timeout) {
        return projections.close(timeout);
    }

    /** A builder of a projector. Not thread-safe. */
    public static final class Builder {

        final EventFeed feed;
        final EventStore eventStore;
        final ReadModelStore store;
        final Set<ProjectionDefinition> projections = new LinkedHashSet<>();
        final ProjectorSettings settings = new ProjectorSettings();

        private Builder(EventFeed feed, EventStore eventStore, ReadModelStore store) {
            this.feed = Objects.requireNonNull(feed, "feed");
            this.eventStore = Objects.requireNonNull(eventStore, "eventStore");
            this.store = Objects.requireNonNull(store, "readModelStore");
        }

        /**
         * Adds a projection.
         *
         * @param projection the projection
         * @return this builder
         * @throws IllegalArgumentException if another projection has the same name and version
         */
        public Builder project(ProjectionDefinition projection) {
            String id = projection.schema().id();
            VersionStates.requireOther(id);
            if (projections.stream().anyMatch(each -> each.schema().id().equals(id))) {
                throw new IllegalArgumentException(
                        "two projections are named " + id + ": rename one or increase its version");
            }
            projections.add(projection);
            return this;
        }

        /**
         * Sets a cache for documents of single streams; summaries of groups are not cached. A read uses a cached document unless the
         * document is older than the token of the read. Each written document is put into the cache. A read without a token may return a
         * document that is as old as the time to live, unless the projectors of all instances use the cache. While the cache is
         * unavailable, documents are read from the store.
         *
         * @param cache the cache, shared by all instances
         * @param timeToLive how long the cache keeps a document, 1 second or more
         * @return this builder
         * @throws IllegalArgumentException if the time to live is less than 1 second
         */
        public Builder cache(ReadCache cache, Duration timeToLive) {
            settings.cache(cache, timeToLive);
            return this;
        }

        /**
         * Also caches the pages of {@link ReadModel#find(io.daybook.readmodel.Filter) find} without a token, in the cache set with
         * {@link #cache}. A page may then be as old as the time to live. By default, pages are read from the store.
         *
         * @param timeToLive how long the cache keeps a page, 1 second or more; a few seconds is typical
         * @return this builder
         * @throws IllegalArgumentException if the time to live is less than 1 second
         */
        public Builder cachePages(Duration timeToLive) {
            settings.pagesToLive(timeToLive);
            return this;
        }

        /**
         * Adds an interceptor around the projection of events from the feed, such as {@code EventTracing.ofProjections(registry)}. Rebuilds
         * are not intercepted, and neither are reads that bring a document up to date. The interceptor that was added first is outermost.
         *
         * @param interceptor the interceptor
         * @return this builder
         */
        public Builder intercept(EventInterceptor interceptor) {
            settings.interceptor = settings.interceptor.around(interceptor);
            return this;
        }

        /**
         * Sets the number of attempts to project an event before its stream is parked.
         *
         * @param attempts the number of attempts, 1 or more; 5 by default
         * @return this builder
         * @throws IllegalArgumentException if the number is less than 1
         */
        public Builder parkAfter(int attempts) {
            settings.attempts(attempts);
            return this;
        }

        /**
         * Sets whether the projector follows the feed. A projector that does not follow the feed answers queries from documents that other
         * processes keep up to date. Reads with a token still show the events that the token requires, and {@link #status} shows the
         * subscription as {@code WAITING}. Such a projector never builds a version; another process that follows the feed must do so.
         *
         * @param follows whether the projector follows the feed; true by default
         * @return this builder
         */
        public Builder following(boolean follows) {
            settings.follows = follows;
            return this;
        }

        /**
         * Uses one subscription for all projections, such as a subscription of a Service Bus topic that was created with sessions and
         * without a filter. By default, each version of a projection has a separate subscription, named after its
         * {@linkplain ReadModelSchema#id id}.
         *
         * <p>An event counts as handled once all projections have handled it. Each projection parks streams independently. All instances
         * that use the name must run the same projections, because events that another program has handled are not delivered again. Use
         * another subscription for a program with other projections. A version that is being built counts as caught up as soon as all
         * stored events have been scanned.
         *
         * @param name the name of the subscription, in the form that the feed requires
         * @return this builder
         * @throws IllegalArgumentException if the name is empty
         */
        public Builder sharedSubscription(String name) {
            settings.subscription(name);
            return this;
        }

        /**
         * Sets the clock. The projector uses it to record when streams are parked, and to limit lookups: if a stream has not reached the
         * version in a token, reads look that version up again only after one second.
         *
         * @param clock the clock; the default is the system clock
         * @return this builder
         */
        public Builder clock(Clock clock) {
            settings.clock = clock;
            return this;
        }

        /**
         * Builds the projector and starts following the feed, unless {@link #following} was set to {@code false}. A projection that has
         * never run begins with the first event.
         *
         * @return the projector
         * @throws IllegalStateException if {@link #cachePages} was called without {@link #cache}, a projection was changed without
         *     increasing its version, or documents must be built from all events but there is no event store
         * @throws io.daybook.readmodel.ReadModelUnavailableException if the documents cannot be opened or read
         */
        public Projector start() {
            settings.require();
            return new Projector(this);
        }
    }
}
