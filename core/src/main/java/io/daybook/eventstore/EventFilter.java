package io.daybook.eventstore;

import io.daybook.event.EventMetadata;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A filter for events across streams: conditions on the metadata, all of which must hold. Each method that adds a condition returns a new
 * filter. Immutable and thread-safe.
 *
 * <pre>{@code
 * Instant monday = Instant.parse("2026-01-05T00:00:00Z");
 * EventFilter filter = EventFilter.all()
 *         .eventType("OrderShipped")
 *         .from(monday) // inclusive
 *         .until(monday.plus(Duration.ofDays(7))); // exclusive
 * eventStore.find(filter).limit(100).forEach(event -> System.out.println(event.metadata()));
 * }</pre>
 */
public final class EventFilter {

    private static final EventFilter ALL = new EventFilter(null, null, null, null, null, null, null, null);

    private final @Nullable String aggregateType;
    private final @Nullable String eventType;
    private final @Nullable Instant from;
    private final @Nullable Instant until;
    private final @Nullable String correlationId;
    private final @Nullable String causationId;
    private final @Nullable String userId;
    private final @Nullable String commandId;

    private EventFilter(
            @Nullable String aggregateType,
            @Nullable String eventType,
            @Nullable Instant from,
            @Nullable Instant until,
            @Nullable String correlationId,
            @Nullable String causationId,
            @Nullable String userId,
            @Nullable String commandId) {
        this.aggregateType = aggregateType;
        this.eventType = eventType;
        this.from = from;
        this.until = until;
        this.correlationId = correlationId;
        this.causationId = causationId;
        this.userId = userId;
        this.commandId = commandId;
        if (from != null && until != null && from.isAfter(until)) {
            throw new IllegalArgumentException("a filter from " + from + " until " + until
                    + " asks for nothing: the first must not be after the last");
        }
    }

    /**
     * {@return a filter without conditions, which matches every event of the store}
     */
    public static EventFilter all() {
        return ALL;
    }

    /**
     * Matches only events of an aggregate type.
     *
     * @param aggregateType the aggregate type, such as {@code Order}
     * @return a new filter with the condition
     */
    public EventFilter aggregateType(String aggregateType) {
        return new EventFilter(aggregateType, eventType, from, until, correlationId, causationId, userId, commandId);
    }

    /**
     * Matches only events of an event type.
     *
     * @param eventType the stored name of the event type, such as {@code OrderShipped}
     * @return a new filter with the condition
     */
    public EventFilter eventType(String eventType) {
        return new EventFilter(aggregateType, eventType, from, until, correlationId, causationId, userId, commandId);
    }

    /**
     * Matches only events at or after a timestamp.
     *
     * @param from the earliest timestamp, inclusive
     * @return a new filter with the condition
     * @throws IllegalArgumentException if the timestamp is after that of {@link #until(Instant) until}
     */
    public EventFilter from(Instant from) {
        return new EventFilter(aggregateType, eventType, from, until, correlationId, causationId, userId, commandId);
    }

    /**
     * Matches only events before a timestamp.
     *
     * @param until the end of the range, exclusive
     * @return a new filter with the condition
     * @throws IllegalArgumentException if the timestamp is before that of {@link #from(Instant) from}
     */
    public EventFilter until(Instant until) {
        return new EventFilter(aggregateType, eventType, from, until, correlationId, causationId, userId, commandId);
    }

    /**
     * Matches only events with a correlation id.
     *
     * @param correlationId the correlation id
     * @return a new filter with the condition
     */
    public EventFilter correlationId(String correlationId) {
        return new EventFilter(aggregateType, eventType, from, until, correlationId, causationId, userId, commandId);
    }

    /**
     * Matches only events with a causation id.
     *
     * @param causationId the causation id
     * @return a new filter with the condition
     */
    public EventFilter causationId(String causationId) {
        return new EventFilter(aggregateType, eventType, from, until, correlationId, causationId, userId, commandId);
    }

    /**
     * Matches only events caused by a user.
     *
     * @param userId the user's id
     * @return a new filter with the condition
     */
    public EventFilter userId(String userId) {
        return new EventFilter(aggregateType, eventType, from, until, correlationId, causationId, userId, commandId);
    }

    /**
     * Matches only events raised by a command.
     *
     * @param commandId the command's id
     * @return a new filter with the condition
     */
    public EventFilter commandId(String commandId) {
        return new EventFilter(aggregateType, eventType, from, until, correlationId, causationId, userId, commandId);
    }

    /**
     * {@return the aggregate type to match; empty for any}
     */
    public Optional<String> aggregateType() {
        return Optional.ofNullable(aggregateType);
    }

    /**
     * {@return the event type to match; empty for any}
     */
    public Optional<String> eventType() {
        return Optional.ofNullable(eventType);
    }

    /**
     * {@return the earliest timestamp to match, inclusive; empty if there is no lower limit}
     */
    public Optional<Instant> from() {
        return Optional.ofNullable(from);
    }

    /**
     * {@return the end of the range to match, exclusive; empty if there is no upper limit}
     */
    public Optional<Instant> until() {
        return Optional.ofNullable(until);
    }

    /**
     * {@return the correlation id to match; empty for any}
     */
    public Optional<String> correlationId() {
        return Optional.ofNullable(correlationId);
    }

    /**
     * {@return the causation id to match; empty for any}
     */
    public Optional<String> causationId() {
        return Optional.ofNullable(causationId);
    }

    /**
     * {@return the id of the user to match; empty for any}
     */
    public Optional<String> userId() {
        return Optional.ofNullable(userId);
    }

    /**
     * {@return the id of the command to match; empty for any}
     */
    public Optional<String> commandId() {
        return Optional.ofNullable(commandId);
    }

    /**
     * Returns whether an event meets every condition. For stores that filter events themselves.
     *
     * @param event the metadata of an event
     * @return whether the event matches
     */
    public boolean matches(EventMetadata event) {
        return (aggregateType == null || aggregateType.equals(event.aggregateType()))
                && (eventType == null || eventType.equals(event.eventType()))
                && (from == null || !event.timestamp().isBefore(from))
                && (until == null || event.timestamp().isBefore(until))
                && (correlationId == null || correlationId.equals(event.correlationId()))
                && (causationId == null
                        || causationId.equals(event.causationId().orElse(null)))
                && (userId == null || userId.equals(event.userId().orElse(null)))
                && (commandId == null || commandId.equals(event.commandId().orElse(null)));
    }
}
