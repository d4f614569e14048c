package io.daybook.testkit;

import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventTypes;
import io.daybook.json.ValueComparison;
import io.daybook.serialization.EventSerializationException;
import io.daybook.serialization.EventSerializer;
import io.daybook.serialization.UnknownEventTypeException;
import io.daybook.snapshot.Snapshot;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The checks that every scenario runs in addition to its own. */
final class UnaskedChecks<A extends AggregateRoot<E>, E extends DomainEvent> {

    private static final ValueComparison STATES = ValueComparison.ofState(AggregateRoot.class);

    private final AggregateType<A, E> type;
    private final String id;
    private final EventSerializer serializer;

    UnaskedChecks(AggregateType<A, E> type, String id, EventSerializer serializer) {
        this.type = type;
        this.id = id;
        this.serializer = serializer;
    }

    void run(List<E> given, A live, boolean accepted) {
        if (accepted) {
            requireIntact(live);
        }
        List<E> all = new ArrayList<>(given);
        if (accepted) {
            all.addAll(live.raisedEvents());
        }
        List<DomainEvent> stored = all.stream().map(this::throughJson).toList();
        A replayed = replayed(stored);
        String difference = accepted ? STATES.difference(live, replayed) : null;
        if (difference != null) {
            throw new AssertionError(
                    "replaying the events does not result in the state that the aggregate had when it raised them"
                            + at(difference) + ": change the state only in event handlers\nlive:     "
                            + StateDescription.of(live)
                            + "\nreplayed: " + StateDescription.of(replayed));
        }
        for (int taken = 1; taken <= stored.size(); taken++) {
            checkSnapshot(stored, taken, replayed);
        }
    }

    private void requireIntact(A live) {
        try {
            type.requireIntact(live);
        } catch (IllegalStateException e) {
            throw new AssertionError(
                    "the decision continued after raise had failed: do not catch exceptions from raise, and fix the event handler",
                    e);
        }
    }

    private A replayed(List<DomainEvent> events) {
        return type.replay(type.newInstance(id), events);
    }

    private DomainEvent throughJson(E event) {
        EventTypes.Registration registration = serializer.registrationOf(event);
        byte[] json;
        DomainEvent back;
        try {
            json = serializer.encode(event);
            back = serializer.decode(registration.name(), registration.version(), json);
        } catch (EventSerializationException | UnknownEventTypeException e) {
            throw new AssertionError(
                    "the event changes in a JSON round trip: " + e.getMessage() + "\nraised: "
                            + StateDescription.of(event),
                    e);
        }
        String difference = ValueComparison.ofContent().difference(event, back);
        if (difference != null) {
            throw new AssertionError("the event changes in a JSON round trip" + at(difference) + "\nraised: "
                    + StateDescription.of(event)
                    + "\nback:   " + StateDescription.of(back)
                    + "\nJSON:   " + new String(json, StandardCharsets.UTF_8));
        }
        return back;
    }

    private void checkSnapshot(List<DomainEvent> events, int taken, A expected) {
        A source = replayed(events.subList(0, taken));
        Optional<Snapshot<?>> snapshot = type.snapshotOf(source);
        if (snapshot.isEmpty()) {
            return;
        }
        Snapshot<?> before = readBack(snapshot.get(), taken);
        List<DomainEvent> rest = events.subList(taken, events.size());
        A restored = type.replay(type.restore(readBack(snapshot.get(), taken)), rest);
        String difference = STATES.difference(expected, restored);
        if (difference != null) {
            throw new AssertionError("a snapshot after event " + taken
                    + " and the remaining events do not result in the same state as all events" + at(difference)
                    + ": include all of the state in the snapshot, and restore all of it\nall events: "
                    + StateDescription.of(expected) + "\nsnapshot:   " + StateDescription.of(restored));
        }
        type.replay(source, rest);
        type.replay(type.restore(snapshot.get()), rest);
        difference = ValueComparison.ofContent()
                .difference(before.state(), snapshot.get().state());
        if (difference != null) {
            throw new AssertionError("the snapshot after event " + taken + " was changed by later events"
                    + at(difference) + ": copy collections when a snapshot is taken and restored\nbefore: "
                    + StateDescription.of(before.state()) + "\nafter:  "
                    + StateDescription.of(snapshot.get().state()));
        }
    }

    private Snapshot<?> readBack(Snapshot<?> snapshot, int taken) {
        try {
            return type.readBack(snapshot);
        } catch (IllegalStateException e) {
            throw new AssertionError(
                    "the snapshot after event " + taken + " changes in a JSON round trip: " + e.getMessage()
                            + "\nstate: " + StateDescription.of(snapshot.state()),
                    e);
        }
    }

    private static String at(String path) {
        return path.isEmpty() ? "" : ", at " + path;
    }
}
