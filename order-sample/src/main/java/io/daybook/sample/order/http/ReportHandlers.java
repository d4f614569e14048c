package io.daybook.sample.order.http;

import io.daybook.command.Violations;
import io.daybook.projection.ReadDocument;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.sample.order.domain.OrderRules;
import io.daybook.sample.order.query.OrderReports;
import io.daybook.sample.order.query.OrderTotals;
import io.javalin.http.Context;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Answers queries about groups of orders. Thread-safe. */
final class ReportHandlers {

    private static final int MAX_DAYS = 92;

    private record CustomerSummary(
            String customerId, long orders, long open, long shipped, long cancelled, BigDecimal totalAmount) {}

    private record DailyOrders(List<Day> days) {}

    private record Day(String date, long orders, long cancelled, BigDecimal totalAmount) {}

    private record Days(
            @Nullable LocalDate date,
            @Nullable LocalDate fromDate,
            @Nullable LocalDate toDate) {

        LocalDate first() {
            return Objects.requireNonNull(date == null ? fromDate : date);
        }

        LocalDate last() {
            return Objects.requireNonNull(date == null ? toDate : date);
        }

        void validate(Violations violations) {
            boolean ranged = fromDate != null || toDate != null;
            violations.require(date != null || ranged, "date", "is missing: send it, or from_date and to_date");
            violations.require(date == null || !ranged, "date", "must not be sent with from_date or to_date");
            if (date == null && ranged) {
                violations.require(fromDate != null, "fromDate", "is missing: send from_date and to_date");
                violations.require(toDate != null, "toDate", "is missing: send from_date and to_date");
            }
            if (violations.found().isEmpty()) {
                long more = ChronoUnit.DAYS.between(first(), last());
                violations.require(
                        more >= 0 && more < MAX_DAYS,
                        "toDate",
                        "must be from_date or up to " + (MAX_DAYS - 1) + " days after it");
            }
        }
    }

    private final OrderReports reports;

    ReportHandlers(OrderReports reports) {
        this.reports = reports;
    }

    void customer(Context ctx) {
        QueryParameters.refuseAll(ctx);
        ConsistencyToken token = RequestHeaders.consistencyToken(ctx);
        String id = ctx.pathParam("id");
        if (id.length() > OrderRules.MAX_ID || id.chars().anyMatch(Character::isISOControl)) {
            throw Problem.notFound("There is no customer with that id");
        }
        ReadDocument<OrderTotals> found = WaitPreference.read(ctx, token, () -> reports.customer(id, token))
                .orElseThrow(() -> Problem.notFound("The customer " + id + " has no orders"));
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
        Days range = QueryParameters.bind(ctx, Days.class, Days::validate);
        ConsistencyToken token = RequestHeaders.consistencyToken(ctx);
        List<Day> days = WaitPreference.read(
                ctx,
                token,
                () -> range.first()
                        .datesUntil(range.last().plusDays(1))
                        .map(day -> day(day, token))
                        .toList());
        Answers.token(ctx, token);
        Answers.hashed(ctx, new DailyOrders(days));
    }

    private Day day(LocalDate date, ConsistencyToken token) {
        OrderTotals totals = reports.day(date, token);
        return new Day(date.toString(), totals.orders(), totals.cancelled(), totals.totalAmount());
    }
}
