package io.daybook.sample.order.http;

import io.daybook.projection.ReadDocument;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.sample.order.domain.OrderRules;
import io.daybook.sample.order.query.OrderReports;
import io.daybook.sample.order.query.OrderTotals;
import io.javalin.http.Context;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/** Answers queries about groups of orders. Thread-safe. */
final class ReportHandlers {

    private static final int MAX_DAYS = 92;

    /**
     * The totals of a customer.
     *
     * @param customerId the id of the customer
     * @param orders the number of orders
     * @param open the number of orders that are neither shipped nor canceled
     * @param shipped the number of shipped orders
     * @param cancelled the number of canceled orders
     * @param totalAmount the price of all orders that are not canceled
     */
    record CustomerSummary(
            String customerId, long orders, long open, long shipped, long cancelled, BigDecimal totalAmount) {}

    /**
     * The totals of some days.
     *
     * @param days each day, the earliest first
     */
    record DailyOrders(List<Day> days) {}

    /**
     * The totals of one day.
     *
     * @param date the day
     * @param orders the number of orders that were created on it
     * @param cancelled the number of those that are canceled
     * @param totalAmount the price of those that are not canceled
     */
    record Day(String date, long orders, long cancelled, BigDecimal totalAmount) {}

    private final OrderReports reports;

    ReportHandlers(OrderReports reports) {
        this.reports = reports;
    }

    void customer(Context ctx) {
        QueryParameters.of(ctx).refuseInvalid();
        ConsistencyToken token = RequestHeaders.consistencyToken(ctx);
        String id = ctx.pathParam("id");
        if (id.length() > OrderRules.MAX_ID || id.chars().anyMatch(Character::isISOControl)) {
            throw Problem.notFound("There is no customer with that id").asException();
        }
        ReadDocument<OrderTotals> found = reports.customer(id, token)
                .orElseThrow(() -> Problem.notFound("The customer " + id + " has no orders")
                        .asException());
        OrderTotals totals = found.content();
        Answers.token(ctx, found.token());
        Answers.hashed(
                ctx,
                new CustomerSummary(
                        id,
                        totals.orders(),
                        totals.open(),
                        totals.shipped(),
                        totals.cancelled(),
                        totals.totalAmount()));
    }

    void dailyOrders(Context ctx) {
        QueryParameters parameters = QueryParameters.of(ctx, "date", "from_date", "to_date");
        Optional<LocalDate> date = parameters.date("date");
        Optional<LocalDate> from = parameters.date("from_date");
        Optional<LocalDate> to = parameters.date("to_date");
        boolean ranged = ctx.queryParamMap().containsKey("from_date")
                || ctx.queryParamMap().containsKey("to_date");
        if (ctx.queryParamMap().containsKey("date") == ranged) {
            parameters.add(
                    "date",
                    ranged
                            ? "must not be sent with from_date or to_date"
                            : "is missing: send it, or from_date and to_date");
        }
        parameters.refuseInvalid();
        LocalDate first = date.or(() -> from).orElse(null);
        LocalDate last = date.or(() -> to).orElse(null);
        if (first == null || last == null) {
            parameters.add(first == null ? "from_date" : "to_date", "is missing: send from_date and to_date");
        } else if (last.isBefore(first) || last.isAfter(first.plusDays(MAX_DAYS - 1))) {
            parameters.add("to_date", "must be from_date or up to " + (MAX_DAYS - 1) + " days after it");
        }
        parameters.refuseInvalid();
        ConsistencyToken token = RequestHeaders.consistencyToken(ctx);
        List<Day> days = first == null || last == null
                ? List.of()
                : first.datesUntil(last.plusDays(1)).map(day -> day(day, token)).toList();
        Answers.token(ctx, token);
        Answers.hashed(ctx, new DailyOrders(days));
    }

    private Day day(LocalDate date, ConsistencyToken token) {
        OrderTotals totals = reports.day(date, token);
        return new Day(date.toString(), totals.orders(), totals.cancelled(), totals.totalAmount());
    }
}
