package io.daybook.sample.order.query;

import io.daybook.projection.GroupedReadModel;
import io.daybook.projection.Projector;
import io.daybook.projection.ReadDocument;
import io.daybook.readmodel.ConsistencyToken;
import java.time.LocalDate;
import java.util.Optional;

/** The queries about groups of orders. Thread-safe. */
public final class OrderReports {

    private final GroupedReadModel<OrderShare, OrderTotals> customers;
    private final GroupedReadModel<OrderShare, OrderTotals> days;

    private OrderReports(
            GroupedReadModel<OrderShare, OrderTotals> customers, GroupedReadModel<OrderShare, OrderTotals> days) {
        this.customers = customers;
        this.days = days;
    }

    /**
     * Creates the queries.
     *
     * @param projector runs {@link OrderTotals#OF_CUSTOMERS} and {@link OrderTotals#OF_DAYS}
     * @return the queries
     */
    public static OrderReports of(Projector projector) {
        return new OrderReports(
                projector.readModel(OrderTotals.OF_CUSTOMERS), projector.readModel(OrderTotals.OF_DAYS));
    }

    /**
     * Reads the totals of a customer.
     *
     * @param customerId the id of the customer
     * @param token the minimum versions that the answer must show
     * @return the totals, or empty if the customer has no orders
     */
    public Optional<ReadDocument<OrderTotals>> customer(String customerId, ConsistencyToken token) {
        return customers.get(customerId, token);
    }

    /**
     * Reads the totals of a day.
     *
     * @param date the day on which the orders were created, in UTC
     * @param token the minimum versions that the answer must show
     * @return the totals
     */
    public OrderTotals day(LocalDate date, ConsistencyToken token) {
        return days.get(date.toString(), token).map(ReadDocument::content).orElse(OrderTotals.NONE);
    }
}
