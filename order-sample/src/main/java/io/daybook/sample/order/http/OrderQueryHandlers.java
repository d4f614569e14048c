package io.daybook.sample.order.http;

import io.daybook.projection.ReadDocument;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.readmodel.Page;
import io.daybook.sample.order.query.OrderQueries;
import io.daybook.sample.order.query.OrderSummary;
import io.javalin.http.Context;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Answers queries about orders. Thread-safe. */
final class OrderQueryHandlers {

    private static final Pattern ORDER_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final int MAX_EVENTS = 1_000;

    private record Version(@Nullable Long version) {}

    private record EventRange(
            @Nullable Long after, @Nullable Long limit) {}

    private final OrderQueries queries;

    OrderQueryHandlers(OrderQueries queries) {
        this.queries = queries;
    }

    void order(Context ctx) {
        String id = orderId(ctx);
        Long version = QueryParameters.bind(
                        ctx,
                        Version.class,
                        (query, violations) -> violations.require(
                                query.version() == null || query.version() > 0, "version", "must be 1 or more"))
                .version();
        ConsistencyToken token = RequestHeaders.consistencyToken(ctx);
        if (version != null) {
            orderAt(ctx, id, version);
            return;
        }
        ReadDocument<OrderSummary> found = WaitPreference.read(ctx, token, () -> queries.order(id, token))
                .orElseThrow(() -> Problems.unknownOrder(id));
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
                    "The order " + id + " is at version " + current + ", it has no version " + version + " yet");
        }
        Answers.versioned(
                ctx,
                version,
                OrderView.of(id, version, queries.orderAt(id, version).state()));
    }

    void orders(Context ctx) {
        list(ctx, ListQuery.Orders.class);
    }

    void search(Context ctx) {
        list(ctx, ListQuery.Search.class);
    }

    private void list(Context ctx, Class<? extends ListQuery> type) {
        ListQuery query = QueryParameters.bind(ctx, type, (bound, violations) -> bound.validate(violations, queries));
        ConsistencyToken token = RequestHeaders.consistencyToken(ctx);
        Page<ReadDocument<OrderSummary>> page =
                WaitPreference.read(ctx, token, () -> queries.orders(query.filter(), token));
        page.next().ifPresent(next -> Answers.next(ctx, next));
        Answers.token(ctx, token);
        Answers.hashed(ctx, OrderList.of(page));
    }

    void events(Context ctx) {
        range(ctx, queries::events, EventPage::of);
    }

    void history(Context ctx) {
        range(ctx, queries::history, OrderHistory::of);
    }

    /** A read of the events of an order, which returns one more item than is shown if there are more. */
    private interface Read<T> {
        List<T> read(String id, long after, int limit);
    }

    private interface Show<T> {
        Object page(String id, List<T> read, int limit);
    }

    private <T> void range(Context ctx, Read<T> read, Show<T> show) {
        String id = orderId(ctx);
        EventRange range = QueryParameters.bind(
                ctx,
                EventRange.class,
                (query, violations) -> violations.require(
                        query.limit() == null || (query.limit() >= 1 && query.limit() <= MAX_EVENTS),
                        "limit",
                        "must be from 1 to " + MAX_EVENTS));
        int limit = range.limit() == null ? MAX_EVENTS : range.limit().intValue();
        List<T> found = read.read(id, Objects.requireNonNullElse(range.after(), 0L), limit + 1);
        if (found.isEmpty()) {
            existing(id);
        }
        Answers.json(ctx, 200, show.page(id, found, limit));
    }

    private long existing(String id) {
        long version = queries.currentVersion(id);
        if (version == 0) {
            throw Problems.unknownOrder(id);
        }
        return version;
    }

    /** Returns the id of the order in the path. An id that no order can have is not found. */
    static String orderId(Context ctx) {
        String id = ctx.pathParam("id");
        if (!ORDER_ID.matcher(id).matches()) {
            throw Problem.notFound("There is no order with that id");
        }
        return id;
    }
}
