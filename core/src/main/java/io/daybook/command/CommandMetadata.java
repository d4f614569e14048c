package io.daybook.command;

import io.daybook.event.EventMetadata;
import io.daybook.event.MessageContext;
import io.daybook.event.TextRules;
import io.daybook.eventstore.DerivedKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The metadata of a command: its ids, sender, roles, timeout, expected version and attributes. Immutable and thread-safe.
 *
 * <pre>{@code
 * CommandMetadata metadata = CommandMetadata.builder()
 *         .idempotencyKey(idempotencyKey)
 *         .userId("alice")
 *         .timeout(Duration.ofSeconds(5))
 *         .build();
 * }</pre>
 *
 * <p>If an event causes the command, derive the metadata of the command from that of the event:
 *
 * <pre>{@code
 * CommandMetadata metadata = CommandMetadata.builder()
 *         .causedBy(envelope.metadata())
 *         .idempotencyKey(envelope.metadata().eventId() + ":ship") // a redelivered event has no second effect
 *         .build();
 * }</pre>
 */
public final class CommandMetadata {

    private final String commandId;
    private final boolean idempotent;
    private final boolean recordsRejections;
    private final MessageContext context;
    private final Set<String> roles;
    private final @Nullable Duration timeout;
    private final @Nullable Long expectedVersion;

    private CommandMetadata(Builder builder) {
        idempotent = builder.commandId != null;
        recordsRejections = builder.recordsRejections;
        commandId = builder.commandId != null
                ? builder.commandId
                : UUID.randomUUID().toString();
        MessageContext given = builder.context.build();
        context = given.correlationId().isPresent()
                ? given
                : given.toBuilder()
                        .correlationId(given.causationId().orElse(commandId))
                        .build();
        roles = Set.copyOf(builder.roles);
        timeout = builder.timeout;
        expectedVersion = builder.expectedVersion;
    }

    /**
     * {@return an empty builder}
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * {@return metadata with only a generated command id}
     */
    public static CommandMetadata empty() {
        return builder().build();
    }

    /**
     * {@return the id of the command; generated unless the sender specified one}
     */
    public String commandId() {
        return commandId;
    }

    /**
     * {@return whether the sender specified the command id. If so, the id is an idempotency key: the store records the
     * command, and it is safe to send the command again}
     */
    public boolean hasIdempotencyKey() {
        return idempotent;
    }

    /**
     * {@return whether a rejection of the command is recorded under its id, so that a retry gets the same rejection}
     */
    public boolean recordsRejections() {
        return recordsRejections;
    }

    /**
     * Returns the command id if it was derived from an event. Ids that are not derived never have the prefix of derived
     * keys.
     */
    Optional<DerivedKey> derivedKey() {
        return DerivedKey.isDerived(commandId) ? Optional.of(new DerivedKey(commandId)) : Optional.empty();
    }

    /**
     * {@return the context of the command, which always has a correlation id}
     */
    public MessageContext context() {
        return context;
    }

    /**
     * {@return the correlation id, which all related commands and events share. If the sender specified none, the
     * causation id is used, or else the command id}
     */
    public String correlationId() {
        return context.correlationId().orElse(commandId);
    }

    /**
     * {@return the id of the direct cause, such as an event; empty if unknown}
     */
    public Optional<String> causationId() {
        return context.causationId();
    }

    /**
     * {@return the id of the user who sent the command; empty if unknown}
     */
    public Optional<String> userId() {
        return context.userId();
    }

    /**
     * {@return the roles of the sender, for the {@link CommandAuthorizer}; unmodifiable}
     */
    public Set<String> roles() {
        return roles;
    }

    /**
     * {@return the timeout, measured from when the bus receives the command; empty to use the default of the bus}
     */
    public Optional<Duration> timeout() {
        return Optional.ofNullable(timeout);
    }

    /**
     * {@return the expected version of the aggregate; empty if any version is accepted}
     */
    public OptionalLong expectedVersion() {
        return expectedVersion == null ? OptionalLong.empty() : OptionalLong.of(expectedVersion);
    }

    /**
     * {@return additional attributes to store in the metadata of the events, such as a {@code traceparent};
     * unmodifiable}
     */
    public Map<String, String> attributes() {
        return context.attributes();
    }

    /**
     * Derives an id for the aggregate that this command creates. A retry with the same idempotency key derives the same
     * id and therefore does not create a second aggregate. All senders without a user id share one id space.
     *
     * @return a version 5 UUID derived from the user id and the command id
     */
    public String derivedAggregateId() {
        String name = "daybook:" + userId().orElse("").length() + ":" + userId().orElse("") + ":" + commandId;
        byte[] hash;
        try {
            hash = MessageDigest.getInstance("SHA-1").digest(name.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
        ByteBuffer bytes = ByteBuffer.wrap(hash);
        long high = (bytes.getLong() & ~0xF000L) | 0x5000L;
        long low = (bytes.getLong() & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L;
        return new UUID(high, low).toString();
    }

    @Override
    public String toString() {
        return "command=" + commandId + " correlation=" + correlationId();
    }

    /** A builder of {@link CommandMetadata}. Not thread-safe. */
    public static final class Builder {

        private @Nullable String commandId;
        private final MessageContext.Builder context = MessageContext.builder();
        private Set<String> roles = Set.of();
        private @Nullable Duration timeout;
        private @Nullable Long expectedVersion;
        private boolean recordsRejections;

        private Builder() {}

        /**
         * Sets the idempotency key, which is also the {@linkplain CommandMetadata#commandId id of the command}. A command that is sent
         * again with the same key takes effect only once.
         *
         * @param key 1 to 128 characters, unique among the commands to one aggregate
         * @return this builder
         * @throws IllegalArgumentException if it is blank or too long, contains a control character or an unpaired
         *     surrogate, or begins with {@link DerivedKey#PREFIX}, which is reserved for the keys of processes
         */
        public Builder idempotencyKey(String key) {
            TextRules.requireId("idempotencyKey", key);
            this.commandId = DerivedKey.requireNotDerived("idempotencyKey", key);
            return this;
        }

        /**
         * Sets the id of a command that follows from an event. Never pass a key that a client has sent.
         *
         * @param key the key, derived from the id of the event
         * @return this builder
         */
        public Builder derivedKey(DerivedKey key) {
            this.commandId = TextRules.requireId("commandId", key.text());
            return this;
        }

        /**
         * Makes rejections final. If the aggregate rejects the command, or the command is invalid or not authorized,
         * the event store records the rejection under the command id, and a retry gets the same rejection, even if a
         * rule has changed since. This takes an additional request for each rejected command. A missing handler or
         * unreadable JSON is not a rejection: another version of the program may be able to handle the command, and an
         * earlier attempt may have taken effect. Processes and reactions send their commands this way. Do not use this
         * option for forms, which users correct and submit again.
         *
         * @return this builder
         * @see io.daybook.eventstore.EventStore#recordRejection
         */
        public Builder recordRejections() {
            this.recordsRejections = true;
            return this;
        }

        /**
         * Sets the correlation id, which all related commands and events share.
         *
         * @param correlationId 1 to 128 characters
         * @return this builder
         * @see MessageContext.Builder#correlationId
         */
        public Builder correlationId(String correlationId) {
            context.correlationId(correlationId);
            return this;
        }

        /**
         * Sets the causation id: the id of the direct cause, such as an event.
         *
         * @param causationId 1 to 128 characters
         * @return this builder
         * @see MessageContext.Builder#causationId
         */
        public Builder causationId(String causationId) {
            context.causationId(causationId);
            return this;
        }

        /**
         * Sets the event that caused this command. This also sets the causation id, the correlation id and the
         * {@code traceparent} attribute.
         *
         * @param event the metadata of the event
         * @return this builder
         * @see MessageContext.Builder#causedBy
         */
        public Builder causedBy(EventMetadata event) {
            context.causedBy(event);
            return this;
        }

        /**
         * Sets the id of the user who sends the command.
         *
         * @param userId 1 to 128 characters
         * @return this builder
         * @see MessageContext.Builder#userId
         */
        public Builder userId(String userId) {
            context.userId(userId);
            return this;
        }

        /**
         * Sets the roles of the sender.
         *
         * @param roles the names of the roles, 1 to 128 characters each
         * @return this builder
         * @throws IllegalArgumentException if one is blank or too long, or contains a control character or an unpaired
         *     surrogate
         */
        public Builder roles(Set<String> roles) {
            roles.forEach(role -> TextRules.requireId("a role", role));
            this.roles = roles;
            return this;
        }

        /**
         * Sets the timeout, measured from when the bus receives the command. After it expires, no decision runs and
         * nothing is committed.
         *
         * @param timeout more than zero
         * @return this builder
         * @throws IllegalArgumentException if it is zero or negative
         */
        public Builder timeout(Duration timeout) {
            if (timeout.isZero() || timeout.isNegative()) {
                throw new IllegalArgumentException("the timeout is " + timeout + ": use more than zero");
            }
            this.timeout = timeout;
            return this;
        }

        /**
         * Sets the expected version of the aggregate. If the aggregate is at another version, the command is rejected.
         * Conflicts are not retried.
         *
         * @param expectedVersion the expected version; 0 if the aggregate must not exist
         * @return this builder
         * @throws IllegalArgumentException if it is negative
         */
        public Builder expectedVersion(long expectedVersion) {
            if (expectedVersion < 0) {
                throw new IllegalArgumentException("the expected version is " + expectedVersion + ": use 0 or more");
            }
            this.expectedVersion = expectedVersion;
            return this;
        }

        /**
         * Adds an attribute to store in the metadata of the events.
         *
         * @param name the name, not blank
         * @param value the value
         * @return this builder
         * @see MessageContext.Builder#attribute
         */
        public Builder attribute(String name, String value) {
            context.attribute(name, value);
            return this;
        }

        /**
         * {@return the metadata}
         *
         * @throws IllegalStateException if {@link #recordRejections} is set, but neither an idempotency key nor a
         *     derived key is
         */
        public CommandMetadata build() {
            if (recordsRejections && commandId == null) {
                throw new IllegalStateException(
                        "rejections are recorded under the command id, but none is set: set idempotencyKey or derivedKey");
            }
            return new CommandMetadata(this);
        }
    }
}
