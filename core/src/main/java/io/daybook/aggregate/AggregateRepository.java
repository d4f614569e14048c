package io.daybook.aggregate;

import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import io.daybook.snapshot.SnapshotPolicy;
import io.daybook.snapshot.SnapshotStore;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Loads, creates and changes the aggregates of one type. Immutable and safe for use by many threads; the methods that configure it
 * return a new repository.
 *
 * <pre>{@code
 * AggregateRepository<Order> orders = AggregateRepository.of(Order.TYPE, eventStore)
 *         .retry(new RetryPolicy(5, Duration.ofMillis(1), Duration.ofMillis(50)));
 * orders.create("43", UpdateContext.empty(), order -> order.create("alice"));
 * orders.update("43", UpdateContext.empty(), order -> order.ship("1Z999", Instant.now()));
 * boolean shipped = orders.load("43").isShipped();
 * }</pre>
 *
 * <p>{@link #create create} and {@link #update update} run a decision: a function that calls methods of the aggregate. All events that it
 * raises are stored in one transaction. When another writer came first, the decision is made again on the fresh state, as the
 * {@link RetryPolicy} says; so it must not have effects besides those on the aggregate. It is never made again after an append whose
 * outcome is unknown, for a stated expected version, or after the timeout.
 *
 * <p>All of them fail with {@link io.daybook.eventstore.EventStoreUnavailableException} when the store cannot be reached, with
 * {@link StreamDeletedException} for an aggregate that was {@linkplain #delete deleted}, and with an
 * {@link IllegalArgumentException} for an id that cannot be part of a {@link StreamId}.
 *
 * @param <A> the aggregate's class
 */
public final class AggregateRepository<A extends AggregateRoot<?>> {

    private final AggregateType<A, ?> type;
    private final EventStore store;
    private final SnapshotStore snapshots;
    private final SnapshotPolicy snapshotPolicy;
    private final RetryPolicy retryPolicy;
    private final Clock clock;
    private final Supplier<String> eventIds;
    private final AggregateLoader<A> loader;
    private final AggregateUpdate<A> decisions;

    private AggregateRepository(
            AggregateType<A, ?> type,
            EventStore store,
            SnapshotStore snapshots,
            SnapshotPolicy snapshotPolicy,
            RetryPolicy retryPolicy,
            Clock clock,
            Supplier<String> eventIds) {
        this.type = Objects.requireNonNull(type, "type");
        this.store = Objects.requireNonNull(store, "store");
        store.requireEventTypes(type.eventTypes());
        this.snapshots = Objects.requireNonNull(snapshots, "snapshots");
        this.snapshotPolicy = Objects.requireNonNull(snapshotPolicy, "snapshotPolicy");
        this.retryPolicy = Objects.requireNonNull(retryPolicy, "retryPolicy");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.eventIds = Objects.requireNonNull(eventIds, "eventIds");
        this.loader = new AggregateLoader<>(type, store, snapshots, snapshotPolicy);
        this.decisions =
                new AggregateUpdate<>(type, store, loader, retryPolicy, new EventEnvelopes(type, clock, eventIds));
    }

    /**
     * Creates a repository without snapshots and with the default {@link RetryPolicy}.
     *
     * @param <A> the aggregate's class
     * @param type the type of the aggregates
     * @param store where their events are
     * @return the repository
     * @throws IllegalArgumentException if the store's serializer does not know an event of the type
     */
    public static <A extends AggregateRoot<?>> AggregateRepository<A> of(AggregateType<A, ?> type, EventStore store) {
        return new AggregateRepository<>(
                type,
                store,
                SnapshotStore.none(),
                SnapshotPolicy.never(),
                RetryPolicy.DEFAULT,
                Clock.systemUTC(),
                () -> UUID.randomUUID().toString());
    }

    /**
     * Uses snapshots.
     *
     * @param snapshots where they are kept
     * @param policy when one is taken
     * @return a repository that does
     * @throws IllegalArgumentException if the aggregate's type does not state how its state becomes a snapshot
     */
    public AggregateRepository<A> snapshots(SnapshotStore snapshots, SnapshotPolicy policy) {
        if (type.stateMapping().isEmpty()) {
            throw new IllegalArgumentException(
                    "the aggregate type " + type.name() + " has no snapshots: add .snapshot(…) where it is built");
        }
        return new AggregateRepository<>(type, store, snapshots, policy, retryPolicy, clock, eventIds);
    }

    /**
     * Sets how conflicts are retried.
     *
     * @param policy how often and after which pauses
     * @return a repository that does
     */
    public AggregateRepository<A> retry(RetryPolicy policy) {
        return new AggregateRepository<>(type, store, snapshots, snapshotPolicy, policy, clock, eventIds);
    }

    /**
     * Sets the clock that the events' timestamps are read from.
     *
     * @param clock the clock; the default is the system's
     * @return a repository that uses it
     */
    public AggregateRepository<A> clock(Clock clock) {
        return new AggregateRepository<>(type, store, snapshots, snapshotPolicy, retryPolicy, clock, eventIds);
    }

    /**
     * Sets what the events' ids are taken from.
     *
     * @param eventIds yields ids that are unique for ever, at most 128 characters; safe for use by many threads; the
     *     default yields random UUIDs
     * @return a repository that uses it
     */
    public AggregateRepository<A> eventIds(Supplier<String> eventIds) {
        return new AggregateRepository<>(type, store, snapshots, snapshotPolicy, retryPolicy, clock, eventIds);
    }

    /**
     * {@return the type of the aggregates}
     */
    public AggregateType<A, ?> type() {
        return type;
    }

    /**
     * {@return how many snapshots could not be loaded or saved since this repository was made; each was logged}
     */
    public long snapshotFailures() {
        return loader.snapshotFailures();
    }

    /**
     * Returns how many appends were decided on an event that the store has lost since, as after an unplanned failover. They
     * are stored. Each was logged as an error with both event ids, and the state in memory was dropped.
     *
     * @return the number since this repository was made
     */
    public long appendsOnLostEvents() {
        return loader.builtOnLostEvents();
    }

    /**
     * Loads an aggregate as it is now.
     *
     * @param id its id
     * @return the aggregate
     * @throws AggregateNotFoundException if it has no events
     */
    public A load(String id) {
        return find(id).orElseThrow(() -> new AggregateNotFoundException(stream(id)));
    }

    /**
     * Loads an aggregate as it was at a version.
     *
     * @param id its id
     * @param toVersion the sequence number of the last event that counts, from 1
     * @return the aggregate at that version; a change of it cannot be saved, since its stream has moved on
     * @throws AggregateNotFoundException if it has no events
     * @throws IllegalArgumentException if the version is less than 1, or the aggregate has not come that far
     */
    public A load(String id, long toVersion) {
        return loader.loadAt(stream(id), toVersion);
    }

    /**
     * Loads an aggregate as it is now, if it exists.
     *
     * @param id its id
     * @return the aggregate, or empty if it has no events
     */
    public Optional<A> find(String id) {
        A aggregate = loader.load(stream(id));
        return aggregate.version() == 0 ? Optional.empty() : Optional.of(aggregate);
    }

    /**
     * Decides on a new aggregate and stores what it raised. Nothing is read before.
     *
     * @param id the id of the new aggregate
     * @param context why
     * @param decision calls methods of the new aggregate
     * @return what became of it
     * @throws AggregateAlreadyExistsException if there is an aggregate with that id
     * @throws io.daybook.eventstore.ConcurrencyException if the context states an expected version other than 0
     * @throws io.daybook.eventstore.CommandIdReusedException if another command was handled under the same id
     * @throws io.daybook.eventstore.CommandTimeoutException if the timeout has expired
     * @throws RuntimeException what the decision throws, as it is
     */
    public UpdateResult<Void> create(String id, UpdateContext context, Consumer<A> decision) {
        return decisions.create(stream(id), context, decision);
    }

    /**
     * Decides on an existing aggregate and stores what it raised.
     *
     * @param id the id of the aggregate
     * @param context why
     * @param decision calls methods of the aggregate; called again when another writer came first
     * @return what became of it
     * @throws AggregateNotFoundException if there is no such aggregate
     * @throws io.daybook.eventstore.ConcurrencyException if the aggregate is not at the expected version that the context
     *     states, or other writers came first more often than the retry policy allows; it says which of the two
     * @throws io.daybook.eventstore.CommandIdReusedException if another command was handled under the same id
     * @throws io.daybook.eventstore.CommandTimeoutException if the timeout has expired
     * @throws RuntimeException what the decision throws, as it is
     */
    public UpdateResult<Void> update(String id, UpdateContext context, Consumer<A> decision) {
        return decisions.update(stream(id), context, decision);
    }

    /**
     * Decides on an aggregate that may exist or not, and stores what it raised. Otherwise like {@link #update update}: a
     * conflict with a writer that creates it at the same time is retried.
     *
     * @param id the id of the aggregate
     * @param context the context
     * @param decision calls methods of the aggregate, which is at version 0 if it is new; called again after a conflict
     * @return the result
     * @throws io.daybook.eventstore.ConcurrencyException as for {@link #update update}
     * @throws io.daybook.eventstore.CommandIdReusedException if another command was handled under the same id
     * @throws io.daybook.eventstore.CommandTimeoutException if the timeout has expired
     * @throws RuntimeException what the decision throws, as it is
     */
    public UpdateResult<Void> createOrUpdate(String id, UpdateContext context, Consumer<A> decision) {
        return decisions.createOrUpdate(stream(id), context, decision);
    }

    /**
     * Decides on a new aggregate like {@link #create create}, and returns a value.
     *
     * @param <R> the type of the value
     * @param id the id of the new aggregate
     * @param context the context
     * @param decision calls methods of the new aggregate and returns a value, not null
     * @return the result with the value
     */
    public <R> UpdateResult<R> createReturning(String id, UpdateContext context, Function<A, R> decision) {
        return ReturningUpdate.run(decision, consumer -> create(id, context, consumer));
    }

    /**
     * Decides on an existing aggregate like {@link #update update}, and returns a value.
     *
     * <pre>{@code
     * boolean shipped = orders.updateReturning("42", UpdateContext.empty(), Order::isShipped).value().orElseThrow();
     * }</pre>
     *
     * @param <R> the type of the value
     * @param id the id of the aggregate
     * @param context the context
     * @param decision calls methods of the aggregate and returns a value, not null; called again after a conflict
     * @return the result with the value of the decision that was stored
     */
    public <R> UpdateResult<R> updateReturning(String id, UpdateContext context, Function<A, R> decision) {
        return ReturningUpdate.run(decision, consumer -> update(id, context, consumer));
    }

    /**
     * Decides on an aggregate that may exist or not like {@link #createOrUpdate createOrUpdate}, and returns a value.
     *
     * @param <R> the type of the value
     * @param id the id of the aggregate
     * @param context the context
     * @param decision calls methods of the aggregate and returns a value, not null; called again after a conflict
     * @return the result with the value of the decision that was stored
     */
    public <R> UpdateResult<R> createOrUpdateReturning(String id, UpdateContext context, Function<A, R> decision) {
        return ReturningUpdate.run(decision, consumer -> createOrUpdate(id, context, consumer));
    }

    /**
     * Stores the events that an aggregate has raised, at the version at which it was loaded or made. For handlers that load
     * and save by themselves; {@link #update update} does both and retries.
     *
     * <p>If the outcome is unknown, save the same aggregate again with the same command: that repeats the same append, and
     * succeeds if the events are stored already.
     *
     * @param aggregate an aggregate of {@link #load load}, or of {@link AggregateType#newInstance AggregateType.newInstance}; at the new
     *     version afterwards, or of no more use if it had raised events and the change is a duplicate
     * @param context the context; with the version that the aggregate must have, if the sender stated one
     * @return the result; with 0 events if none was raised, which stores nothing; the first result if the same command was
     *     handled before
     * @throws io.daybook.eventstore.ConcurrencyException if another writer came first, or the aggregate is not at the
     *     expected version; it says which of the two
     * @throws IllegalStateException if the same command has saved to this aggregate before
     */
    public UpdateResult<Void> save(A aggregate, UpdateContext context) {
        return decisions.save(stream(aggregate.id()), aggregate, context);
    }

    /**
     * Deletes an aggregate for good: its events, the commands that were handled on it, and its snapshot; its id cannot be used
     * again. {@link EventStore#delete(StreamId, long)} says what others see of it. A command at the same time is stored before
     * and goes, too, or fails with {@link StreamDeletedException}.
     *
     * <p>When this fails on its way, call it again until it returns. A command that was stored just before may save its snapshot
     * just afterwards: that is never used, and goes when the aggregate is asked for, or deleted, again. States in the memory of
     * other processes are not used either, and go when they are asked for.
     *
     * @param id its id
     * @throws AggregateNotFoundException if it has no events, and was not deleted before
     * @throws RuntimeException what the snapshot store throws, as it is; the events are deleted then
     */
    public void delete(String id) {
        StreamId stream = stream(id);
        try {
            if (store.currentVersion(stream) == 0) {
                throw new AggregateNotFoundException(stream);
            }
        } catch (StreamDeletedException e) {
            // To delete it once more removes what was left behind.
        }
        store.delete(stream);
        snapshots.delete(stream);
    }

    private StreamId stream(String id) {
        return StreamId.of(type.name(), id);
    }
}
