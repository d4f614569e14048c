package io.daybook.testkit;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.EventTypes;
import io.daybook.event.MessageContext;
import io.daybook.eventstore.StreamId;
import io.daybook.projection.GroupedProjection;
import io.daybook.projection.Projection;
import io.daybook.readmodel.IndexValue;
import io.daybook.serialization.EventSerializer;
import io.daybook.serialization.JacksonEventSerializer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A given-then test of a projection: given these events, then the document is as expected.
 *
 * <pre>{@code
 * Projection<OrderState> projection = Projection.named("order-states", 1, Order.TYPE, OrderState.class)
 *         .on(OrderCreated.class, (none, event, metadata) -> new OrderState(false))
 *         .on(OrderShipped.class, (state, event, metadata) -> new OrderState(true))
 *         .build();
 * ProjectionScenario.of(projection)
 *         .given(new OrderCreated("42", "alice"), new OrderShipped("42", "1Z999", Instant.EPOCH))
 *         .thenDocument(new OrderState(true));
 * }</pre>
 *
 * <p>The first event has the timestamp {@link Instant#EPOCH}, and each following event is one second later, unless
 * {@link #timestamp timestamp} sets another time. Each scenario also runs checks that need no code in the test:
 *
 * <ul>
 *   <li>Projecting the events twice results in the same documents. This check fails if a handler uses a clock or a
 *       random number.
 *   <li>The documents are the same for every page size, even if the feed redelivers the first events, omits some events
 *       (which the projection then reads from the store), or delivers the events of different streams in another order.
 *   <li>The documents are the same if every state makes a round trip through JSON after each event.
 *   <li>Reads with a consistency token return the same documents, even before any event is delivered.
 *   <li>Deleting a stream restores the documents to their state without that stream, so a grouped projection subtracts
 *       what it added.
 *   <li>Contributions and summaries of a grouped projection contain no {@code double} or {@code float}.
 * </ul>
 *
 * <p>Page sizes and orders are sampled if there are more than 20. Documents are compared by their fields, and amounts by value, so that 1.5
 * and 1.50 are equal.
 *
 * <p>Failed checks throw {@link AssertionError}. Not thread-safe.
 *
 * @param <D> the class of the document
 */
public final class ProjectionScenario<D> {

    private static final String ID = "42";

    /** How events are written, and the metadata of those that are given next. */
    private record Settings(@Nullable EventSerializer serializer, Instant timestamp, MessageContext context) {
        static final Settings DEFAULT = new Settings(null, Instant.EPOCH, MessageContext.empty());
    }

    private final ScenarioProjection<D> projection;
    private final Settings settings;
    private final List<EventEnvelope> events;
    private final @Nullable PendingOutcome outcome;
    private @Nullable ProjectionChecks<D> checks;
    private @Nullable Map<String, D> documents;

    private ProjectionScenario(
            ScenarioProjection<D> projection,
            Settings settings,
            List<EventEnvelope> events,
            @Nullable PendingOutcome outcome) {
        this.projection = projection;
        this.settings = settings;
        this.events = events;
        this.outcome = outcome;
    }

    /**
     * Creates a scenario for a projection with one document per stream.
     *
     * @param <D> the class of the document
     * @param projection the projection
     * @return the scenario
     */
    @CheckReturnValue
    public static <D> ProjectionScenario<D> of(Projection<D> projection) {
        return start(new ScenarioProjection.OfStreams<>(projection));
    }

    /**
     * Creates a scenario for a grouped projection. Its documents are the summaries, and their keys are the keys of the groups.
     *
     * @param <D> the class of the summary
     * @param projection the projection
     * @return the scenario
     */
    @CheckReturnValue
    public static <D> ProjectionScenario<D> of(GroupedProjection<?, D> projection) {
        return start(new ScenarioProjection.OfGroups<>(projection));
    }

    private static <D> ProjectionScenario<D> start(ScenarioProjection<D> projection) {
        return new ProjectionScenario<>(projection, Settings.DEFAULT, List.of(), null);
    }

    /**
     * Sets the serializer of the events. Call this method if the application does not use the default serializer, or if
     * the events need a custom mapper and the projection knows only their names and classes. By default, events are
     * written with the mapper of their aggregate type.
     *
     * @param serializer the serializer that the application uses
     * @return a scenario with that serializer
     */
    @CheckReturnValue
    public ProjectionScenario<D> serializer(EventSerializer serializer) {
        return with(new Settings(serializer, settings.timestamp(), settings.context()));
    }

    /**
     * Sets the timestamp of the event that is given next. Each following event is one second later.
     *
     * @param timestamp an instant in the years 0000 to 9999
     * @return a scenario with that time
     */
    @CheckReturnValue
    public ProjectionScenario<D> timestamp(Instant timestamp) {
        return with(new Settings(settings.serializer(), timestamp, settings.context()));
    }

    /**
     * Sets the context of the events that are given next: their user, their correlation and causation ids, and their
     * attributes.
     *
     * @param context the context; empty by default
     * @return a scenario with that context
     */
    @CheckReturnValue
    public ProjectionScenario<D> context(MessageContext context) {
        return with(new Settings(settings.serializer(), settings.timestamp(), context));
    }

    private ProjectionScenario<D> with(Settings settings) {
        return new ProjectionScenario<>(projection, settings, events, outcome);
    }

    /**
     * Adds events of the aggregate with the id {@code 42}.
     *
     * @param given the stored events, in order
     * @return a scenario with these events
     * @throws IllegalArgumentException if the projection does not know one of the events
     */
    @CheckReturnValue
    public ProjectionScenario<D> given(DomainEvent... given) {
        return given(ID, given);
    }

    /**
     * Adds events of one aggregate. Call this method once for each aggregate, or several times to add later events.
     *
     * @param id the id of the aggregate; the events determine its type
     * @param given the stored events, in order
     * @return a scenario with these events
     * @throws IllegalArgumentException if the projection does not know one of the events, or a timestamp is outside the
     *     years 0000 to 9999
     * @throws AssertionError if the previous scenario on the same thread ended without a {@code then} method
     */
    @CheckReturnValue
    public ProjectionScenario<D> given(String id, DomainEvent... given) {
        if (outcome == null) {
            PendingOutcome.requireLastChecked();
        } else {
            outcome.checked();
        }
        List<EventEnvelope> more = new ArrayList<>(events);
        Instant timestamp = settings.timestamp();
        for (DomainEvent event : given) {
            more.add(envelope(id, event, timestamp, more));
            timestamp = timestamp.plusSeconds(1);
        }
        Settings next = new Settings(settings.serializer(), timestamp, settings.context());
        return new ProjectionScenario<>(projection, next, List.copyOf(more), new PendingOutcome());
    }

    private EventEnvelope envelope(String id, DomainEvent event, Instant timestamp, List<EventEnvelope> before) {
        Map.Entry<String, EventTypes> type = projection.eventTypes().entrySet().stream()
                .filter(each ->
                        each.getValue().all().stream().anyMatch(known -> known.eventClass() == event.getClass()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(event.getClass().getName() + " is not an event of "
                        + projection.schema().id() + ": pass events of its aggregate types"));
        EventTypes.Registration registration = type.getValue().registrationOf(event);
        StreamId stream = StreamId.of(type.getKey(), id);
        long number = before.stream()
                        .filter(each -> ProjectionRun.streamOf(each).equals(stream))
                        .count()
                + 1;
        EventMetadata metadata = EventMetadata.builder()
                .eventId("given-" + (before.size() + 1))
                .eventType(registration.name(), registration.version())
                .timestamp(timestamp)
                .aggregate(stream.aggregateType(), id)
                .sequenceNumber(number)
                .context(settings.context())
                .build();
        return EventEnvelope.of(metadata, event);
    }

    /**
     * Checks that there is exactly one document and that it equals the expected one.
     *
     * @param expected the document
     * @return this scenario
     * @throws AssertionError if there is a different document, none or several, or if one of the automatic checks fails
     */
    public ProjectionScenario<D> thenDocument(D expected) {
        Set<String> keys = documents().keySet();
        if (keys.size() != 1) {
            throw new AssertionError("expected one document " + StateDescription.of(expected)
                    + (keys.isEmpty()
                            ? "\nbut there is none"
                            : "\nbut there are documents of " + keys + ": pass the key to thenDocument"));
        }
        return thenDocument(keys.iterator().next(), expected);
    }

    /**
     * Checks one document.
     *
     * @param key the id of the aggregate, or the key of the group
     * @param expected the document
     * @return this scenario
     * @throws AssertionError if there is a different document or none, or if one of the automatic checks fails
     */
    public ProjectionScenario<D> thenDocument(String key, D expected) {
        D actual = documents().get(key);
        String difference = ProjectionChecks.CONTENTS.difference(expected, actual);
        if (difference != null) {
            throw new AssertionError("the document of " + key + " differs from the expected one"
                    + (difference.isEmpty() ? "" : ", at " + difference)
                    + "\nexpected: " + StateDescription.of(expected)
                    + "\nbut was:  " + (actual == null ? "none" : StateDescription.of(actual)));
        }
        return this;
    }

    /**
     * Checks that a document does not exist.
     *
     * @param key the id of the aggregate, or the key of the group
     * @return this scenario
     * @throws AssertionError if there is a document, or if one of the automatic checks fails
     */
    public ProjectionScenario<D> thenNoDocument(String key) {
        D actual = documents().get(key);
        if (actual != null) {
            throw new AssertionError("expected no document of " + key + "\nbut was: " + StateDescription.of(actual));
        }
        return this;
    }

    /**
     * Checks the values of an index by which queries find a document.
     *
     * @param key the id of the aggregate, or the key of the group
     * @param index the name of the index
     * @param values the values, in any order; none if queries by this index do not find the document
     * @return this scenario
     * @throws IllegalArgumentException if the projection has no such index, or a value cannot be an index value
     * @throws AssertionError if the values are different, there is no document, or one of the automatic checks fails
     */
    public ProjectionScenario<D> thenIndexed(String key, String index, Object... values) {
        if (!projection.schema().indexes().contains(index)) {
            throw new IllegalArgumentException(projection.schema().id() + " has no index " + index + ": use one of "
                    + projection.schema().indexes());
        }
        Set<String> expected = new TreeSet<>(IndexValue.textsOf(List.of(values)));
        if (!documents().containsKey(key)) {
            throw new AssertionError(
                    "expected the index " + index + " of a document of " + key + "\nbut there is none");
        }
        Set<String> actual = new TreeSet<>(checks().indexValues(key).getOrDefault(index, List.of()));
        if (!actual.equals(expected)) {
            throw new AssertionError("expected the index " + index + " of " + key + " to have the values " + expected
                    + "\nbut they were " + actual);
        }
        return this;
    }

    private ProjectionChecks<D> checks() {
        ProjectionChecks<D> found = checks;
        if (found == null) {
            EventSerializer serializer = settings.serializer();
            found = new ProjectionChecks<>(projection, serializer == null ? defaultSerializer() : serializer, events);
            checks = found;
        }
        return found;
    }

    private EventSerializer defaultSerializer() {
        EventTypes types = projection.eventTypes().values().stream()
                .reduce(EventTypes::and)
                .orElseThrow();
        return JacksonEventSerializer.of(types, AggregateScenario.standIns(types));
    }

    private Map<String, D> documents() {
        if (outcome == null || events.isEmpty()) {
            throw new IllegalStateException("the scenario has no events: call given first");
        }
        outcome.checked();
        Map<String, D> found = documents;
        if (found == null) {
            found = checks().run();
            documents = found;
        }
        return found;
    }
}
