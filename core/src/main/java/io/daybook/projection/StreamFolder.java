package io.daybook.projection;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.FailurePolicy;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Folds the events of one stream. The number of each event is compared with the position, so repeated events are
 * skipped and gaps are filled from the event store. The id of the event at the position is also compared, so a
 * different history is detected. Needs neither a thread nor a clock.
 */
final class StreamFolder<S> {

    private final Map<String, EventFold<S>> folds;
    private final Function<S, @Nullable String> groupOf;
    private final EventStore eventStore;
    private final ProjectionCounters counters;

    StreamFolder(
            Map<String, EventFold<S>> folds,
            Function<S, @Nullable String> groupOf,
            EventStore eventStore,
            ProjectionCounters counters) {
        this.folds = folds;
        this.groupOf = groupOf;
        this.eventStore = eventStore;
        this.counters = counters;
    }

    /** Returns whether events that were not delivered can be read. */
    boolean readsEvents() {
        return !NoEventStore.is(eventStore);
    }

    boolean isOf(StreamId stream) {
        return isOf(stream.aggregateType());
    }

    boolean isOf(String aggregateType) {
        return folds.containsKey(aggregateType);
    }

    /** Folds events that a feed delivered. Some of them may be repeated, and some may be missing. */
    Folded<S> fold(StreamId stream, StreamState<S> before, List<EventEnvelope> events) {
        return fold(new Run(stream, before, false), events);
    }

    /** Continues a fold without poison with the next events that a feed delivered. */
    Folded<S> fold(Folded<S> earlier, List<EventEnvelope> events) {
        return fold(new Run(earlier), events);
    }

    private Folded<S> fold(Run run, List<EventEnvelope> events) {
        for (EventEnvelope event : events) {
            long number = event.metadata().sequenceNumber();
            if (run.poison != null) {
                break;
            }
            if (number == run.number + 1) {
                run.apply(event);
                continue;
            }
            if (number < run.number
                    || (number == run.number && event.metadata().eventId().equals(run.eventId))) {
                continue;
            }
            try {
                if (number > run.number) {
                    counters.gap();
                }
                if (number == run.number || !run.readOn(number)) {
                    return again(run.stream, run.before);
                }
            } catch (MissingEventsException e) {
                run.poison = new Poison(run.number + 1, event.metadata().eventId(), e);
            }
        }
        return run.folded();
    }

    /** Folds all events that the store holds after the state. */
    Folded<S> catchUp(StreamId stream, StreamState<S> before) {
        Run run = new Run(stream, before, false);
        return run.readOn(Long.MAX_VALUE) ? run.folded() : again(stream, before);
    }

    /** Folds the stream from its first event, because the state belongs to another history. */
    Folded<S> again(StreamId stream, StreamState<S> before) {
        Run run = new Run(stream, before, true);
        run.readOn(Long.MAX_VALUE);
        return run.folded();
    }

    /** A fold from the first event up to a number, and the version of the stream. */
    record Fresh<S>(Folded<S> folded, long version) {}

    /** Folds a stream from its first event up to a number. */
    Fresh<S> fresh(StreamId stream, StreamState<S> none, long to) {
        Run run = new Run(stream, none, true);
        long version = 0;
        try (Stream<EventEnvelope> events = eventStore.readCurrent(stream, 0)) {
            for (Iterator<EventEnvelope> each = events.iterator(); each.hasNext(); ) {
                EventEnvelope event = each.next();
                version = event.metadata().sequenceNumber();
                if (version <= to) {
                    run.apply(event);
                }
            }
        }
        return new Fresh<>(run.folded(), version);
    }

    /** Returns whether the event store holds an event, so that the event belongs to the stream's history. */
    boolean isStored(StreamId stream, long number, String eventId) {
        if (!readsEvents()) {
            return true;
        }
        try (Stream<EventEnvelope> events = eventStore.readCurrent(stream, Math.max(0, number - 1))) {
            return events.findFirst()
                    .filter(event -> event.metadata().eventId().equals(eventId))
                    .isPresent();
        }
    }

    private EventFold<S> foldOf(StreamId stream) {
        EventFold<S> fold = folds.get(stream.aggregateType());
        if (fold == null) {
            throw new IllegalArgumentException(stream + " does not belong to an aggregate type of this projection");
        }
        return fold;
    }

    private final class Run {
        private final StreamId stream;
        private final StreamState<S> before;
        private final EventFold<S> fold;
        private long number;
        private String eventId = "";
        private @Nullable S value;
        private @Nullable Set<String> groups;
        private @Nullable Poison poison;

        Run(StreamId stream, StreamState<S> before, boolean anew) {
            this.stream = stream;
            this.before = before;
            fold = foldOf(stream);
            if (!anew) {
                number = before.number();
                eventId = before.eventId();
                value = before.value();
            }
        }

        Run(Folded<S> earlier) {
            stream = earlier.stream();
            before = earlier.before();
            fold = foldOf(stream);
            number = earlier.number();
            eventId = earlier.eventId();
            value = earlier.value();
            groups = earlier.groups().isEmpty() ? null : new LinkedHashSet<>(earlier.groups());
        }

        /** Continues to read up to a number. Returns false if the store does not hold the event at the position. */
        boolean readOn(long to) {
            try (Stream<EventEnvelope> events = eventStore.readCurrent(stream, Math.max(0, number - 1))) {
                Iterator<EventEnvelope> each = events.iterator();
                if (number > 0
                        && (!each.hasNext() || !each.next().metadata().eventId().equals(eventId))) {
                    return false;
                }
                while (poison == null && number < to && each.hasNext()) {
                    apply(each.next());
                }
                return true;
            }
        }

        void apply(EventEnvelope event) {
            if (poison != null) {
                return;
            }
            try {
                S next = fold.apply(value, event);
                String group = next == null ? null : groupOf.apply(next);
                if (group != null) {
                    move(group);
                }
                value = next;
                number = event.metadata().sequenceNumber();
                eventId = event.metadata().eventId();
                counters.folded();
            } catch (RuntimeException | StackOverflowError e) {
                if (!FailurePolicy.isOfEvent(e)) {
                    throw e;
                }
                poison = new Poison(
                        event.metadata().sequenceNumber(), event.metadata().eventId(), e);
            }
        }

        private void move(String group) {
            Set<String> passed = groups == null ? new LinkedHashSet<>() : groups;
            passed.remove(group);
            passed.add(group);
            groups = passed;
        }

        Folded<S> folded() {
            List<String> passed = groups == null ? List.of() : List.copyOf(groups);
            return new Folded<>(stream, before, number, eventId, value, passed, false, poison, null);
        }
    }
}
