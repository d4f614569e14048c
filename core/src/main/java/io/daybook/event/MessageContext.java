package io.daybook.event;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The context that commands, updates and events share: the user, the correlation and causation ids, and attributes. Immutable and
 * thread-safe.
 *
 * <pre>{@code
 * MessageContext context = MessageContext.builder()
 *         .userId("alice")
 *         .correlationId("request-17")
 *         .attribute("channel", "web")
 *         .build();
 * }</pre>
 */
public final class MessageContext {

    private static final MessageContext EMPTY = new MessageContext(null, null, null, Map.of());
    private static final String TRACEPARENT = "traceparent";

    private final @Nullable String correlationId;
    private final @Nullable String causationId;
    private final @Nullable String userId;
    private final Map<String, String> attributes;

    private MessageContext(
            @Nullable String correlationId,
            @Nullable String causationId,
            @Nullable String userId,
            Map<String, String> attributes) {
        this.correlationId = correlationId;
        this.causationId = causationId;
        this.userId = userId;
        this.attributes = attributes;
    }

    /**
     * {@return a context without values}
     */
    public static MessageContext empty() {
        return EMPTY;
    }

    /**
     * Creates a context with only a user.
     *
     * @param userId the id of the user, 1 to 128 characters
     * @return the context
     * @throws IllegalArgumentException if the id violates the rules of {@link TextRules#requireId TextRules.requireId}
     */
    public static MessageContext ofUser(String userId) {
        return builder().userId(userId).build();
    }

    /**
     * Creates a context from stored values. For stores and message brokers.
     *
     * @param correlationId the correlation id, or null if there is none
     * @param causationId the causation id, or null if there is none
     * @param userId the id of the user, or null if there is none
     * @param attributes the attributes; copied
     * @return the context
     * @throws IllegalArgumentException if a value is invalid; the message does not quote it
     */
    public static MessageContext of(
            @Nullable String correlationId,
            @Nullable String causationId,
            @Nullable String userId,
            Map<String, String> attributes) {
        attributes.forEach(TextRules::requireAttribute);
        return new MessageContext(
                correlationId == null ? null : TextRules.requireId("correlationId", correlationId),
                causationId == null ? null : TextRules.requireId("causationId", causationId),
                userId == null ? null : TextRules.requireId("userId", userId),
                Map.copyOf(attributes));
    }

    /**
     * {@return a builder without values}
     */
    public static Builder builder() {
        return EMPTY.toBuilder();
    }

    /**
     * {@return a builder with the values of this context}
     */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /**
     * {@return the correlation id, shared by all messages that one request causes; empty if none is set}
     */
    public Optional<String> correlationId() {
        return Optional.ofNullable(correlationId);
    }

    /**
     * {@return the id of the direct cause, such as a command or an event; empty if unknown}
     */
    public Optional<String> causationId() {
        return Optional.ofNullable(causationId);
    }

    /**
     * {@return the id of the user who caused the message; empty if unknown}
     */
    public Optional<String> userId() {
        return Optional.ofNullable(userId);
    }

    /**
     * {@return additional values that the application records, such as a {@code traceparent}; unmodifiable}
     */
    public Map<String, String> attributes() {
        return attributes;
    }

    /**
     * Returns whether another context has every value that this one has. For stores that filter events themselves.
     *
     * @param other the context of an event
     * @return whether the other context has the same ids and attributes, and possibly more
     */
    public boolean isPartOf(MessageContext other) {
        return (correlationId == null || correlationId.equals(other.correlationId))
                && (causationId == null || causationId.equals(other.causationId))
                && (userId == null || userId.equals(other.userId))
                && other.attributes.entrySet().containsAll(attributes.entrySet());
    }

    /** Returns this context if it has a correlation id, otherwise a copy with the given id. */
    MessageContext orCorrelationId(String id) {
        return correlationId == null ? new MessageContext(id, causationId, userId, attributes) : this;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MessageContext that
                && Objects.equals(correlationId, that.correlationId)
                && Objects.equals(causationId, that.causationId)
                && Objects.equals(userId, that.userId)
                && attributes.equals(that.attributes);
    }

    @Override
    public int hashCode() {
        return Objects.hash(correlationId, causationId, userId, attributes);
    }

    /**
     * {@return a description with the correlation and causation ids, but without the user and the attributes, which do
     * not belong in a log}
     */
    @Override
    public String toString() {
        return "correlation=" + correlationId + " causation=" + causationId;
    }

    /** A builder of {@link MessageContext}. Not thread-safe. */
    public static final class Builder {

        private @Nullable String correlationId;
        private @Nullable String causationId;
        private @Nullable String userId;
        private Map<String, String> attributes;

        private Builder(MessageContext context) {
            correlationId = context.correlationId;
            causationId = context.causationId;
            userId = context.userId;
            attributes = context.attributes;
        }

        /**
         * Sets the correlation id, which all related commands and events share.
         *
         * @param correlationId 1 to 128 characters
         * @return this builder
         * @throws IllegalArgumentException if the id violates the rules of {@link TextRules#requireId TextRules.requireId}
         */
        public Builder correlationId(String correlationId) {
            this.correlationId = TextRules.requireId("correlationId", correlationId);
            return this;
        }

        /**
         * Sets the causation id: the id of the direct cause, such as a command or an event.
         *
         * @param causationId 1 to 128 characters
         * @return this builder
         * @throws IllegalArgumentException if the id violates the rules of {@link TextRules#requireId TextRules.requireId}
         */
        public Builder causationId(String causationId) {
            this.causationId = TextRules.requireId("causationId", causationId);
            return this;
        }

        /**
         * Sets the id of the user who causes the message.
         *
         * @param userId 1 to 128 characters
         * @return this builder
         * @throws IllegalArgumentException if the id violates the rules of {@link TextRules#requireId TextRules.requireId}
         */
        public Builder userId(String userId) {
            this.userId = TextRules.requireId("userId", userId);
            return this;
        }

        /**
         * Sets the event that causes the message. Uses the event id as the causation id, and copies the correlation id and the
         * {@code traceparent} attribute of the event. The user is not copied.
         *
         * @param event the metadata of the event
         * @return this builder
         */
        public Builder causedBy(EventMetadata event) {
            String traceparent = event.attributes().get(TRACEPARENT);
            if (traceparent != null) {
                attribute(TRACEPARENT, traceparent);
            }
            return causationId(event.eventId()).correlationId(event.correlationId());
        }

        /**
         * Adds an attribute to store in the metadata of the events.
         *
         * @param name the name, not blank
         * @param value the value
         * @return this builder
         * @throws IllegalArgumentException if the name is blank, or the name or the value contains an unpaired surrogate
         */
        public Builder attribute(String name, String value) {
            TextRules.requireAttribute(name, value);
            Map<String, String> more = new HashMap<>(attributes);
            more.put(name, value);
            attributes = more;
            return this;
        }

        /**
         * {@return the context}
         */
        public MessageContext build() {
            return new MessageContext(correlationId, causationId, userId, Map.copyOf(attributes));
        }
    }
}
