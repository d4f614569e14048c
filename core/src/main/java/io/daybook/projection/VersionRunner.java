package io.daybook.projection;

import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.readmodel.Parking;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.readmodel.ReadModelUnavailableException;
import io.daybook.serialization.UnknownEventTypeException;
import io.daybook.subscription.EventFeed;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.EventInterceptor;
import io.daybook.subscription.SubscriptionStatus.State;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life cycle of one version of a projection in this instance: it is built by a scan of all events, catches up with
 * the feed, and follows it. The process may end after any step, and another instance then continues. Thread-safe.
 *
 * <p>Only one instance builds a version. It claims the version, records a position in the feed, and only then scans.
 * Each event is therefore either scanned or delivered by the feed.
 */
final class VersionRunner {

    private static final Logger log = LoggerFactory.getLogger(Projector.class);
    private static final Duration REPORT = Duration.ofSeconds(10);
    static final Duration TAKEOVER = Duration.ofSeconds(40);
    private static final Duration RETRY_PARKED = Duration.ofMinutes(1);

    private final ReadModelSchema schema;
    private final Fingerprint fingerprint;
    private final CurrentDocuments documents;
    private final ProjectionRunner<?> runner;
    private final BiFunction<VersionState, Instant, VersionBuild> newBuild;
    private final VersionStates states;
    private final VersionSubscription subscription;
    private final boolean follows;
    private final EventStore eventStore;
    private final Clock clock;
    private final String instance = UUID.randomUUID().toString();

    private volatile VersionStates.@Nullable Stored known;
    private volatile boolean closed;
    private volatile @Nullable RebuildProgress progress;
    private @Nullable VersionBuild building;
    private Instant readAt = Instant.MIN;
    private Instant retriedAt;
    private boolean isChecked;

    VersionRunner(
            ReadModelSchema schema,
            Fingerprint fingerprint,
            CurrentDocuments documents,
            ProjectionRunner<?> runner,
            BiFunction<VersionState, Instant, VersionBuild> newBuild,
            VersionStates states,
            EventFeed feed,
            boolean isShared,
            boolean follows,
            EventStore eventStore,
            Clock clock,
            EventInterceptor interceptor) {
        this.schema = schema;
        this.fingerprint = fingerprint;
        this.documents = documents;
        this.runner = runner;
        this.newBuild = newBuild;
        this.states = states;
        this.subscription = new VersionSubscription(feed, isShared, schema.id(), runner, interceptor);
        this.follows = follows;
        this.eventStore = eventStore;
        this.clock = clock;
        this.retriedAt = clock.instant();
    }

    String id() {
        return schema.id();
    }

    private boolean readsEvents() {
        return !NoEventStore.is(eventStore);
    }

    private void requireEvents() {
        if (!readsEvents()) {
            throw new IllegalStateException("the documents of " + schema.id()
                    + " have to be built from all events, but this projector has no event store:"
                    + " first start a projector that has the event store and uses the same documents");
        }
    }

    /** Takes steps until documents have to be built from stored events, or nothing is left to do. */
    synchronized void start() {
        VersionStates.Stored stored = current();
        fingerprint.requireFits(schema.id(), stored.state().fingerprint());
        if (!fingerprint.equals(stored.state().fingerprint())) {
            replace(stored, stored.state().with(fingerprint));
        }
        try {
            while (events() == 0 && step()) {}
        } catch (ProjectionFailedException | EventStoreUnavailableException e) {
            log.warn(
                    "projection step failed, will retry name={}",
                    schema.id(),
                    e); // the next step shows it in the status
        }
    }

    private long events() {
        VersionBuild now = building;
        return now == null ? 0 : now.scanned();
    }

    /**
     * Takes one step, which is at most one page of a scan.
     *
     * @return whether there is more to do immediately
     */
    synchronized boolean step() {
        if (closed) {
            return false; // the thread began this step before the runner was closed
        }
        VersionStates.Stored stored = current();
        return switch (stored.state().state()) {
            case BUILDING -> follows && build(stored);
            case CAUGHT_UP, ACTIVE -> follow(stored);
            case DROPPED -> {
                subscription.stop();
                yield false;
            }
        };
    }

    /** Returns the stored state, which may have been read a moment ago. */
    private VersionStates.Stored current() {
        VersionStates.Stored stored = known;
        Instant now = clock.instant();
        if (stored != null && now.isBefore(readAt.plus(isWaiting(stored.state()) ? Duration.ofSeconds(1) : REPORT))) {
            return stored;
        }
        Optional<VersionStates.Stored> read = states.read(schema);
        while (read.isEmpty()) {
            read = states.create(schema, empty()).or(() -> states.read(schema));
        }
        readAt = now;
        return learn(read.get());
    }

    /** Returns the state of a version whose build begins, under a new incarnation. */
    private VersionState empty() {
        return VersionState.empty(UUID.randomUUID().toString(), fingerprint);
    }

    private boolean isWaiting(VersionState state) {
        return state.state() == ReadModelState.CAUGHT_UP
                || (state.state() == ReadModelState.BUILDING && !state.owner().equals(instance));
    }

    private VersionStates.Stored learn(VersionStates.Stored stored) {
        VersionStates.Stored before = known;
        known = stored;
        VersionState state = stored.state();
        documents.dropped(state.state() == ReadModelState.DROPPED);
        if (before != null && !before.state().incarnation().equals(state.incarnation())) {
            isChecked = false;
            documents.forgetIncarnation();
            runner.states.forget();
        }
        if (state.state() != ReadModelState.BUILDING
                || !state.owner().equals(instance)
                || (before != null && !before.state().incarnation().equals(state.incarnation()))) {
            building = null;
            progress = null;
        }
        return stored;
    }

    /** Stores a state, or takes over the one that another instance has stored. */
    private boolean replace(VersionStates.Stored stored, VersionState next) {
        Optional<VersionStates.Stored> replaced = states.replace(stored, next);
        if (replaced.isPresent()) {
            learn(replaced.get());
        } else {
            readAt = Instant.MIN;
        }
        return true;
    }

    private boolean build(VersionStates.Stored stored) {
        VersionState state = stored.state();
        Instant now = clock.instant();
        if (!state.owner().equals(instance)) {
            boolean isFree =
                    state.owner().isEmpty() || !now.isBefore(state.seen().plus(TAKEOVER));
            if (isFree && canBuild(state)) {
                return replace(stored, state.ownedBy(instance, now));
            }
            if (state.pinned()) {
                subscription.start(StartPosition.BEGINNING);
            }
            return false;
        }
        if (!state.pinned()) {
            begin(state);
            subscription.start(StartPosition.NOW);
            return replace(stored, state.pinned(EventScan.beginning(eventStore.scanRanges())));
        }
        subscription.start(StartPosition.BEGINNING); // applies only if the position of the name was lost
        return scan(stored, now);
    }

    /** Returns whether this instance can build the version, or complete a build that another instance began. */
    private boolean canBuild(VersionState state) {
        if (readsEvents() || state.isScanned()) {
            return true;
        }
        if (!state.pinned()) {
            requireFirst(state);
        }
        return !state.pinned();
    }

    /** Requires the event store, unless no version of the read model ever had documents. */
    private void requireFirst(VersionState state) {
        String incarnation = documents.incarnation();
        if ((!incarnation.isEmpty() && !incarnation.equals(state.incarnation()))
                || states.others(schema).stream().anyMatch(each -> each.state().pinned())) {
            requireEvents();
        }
    }

    /** Ensures that the documents are those of this incarnation, before any of them is used. */
    private void begin(VersionState state) {
        String incarnation = documents.incarnation();
        if (incarnation.equals(state.incarnation())) {
            return;
        }
        if (!incarnation.isEmpty()) {
            requireEvents();
            documents.drop();
        }
        documents.name(state.incarnation());
        if (!documents.incarnation().equals(state.incarnation())) {
            throw new ReadModelUnavailableException(
                    "another instance also began to build " + schema.id() + ": retry", null, null);
        }
        runner.states.forget();
    }

    private boolean scan(VersionStates.Stored stored, Instant now) {
        VersionState state = stored.state();
        VersionBuild work = building;
        if (work == null) {
            work = newBuild.apply(state, now);
            building = work;
        }
        boolean stepped;
        try {
            stepped = work.step();
        } catch (RuntimeException | Error e) {
            building = null; // events whose progress is not saved are read again
            throw e;
        }
        if (stepped) {
            progress = work.progress(clock.instant());
        }
        boolean ends = work.isComplete();
        if (ends && !documents.incarnation().equals(state.incarnation())) {
            return replace(stored, empty());
        }
        if (ends && (work.events() == 0 || subscription.endsFollowing())) {
            boolean isFirst = states.others(schema).stream()
                    .noneMatch(each -> each.state().state() == ReadModelState.ACTIVE);
            log.info("read model built name={} {}", schema.id(), work.progress(now));
            return replace(stored, work.saved(now).with(isFirst ? ReadModelState.ACTIVE : ReadModelState.CAUGHT_UP));
        }
        if (!now.isBefore(state.seen().plus(REPORT)) || (ends && stepped)) {
            log.info("read model is being built name={} {}", schema.id(), work.progress(now));
            return replace(stored, work.saved(now)) && stepped;
        }
        return stepped;
    }

    private boolean follow(VersionStates.Stored stored) {
        if (!isChecked && !documents.incarnation().equals(stored.state().incarnation())) {
            requireEvents();
            log.warn("documents are missing, so they are built again name={}", schema.id());
            return replace(stored, empty());
        }
        isChecked = true;
        if (!follows) {
            return false;
        }
        subscription.start(StartPosition.BEGINNING); // applies only if the position of the name was lost
        Instant now = clock.instant();
        if (readsEvents() && !now.isBefore(retriedAt.plus(RETRY_PARKED))) {
            retriedAt = now;
            runner.retryParked(VersionRunner::isOfUnknownType);
        }
        return false;
    }

    /**
     * Returns whether the stream was parked because of an unknown event type. This instance may know the type even if
     * the one that parked the stream did not.
     */
    private static boolean isOfUnknownType(Parking parking) {
        return parking.error().equals(UnknownEventTypeException.class.getName());
    }

    /** Activates this version, which then answers reads. */
    synchronized void activate() {
        while (true) {
            readAt = Instant.MIN;
            VersionStates.Stored stored = current();
            switch (stored.state().state()) {
                case ACTIVE -> {
                    return;
                }
                case CAUGHT_UP -> replace(stored, stored.state().with(ReadModelState.ACTIVE));
                default ->
                    throw new IllegalStateException("the read model " + schema.id() + " is "
                            + stored.state().state() + ": activate it when its status is CAUGHT_UP");
            }
        }
    }

    /** Empties this version. The following steps build it again. */
    synchronized void rebuild() {
        readAt = Instant.MIN;
        VersionStates.Stored stored = current();
        subscription.forget();
        replace(stored, empty());
    }

    /** Returns whether the version is dropped now. If it was dropped a moment ago, it may have been rebuilt since. */
    boolean isDropped() {
        if (state() == ReadModelState.DROPPED) {
            learn();
        }
        return state() == ReadModelState.DROPPED;
    }

    /** Returns whether the calling thread is handling events of this version. */
    boolean isHandling() {
        return subscription.isHandling();
    }

    /** Returns whether the runner is still open. */
    boolean isOpen() {
        return !closed;
    }

    /** Reads the stored state. */
    synchronized void learn() {
        readAt = Instant.MIN;
        current();
    }

    /** Stops following, and lets another instance build. */
    synchronized void close() {
        closed = true;
        subscription.stop();
        VersionStates.Stored stored = known;
        VersionBuild work = building;
        if (stored != null
                && stored.state().state() == ReadModelState.BUILDING
                && stored.state().owner().equals(instance)) {
            Instant now = clock.instant();
            VersionState state = work == null ? stored.state() : work.saved(now);
            states.replace(stored, state.ownedBy("", now));
        }
    }

    ReadModelState state() {
        VersionStates.Stored stored = known;
        return stored == null ? ReadModelState.BUILDING : stored.state().state();
    }

    boolean isCaughtUp() {
        return (state() == ReadModelState.ACTIVE || state() == ReadModelState.CAUGHT_UP) && subscription.hasCaughtUp();
    }

    ProjectorStatus status(String lastError) {
        return new ProjectorStatus(
                schema.name(),
                schema.version(),
                state(),
                subscription.status(closed ? State.STOPPED : State.WAITING, lastError),
                Optional.ofNullable(progress),
                runner.counters.counts());
    }
}
