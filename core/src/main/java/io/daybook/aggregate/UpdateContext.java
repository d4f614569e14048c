package io.daybook.aggregate;

import io.daybook.event.MessageContext;
import io.daybook.event.TextRules;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendOptions.IdempotencyKey;
import io.daybook.eventstore.CommandTimeout;
import io.daybook.eventstore.DerivedKey;
import io.daybook.eventstore.StreamId;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The context of an update: user, correlation and causation ids, timeout and expected version. The ids and attributes
 * become part of the metadata of the raised events. The command bus creates one context for each command. Without a
 * bus, create one for each update.
 *
 * <pre>{@code orders.update("42", UpdateContext.of(MessageContext.ofUser("alice")), order -> order.ship("1Z999", Instant.now()));}</pre>
 *
 * <p>A command can save each aggregate only once. A second create, update or save of the same aggregate fails before
 * its decision runs. Otherwise, after a retry of the command, the store could not determine which of the two it has
 * already stored. A handler that updates a second aggregate passes {@link #forOtherAggregate()}, which has no expected
 * version.
 *
 * <p>Thread-safe.
 */
public final class UpdateContext {

    private final MessageContext messageContext;
    private final @Nullable String commandId;
    private final @Nullable String fingerprint;
    private final CommandTimeout timeout;
    private final @Nullable Long expectedVersion;
    private final @Nullable String aggregateId;
    private final boolean recordsRejections;
    private final SavedStreams saved;

    private UpdateContext(Builder builder, SavedStreams saved) {
        this.saved = saved;
        messageContext = builder.messageContext;
        commandId = builder.commandId;
        fingerprint = builder.fingerprint;
        timeout = builder.timeout;
        expectedVersion = builder.expectedVersion;
        aggregateId = builder.aggregateId;
        recordsRejections = builder.recordsRejections;
    }

    /**
     * {@return an empty context}
     */
    public static UpdateContext empty() {
        return builder().build();
    }

    /**
     * Creates a context without a command id, a timeout or an expected version.
     *
     * @param messageContext the user, the correlation and causation ids, and the attributes
     * @return the context
     */
    public static UpdateContext of(MessageContext messageContext) {
        return builder().messageContext(messageContext).build();
    }

    /**
     * {@return an empty builder}
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns a context for another aggregate that the same command updates. The new context has no expected version,
     * because that version applies to the command's own aggregate. Both contexts belong to the same command.
     *
     * <pre>{@code
     * CommandHandler<ShipOrder> handler = (command, context) -> {
     *     orders.create(command.orderId() + "-gift", context.updateContext().forOtherAggregate(), gift -> gift.create("alice"));
     *     return orders.update(command.orderId(), context.updateContext(), order -> order.ship(command.trackingNumber(), context.now()));
     * };
     * }</pre>
     *
     * @return a context with the same ids, attributes and timeout
     */
    public UpdateContext forOtherAggregate() {
        Builder other = new Builder();
        other.messageContext = messageContext;
        other.commandId = commandId;
        other.fingerprint = fingerprint;
        other.timeout = timeout;
        other.recordsRejections = recordsRejections;
        return new UpdateContext(other, saved);
    }

    /**
     * {@return the number of retries after conflicts with other writers, across all aggregates that were updated with
     * this context}
     */
    public int retries() {
        return saved.retries();
    }

    void retried() {
        saved.retried();
    }

    MessageContext messageContext() {
        return messageContext;
    }

    @Nullable
    String commandId() {
        return commandId;
    }

    CommandTimeout timeout() {
        return timeout;
    }

    /**
     * Returns the expected version of a stream. The result is empty if the sender specified no version, or if the
     * version applies to another aggregate.
     */
    OptionalLong expectedVersion(StreamId stream) {
        return expectedVersion == null || (aggregateId != null && !aggregateId.equals(stream.aggregateId()))
                ? OptionalLong.empty()
                : OptionalLong.of(expectedVersion);
    }

    boolean isAtExpectedVersion(StreamId stream, AggregateRoot<?> aggregate) {
        return expectedVersion(stream).orElse(aggregate.version()) == aggregate.version();
    }

    /** Returns the fingerprint of the command, or null if the command has no idempotency key. */
    @Nullable
    String fingerprint() {
        return fingerprint;
    }

    AppendOptions appendOptions() {
        AppendOptions options = AppendOptions.none().timeout(timeout);
        if (commandId == null || fingerprint == null) {
            return options;
        }
        return DerivedKey.isDerived(commandId)
                ? options.idempotencyKey(new DerivedKey(commandId), fingerprint)
                : options.idempotencyKey(commandId, fingerprint);
    }

    /** Returns the key under which a rejection is recorded, or empty if rejections are not recorded. */
    Optional<IdempotencyKey> rejectionKey() {
        return recordsRejections ? appendOptions().idempotencyKey() : Optional.empty();
    }

    /**
     * Reserves a stream before any decision runs on it. After a retry of the command, a second save could not be
     * distinguished from the first. The only second save that is allowed is the repetition of an append whose outcome
     * is unknown.
     */
    void startSaving(StreamId stream, boolean repeatedAppend) {
        if (commandId != null && !saved.add(stream) && !repeatedAppend) {
            throw new IllegalStateException("the command " + commandId + " saves to " + stream
                    + " more than once: raise all of its events before one save");
        }
    }

    /** Releases a stream in which nothing was stored. */
    void nothingSaved(StreamId stream) {
        if (commandId != null) {
            saved.remove(stream);
        }
    }

    /** A builder of {@link UpdateContext}. Not thread-safe. */
    public static final class Builder {

        private MessageContext messageContext = MessageContext.empty();
        private @Nullable String commandId;
        private @Nullable String fingerprint;
        private CommandTimeout timeout = CommandTimeout.none();
        private @Nullable Long expectedVersion;
        private @Nullable String aggregateId;
        private boolean recordsRejections;

        private Builder() {}

        /**
         * Sets the user, the correlation and causation ids, and the attributes.
         *
         * @param messageContext the context, such as that of the command or event that causes the update
         * @return this builder
         */
        public Builder messageContext(MessageContext messageContext) {
            this.messageContext = messageContext;
            return this;
        }

        /**
         * Sets the command id without making it an idempotency key: the store does not record that the command was handled.
         *
         * @param commandId 1 to 128 characters
         * @return this builder
         * @throws IllegalArgumentException if the id is blank or too long, or contains a control character or an unpaired surrogate
         */
        public Builder commandId(String commandId) {
            this.commandId = TextRules.requireId("commandId", commandId);
            this.fingerprint = null;
            return this;
        }

        /**
         * Sets the idempotency key. The store records that the command was handled, so that a retry gets the first
         * result.
         *
         * @param commandId the id of the command, 1 to 128 characters; assigned by the caller, which uses the same id
         *     for a retry
         * @param fingerprint identifies the content of the command
         * @return this builder
         * @throws IllegalArgumentException if the id is blank or too long, contains a control character or an unpaired
         *     surrogate, or begins with {@link DerivedKey#PREFIX}, which is reserved for the keys of processes
         */
        public Builder idempotencyKey(String commandId, String fingerprint) {
            return key(DerivedKey.requireNotDerived("commandId", commandId), fingerprint);
        }

        /**
         * Sets the idempotency key of an update that follows from an event. Never pass a key that a client has sent.
         *
         * @param key the key, derived from the id of the event
         * @param fingerprint identifies the content of the command
         * @return this builder
         */
        public Builder idempotencyKey(DerivedKey key, String fingerprint) {
            return key(key.text(), fingerprint);
        }

        private Builder key(String commandId, String fingerprint) {
            this.commandId = TextRules.requireId("commandId", commandId);
            this.fingerprint = Objects.requireNonNull(fingerprint, "fingerprint");
            return this;
        }

        /**
         * Makes rejections final: if the decision rejects the command, the store records the rejection under the
         * idempotency key, and a retry gets the same rejection. This takes an additional request for each rejected
         * command. Without an idempotency key, this setting has no effect.
         *
         * @return this builder
         * @see io.daybook.eventstore.EventStore#recordRejection
         */
        public Builder recordRejections() {
            this.recordsRejections = true;
            return this;
        }

        /**
         * Sets the timeout. After it expires, no decision runs and nothing is committed.
         *
         * @param timeout the timeout
         * @return this builder
         */
        public Builder timeout(CommandTimeout timeout) {
            this.timeout = timeout;
            return this;
        }

        /**
         * Sets the expected version of the aggregate. If the aggregate is at another version, the decision does not run. Conflicts are
         * reported, not retried.
         *
         * @param expectedVersion the expected version; 0 if the aggregate must not exist yet
         * @return this builder
         * @throws IllegalArgumentException if the version is negative
         */
        public Builder expectedVersion(long expectedVersion) {
            if (expectedVersion < 0) {
                throw new IllegalArgumentException("the expected version is " + expectedVersion + ": use 0 or more");
            }
            this.expectedVersion = expectedVersion;
            return this;
        }

        /**
         * Sets the id of the command's aggregate. The expected version then applies only to aggregates with this id. Without an id, the
         * expected version applies to every aggregate that this context is used for.
         *
         * @param aggregateId the id of the aggregate
         * @return this builder
         */
        public Builder aggregateId(String aggregateId) {
            this.aggregateId = aggregateId;
            return this;
        }

        /**
         * {@return the context}
         */
        public UpdateContext build() {
            return new UpdateContext(this, new SavedStreams());
        }
    }
}
