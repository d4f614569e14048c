package io.daybook.process;

import io.daybook.command.Command;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.eventstore.DerivedKey;
import io.daybook.eventstore.EventStore;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work of one reaction. Starts no thread. An event may be handled twice, because the command has the same key each
 * time.
 */
final class ReactionWorker {

    private static final Logger log = LoggerFactory.getLogger(ReactionWorker.class);

    private final Reaction reaction;
    private final CommandSender sender;
    private final CommandDispatch dispatch;
    private final ProcessSettings settings;
    private final ProcessCounters counters;

    ReactionWorker(
            Reaction reaction,
            EventStore eventStore,
            CommandSender sender,
            ProcessSettings settings,
            ProcessCounters counters) {
        this.reaction = reaction;
        this.sender = sender;
        this.dispatch = new CommandDispatch(sender, counters, settings.clock(), pause -> false);
        this.settings = settings;
        this.counters = counters;
        eventStore.requireEventTypes(reaction.eventTypes());
    }

    void handle(List<EventEnvelope> events) {
        for (EventEnvelope envelope : events) {
            DomainEvent event = Inputs.decode(envelope, reaction.eventTypes());
            Command command = event == null ? null : reaction.command(event);
            if (command != null) {
                settings.interceptor()
                        .intercept(
                                reaction.name(),
                                List.of(envelope.metadata()),
                                () -> send(command, envelope.metadata()));
            }
        }
    }

    private void send(Command command, EventMetadata event) {
        Duration oldest = settings.keysAreSafeFor();
        if (event.timestamp().isBefore(settings.now().minus(oldest))) {
            throw new EventTooOldException(reaction.name(), event, oldest);
        }
        DerivedKey key = DerivedKey.of("reaction", reaction.name(), event.eventId());
        Answer answer = dispatch.sendOnce(sender.encode(command), key, event);
        if (answer.kind() == Answer.Kind.NONE && answer.failure() != null) {
            counters.unanswered.increment();
            throw answer.failure();
        }
        counters.steps.increment();
        if (answer.kind() == Answer.Kind.REJECTED) {
            log.warn("command of a reaction rejected reaction={} {} error={}", reaction.name(), event, answer.error());
        }
    }

    Reaction reaction() {
        return reaction;
    }

    ProcessCounters counters() {
        return counters;
    }
}
