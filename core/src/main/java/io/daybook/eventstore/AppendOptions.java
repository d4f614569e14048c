package io.daybook.eventstore;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The options of an append: its idempotency key, the event that its decision was based on, and a timeout. Immutable and thread-safe.
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
     * The idempotency key of an append: the id and the fingerprint of its command.
     *
     * @param commandId the id of the command, 1 to 128 characters; assigned by the caller, which uses the same id for a
     *     retry
     * @param fingerprint identifies the content of the command, so that another command with the same id is detected
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
     * {@return options without an idempotency key, a timeout, or an event that the decision was based on}
     */
    public static AppendOptions none() {
        return NONE;
    }

    /**
     * Sets the idempotency key of the append. The key is stored in the same transaction as the events.
     *
     * @param commandId the id of the command, assigned by the caller
     * @param fingerprint identifies the content of the command
     * @return options with that idempotency key
     * @throws IllegalArgumentException if the id begins with {@link DerivedKey#PREFIX}, which is reserved for the keys
     *     of processes
     */
    public AppendOptions idempotencyKey(String commandId, String fingerprint) {
        return with(new IdempotencyKey(DerivedKey.requireNotDerived("commandId", commandId), fingerprint));
    }

    /**
     * Sets the idempotency key of an append that follows from an event. Never pass a key that a client has sent.
     *
     * @param key the key, derived from the id of the event
     * @param fingerprint identifies the content of the command
     * @return options with that idempotency key
     */
    public AppendOptions idempotencyKey(DerivedKey key, String fingerprint) {
        return with(new IdempotencyKey(key.text(), fingerprint));
    }

    private AppendOptions with(IdempotencyKey key) {
        Objects.requireNonNull(key.fingerprint(), "fingerprint");
        return new AppendOptions(key, timeout, builtOn);
    }

    /**
     * Sets the timeout, after which the append is not started.
     *
     * @param timeout the timeout
     * @return options with that timeout
     */
    public AppendOptions timeout(CommandTimeout timeout) {
        return new AppendOptions(idempotencyKey, timeout, builtOn);
    }

    /**
     * Sets the last event that the decision was based on. If the store finds another event at the expected version, it
     * stores the append anyway and reports that event in {@link AppendResult#otherPredecessor}. This happens if the
     * database lost its last writes, for example in an unplanned failover, and other writers have since reused their
     * sequence numbers.
     *
     * @param eventId the id of the event whose sequence number is the expected version; ignored at version 0
     * @return options with that event
     */
    public AppendOptions builtOn(String eventId) {
        return new AppendOptions(idempotencyKey, timeout, Objects.requireNonNull(eventId));
    }

    /**
     * {@return the idempotency key to store, or empty if there is none}
     */
    public Optional<IdempotencyKey> idempotencyKey() {
        return Optional.ofNullable(idempotencyKey);
    }

    /**
     * {@return the timeout, after which the append is not started}
     */
    public CommandTimeout timeout() {
        return timeout;
    }

    /**
     * {@return the id of the last event that the decision was based on, or empty if it is not set}
     */
    public Optional<String> builtOn() {
        return Optional.ofNullable(builtOn);
    }
}
