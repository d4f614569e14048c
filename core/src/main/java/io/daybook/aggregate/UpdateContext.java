package io.daybook.aggregate;

import io.daybook.event.TextRules;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.CommandTimeout;
import io.daybook.eventstore.StreamId;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The context of an update: user, correlation and causation ids, timeout and expected version. Its ids and attributes go
 * into the metadata of the events that the decision raises. The command bus makes one for each command; without a bus, make
 * one for each decision.
 *
 * <pre>{@code orders.update("42", UpdateContext.builder().userId("alice").build(), order -> order.ship("1Z999", Instant.now()));}</pre>
 *
 * <p>With one command, each aggregate is saved once: a second create, update or save of the same aggregate is refused
 * before it decides anything, since a repeat of the command could not tell the two apart. A handler that changes a second
 * aggregate passes {@link #forOtherAggregate()}, which has no expected version.
 *
 * <p>Safe for use by many threads.
 */
public final class UpdateContext {

    private final @Nullable String correlationId;
    private final @Nullable String causationId;
    private final @Nullable String userId;
    private final @Nullable String commandId;
    private final @Nullable String fingerprint;
    private final Map<String, String> attributes;
    private final CommandTimeout timeout;
    private final @Nullable Long expectedVersion;
    private final @Nullable String aggregateId;
    private final SavedStreams saved;

    private UpdateContext(Builder builder, SavedStreams saved) {
        this.saved = saved;
        correlationId = builder.correlationId;
        causationId = builder.causationId;
        userId = builder.userId;
        commandId = builder.commandId;
        fingerprint = builder.fingerprint;
        attributes = Map.copyOf(builder.attributes);
        timeout = builder.timeout;
        expectedVersion = builder.expectedVersion;
        aggregateId = builder.aggregateId;
    }

    /**
     * {@return an empty context}
     */
    public static UpdateContext empty() {
        return builder().build();
    }

    /**
     * {@return a builder without any value}
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns this context for another aggregate that the same command changes: without the expected version, which is
     * that of the command's own aggregate. Both contexts belong to the same command.
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
        other.correlationId = correlationId;
        other.causationId = causationId;
        other.userId = userId;
        other.commandId = commandId;
        other.fingerprint = fingerprint;
        other.attributes = attributes;
        other.timeout = timeout;
        return new UpdateContext(other, saved);
    }

    /**
     * {@return how often decisions with this context, on all aggregates, were made again because another writer came first}
     */
    public int retries() {
        return saved.retries();
    }

    void retried() {
        saved.retried();
    }

    @Nullable
    String correlationId() {
        return correlationId;
    }

    @Nullable
    String causationId() {
        return causationId;
    }

    @Nullable
    String userId() {
        return userId;
    }

    @Nullable
    String commandId() {
        return commandId;
    }

    Map<String, String> attributes() {
        return attributes;
    }

    CommandTimeout timeout() {
        return timeout;
    }

    /** The version that this stream must have, if the sender stated one and it is the stream of the command's aggregate. */
    OptionalLong expectedVersion(StreamId stream) {
        return expectedVersion == null || (aggregateId != null && !aggregateId.equals(stream.aggregateId()))
                ? OptionalLong.empty()
                : OptionalLong.of(expectedVersion);
    }

    boolean isAtExpectedVersion(StreamId stream, AggregateRoot<?> aggregate) {
        return expectedVersion(stream).orElse(aggregate.version()) == aggregate.version();
    }

    /** The fingerprint if the command is recorded, so that a repeat of it is recognized. */
    @Nullable
    String fingerprint() {
        return fingerprint;
    }

    AppendOptions appendOptions() {
        AppendOptions options = AppendOptions.none().timeout(timeout);
        return commandId != null && fingerprint != null ? options.idempotencyKey(commandId, fingerprint) : options;
    }

    /**
     * Reserves a stream, before anything is decided on it. A repeat of the command could not tell a second save to it from
     * the first. Only the repeat of an append whose outcome is unknown may follow itself.
     */
    void startSaving(StreamId stream, boolean repeatedAppend) {
        if (commandId != null && !saved.add(stream) && !repeatedAppend) {
            throw new IllegalStateException("the command " + commandId + " has saved to " + stream
                    + " already, or is about to: raise all its events before one save");
        }
    }

    /** Gives the stream free, since nothing was stored. */
    void nothingSaved(StreamId stream) {
        if (commandId != null) {
            saved.remove(stream);
        }
    }

    /** Collects the parts of a {@link UpdateContext}. Not safe for use by several threads. */
    public static final class Builder {

        private @Nullable String correlationId;
        private @Nullable String causationId;
        private @Nullable String userId;
        private @Nullable String commandId;
        private @Nullable String fingerprint;
        private Map<String, String> attributes = Map.of();
        private CommandTimeout timeout = CommandTimeout.none();
        private @Nullable Long expectedVersion;
        private @Nullable String aggregateId;

        private Builder() {}

        /**
         * Sets what the whole course of events shares.
         *
         * @param correlationId 1 to 128 characters
         * @return this builder
         * @throws IllegalArgumentException if the id is blank, too long or contains a control character or an unpaired surrogate
         */
        public Builder correlationId(String correlationId) {
            this.correlationId = TextRules.requireId("correlationId", correlationId);
            return this;
        }

        /**
         * Sets the direct cause, such as the id of a command or of an event.
         *
         * @param causationId 1 to 128 characters
         * @return this builder
         * @throws IllegalArgumentException if the id is blank, too long or contains a control character or an unpaired surrogate
         */
        public Builder causationId(String causationId) {
            this.causationId = TextRules.requireId("causationId", causationId);
            return this;
        }

        /**
         * Sets who asked.
         *
         * @param userId 1 to 128 characters
         * @return this builder
         * @throws IllegalArgumentException if the id is blank, too long or contains a control character or an unpaired surrogate
         */
        public Builder userId(String userId) {
            this.userId = TextRules.requireId("userId", userId);
            return this;
        }

        /**
         * Sets the command, without recording that it was handled.
         *
         * @param commandId 1 to 128 characters
         * @return this builder
         * @throws IllegalArgumentException if the id is blank, too long or contains a control character or an unpaired surrogate
         */
        public Builder commandId(String commandId) {
            this.commandId = TextRules.requireId("commandId", commandId);
            this.fingerprint = null;
            return this;
        }

        /**
         * Sets the command and records that it was handled, so that a repeat gets the first result.
         *
         * @param commandId the id that the caller gave it and repeats, 1 to 128 characters
         * @param fingerprint what identifies its content
         * @return this builder
         * @throws IllegalArgumentException if the id is blank, too long or contains a control character or an unpaired surrogate
         */
        public Builder idempotencyKey(String commandId, String fingerprint) {
            this.commandId = TextRules.requireId("commandId", commandId);
            this.fingerprint = Objects.requireNonNull(fingerprint, "fingerprint");
            return this;
        }

        /**
         * Sets whatever else the events are to record.
         *
         * @param attributes names and values, none of them null
         * @return this builder
         * @throws IllegalArgumentException if a name is blank, or a name or value contains an unpaired surrogate
         */
        public Builder attributes(Map<String, String> attributes) {
            attributes.forEach(TextRules::requireAttribute);
            this.attributes = attributes;
            return this;
        }

        /**
         * Sets until when to decide and to commit.
         *
         * @param timeout the timeout
         * @return this builder
         */
        public Builder timeout(CommandTimeout timeout) {
            this.timeout = timeout;
            return this;
        }

        /**
         * States the version that the aggregate must have; on another version nothing is decided, and a conflict is
         * reported instead of being retried.
         *
         * @param expectedVersion 0 for an aggregate that must not exist yet, or more
         * @return this builder
         * @throws IllegalArgumentException if it is negative
         */
        public Builder expectedVersion(long expectedVersion) {
            if (expectedVersion < 0) {
                throw new IllegalArgumentException("the expected version is " + expectedVersion + ", it starts at 0");
            }
            this.expectedVersion = expectedVersion;
            return this;
        }

        /**
         * Sets the id of the command's aggregate. The expected version then applies to aggregates with this id only;
         * without it, to each aggregate that this context is used for.
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
