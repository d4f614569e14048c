package io.daybook.sample.order.http;

import io.daybook.event.EventEnvelope;
import io.daybook.projection.ReadDocument;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.Page;
import io.daybook.sample.order.domain.Order;
import io.daybook.sample.order.domain.OrderRules;
import io.daybook.sample.order.domain.OrderStatus;
import io.daybook.sample.order.query.OrderQueries;
import io.daybook.sample.order.query.OrderSummary;
import io.javalin.http.Context;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Answers queries about orders. Thread-safe. */
final class OrderQueryHandlers {

    private static final Pattern ORDER_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern SPACES = Pattern.compile("\\s+");
    private static final int MAX_EVENTS = 1_000;
    private static final int MAX_ORDERS = 100;
    private static final int DEFAULT_ORDERS = 20;
    private static final int MIN_WORD = 3;
    private static final int MAX_WORDS = 5;

    private static final Map<String, OrderStatus> STATUSES =
            Map.of("created", OrderStatus.CREATED, "shipped", OrderStatus.SHIPPED, "cancelled", OrderStatus.CANCELLED);
    private static final Map<String, String> SORTS =
            Map.of("created_at", "created", "changed_at", "changed", "total_amount", "total");

    private final OrderQueries queries;

    OrderQueryHandlers(OrderQueries queries) {
        this.queries = queries;
    }

    void order(Context ctx) {
        String id = orderId(ctx);
        QueryParameters parameters = QueryParameters.of(ctx, "version");
        long version = parameters.number("version", 0, 1, Long.MAX_VALUE);
        parameters.refuseInvalid();
        ConsistencyToken token = RequestHeaders.consistencyToken(ctx);
        if (version > 0) {
            orderAt(ctx, id, version);
            return;
        }
        ReadDocument<OrderSummary> found = queries.order(id, token).orElseThrow(() -> Problems.unknownOrder(id));
        OrderSummary summary = found.content();
        Answers.token(ctx, found.token());
        if (found.parked()) {
            ctx.header("Document-Parked", "true");
        }
        Answers.versioned(ctx, summary.version(), OrderView.of(id, summary.version(), summary.order()));
    }

    private void orderAt(Context ctx, String id, long version) {
        long current = existing(id);
        if (version > current) {
            throw Problem.notFound(
                            "The order " + id + " is at version " + current + ", it has no version " + version + " yet")
                    .asException();
        }
        Order order = queries.orderAt(id, version);
        Answers.versioned(ctx, version, OrderView.of(id, version, order.state()));
    }

    void orders(Context ctx) {
        QueryParameters parameters =
                QueryParameters.of(ctx, "customer_id", "status", "from_date", "to_date", "sort", "limit", "after");
        Optional<String> customer = parameters.text("customer_id", 1, OrderRules.MAX_ID);
        List<OrderStatus> statuses = parameters.choices("status", STATUSES);
        Optional<LocalDate> from = parameters.date("from_date");
        Optional<LocalDate> to = parameters.date("to_date");
        String sort = parameters.text("sort", 1, OrderRules.MAX_ID).orElse("-created_at");
        String index = SORTS.get(sort.startsWith("-") ? sort.substring(1) : sort);
        if (index == null) {
            parameters.add("sort", "must be created_at, changed_at or total_amount, with - before it to reverse");
            index = "created";
        }
        if (from.isPresent() && to.isPresent() && to.get().isBefore(from.get())) {
            parameters.add("to_date", "must not be before from_date");
        }
        Filter filter = Filter.all().orderBy(index);
        if (sort.startsWith("-")) {
            filter = filter.descending();
        }
        if (customer.isPresent()) {
            filter = filter.and("customer").is(customer.get());
        }
        if (!statuses.isEmpty()) {
            filter = filter.and("status").isAnyOf(statuses);
        }
        if (from.isPresent()) {
            filter = filter.and("created").from(from.get().atStartOfDay().toInstant(ZoneOffset.UTC));
        }
        if (to.isPresent()) {
            filter = filter.and("created")
                    .until(to.get().plusDays(1).atStartOfDay().toInstant(ZoneOffset.UTC));
        }
        list(ctx, filter, parameters);
    }

    void search(Context ctx) {
        QueryParameters parameters = QueryParameters.of(ctx, "q", "limit", "after");
        Filter filter = Filter.all().orderBy("changed").descending();
        Optional<String> q = parameters.text("q", MIN_WORD, OrderRules.MAX_TEXT);
        if (q.isPresent()) {
            List<String> words = List.of(SPACES.split(q.get().strip().toLowerCase(Locale.ROOT)));
            if (words.size() > MAX_WORDS || words.stream().anyMatch(word -> word.length() < MIN_WORD)) {
                parameters.add("q", "must have 1 to " + MAX_WORDS + " words of at least " + MIN_WORD + " characters");
            } else {
                for (String word : words) {
                    filter = filter.and("words").startsWith(word);
                }
            }
        } else if (ctx.queryParams("q").isEmpty()) {
            parameters.add("q", "is missing");
        }
        list(ctx, filter, parameters);
    }

    private void list(Context ctx, Filter filter, QueryParameters parameters) {
        int limit = (int) parameters.number("limit", DEFAULT_ORDERS, 1, MAX_ORDERS);
        Filter paged =
                filter.limit(limit).after(parameters.text("after", 1, 8_192).orElse(""));
        try {
            queries.requireContinues(paged);
        } catch (IllegalArgumentException e) {
            parameters.add("after", "must be the next of an answer to the same request: begin with the first page");
        }
        parameters.refuseInvalid();
        ConsistencyToken token = RequestHeaders.consistencyToken(ctx);
        Page<ReadDocument<OrderSummary>> page = queries.orders(paged, token);
        page.next().ifPresent(next -> Answers.next(ctx, next));
        Answers.token(ctx, token);
        Answers.hashed(ctx, OrderList.of(page));
    }

    void events(Context ctx) {
        String id = orderId(ctx);
        EventRange range = EventRange.of(ctx);
        List<EventEnvelope> events = queries.events(id, range.after, range.limit + 1);
        if (events.isEmpty()) {
            existing(id);
        }
        Answers.json(ctx, 200, EventPage.of(id, events, range.limit));
    }

    void history(Context ctx) {
        String id = orderId(ctx);
        EventRange range = EventRange.of(ctx);
        List<OrderQueries.Step> steps = queries.history(id, range.after, range.limit + 1);
        if (steps.isEmpty()) {
            existing(id);
        }
        Answers.json(ctx, 200, OrderHistory.of(id, steps, range.limit));
    }

    private long existing(String id) {
        long version = queries.currentVersion(id);
        if (version == 0) {
            throw Problems.unknownOrder(id);
        }
        return version;
    }

    private record EventRange(long after, int limit) {

        static EventRange of(Context ctx) {
            QueryParameters parameters = QueryParameters.of(ctx, "after", "limit");
            long after = parameters.number("after", 0, 0, Long.MAX_VALUE);
            int limit = (int) parameters.number("limit", MAX_EVENTS, 1, MAX_EVENTS);
            parameters.refuseInvalid();
            return new EventRange(after, limit);
        }
    }

    /** An id that no order can have is the id of no order. */
    static String orderId(Context ctx) {
        String id = ctx.pathParam("id");
        if (!ORDER_ID.matcher(id).matches()) {
            throw Problem.notFound("There is no order with that id").asException();
        }
        return id;
    }
}
