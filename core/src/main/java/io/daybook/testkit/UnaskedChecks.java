package io.daybook.testkit;

import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventTypes;
import io.daybook.json.VersionedJson;
import io.daybook.serialization.EventSerializer;
import io.daybook.snapshot.Snapshot;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What every scenario checks besides what it was written for. */
final class UnaskedChecks<A extends AggregateRoot<E>, E extends DomainEvent> {

    private final AggregateType<A, E> type;
    private final String id;
    private final EventSerializer serializer;

    UnaskedChecks(AggregateType<A, E> type, String id, EventSerializer serializer) {
        this.type = type;
        this.id = id;
        this.serializer = serializer;
    }

    void run(List<E> given, A live, boolean accepted) {
        List<E> all = new ArrayList<>(given);
        if (accepted) {
            all.addAll(live.raisedEvents());
        }
        List<DomainEvent> stored = all.stream().map(this::throughJson).toList();
        Object replayed = state(replayed(stored));
        if (accepted && !replayed.equals(state(live))) {
            throw new AssertionError(
                    "replaying the events does not give the state that the aggregate had when it raised"
                            + " them: does a method alter state, rather than an event handler?\nlive:     "
                            + state(live)
                            + "\nreplayed: " + replayed);
        }
        for (int taken = 1; taken <= stored.size(); taken++) {
            checkSnapshot(stored, taken, replayed);
        }
    }

    private A replayed(List<DomainEvent> events) {
        return type.replay(type.newInstance(id), events);
    }

    private static Object state(AggregateRoot<?> aggregate) {
        return StateDescription.of(aggregate);
    }

    private DomainEvent throughJson(E event) {
        EventTypes.Registration registration = type.eventTypes().registrationOf(event);
        byte[] json = serializer.encode(event);
        DomainEvent back = serializer.decode(registration.name(), registration.version(), json);
        if (!StateDescription.of(back).equals(StateDescription.of(event))) {
            throw new AssertionError("the event does not come back from JSON as it was\nraised: " + event + "\nback:   "
                    + back + "\nJSON:   " + new String(json, StandardCharsets.UTF_8));
        }
        return back;
    }

    private void checkSnapshot(List<DomainEvent> events, int taken, Object expected) {
        A source = replayed(events.subList(0, taken));
        Optional<Snapshot<?>> snapshot = type.snapshotOf(source);
        if (snapshot.isEmpty()) {
            return;
        }
        Object state = snapshot.get().state();
        VersionedJson json = new VersionedJson(
                List.of(new VersionedJson.Type("snapshot", 1, state.getClass(), type.mapper())), List.of());
        try {
            byte[] before = json.write(state);
            Snapshot<?> back = withState(snapshot.get(), json.read("snapshot", 1, before));
            List<DomainEvent> rest = events.subList(taken, events.size());
            Object restored = state(type.replay(type.restore(back), rest));
            if (!restored.equals(expected)) {
                throw new AssertionError("a snapshot after event " + taken
                        + " and the rest do not give the same state as all events\nall events: " + expected
                        + "\nsnapshot:   " + restored);
            }
            type.replay(source, rest);
            type.replay(type.restore(snapshot.get()), rest);
            if (!new String(before, StandardCharsets.UTF_8)
                    .equals(new String(json.write(state), StandardCharsets.UTF_8))) {
                throw new AssertionError("the snapshot after event " + taken
                        + " was altered by later events: copy collections when it is taken and when it is restored");
            }
        } catch (VersionedJson.UnreadableException e) {
            throw new AssertionError(
                    "the snapshot after event " + taken + " does not survive JSON, at \"" + e.path() + "\": "
                            + e.getMessage(),
                    e);
        }
    }

    private static Snapshot<?> withState(Snapshot<?> snapshot, Object state) {
        return new Snapshot<>(
                snapshot.stream(), snapshot.version(), snapshot.eventId(), snapshot.schemaVersion(), state);
    }
}
