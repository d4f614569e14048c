package io.daybook.cosmos;

import io.daybook.contract.ContractEvent;
import io.daybook.contract.ContractEvent.Counted;
import io.daybook.event.EventEnvelope;
import io.daybook.event.MessageContext;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.EventHandler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * What the instances of a feed handled, in the order in which their handlers returned, and what of it must not be. The
 * events are those of {@link #events}, which say what they were appended with.
 */
final class FeedLog {

    private final Map<String, Set<Long>> firsts = new HashMap<>();
    private final Map<String, Integer> ofInstance = new HashMap<>();
    private final List<String> violations = new ArrayList<>();
    private int distinct;
    private int repeats;

    /** Makes the events of one append. */
    static List<EventEnvelope> events(StreamId stream, long afterVersion, int count) {
        String append = (afterVersion + 1) + "-" + (afterVersion + count);
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> {
                    Counted event = new Counted((int) afterVersion + i);
                    return EventEnvelope.of(
                            ContractEvent.metadata(stream, afterVersion + i, event)
                                    .context(MessageContext.builder()
                                            .correlationId(append)
                                            .build())
                                    .build(),
                            event);
                })
                .toList();
    }

    private static StreamId streamOf(EventEnvelope event) {
        return StreamId.of(event.metadata().aggregateType(), event.metadata().aggregateId());
    }

    /** A handler of one instance: what the given one throws is not handled, all else is put down. */
    EventHandler handler(String instance, EventHandler mayThrow) {
        Set<String> busy = ConcurrentHashMap.newKeySet();
        return handed -> {
            Set<String> mine = new HashSet<>();
            try {
                for (EventEnvelope event : handed) {
                    String stream = streamOf(event).toString();
                    if (mine.add(stream) && !busy.add(stream)) {
                        mine.remove(stream);
                        violate(instance + " was called for " + stream + " while an earlier call ran");
                    }
                }
                mayThrow.handle(handed);
                record(instance, handed);
            } finally {
                busy.removeAll(mine);
            }
        };
    }

    /** A handler that never throws. */
    EventHandler handler(String instance) {
        return handler(instance, handed -> {});
    }

    synchronized void violate(String what) {
        violations.add(what);
    }

    private synchronized void record(String instance, List<EventEnvelope> handed) {
        Map<String, Set<Long>> call = new HashMap<>();
        for (EventEnvelope event : handed) {
            String stream = streamOf(event).toString();
            long number = event.metadata().sequenceNumber();
            call.computeIfAbsent(stream, s -> new LinkedHashSet<>()).add(number);
            if (!(event.event() instanceof Counted counted) || counted.number() != number) {
                violate("number " + number + " of " + stream + " is " + event.event());
            }
            Set<Long> seen = firsts.computeIfAbsent(stream, s -> new LinkedHashSet<>());
            if (!seen.add(number)) {
                repeats++;
            } else {
                distinct++;
                if (seen.size() != number) {
                    violate("number " + number + " of " + stream + " came as the first of its kind at place "
                            + seen.size());
                }
            }
        }
        ofInstance.merge(instance, handed.size(), Integer::sum);
        handed.forEach(event -> requireWhole(event, call.get(streamOf(event).toString())));
    }

    private void requireWhole(EventEnvelope event, Set<Long> ofStream) {
        String[] append = event.metadata().correlationId().split("-");
        LongStream.rangeClosed(Long.parseLong(append[0]), Long.parseLong(append[1]))
                .filter(number -> !ofStream.contains(number))
                .forEach(number -> violate("a call with " + event.metadata() + " is without " + number));
    }

    /** What must not be; empty if all is well. */
    synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    /** How many events were handled, each counted once. */
    synchronized int distinct() {
        return distinct;
    }

    /** How many were handled again. */
    synchronized int repeats() {
        return repeats;
    }

    /** How many events an instance handled, repetitions included. */
    synchronized int ofInstance(String instance) {
        return ofInstance.getOrDefault(instance, 0);
    }

    /** The first occurrences of a stream, in their order. */
    synchronized List<Long> numbers(StreamId stream) {
        return List.copyOf(firsts.getOrDefault(stream.toString(), Set.of()));
    }
}
