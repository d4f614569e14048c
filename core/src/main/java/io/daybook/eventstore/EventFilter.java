package io.daybook.eventstore;

import io.daybook.event.EventMetadata;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What to look for across streams: conditions on the metadata, all of which must hold. Immutable and safe for use by many threads; each
 * method that adds a condition returns a new filter.
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
     * {@return a filter without conditions: every event of the store}
     */
    public static EventFilter all() {
        return ALL;
    }

    /**
     * Adds the condition that the events are of one aggregate type.
     *
     * @param aggregateType such as {@code Order}
     * @return this filter with the condition
     */
    public EventFilter aggregateType(String aggregateType) {
        return new EventFilter(aggregateType, eventType, from, until, correlationId, causationId, userId, commandId);
    }

    /**
     * Adds the condition that the events are of one type, by its stored name.
     *
     * @param eventType such as {@code OrderShipped}
     * @return this filter with the condition
     */
    public EventFilter eventType(String eventType) {
        return new EventFilter(aggregateType, eventType, from, until, correlationId, causationId, userId, commandId);
    }

    /**
     * Adds the condition that the events are not older.
     *
     * @param from the earliest timestamp, inclusive
     * @return this filter with the condition
     * @throws IllegalArgumentException if it is after that of {@link #until(Instant) until}
     */
    public EventFilter from(Instant from) {
        return new EventFilter(aggregateType, eventType, from, until, correlationId, causationId, userId, commandId);
    }

    /**
     * Adds the condition that the events are older.
     *
     * @param until the timestamp after the last, exclusive
     * @return this filter with the condition
     * @throws IllegalArgumentException if it is before that of {@link #from(Instant) from}
     */
    public EventFilter until(Instant until) {
        return new EventFilter(aggregateType, eventType, from, until, correlationId, causationId, userId, commandId);
    }

    /**
     * Adds the condition that the events have one correlation id.
     *
     * @param correlationId the correlation id
     * @return this filter with the condition
     */
    public EventFilter correlationId(String correlationId) {
        return new EventFilter(aggregateType, eventType, from, until, correlationId, causationId, userId, commandId);
    }

    /**
     * Adds the condition that the events have one direct cause.
     *
     * @param causationId the causation id
     * @return this filter with the condition
     */
    public EventFilter causationId(String causationId) {
        return new EventFilter(aggregateType, eventType, from, until, correlationId, causationId, userId, commandId);
    }

    /**
     * Adds the condition that the events were caused by one user.
     *
     * @param userId the user's id
     * @return this filter with the condition
     */
    public EventFilter userId(String userId) {
        return new EventFilter(aggregateType, eventType, from, until, correlationId, causationId, userId, commandId);
    }

    /**
     * Adds the condition that the events were raised by one command.
     *
     * @param commandId the command's id
     * @return this filter with the condition
     */
    public EventFilter commandId(String commandId) {
        return new EventFilter(aggregateType, eventType, from, until, correlationId, causationId, userId, commandId);
    }

    /**
     * {@return the aggregate type asked for, if one is}
     */
    public Optional<String> aggregateType() {
        return Optional.ofNullable(aggregateType);
    }

    /**
     * {@return the event type asked for, if one is}
     */
    public Optional<String> eventType() {
        return Optional.ofNullable(eventType);
    }

    /**
     * {@return the earliest timestamp asked for, inclusive, if one is}
     */
    public Optional<Instant> from() {
        return Optional.ofNullable(from);
    }

    /**
     * {@return the timestamp after the last asked for, exclusive, if one is}
     */
    public Optional<Instant> until() {
        return Optional.ofNullable(until);
    }

    /**
     * {@return the correlation id asked for, if one is}
     */
    public Optional<String> correlationId() {
        return Optional.ofNullable(correlationId);
    }

    /**
     * {@return the causation id asked for, if one is}
     */
    public Optional<String> causationId() {
        return Optional.ofNullable(causationId);
    }

    /**
     * {@return the user asked for, if one is}
     */
    public Optional<String> userId() {
        return Optional.ofNullable(userId);
    }

    /**
     * {@return the command asked for, if one is}
     */
    public Optional<String> commandId() {
        return Optional.ofNullable(commandId);
    }

    /**
     * Tells whether an event fulfils every condition; for stores that filter by themselves.
     *
     * @param event the metadata of an event
     * @return whether the filter asks for it
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
