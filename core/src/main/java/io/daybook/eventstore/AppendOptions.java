package io.daybook.eventstore;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The options of an append: the command that it is for, the event that its decision was built on, and a timeout. Immutable and safe
 * for use by many threads.
 *
 * <pre>{@code
 * AppendOptions options = AppendOptions.none()
 *         .idempotencyKey(idempotencyKey, "a hash of the content of the command")
 *         .timeout(CommandTimeout.after(Duration.ofSeconds(5)));
 * eventStore.append(StreamId.of("Order", "42"), 1, List.of(envelope), options);
 * }</pre>
 */
public final class AppendOptions {

    private static final AppendOptions NONE = new AppendOptions(null, CommandTimeout.none(), null);

    /**
     * The command that an append is for.
     *
     * @param commandId the id that the caller gave it, which a repeat carries again; 1 to 128 characters
     * @param fingerprint what identifies its content, so that another command under the same id is noticed
     */
    public record IdempotencyKey(String commandId, String fingerprint) {}

    private final @Nullable IdempotencyKey idempotencyKey;
    private final CommandTimeout timeout;
    private final @Nullable String builtOn;

    private AppendOptions(@Nullable IdempotencyKey idempotencyKey, CommandTimeout timeout, @Nullable String builtOn) {
        this.idempotencyKey = idempotencyKey;
        this.timeout = timeout;
        this.builtOn = builtOn;
    }

    /**
     * {@return options without a command and without a timeout}
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
    public AppendOptions idempotencyKey(String commandId, String fingerprint) {
        return new AppendOptions(
                new IdempotencyKey(Objects.requireNonNull(commandId), Objects.requireNonNull(fingerprint)),
                timeout,
                builtOn);
    }

    /**
     * States until when the append may be started.
     *
     * @param timeout the timeout
     * @return options with that timeout
     */
    public AppendOptions timeout(CommandTimeout timeout) {
        return new AppendOptions(idempotencyKey, timeout, builtOn);
    }

    /**
     * Names the last event that the decision was built on. If the store finds another event at the expected version, it stores the
     * append all the same and says so in {@link AppendResult#otherPredecessor}. This happens when the database has lost its last
     * writes, as after an unplanned failover, and others have taken their numbers.
     *
     * @param eventId the id of the event whose sequence number is the expected version; of no effect at version 0
     * @return options with that event
     */
    public AppendOptions builtOn(String eventId) {
        return new AppendOptions(idempotencyKey, timeout, Objects.requireNonNull(eventId));
    }

    /**
     * {@return the command that is to be stored, or empty if none is}
     */
    public Optional<IdempotencyKey> idempotencyKey() {
        return Optional.ofNullable(idempotencyKey);
    }

    /**
     * {@return until when the append may be started}
     */
    public CommandTimeout timeout() {
        return timeout;
    }

    /**
     * {@return the id of the event at the expected version that the decision was built on, or empty if it is not stated}
     */
    public Optional<String> builtOn() {
        return Optional.ofNullable(builtOn);
    }
}
