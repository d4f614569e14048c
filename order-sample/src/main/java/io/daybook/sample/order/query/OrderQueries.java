package io.daybook.sample.order.query;

import io.daybook.aggregate.AggregateRepository;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamId;
import io.daybook.projection.Projector;
import io.daybook.projection.ReadDocument;
import io.daybook.projection.ReadModel;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.Page;
import io.daybook.readmodel.PagePosition;
import io.daybook.sample.order.domain.Order;
import io.daybook.sample.order.domain.OrderEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The queries about orders. The current order and lists come from the read model. Earlier versions of an order and its
 * events come from the event store. Thread-safe.
 */
public final class OrderQueries {

    /**
     * One event together with what it changed.
     *
     * @param event the event
     * @param before the order before it; null for the first event
     * @param after the order after it
     */
    public record Step(EventEnvelope event, @Nullable OrderSummary before, OrderSummary after) {}

    private final Projector projector;
    private final ReadModel<OrderSummary> summaries;
    private final AggregateRepository<Order> orders;
    private final EventStore events;

    /**
     * Creates the queries.
     *
     * @param projector runs {@link OrderSummaries}
     * @param orders loads an order at a version
     * @param events the event store
     */
    public OrderQueries(Projector projector, AggregateRepository<Order> orders, EventStore events) {
        this.projector = projector;
        this.summaries = projector.readModel(OrderSummaries.PROJECTION);
        this.orders = orders;
        this.events = events;
    }

    /**
     * Records that this process has acknowledged a command, so that later reads of that order show its effect without a
     * token.
     *
     * @param token the consistency token of the command's result
     */
    public void acknowledged(ConsistencyToken token) {
        projector.acknowledged(token);
    }

    /**
     * Reads an order.
     *
     * @param id the id of the order
     * @param token the minimum versions that the answer must show
     * @return the order, or empty if it does not exist
     * @throws io.daybook.eventstore.StreamDeletedException if it was deleted
     */
    public Optional<ReadDocument<OrderSummary>> order(String id, ConsistencyToken token) {
        Optional<ReadDocument<OrderSummary>> found = summaries.get(id, token);
        if (found.isEmpty()) {
            events.currentVersion(stream(id)); // throws if the order was deleted
        }
        return found;
    }

    /**
     * Lists orders.
     *
     * @param filter the conditions and the order of the list, as {@link OrderSummaries} declares them
     * @param token the minimum versions that the answer must show
     * @return a page
     */
    public Page<ReadDocument<OrderSummary>> orders(Filter filter, ConsistencyToken token) {
        return summaries.find(filter, token);
    }

    /**
     * Returns whether a list can be continued.
     *
     * @param filter the conditions and the order of the list, with {@link Filter#after}
     * @return false if it continues another list
     */
    public boolean continues(Filter filter) {
        try {
            PagePosition.of(OrderSummaries.PROJECTION.schema(), filter);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Loads an earlier version of an order.
     *
     * @param id the id of the order
     * @param version a version from 1 to the current one
     * @return the order at that version
     * @throws io.daybook.aggregate.AggregateNotFoundException if it does not exist
     * @throws IllegalArgumentException if it has no such version
     */
    public Order orderAt(String id, long version) {
        return orders.load(id, version);
    }

    /**
     * Reads events of an order.
     *
     * @param id the id of the order
     * @param after the sequence number after which the events begin
     * @param limit the maximum number of events
     * @return the events; empty if there are none after that
     * @throws io.daybook.aggregate.AggregateNotFoundException if the order does not exist
     * @throws io.daybook.eventstore.StreamDeletedException if it was deleted
     */
    public List<EventEnvelope> events(String id, long after, int limit) {
        List<EventEnvelope> found =
                events.read(stream(id), after, Long.MAX_VALUE).limit(limit).toList();
        if (found.isEmpty()) {
            orders.load(id); // throws if the order does not exist
        }
        return found;
    }

    /**
     * Reads events of an order together with what each changed.
     *
     * @param id the id of the order
     * @param after the sequence number after which the events begin
     * @param limit the maximum number of events
     * @return the steps; empty if there are none after that
     * @throws io.daybook.aggregate.AggregateNotFoundException if the order does not exist
     * @throws io.daybook.eventstore.StreamDeletedException if it was deleted
     */
    public List<Step> history(String id, long after, int limit) {
        List<EventEnvelope> found = events(id, after, limit);
        OrderSummary order = after == 0 || found.isEmpty()
                ? null
                : new OrderSummary(after, orders.load(id, after).state(), Instant.EPOCH, Instant.EPOCH);
        List<Step> steps = new ArrayList<>();
        for (EventEnvelope event : found) {
            OrderSummary next = OrderSummary.apply(order, (OrderEvent) event.event(), event.metadata());
            steps.add(new Step(event, order, next));
            order = next;
        }
        return steps;
    }

    private static StreamId stream(String id) {
        return StreamId.of(Order.TYPE.name(), id);
    }
}
