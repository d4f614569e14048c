package io.daybook.process;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.EventTypes;
import io.daybook.event.MessageContext;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendOptions.IdempotencyKey;
import io.daybook.eventstore.AppendResult;
import io.daybook.eventstore.CommandRejectedException;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.DerivedKey;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.ScanPage;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import io.daybook.process.ProcessEvent.InstanceEnded;
import io.daybook.process.ProcessEvent.TimerSet;
import io.daybook.shredding.SubjectShreddedException;
import io.daybook.subscription.FailurePolicy;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The streams of the instances of a process. Loads instances, and appends the events of decisions. */
final class InstanceStreams {

    private static final Logger log = LoggerFactory.getLogger(InstanceStreams.class);
    private static final int MANY_EVENTS = 1_000;
    private static final int MAX_CONFLICTS = 20;
    private static final String INPUT = "input"; // the same for all, because an event never changes
    private static final String IGNORED = "the instance ignored the event";

    /** Returns the context of an append that an event causes. */
    static MessageContext causedBy(EventMetadata event) {
        return event.context().toBuilder().causedBy(event).build();
    }

    /** Returns the context of an append that a timer, an answer or an operator causes after an event of the process. */
    static MessageContext after(@Nullable EventMetadata last, String causationId) {
        MessageContext.Builder context = last == null ? MessageContext.builder() : last.context().toBuilder();
        return context.causationId(causationId).build();
    }

    /** The events that were appended, the instance after them, and the timers that it no longer has. */
    record Taken(Instance instance, List<EventEnvelope> events, List<TimerSet> obsolete) {

        Stream<ProcessEvent> processEvents() {
            return events.stream().map(event -> (ProcessEvent) event.event());
        }

        boolean removes(String timerKey) {
            return obsolete.stream().anyMatch(timer -> timer.key().equals(timerKey));
        }
    }

    private final EventStore store;
    private final EventTypes types = EventTypes.of(ProcessEvent.class);
    private final Clock clock;

    InstanceStreams(EventStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
        store.requireEventTypes(types);
    }

    /** Loads an instance for an operation. First ends the instance if a key of its subjects was destroyed. */
    Instance loadToAct(StreamId stream) {
        while (true) {
            Instance instance = load(stream);
            if (!instance.isShredded()) {
                return instance;
            }
            try {
                end(instance);
            } catch (ConcurrencyException e) {
                log.debug("instance changed while it was being ended stream={}", stream);
            }
        }
    }

    private void end(Instance shredded) {
        log.warn("process instance ended because a key of its subjects was destroyed stream={}", shredded.stream());
        store.append(
                shredded.stream(),
                shredded.version(),
                envelopes(
                        shredded,
                        null,
                        after(shredded.last(), "shredded"),
                        List.of(new InstanceEnded(InstanceState.SHREDDED))),
                builtOn(shredded, AppendOptions.none()));
    }

    Instance load(StreamId stream) {
        Instance instance = new Instance(stream);
        try (Stream<EventEnvelope> events = store.readCurrent(stream, 0)) {
            events.forEach(instance::apply);
        }
        return instance;
    }

    /** Loads all instances of a process, one by one. Omits those that cannot be read. */
    void forEach(String process, Consumer<Instance> action) {
        for (String range : store.scanRanges()) {
            String after = "";
            do {
                ScanPage page = store.scan(range, after);
                page.events().stream()
                        .map(EventEnvelope::metadata)
                        // each instance has exactly one first event
                        .filter(first -> first.sequenceNumber() == 1
                                && first.aggregateType().equals(process))
                        .flatMap(first -> loaded(StreamId.of(process, first.aggregateId())))
                        .forEach(action);
                after = page.next();
            } while (!after.isEmpty());
        }
    }

    private Stream<Instance> loaded(StreamId stream) {
        try {
            return Stream.of(load(stream));
        } catch (StreamDeletedException e) {
            return Stream.empty();
        } catch (RuntimeException e) {
            if (!FailurePolicy.isOfEvent(e)) {
                throw e;
            }
            log.error("process instance omitted because it cannot be read stream={}", stream, e);
            return Stream.empty();
        }
    }

    /** Returns the events of an instance. */
    List<EventEnvelope> history(StreamId stream) {
        try (Stream<EventEnvelope> events = store.readCurrent(stream, 0)) {
            return events.toList();
        }
    }

    /**
     * Runs a decision and appends its events. After a conflict, the decision runs again on fresh state. Nothing is
     * appended if the decision has no events, if an append with the same key was stored before, or if the key was {@linkplain #ignore
     * ignored}.
     *
     * @param key the idempotency key; null if the state alone shows that the decision was made before. The state is not
     *     sufficient for an input: if the database loses events in a failover, the input may have been taken at a
     *     sequence number that is now that of another event
     */
    Optional<Taken> append(
            StreamId stream,
            @Nullable DerivedKey key,
            Function<Instance, MessageContext> context,
            Function<Instance, List<ProcessEvent>> decision) {
        for (int conflicts = 0; ; conflicts++) {
            Instance instance = loadToAct(stream);
            List<ProcessEvent> decided = decision.apply(instance);
            if (decided.isEmpty()) {
                return Optional.empty();
            }
            List<TimerSet> before = List.copyOf(instance.timers().values());
            List<EventEnvelope> events = envelopes(instance, key, context.apply(instance), decided);
            AppendOptions options =
                    key == null ? AppendOptions.none() : AppendOptions.none().idempotencyKey(key, INPUT);
            try {
                AppendResult result = store.append(stream, instance.version(), events, builtOn(instance, options));
                if (result.duplicate()) {
                    return Optional.empty();
                }
                warnOfSize(instance, events.size());
                Instance after = after(instance, events, result);
                return Optional.of(new Taken(
                        after,
                        events,
                        before.stream()
                                .filter(timer -> after.timer(timer.key()) == null)
                                .toList()));
            } catch (CommandRejectedException e) {
                return Optional.empty();
            } catch (SubjectShreddedException e) {
                if (instance.version() > 0) {
                    end(load(stream));
                } else {
                    log.warn(
                            "process instance not started because a key of its subjects was destroyed stream={}",
                            stream);
                }
                return Optional.empty();
            } catch (ConcurrencyException e) {
                if (conflicts == MAX_CONFLICTS) {
                    throw e;
                }
            }
        }
    }

    private static void warnOfSize(Instance instance, int more) {
        long before = instance.version() / MANY_EVENTS;
        if ((instance.version() + more) / MANY_EVENTS > before) {
            log.warn(
                    "process instance has many events, and each step reads all of them: end it and start another one stream={}"
                            + " events={}",
                    instance.stream(),
                    instance.version() + more);
        }
    }

    /** Records that an input was ignored, so that its redelivery does not take effect on a later state. */
    void ignore(StreamId stream, DerivedKey key) {
        store.recordRejection(stream, new IdempotencyKey(key.text(), INPUT), IGNORED);
    }

    private static AppendOptions builtOn(Instance instance, AppendOptions options) {
        EventMetadata last = instance.last();
        return last == null ? options : options.builtOn(last.eventId());
    }

    /** Returns the instance after an append. Reads it again if it contains events that the database has lost. */
    private Instance after(Instance instance, List<EventEnvelope> events, AppendResult result) {
        EventMetadata last = instance.last();
        if (last == null || result.otherPredecessor().isEmpty()) {
            events.forEach(instance::apply);
            return instance;
        }
        log.error(
                "append was based on a lost event stream={} version={} builtOn={} found={}",
                instance.stream(),
                last.sequenceNumber(),
                last.eventId(),
                result.otherPredecessor().get());
        return load(instance.stream());
    }

    private List<EventEnvelope> envelopes(
            Instance instance, @Nullable DerivedKey key, MessageContext context, List<ProcessEvent> decided) {
        List<EventEnvelope> events = new ArrayList<>();
        for (DomainEvent event : decided) {
            EventTypes.Registration type = types.registrationOf(event);
            EventMetadata.Builder metadata = EventMetadata.builder()
                    .eventId(UUID.randomUUID().toString())
                    .eventType(type.name(), type.version())
                    .timestamp(clock.instant())
                    .aggregate(
                            instance.stream().aggregateType(), instance.stream().aggregateId())
                    .sequenceNumber(instance.version() + events.size() + 1)
                    .commandId(key == null ? null : key.text())
                    .context(context);
            events.add(EventEnvelope.of(metadata.build(), event));
        }
        return events;
    }
}
