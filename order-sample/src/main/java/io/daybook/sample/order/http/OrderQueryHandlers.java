package io.daybook.sample.order.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.projection.ReadDocument;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.Filter.Where;
import io.daybook.readmodel.Page;
import io.daybook.sample.order.domain.OrderRules;
import io.daybook.sample.order.domain.OrderSnapshot;
import io.daybook.sample.order.domain.OrderStatus;
import io.daybook.sample.order.http.Problem.Kind;
import io.daybook.sample.order.query.OrderQueries;
import io.daybook.sample.order.query.OrderReports;
import io.daybook.sample.order.query.OrderSummary;
import io.daybook.sample.order.query.OrderTotals;
import io.javalin.http.Context;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Answers queries. Thread-safe. */
record OrderQueryHandlers(OrderQueries queries, OrderReports reports) {

    private static final int MAX_ORDERS = 100;
    private static final int MAX_EVENTS = 1_000;
    private static final int MAX_DAYS = 92;
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Map<String, String> INDEXES =
            Map.of("created_at", "created", "changed_at", "changed", "total_amount", "total");

    private record OrderList(
            List<OrderView> orders, @Nullable String next) {}

    private record CustomerSummary(
            String customerId, @JsonUnwrapped OrderTotals totals) {}

    private record Day(LocalDate date, long orders, long cancelled, BigDecimal totalAmount) {
        static Day of(LocalDate date, OrderTotals totals) {
            return new Day(date, totals.orders(), totals.cancelled(), totals.totalAmount());
        }
    }

    void order(Context ctx) {
        String id = orderId(ctx);
        RequestValues query = RequestValues.ofQuery(ctx, "version");
        long version = query.number("version", 1, Long.MAX_VALUE, 0);
        query.refuseInvalid();
        if (version > 0) {
            Answers.versioned(ctx, version, OrderView.of(id, version, orderAt(id, version)));
            return;
        }
        ReadDocument<OrderSummary> found = read(ctx, token -> queries.order(id, token))
                .orElseThrow(() -> new Problem(Kind.NOT_FOUND, "There is no order with the id " + id));
        Answers.token(ctx, found.token());
        if (found.parked()) {
            ctx.header("Document-Parked", "true");
        }
        OrderSummary order = found.content();
        Answers.versioned(ctx, order.version(), OrderView.of(id, order.version(), order.order()));
    }

    private OrderSnapshot orderAt(String id, long version) {
        try {
            return queries.orderAt(id, version).state();
        } catch (IllegalArgumentException e) { // it has no such version yet
            throw new Problem(Kind.NOT_FOUND, e.getMessage());
        }
    }

    void orders(Context ctx) {
        RequestValues query =
                RequestValues.ofQuery(ctx, "customer_id", "status", "from_date", "to_date", "sort", "limit", "after");
        String rule = "must be created_at, changed_at or total_amount, or one of them after a - to reverse the order";
        String index = query.read("sort", rule, sort -> INDEXES.get(sort.replaceFirst("^-", "")))
                .orElse("created");
        Optional<LocalDate> from = query.date("from_date");
        Optional<LocalDate> to = query.date("to_date");
        query.require(
                to.isEmpty() || from.isEmpty() || !to.get().isBefore(from.get()),
                "to_date",
                "must not be before from_date");
        Filter filter = Filter.all().orderBy(index);
        filter = query.text("sort").orElse("-").startsWith("-") ? filter.descending() : filter;
        filter = where(filter, "customer", query.text("customer_id", OrderRules.MAX_ID), Where::is);
        filter = where(filter, "status", query.anyOf("status", OrderStatus.class), Where::isAnyOf);
        filter = where(filter, "created", from.map(OrderQueryHandlers::startOf), Where::from);
        filter = where(filter, "created", to.map(day -> startOf(day.plusDays(1))), Where::until);
        list(ctx, query, filter);
    }

    /** Adds a condition if the value is present. */
    static <T> Filter where(Filter filter, String index, Optional<T> value, BiFunction<Where, T, Filter> condition) {
        return value.map(each -> condition.apply(filter.and(index), each)).orElse(filter);
    }

    void search(Context ctx) {
        RequestValues query = RequestValues.ofQuery(ctx, "q", "limit", "after");
        String text = query.text("q", OrderRules.MAX_TEXT).orElse("");
        List<String> words = List.of(text.strip().toLowerCase(Locale.ROOT).split("\\s+"));
        query.require(
                words.size() <= 5 && words.stream().allMatch(word -> word.length() >= 3),
                "q",
                "must have 1 to 5 words of at least 3 characters");
        query.refuseInvalid();
        Filter filter = Filter.all().orderBy("changed").descending();
        for (String word : words) {
            filter = filter.and("words").startsWith(word);
        }
        list(ctx, query, filter);
    }

    private void list(Context ctx, RequestValues query, Filter conditions) {
        int limit = (int) query.number("limit", 1, MAX_ORDERS, 20);
        Filter filter = conditions.limit(limit).after(query.after());
        query.require(filter.next().isEmpty() || queries.continues(filter), "after", RequestValues.NOT_NEXT);
        query.refuseInvalid();
        Page<OrderView> page = read(ctx, token -> queries.orders(filter, token)).map(OrderView::listed);
        page.next().ifPresent(next -> Answers.next(ctx, next));
        Answers.hashed(ctx, new OrderList(page.items(), page.next().orElse(null)));
    }

    void events(Context ctx) {
        page(ctx, "events", queries::events, EventView::of);
    }

    void history(Context ctx) {
        page(ctx, "history", queries::history, HistoryEntry::of);
    }

    private interface Reading<T> {
        List<T> read(String id, long after, int limit);
    }

    /** Answers a page of the events of an order. One more is read than is shown, to find out whether there is a next page. */
    private static <T> void page(Context ctx, String name, Reading<T> reading, Function<T, ?> view) {
        String id = orderId(ctx);
        RequestValues query = RequestValues.ofQuery(ctx, "after", "limit");
        long after = query.number("after", 0, Long.MAX_VALUE, 0);
        int limit = (int) query.number("limit", 1, MAX_EVENTS, MAX_EVENTS);
        query.refuseInvalid();
        List<T> found = reading.read(id, after, limit + 1);
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("order_id", id);
        page.put(name, found.stream().limit(limit).map(view).toList());
        if (found.size() > limit) {
            page.put("next_after", after + limit);
        }
        ctx.json(page);
    }

    /**
     * Reads at least the versions of the request's token. That requires the event store if the projector is behind. While
     * the store cannot be reached, the read is repeated for as long as the client prefers to wait, since the projector of
     * another instance may catch up.
     */
    private static <T> T read(Context ctx, Function<ConsistencyToken, T> query) {
        ConsistencyToken token = RequestHeaders.consistencyToken(ctx);
        Answers.token(ctx, token);
        Optional<Duration> wait =
                RequestHeaders.preferredWait(ctx).filter(any -> !token.streams().isEmpty());
        wait.ifPresent(applied -> ctx.header("Preference-Applied", "wait=" + applied.toSeconds()));
        long end = System.nanoTime() + wait.orElse(Duration.ZERO).toNanos();
        while (true) {
            try {
                return query.apply(token);
            } catch (EventStoreUnavailableException e) {
                if (System.nanoTime() - end >= 0 || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    void customer(Context ctx) {
        RequestValues.ofQuery(ctx).refuseInvalid();
        String id = ctx.pathParam("id");
        if (id.length() > OrderRules.MAX_ID || id.chars().anyMatch(Character::isISOControl)) {
            throw new Problem(Kind.NOT_FOUND, "There is no customer with that id");
        }
        ReadDocument<OrderTotals> found = read(ctx, token -> reports.customer(id, token))
                .orElseThrow(() -> new Problem(Kind.NOT_FOUND, "The customer " + id + " has no orders"));
        Answers.token(ctx, found.token());
        Answers.hashed(ctx, new CustomerSummary(id, found.content()));
    }

    void dailyOrders(Context ctx) {
        RequestValues query = RequestValues.ofQuery(ctx, "date", "from_date", "to_date");
        boolean single = query.has("date");
        boolean ranged = query.has("from_date") || query.has("to_date");
        query.require(single != ranged, "date", "must be sent, unless from_date and to_date are");
        query.require(single || !ranged || query.has("from_date"), "from_date", "is missing: send it with to_date");
        query.require(single || !ranged || query.has("to_date"), "to_date", "is missing: send it with from_date");
        Optional<LocalDate> from = query.date(single ? "date" : "from_date");
        Optional<LocalDate> to = single ? from : query.date("to_date");
        query.refuseInvalid();
        LocalDate first = from.orElseThrow();
        LocalDate last = to.orElseThrow();
        long more = ChronoUnit.DAYS.between(first, last);
        query.require(
                more >= 0 && more < MAX_DAYS,
                "to_date",
                "must be from_date or up to " + (MAX_DAYS - 1) + " days after it");
        query.refuseInvalid();
        List<Day> days = read(
                ctx,
                token -> first.datesUntil(last.plusDays(1))
                        .map(date -> Day.of(date, reports.day(date, token)))
                        .toList());
        Answers.hashed(ctx, Map.of("days", days));
    }

    private static Instant startOf(LocalDate day) {
        return day.atStartOfDay().toInstant(ZoneOffset.UTC);
    }

    /** Returns the id of the order in the path. An id that no order can have is not found. */
    static String orderId(Context ctx) {
        String id = ctx.pathParam("id");
        if (!id.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new Problem(Kind.NOT_FOUND, "There is no order with that id");
        }
        return id;
    }
}
