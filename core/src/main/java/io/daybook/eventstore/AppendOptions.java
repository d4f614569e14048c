package io.daybook.eventstore;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What goes along with an append: the command that it is for, and until when it may be started. Immutable and safe for use by many
 * threads.
 *
 * <pre>{@code
 * AppendOptions options = AppendOptions.none()
 *         .command(idempotencyKey, "a hash of what the command asks for")
 *         .deadline(Deadline.after(Duration.ofSeconds(5)));
 * eventStore.append(StreamId.of("Order", "42"), 1, List.of(envelope), options);
 * }</pre>
 */
public final class AppendOptions {

    private static final AppendOptions NONE = new AppendOptions(null, Deadline.none());

    /**
     * The command that an append is for.
     *
     * @param commandId the id that the caller gave it, which a repeat carries again; 1 to 128 characters
     * @param fingerprint what identifies its content, so that another command under the same id is noticed
     */
    public record CommandKey(String commandId, String fingerprint) {}

    private final @Nullable CommandKey command;
    private final Deadline deadline;

    private AppendOptions(@Nullable CommandKey command, Deadline deadline) {
        this.command = command;
        this.deadline = deadline;
    }

    /**
     * {@return options without a command and without a deadline}
     */
    public static AppendOptions none() {
        return NONE;
    }

    /**
     * Names the command that the append is for, to be stored in the same transaction.
     *
     * @param commandId the id that the caller gave the command
     * @param fingerprint what identifies its content
     * @return options with that command
     */
    public AppendOptions command(String commandId, String fingerprint) {
        return new AppendOptions(
                new CommandKey(Objects.requireNonNull(commandId), Objects.requireNonNull(fingerprint)), deadline);
    }

    /**
     * States until when the append may be started.
     *
     * @param deadline the deadline
     * @return options with that deadline
     */
    public AppendOptions deadline(Deadline deadline) {
        return new AppendOptions(command, deadline);
    }

    /**
     * {@return the command that is to be stored, or empty if none is}
     */
    public Optional<CommandKey> command() {
        return Optional.ofNullable(command);
    }

    /**
     * {@return until when the append may be started}
     */
    public Deadline deadline() {
        return deadline;
    }
}
