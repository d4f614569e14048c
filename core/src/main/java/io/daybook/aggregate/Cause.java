package io.daybook.aggregate;

import io.daybook.event.TextRules;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.Deadline;
import io.daybook.eventstore.StreamId;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Why a decision is made: who asked, in the course of what, until when, and what must hold. Its parts go into the
 * metadata of the events that the decision raises. The command bus makes one for each command; without a bus, make one
 * for each decision.
 *
 * <pre>{@code orders.update("42", Cause.builder().userId("alice").build(), order -> order.ship("1Z999", Instant.now()));}</pre>
 *
 * <p>Safe for use by many threads.
 */
public final class Cause {

    private final @Nullable String correlationId;
    private final @Nullable String causationId;
    private final @Nullable String userId;
    private final @Nullable String commandId;
    private final @Nullable String fingerprint;
    private final Map<String, String> attributes;
    private final Deadline deadline;
    private final @Nullable Long expectedVersion;
    private final Set<StreamId> appendedTo = ConcurrentHashMap.newKeySet(1);

    private Cause(Builder builder) {
        correlationId = builder.correlationId;
        causationId = builder.causationId;
        userId = builder.userId;
        commandId = builder.commandId;
        fingerprint = builder.fingerprint;
        attributes = Map.copyOf(builder.attributes);
        deadline = builder.deadline;
        expectedVersion = builder.expectedVersion;
    }

    /**
     * {@return a cause of which nothing is known}
     */
    public static Cause unknown() {
        return builder().build();
    }

    /**
     * {@return a builder without any value}
     */
    public static Builder builder() {
        return new Builder();
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

    Deadline deadline() {
        return deadline;
    }

    OptionalLong expectedVersion() {
        return expectedVersion == null ? OptionalLong.empty() : OptionalLong.of(expectedVersion);
    }

    /** The fingerprint if the command is recorded, so that a repeat of it is recognised. */
    @Nullable
    String fingerprint() {
        return fingerprint;
    }

    AppendOptions appendOptions() {
        AppendOptions options = AppendOptions.none().deadline(deadline);
        return commandId != null && fingerprint != null ? options.command(commandId, fingerprint) : options;
    }

    /** A store would take a second append of a recorded command for a repeat and drop its events. */
    void requireFirstAppendTo(StreamId stream) {
        if (fingerprint != null && appendedTo.contains(stream)) {
            throw new IllegalStateException("the command " + commandId + " has saved events to " + stream
                    + " already: raise all of them before one save");
        }
    }

    void appendedTo(StreamId stream) {
        if (fingerprint != null) {
            appendedTo.add(stream);
        }
    }

    /** Collects the parts of a {@link Cause}. Not safe for use by several threads. */
    public static final class Builder {

        private @Nullable String correlationId;
        private @Nullable String causationId;
        private @Nullable String userId;
        private @Nullable String commandId;
        private @Nullable String fingerprint;
        private Map<String, String> attributes = Map.of();
        private Deadline deadline = Deadline.none();
        private @Nullable Long expectedVersion;

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
        public Builder recordedCommand(String commandId, String fingerprint) {
            this.commandId = TextRules.requireId("commandId", commandId);
            this.fingerprint = fingerprint;
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
         * @param deadline the deadline
         * @return this builder
         */
        public Builder deadline(Deadline deadline) {
            this.deadline = deadline;
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
         * {@return the cause}
         */
        public Cause build() {
            return new Cause(this);
        }
    }
}
