package io.daybook.eventstore;

import io.daybook.event.EventMetadata;
import io.daybook.event.MessageContext;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A filter that selects events across streams by conditions on their metadata. An event must meet all of the
 * conditions. Each method that adds a condition returns a new filter. Immutable and thread-safe.
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

    private static final EventFilter ALL = new EventFilter(null, null, null, null, null, MessageContext.empty());

    private final @Nullable String aggregateType;
    private final @Nullable String eventType;
    private final @Nullable Instant from;
    private final @Nullable Instant until;
    private final @Nullable String commandId;
    private final MessageContext context;

    private EventFilter(
            @Nullable String aggregateType,
            @Nullable String eventType,
            @Nullable Instant from,
            @Nullable Instant until,
            @Nullable String commandId,
            MessageContext context) {
        this.aggregateType = aggregateType;
        this.eventType = eventType;
        this.from = from;
        this.until = until;
        this.commandId = commandId;
        this.context = context;
        if (from != null && until != null && from.isAfter(until)) {
            throw new IllegalArgumentException("the filter's start " + from + " is after its end " + until
                    + ": use a start that is not after the end");
        }
    }

    /**
     * {@return a filter without conditions, which matches every event of the store}
     */
    public static EventFilter all() {
        return ALL;
    }

    /**
     * Restricts the filter to events of an aggregate type.
     *
     * @param aggregateType the aggregate type, such as {@code Order}
     * @return a new filter with the condition
     */
    public EventFilter aggregateType(String aggregateType) {
        return new EventFilter(aggregateType, eventType, from, until, commandId, context);
    }

    /**
     * Restricts the filter to events of an event type.
     *
     * @param eventType the stored name of the event type, such as {@code OrderShipped}
     * @return a new filter with the condition
     */
    public EventFilter eventType(String eventType) {
        return new EventFilter(aggregateType, eventType, from, until, commandId, context);
    }

    /**
     * Restricts the filter to events at or after a timestamp.
     *
     * @param from the earliest timestamp, inclusive
     * @return a new filter with the condition
     * @throws IllegalArgumentException if the timestamp is after that of {@link #until(Instant) until}
     */
    public EventFilter from(Instant from) {
        return new EventFilter(aggregateType, eventType, from, until, commandId, context);
    }

    /**
     * Restricts the filter to events before a timestamp.
     *
     * @param until the end of the range, exclusive
     * @return a new filter with the condition
     * @throws IllegalArgumentException if the timestamp is before that of {@link #from(Instant) from}
     */
    public EventFilter until(Instant until) {
        return new EventFilter(aggregateType, eventType, from, until, commandId, context);
    }

    /**
     * Restricts the filter to events with a correlation id.
     *
     * @param correlationId the correlation id
     * @return a new filter with the condition
     * @throws IllegalArgumentException if no event can have that id: it is blank or too long, or contains a control character or an
     *     unpaired surrogate
     */
    public EventFilter correlationId(String correlationId) {
        return context(context.toBuilder().correlationId(correlationId).build());
    }

    /**
     * Restricts the filter to events with a causation id.
     *
     * @param causationId the causation id
     * @return a new filter with the condition
     * @throws IllegalArgumentException if no event can have that id: it is blank or too long, or contains a control character or an
     *     unpaired surrogate
     */
    public EventFilter causationId(String causationId) {
        return context(context.toBuilder().causationId(causationId).build());
    }

    /**
     * Restricts the filter to events caused by a user.
     *
     * @param userId the user's id
     * @return a new filter with the condition
     * @throws IllegalArgumentException if no event can have that id: it is blank or too long, or contains a control character or an
     *     unpaired surrogate
     */
    public EventFilter userId(String userId) {
        return context(context.toBuilder().userId(userId).build());
    }

    /**
     * Restricts the filter to events raised by a command.
     *
     * @param commandId the command's id
     * @return a new filter with the condition
     */
    public EventFilter commandId(String commandId) {
        return new EventFilter(aggregateType, eventType, from, until, commandId, context);
    }

    private EventFilter context(MessageContext other) {
        return new EventFilter(aggregateType, eventType, from, until, commandId, other);
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
     * {@return the user, the correlation id and the causation id to match, each empty if any value matches; the
     * attributes are always empty}
     */
    public MessageContext context() {
        return context;
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
                && (commandId == null || commandId.equals(event.commandId().orElse(null)))
                && context.isPartOf(event.context());
    }
}
