package io.daybook.process;

import io.daybook.command.CommandMetadata;
import io.daybook.command.EncodedCommand;
import io.daybook.event.EventMetadata;
import io.daybook.eventstore.DerivedKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends a command up to a few times, until it is answered. Does not wait long for targets that do not answer. */
final class CommandDispatch {

    private static final Logger log = LoggerFactory.getLogger(ProcessWorker.class);

    /** The answer to a command, and the number of attempts; 0 if its target was not called because it is too slow. */
    record Sent(Answer answer, int attempts) {}

    private final CommandSender sender;
    private final ProcessCounters counters;
    private final Clock clock;
    private final SlowTargets slow;
    private final Predicate<Duration> pause;

    /**
     * Creates a dispatch.
     *
     * @param pause waits; returns false if the program stops, so that no further attempt is made
     */
    CommandDispatch(CommandSender sender, ProcessCounters counters, Clock clock, Predicate<Duration> pause) {
        this.sender = sender;
        this.counters = counters;
        this.clock = clock;
        this.slow = new SlowTargets(clock);
        this.pause = pause;
    }

    Sent send(EncodedCommand command, DerivedKey key, EventMetadata cause, int attempts) {
        Optional<String> suspended = slow.suspended(command.type());
        if (suspended.isPresent()) {
            return new Sent(new Answer(Answer.Kind.NONE, suspended.get(), null), 0);
        }
        Instant begun = clock.instant();
        for (int attempt = 1; ; attempt++) {
            Answer answer = sendAndCatch(command, key, cause);
            if (answer.kind() != Answer.Kind.NONE) {
                slow.answered(command.type());
                return new Sent(answer, attempt);
            }
            counters.unanswered.increment();
            Instant now = clock.instant();
            boolean tooSlow = slow.unanswered(command.type(), answer.error(), Duration.between(begun, now));
            begun = now;
            if (tooSlow) {
                log.warn(
                        "commands suspended because their target does not answer type={} error={}",
                        command.type(),
                        answer.error());
            }
            if (attempt >= attempts || tooSlow || !pause.test(ProcessSettings.PAUSES.after(attempt))) {
                return new Sent(answer, attempt);
            }
        }
    }

    /** Sends a command once. An error that concerns only the code of this command is no answer. */
    private Answer sendAndCatch(EncodedCommand command, DerivedKey key, EventMetadata cause) {
        try {
            return sendOnce(command, key, cause);
        } catch (LinkageError | AssertionError | StackOverflowError e) {
            return new Answer(Answer.Kind.NONE, e.getClass().getName(), null);
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
