package io.daybook.process;

import io.daybook.command.CommandMetadata;
import io.daybook.command.EncodedCommand;
import io.daybook.event.EventMetadata;
import io.daybook.eventstore.DerivedKey;
import java.time.Duration;
import java.util.function.Predicate;

/** Sends a command up to a few times, until it is answered. */
final class CommandDispatch {

    private final CommandSender sender;
    private final ProcessCounters counters;
    private final Predicate<Duration> pause;

    /**
     * Creates a dispatch.
     *
     * @param pause waits; returns false if the program stops, so that no further attempt is made
     */
    CommandDispatch(CommandSender sender, ProcessCounters counters, Predicate<Duration> pause) {
        this.sender = sender;
        this.counters = counters;
        this.pause = pause;
    }

    Answer send(EncodedCommand command, DerivedKey key, EventMetadata cause, int attempts) {
        for (int attempt = 1; ; attempt++) {
            Answer answer = sendOnce(command, key, cause);
            if (answer.kind() != Answer.Kind.NONE) {
                return answer;
            }
            counters.unanswered.increment();
            if (attempt >= attempts || !pause.test(ProcessSettings.PAUSES.after(attempt))) {
                return answer;
            }
        }
    }

    Answer sendOnce(EncodedCommand command, DerivedKey key, EventMetadata cause) {
        CommandMetadata.Builder metadata = CommandMetadata.builder()
                .causedBy(cause)
                .derivedKey(key)
                .recordRejections()
                .timeout(ProcessSettings.COMMAND_TIMEOUT);
        cause.userId().ifPresent(metadata::userId);
        cause.attributes().forEach(metadata::attribute);
        counters.commandsSent.increment();
        try {
            if (sender.send(command, metadata.build())) {
                counters.duplicates.increment();
            }
            return Answer.ACCEPTED;
        } catch (RuntimeException e) {
            Answer answer = Answer.of(e);
            if (answer.kind() == Answer.Kind.REJECTED) {
                counters.rejected.increment();
            }
            return answer;
        }
    }
}
