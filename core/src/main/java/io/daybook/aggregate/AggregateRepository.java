package io.daybook.aggregate;

import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import io.daybook.snapshot.AggregateCache;
import io.daybook.snapshot.SnapshotPolicy;
import io.daybook.snapshot.SnapshotStore;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A repository that loads, creates and updates the aggregates of one type. Immutable and thread-safe. The configuration methods return a
 * new repository.
 *
 * <pre>{@code
 * AggregateRepository<Order> orders = AggregateRepository.of(Order.TYPE, eventStore)
 *         .retry(new RetryPolicy(5, Duration.ofMillis(1), Duration.ofMillis(50)));
 * orders.create("43", UpdateContext.empty(), order -> order.create("alice"));
 * orders.update("43", UpdateContext.empty(), order -> order.ship("1Z999", Instant.now()));
 * boolean shipped = orders.load("43").isShipped();
 * }</pre>
 *
 * <p>{@link #create create} and {@link #update update} run a decision: a function that calls methods on the aggregate.
 * All events that the decision raises are stored in one transaction. After a conflict with another writer, the
 * repository loads the current state and runs the decision again, up to the limit of the {@link RetryPolicy}. The
 * decision must therefore have no side effects outside the aggregate. It is never run again if the outcome of an append
 * is unknown, if the context has an expected version, or if the timeout has expired.
 *
 * <p>Methods that access the store throw {@link io.daybook.eventstore.EventStoreUnavailableException} if the store cannot be reached,
 * {@link StreamDeletedException} if the aggregate was {@linkplain #delete deleted}, and {@link IllegalArgumentException} if the id cannot
 * be part of a {@link StreamId}.
 *
 * @param <A> the aggregate's class
 */
public final class AggregateRepository<A extends AggregateRoot<?>> {

    private final AggregateType<A, ?> type;
    private final EventStore store;
    private final SnapshotStore snapshots;
    private final SnapshotPolicy snapshotPolicy;
    private final @Nullable AggregateCache cache;
    private final RetryPolicy retryPolicy;
    private final Clock clock;
    private final Supplier<String> eventIds;
    private final AggregateLoader<A> loader;
    private final AggregateUpdate.Services<A> services;

    private AggregateRepository(
            AggregateType<A, ?> type,
            EventStore store,
            SnapshotStore snapshots,
            SnapshotPolicy snapshotPolicy,
            @Nullable AggregateCache cache,
            RetryPolicy retryPolicy,
            Clock clock,
            Supplier<String> eventIds) {
        this.type = Objects.requireNonNull(type, "type");
        this.store = Objects.requireNonNull(store, "store");
        store.requireEventTypes(type.eventTypes());
        this.snapshots = Objects.requireNonNull(snapshots, "snapshots");
        this.snapshotPolicy = Objects.requireNonNull(snapshotPolicy, "snapshotPolicy");
        this.cache = cache;
        this.retryPolicy = Objects.requireNonNull(retryPolicy, "retryPolicy");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.eventIds = Objects.requireNonNull(eventIds, "eventIds");
        this.loader = new AggregateLoader<>(type, store, snapshots, snapshotPolicy, cache);
        this.services = new AggregateUpdate.Services<>(
                type, store, loader, retryPolicy, new EventEnvelopes(type, clock, eventIds));
    }

    /**
     * Creates a repository without snapshots and with the default {@link RetryPolicy}.
     *
     * @param <A> the aggregate's class
     * @param type the type of the aggregates
     * @param store the store for the events
     * @return the repository
     * @throws IllegalArgumentException if an event of the type is not registered with the store's serializer
     */
    public static <A extends AggregateRoot<?>> AggregateRepository<A> of(AggregateType<A, ?> type, EventStore store) {
        return new AggregateRepository<>(
                type,
                store,
                SnapshotStore.none(),
                SnapshotPolicy.never(),
                null,
                RetryPolicy.DEFAULT,
                Clock.systemUTC(),
                () -> UUID.randomUUID().toString());
    }

    /**
     * Enables snapshots.
     *
     * @param snapshots the snapshot store
     * @param policy decides when to take a snapshot
     * @return a repository with snapshots
     * @throws IllegalArgumentException if the aggregate type does not define how its state is converted to a snapshot
     */
    public AggregateRepository<A> snapshots(SnapshotStore snapshots, SnapshotPolicy policy) {
        requireSnapshots();
        return new AggregateRepository<>(type, store, snapshots, policy, cache, retryPolicy, clock, eventIds);
    }

    /**
     * Enables a cache of aggregate states. Decisions then run on the cached state of the aggregate without reading its
     * stream first.
     *
     * @param cache the cache, such as {@link AggregateCache#inMemory AggregateCache.inMemory}; not shared with other
     *     processes
     * @return a repository with that cache
     * @throws IllegalArgumentException if the aggregate type does not define how its state is converted to a snapshot
     */
    public AggregateRepository<A> cache(AggregateCache cache) {
        requireSnapshots();
        return new AggregateRepository<>(
                type, store, snapshots, snapshotPolicy, Objects.requireNonNull(cache), retryPolicy, clock, eventIds);
    }

    private void requireSnapshots() {
        if (type.stateMapping().isEmpty()) {
            throw new IllegalArgumentException(
                    "the aggregate type " + type.name() + " has no snapshots: add .snapshot(…) where it is built");
        }
    }

    /**
     * Sets the retry policy for conflicts.
     *
     * @param policy the number of retries and the pauses between them
     * @return a repository with that policy
     */
    public AggregateRepository<A> retry(RetryPolicy policy) {
        return new AggregateRepository<>(type, store, snapshots, snapshotPolicy, cache, policy, clock, eventIds);
    }

    /**
     * Sets the clock for event timestamps.
     *
     * @param clock the clock; the default is the system clock
     * @return a repository with that clock
     */
    public AggregateRepository<A> clock(Clock clock) {
        return new AggregateRepository<>(type, store, snapshots, snapshotPolicy, cache, retryPolicy, clock, eventIds);
    }

    /**
     * Sets the supplier of event ids.
     *
     * @param eventIds supplies ids of at most 128 characters that are never reused; thread-safe. The default supplies random UUIDs
     * @return a repository with that supplier
     */
    public AggregateRepository<A> eventIds(Supplier<String> eventIds) {
        return new AggregateRepository<>(type, store, snapshots, snapshotPolicy, cache, retryPolicy, clock, eventIds);
    }

    /**
     * {@return the type of the aggregates}
     */
    public AggregateType<A, ?> type() {
        return type;
    }

    /**
     * {@return the number of snapshot and cache operations that have failed since this repository was created; failures are logged}
     */
    public long snapshotFailures() {
        return loader.snapshotFailures();
    }

    /**
     * Returns the number of appends that were based on an event that the store has since lost, for example in an
     * unplanned failover. These appends remain stored. Each one was logged as an error with both event ids, and the
     * state in memory was discarded.
     *
     * @return the number of these appends since this repository was created
     */
    public long appendsOnLostEvents() {
        return loader.builtOnLostEvents();
    }

    /**
     * Loads the current state of an aggregate.
     *
     * @param id the id of the aggregate
     * @return the aggregate
     * @throws AggregateNotFoundException if the aggregate has no events
     */
    public A load(String id) {
        return find(id).orElseThrow(() -> new AggregateNotFoundException(stream(id)));
    }

    /**
     * Loads the state of an aggregate at a given version.
     *
     * @param id the id of the aggregate
     * @param toVersion the sequence number of the last event to apply, from 1
     * @return the aggregate at that version. Changes to it cannot be saved if its stream has later events
     * @throws AggregateNotFoundException if the aggregate has no events
     * @throws IllegalArgumentException if the version is less than 1 or greater than the current version of the aggregate
     */
    public A load(String id, long toVersion) {
        return loader.loadAt(stream(id), toVersion);
    }

    /**
     * Loads the current state of an aggregate, if the aggregate exists.
     *
     * @param id the id of the aggregate
     * @return the aggregate; empty if it has no events
     */
    public Optional<A> find(String id) {
        A aggregate = loader.load(stream(id));
        return aggregate.version() == 0 ? Optional.empty() : Optional.of(aggregate);
    }

    /**
     * Creates an aggregate and stores the events that it raises. Nothing is read beforehand. If the aggregate raises no
     * events, the stream is read to confirm that it does not exist yet.
     *
     * @param id the id of the new aggregate
     * @param context the user, correlation and causation ids, timeout and expected version of the update
     * @param decision calls methods on the new aggregate
     * @return the result
     * @throws AggregateAlreadyExistsException if an aggregate with that id already exists
     * @throws io.daybook.eventstore.ConcurrencyException if the context has an expected version other than 0
     * @throws io.daybook.eventstore.CommandIdReusedException if another command was handled with the same idempotency key
     * @throws io.daybook.eventstore.CommandTimeoutException if the timeout has expired
     * @throws RuntimeException if the decision throws it; passed on unchanged
     */
    public UpdateResult<Void> create(String id, UpdateContext context, Consumer<A> decision) {
        return newUpdate(stream(id), context).create(decision);
    }

    /**
     * Updates an existing aggregate and stores the events that it raises.
     *
     * @param id the id of the aggregate
     * @param context the user, correlation and causation ids, timeout and expected version of the update
     * @param decision calls methods on the aggregate; called again after a conflict
     * @return the result
     * @throws AggregateNotFoundException if the aggregate does not exist
     * @throws io.daybook.eventstore.ConcurrencyException if the aggregate is not at the expected version of the
     *     context, or if conflicts with other writers continue after the last retry;
     *     {@link io.daybook.eventstore.ConcurrencyException#isPreconditionFailed isPreconditionFailed} distinguishes
     *     the two
     * @throws io.daybook.eventstore.CommandIdReusedException if another command was handled with the same idempotency key
     * @throws io.daybook.eventstore.CommandTimeoutException if the timeout has expired
     * @throws RuntimeException if the decision throws it; passed on unchanged
     */
    public UpdateResult<Void> update(String id, UpdateContext context, Consumer<A> decision) {
        return newUpdate(stream(id), context).update(decision);
    }

    /**
     * Creates or updates an aggregate and stores the events that it raises. Works like {@link #update update}, but the
     * aggregate need not exist. A conflict with a writer that creates the aggregate at the same time is retried.
     *
     * @param id the id of the aggregate
     * @param context the user, correlation and causation ids, timeout and expected version of the update
     * @param decision calls methods on the aggregate, which is at version 0 if it is new; called again after a conflict
     * @return the result
     * @throws io.daybook.eventstore.ConcurrencyException as for {@link #update update}
     * @throws io.daybook.eventstore.CommandIdReusedException if another command was handled with the same idempotency key
     * @throws io.daybook.eventstore.CommandTimeoutException if the timeout has expired
     * @throws RuntimeException if the decision throws it; passed on unchanged
     */
    public UpdateResult<Void> createOrUpdate(String id, UpdateContext context, Consumer<A> decision) {
        return newUpdate(stream(id), context).createOrUpdate(decision);
    }

    /**
     * Creates an aggregate like {@link #create create}, and returns a value.
     *
     * @param <R> the type of the value
     * @param id the id of the new aggregate
     * @param context the user, correlation and causation ids, timeout and expected version of the update
     * @param decision calls methods on the new aggregate and returns a value that is not null
     * @return the result with the value
     */
    public <R> UpdateResult<R> createReturning(String id, UpdateContext context, Function<A, R> decision) {
        return ReturningUpdate.run(decision, consumer -> create(id, context, consumer));
    }

    /**
     * Updates an existing aggregate like {@link #update update}, and returns a value.
     *
     * <pre>{@code
     * boolean shipped = orders.updateReturning("42", UpdateContext.empty(), Order::isShipped).value().orElseThrow();
     * }</pre>
     *
     * @param <R> the type of the value
     * @param id the id of the aggregate
     * @param context the user, correlation and causation ids, timeout and expected version of the update
     * @param decision calls methods on the aggregate and returns a value that is not null; called again after a
     *     conflict
     * @return the result with the value from the attempt that was stored
     */
    public <R> UpdateResult<R> updateReturning(String id, UpdateContext context, Function<A, R> decision) {
        return ReturningUpdate.run(decision, consumer -> update(id, context, consumer));
    }

    /**
     * Creates or updates an aggregate like {@link #createOrUpdate createOrUpdate}, and returns a value.
     *
     * @param <R> the type of the value
     * @param id the id of the aggregate
     * @param context the user, correlation and causation ids, timeout and expected version of the update
     * @param decision calls methods on the aggregate and returns a value that is not null; called again after a
     *     conflict
     * @return the result with the value from the attempt that was stored
     */
    public <R> UpdateResult<R> createOrUpdateReturning(String id, UpdateContext context, Function<A, R> decision) {
        return ReturningUpdate.run(decision, consumer -> createOrUpdate(id, context, consumer));
    }

    /**
     * Saves the events that an aggregate has raised. Its stream must still be at the version at which the aggregate was loaded or created.
     * Use this method in handlers that load and save aggregates themselves. {@link #update update} does both and retries conflicts.
     *
     * <p>If the outcome is unknown, save the same aggregate again with the same command. The second call repeats the
     * same append, and succeeds if the events are already stored.
     *
     * @param aggregate an aggregate returned by {@link #load load} or {@link AggregateType#newInstance AggregateType.newInstance}. It is at
     *     the new version afterward. If it had raised events and the command is a duplicate, it cannot be used afterward
     * @param context the context, with the expected version if the sender specified one
     * @return the result. If no events were raised, it has 0 events and nothing is stored. If the same command was handled before, it is
     *     that of the first execution, marked as a duplicate
     * @throws io.daybook.eventstore.ConcurrencyException if another writer appended first, or if the aggregate is not at the expected
     *     version; {@link io.daybook.eventstore.ConcurrencyException#isPreconditionFailed isPreconditionFailed} distinguishes the two
     * @throws IllegalStateException if the same command has already saved this aggregate, if the aggregate must be loaded again, or if the
     *     outcome of its last save is unknown and that save was for another command
     */
    public UpdateResult<Void> save(A aggregate, UpdateContext context) {
        return newUpdate(stream(aggregate.id()), context).save(aggregate);
    }

    /**
     * Rejects a command without running a decision, as if a decision had thrown the exception. If the context
     * {@linkplain UpdateContext.Builder#recordRejections() records rejections}, the rejection is final. The command bus calls this method
     * for commands that are invalid or not authorized.
     *
     * @param id the id of the aggregate, which need not exist
     * @param context the user, correlation and causation ids, timeout and expected version of the command
     * @param rejection the exception to throw
     * @return the first result, marked as a duplicate, if rejections are recorded and the same command was accepted before. In all other
     *     cases, this method throws
     * @throws io.daybook.eventstore.CommandRejectedException if the same command was rejected before with another exception
     */
    public UpdateResult<Void> reject(String id, UpdateContext context, RuntimeException rejection) {
        return newUpdate(stream(id), context).reject(rejection);
    }

    /**
     * Deletes an aggregate permanently: its events, the commands that were handled on it, and its snapshot. The id cannot be used again.
     * {@link EventStore#delete(StreamId, long)} describes what other readers and writers see. A concurrent command either stores its events
     * first, which are then deleted, or fails with {@link StreamDeletedException}.
     *
     * <p>If this method fails partway, call it again until it returns. A command that was stored just before the deletion may save its
     * snapshot just after it. That snapshot is never used, and is removed when the aggregate is next loaded or deleted. States that other
     * processes have cached are not used either, and are removed the next time they are accessed.
     *
     * @param id the id of the aggregate
     * @throws AggregateNotFoundException if the aggregate has no events and was not deleted before
     * @throws RuntimeException if the snapshot store throws it; passed on unchanged, after the events were deleted
     */
    public void delete(String id) {
        StreamId stream = stream(id);
        try {
            // The first read may lag behind another writer, so an aggregate is missing only after a read that does not.
            if (store.currentVersion(stream) == 0
                    && store.readCurrent(stream, 0).findFirst().isEmpty()) {
                throw new AggregateNotFoundException(stream);
            }
        } catch (StreamDeletedException e) {
            // Deleting it again removes what an earlier attempt left behind.
        }
        store.delete(stream);
        loader.delete(stream);
    }

    private AggregateUpdate<A> newUpdate(StreamId stream, UpdateContext context) {
        return new AggregateUpdate<>(services, stream, context);
    }

    private StreamId stream(String id) {
        return StreamId.of(type.name(), id);
    }
}
