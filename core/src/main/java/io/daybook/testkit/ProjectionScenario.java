package io.daybook.testkit;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.EventTypes;
import io.daybook.eventstore.StreamId;
import io.daybook.projection.GroupedProjection;
import io.daybook.projection.Projection;
import io.daybook.serialization.JacksonEventSerializer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
 * <p>The first event has the timestamp {@link Instant#EPOCH}, and each following event is one second later. Each
 * scenario also runs checks that need no code in the test:
 *
 * <ul>
 *   <li>Projecting the events twice gives the same documents, so no handler uses a clock or a random number.
 *   <li>The documents are the same for every page size, if the feed redelivers any number of the first events, if it
 *       omits some events, and if events of different streams arrive in another order.
 *   <li>The documents are the same after a JSON round trip of each event, and if nothing is delivered and they are read
 *       with a token.
 *   <li>Deleting a stream restores the documents to their state without it, so a grouped projection subtracts what it added.
 *   <li>Shares and summaries of a grouped projection contain no {@code double} or {@code float}.
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

    private final ScenarioProjection<D> projection;
    private final List<EventEnvelope> events;
    private final @Nullable PendingOutcome outcome;
    private @Nullable Map<String, D> documents;

    private ProjectionScenario(
            ScenarioProjection<D> projection, List<EventEnvelope> events, @Nullable PendingOutcome outcome) {
        this.projection = projection;
        this.events = events;
        this.outcome = outcome;
    }

    /**
     * Creates a scenario for a projection of each stream.
     *
     * @param <D> the class of the document
     * @param projection the projection
     * @return the scenario
     */
    @CheckReturnValue
    public static <D> ProjectionScenario<D> of(Projection<D> projection) {
        return new ProjectionScenario<>(new ScenarioProjection.OfStreams<>(projection), List.of(), null);
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
        return new ProjectionScenario<>(new ScenarioProjection.OfGroups<>(projection), List.of(), null);
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
     * @param id the id of the aggregate; its type is the one to which the events belong
     * @param given the stored events, in order
     * @return a scenario with these events
     * @throws IllegalArgumentException if the projection does not know one of the events
     * @throws AssertionError if the previous scenario on the same thread has no last phase
     */
    @CheckReturnValue
    public ProjectionScenario<D> given(String id, DomainEvent... given) {
        if (outcome == null) {
            PendingOutcome.requireLastChecked();
        } else {
            outcome.checked();
        }
        List<EventEnvelope> more = new ArrayList<>(events);
        for (DomainEvent event : given) {
            more.add(envelope(id, event, more));
        }
        return new ProjectionScenario<>(projection, List.copyOf(more), new PendingOutcome());
    }

    private EventEnvelope envelope(String id, DomainEvent event, List<EventEnvelope> before) {
        Map.Entry<String, EventTypes> type = projection.eventTypes().entrySet().stream()
                .filter(each ->
                        each.getValue().all().stream().anyMatch(known -> known.eventClass() == event.getClass()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(event.getClass().getName() + " is no event of "
                        + projection.schema().id() + ": give events of its aggregate types"));
        EventTypes.Registration registration = type.getValue().registrationOf(event);
        StreamId stream = StreamId.of(type.getKey(), id);
        long number = before.stream()
                        .filter(each -> ProjectionRun.streamOf(each).equals(stream))
                        .count()
                + 1;
        EventMetadata metadata = EventMetadata.builder()
                .eventId("given-" + (before.size() + 1))
                .eventType(registration.name(), registration.version())
                .timestamp(Instant.EPOCH.plusSeconds(before.size()))
                .aggregate(stream.aggregateType(), id)
                .sequenceNumber(number)
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
                    + "\nbut there are documents of " + keys + ": name the key if there are several");
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
            throw new AssertionError("expected another document of " + key
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

    private Map<String, D> documents() {
        if (outcome == null || events.isEmpty()) {
            throw new IllegalStateException("the scenario has no events: call given first");
        }
        outcome.checked();
        Map<String, D> found = documents;
        if (found == null) {
            EventTypes types = projection.eventTypes().values().stream()
                    .reduce(EventTypes::and)
                    .orElseThrow();
            found = new ProjectionChecks<>(
                            projection, JacksonEventSerializer.of(types, AggregateScenario.standIns(types)), events)
                    .run();
            documents = found;
        }
        return found;
    }
}
