package io.daybook.event;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The metadata of an event. The {@link #builder()} validates every value. A repository creates metadata from the
 * {@code UpdateContext}, and an adapter from its stored data. Immutable and thread-safe.
 *
 * <pre>{@code
 * EventMetadata metadata = EventMetadata.builder()
 *         .eventId("7c1e0f6e-32a9-4b0e-9d8a-0d6f6f2a1b11")
 *         .eventType("OrderShipped", 1)
 *         .timestamp(Instant.parse("2026-01-02T03:04:05Z"))
 *         .aggregate("Order", "42")
 *         .sequenceNumber(2)
 *         .build();
 * }</pre>
 */
public final class EventMetadata {

    /** The maximum length of an id, in characters. */
    public static final int MAX_ID_LENGTH = TextRules.MAX_ID_LENGTH;

    private static final Instant EARLIEST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant AFTER_LATEST = Instant.parse("+10000-01-01T00:00:00Z");

    private final String eventId;
    private final String eventType;
    private final int eventVersion;
    private final Instant timestamp;
    private final String aggregateType;
    private final String aggregateId;
    private final long sequenceNumber;
    private final @Nullable String commandId;
    private final MessageContext context;

    private EventMetadata(Builder builder) {
        eventId = TextRules.requireId("eventId", builder.eventId);
        eventType = TextRules.requireId("eventType", builder.eventType);
        eventVersion = builder.eventVersion;
        timestamp = Objects.requireNonNull(builder.timestamp, "timestamp is missing");
        aggregateType = TextRules.requireId("aggregateType", builder.aggregateType);
        aggregateId = TextRules.requireId("aggregateId", builder.aggregateId);
        sequenceNumber = builder.sequenceNumber;
        commandId = builder.commandId == null ? null : TextRules.requireId("commandId", builder.commandId);
        context = builder.context.orCorrelationId(eventId);
        if (eventVersion < 1) {
            throw new IllegalArgumentException("eventVersion is " + eventVersion + ": use 1 or more");
        }
        if (sequenceNumber < 1) {
            throw new IllegalArgumentException("sequenceNumber is " + sequenceNumber + ": use 1 or more");
        }
        if (timestamp.isBefore(EARLIEST) || !timestamp.isBefore(AFTER_LATEST)) {
            throw new IllegalArgumentException(
                    "timestamp " + timestamp + " is outside the years 0000 to 9999: use a time within them");
        }
    }

    /**
     * Returns whether a text is a valid id according to {@link TextRules#requireId TextRules.requireId}.
     *
     * @param text the text
     * @return whether the text is a valid id
     */
    public static boolean isId(String text) {
        return TextRules.isId(text);
    }

    /**
     * {@return a new builder without values}
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * {@return the id of the event, globally unique}
     */
    public String eventId() {
        return eventId;
    }

    /**
     * {@return the stored name of the event's type}
     */
    public String eventType() {
        return eventType;
    }

    /**
     * {@return the version of the event's schema, from 1}
     */
    public int eventVersion() {
        return eventVersion;
    }

    /**
     * {@return the time at which the event was raised, according to the clock of the machine that raised it. Because
     *     clocks can jump, use {@link #sequenceNumber()} to order events}
     */
    public Instant timestamp() {
        return timestamp;
    }

    /**
     * {@return the type of the aggregate that raised the event}
     */
    public String aggregateType() {
        return aggregateType;
    }

    /**
     * {@return the id of the aggregate that raised the event}
     */
    public String aggregateId() {
        return aggregateId;
    }

    /**
     * {@return the position of the event in its stream, from 1, without gaps}
     */
    public long sequenceNumber() {
        return sequenceNumber;
    }

    /**
     * {@return the id of the command that raised the event; empty if unknown}
     */
    public Optional<String> commandId() {
        return Optional.ofNullable(commandId);
    }

    /**
     * {@return the context of the event, which always has a correlation id}
     */
    public MessageContext context() {
        return context;
    }

    /**
     * {@return the correlation id, shared by all messages that one request causes; the event's own id if none was set}
     */
    public String correlationId() {
        return context.correlationId().orElse(eventId);
    }

    /**
     * {@return the id of the direct cause, such as the command; empty if unknown}
     */
    public Optional<String> causationId() {
        return context.causationId();
    }

    /**
     * {@return the id of the user who caused the event; empty if unknown}
     */
    public Optional<String> userId() {
        return context.userId();
    }

    /**
     * {@return additional values that the application recorded; unmodifiable}
     */
    public Map<String, String> attributes() {
        return context.attributes();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EventMetadata that
                && eventId.equals(that.eventId)
                && eventType.equals(that.eventType)
                && eventVersion == that.eventVersion
                && timestamp.equals(that.timestamp)
                && aggregateType.equals(that.aggregateType)
                && aggregateId.equals(that.aggregateId)
                && sequenceNumber == that.sequenceNumber
                && Objects.equals(commandId, that.commandId)
                && context.equals(that.context);
    }

    @Override
    public int hashCode() {
        return eventId.hashCode();
    }

    @Override
    public String toString() {
        return "event=" + eventType + " v" + eventVersion + " id=" + eventId + " stream=" + aggregateType + "-"
                + aggregateId + " seq=" + sequenceNumber;
    }

    /**
     * A builder of {@link EventMetadata}. The event id, event type, timestamp, aggregate type, aggregate id and sequence number are
     * required. Not thread-safe.
     */
    public static final class Builder {

        private @Nullable String eventId;
        private @Nullable String eventType;
        private int eventVersion = 1;
        private @Nullable Instant timestamp;
        private @Nullable String aggregateType;
        private @Nullable String aggregateId;
        private long sequenceNumber;
        private @Nullable String commandId;
        private MessageContext context = MessageContext.empty();

        private Builder() {}

        /**
         * Sets the id of the event.
         *
         * @param eventId an id that {@link #isId} accepts
         * @return this builder
         */
        public Builder eventId(String eventId) {
            this.eventId = eventId;
            return this;
        }

        /**
         * Sets the type of the event.
         *
         * @param name the stored name, 1 to 128 characters
         * @param version the schema version, from 1
         * @return this builder
         */
        public Builder eventType(String name, int version) {
            this.eventType = name;
            this.eventVersion = version;
            return this;
        }

        /**
         * Sets the time when the event was raised.
         *
         * @param timestamp an instant in the years 0000 to 9999
         * @return this builder
         */
        public Builder timestamp(Instant timestamp) {
            this.timestamp = timestamp;
            return this;
        }

        /**
         * Sets the aggregate that raised the event.
         *
         * @param aggregateType the type of the aggregate, 1 to 128 characters
         * @param aggregateId the id of the aggregate, 1 to 128 characters
         * @return this builder
         */
        public Builder aggregate(String aggregateType, String aggregateId) {
            this.aggregateType = aggregateType;
            this.aggregateId = aggregateId;
            return this;
        }

        /**
         * Sets the position of the event in its stream.
         *
         * @param sequenceNumber from 1
         * @return this builder
         */
        public Builder sequenceNumber(long sequenceNumber) {
            this.sequenceNumber = sequenceNumber;
            return this;
        }

        /**
         * Sets the command that raised the event.
         *
         * @param commandId the id of the command, 1 to 128 characters, or null if unknown
         * @return this builder
         */
        public Builder commandId(@Nullable String commandId) {
            this.commandId = commandId;
            return this;
        }

        /**
         * Sets the context of the event.
         *
         * @param context the context; without a correlation id, the event's own id is used
         * @return this builder
         */
        public Builder context(MessageContext context) {
            this.context = context;
            return this;
        }

        /**
         * Builds the metadata.
         *
         * @return the metadata
         * @throws IllegalArgumentException if a value is invalid or a required id is missing; the message does not quote an invalid id
         * @throws NullPointerException if the timestamp is missing
         */
        public EventMetadata build() {
            return new EventMetadata(this);
        }
    }
}
