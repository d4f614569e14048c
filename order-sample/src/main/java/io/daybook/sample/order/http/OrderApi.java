package io.daybook.sample.order.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.aggregate.UpdateResult;
import io.daybook.command.Command;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandMetadata;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.sample.order.command.AddOrderItem;
import io.daybook.sample.order.command.CancelOrder;
import io.daybook.sample.order.command.CreateOrder;
import io.daybook.sample.order.command.ShipOrder;
import io.daybook.sample.order.http.Problem.Kind;
import io.daybook.sample.order.query.OrderQueries;
import io.daybook.sample.order.query.OrderReports;
import io.javalin.http.Context;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The routes of the API, and its commands. Thread-safe.
 *
 * @param bus executes the commands
 * @param queries answers the queries about orders
 * @param reports answers the queries about groups of orders
 */
public record OrderApi(CommandBus bus, OrderQueries queries, OrderReports reports) {

    /** The answer to a command. It depends only on the command and its result, so a repeated command gets the first answer. */
    private record Answer(
            String orderId,
            String status,
            String message,
            long version,
            @Nullable String trackingNumber) {}

    /**
     * {@return the routes for programs}
     */
    public List<Route> routes() {
        OrderQueryHandlers handlers = new OrderQueryHandlers(queries, reports);
        return List.of(
                Route.post("/orders", this::create),
                Route.post("/orders/{id}/items", this::addItem),
                Route.post("/orders/{id}/ship", this::ship),
                Route.post("/orders/{id}/cancel", this::cancel),
                Route.get("/orders", handlers::orders),
                Route.get("/orders/search", handlers::search), // before {id}, which also matches it
                Route.get("/orders/{id}", handlers::order),
                Route.get("/orders/{id}/events", handlers::events),
                Route.get("/orders/{id}/history", handlers::history),
                Route.get("/customers/{id}/summary", handlers::customer),
                Route.get("/customers/{id}/order-summary", handlers::customer),
                Route.get("/reports/daily-orders", handlers::dailyOrders),
                Route.get("/openapi.yaml", Pages.of("openapi.yaml")),
                Route.get("/docs", Pages.of("web/docs.html")));
    }

    /**
     * {@return the routes for people}
     */
    public static List<Route> pages() {
        return List.of(Route.get("/", Pages.of("web/index.html")), Route.get("/assets/{name}", Pages::asset));
    }

    private void create(Context ctx) {
        ObjectNode body = RequestBody.read(ctx);
        CommandMetadata metadata = RequestHeaders.metadata(ctx);
        if ("*".equals(ctx.header("If-Match"))) {
            throw new Problem(Kind.VERSION, "A new order matches nothing");
        }
        String id = metadata.derivedAggregateId();
        send(ctx, RequestBody.command(body, id, CreateOrder.class), metadata, (command, version) -> {
            ctx.status(201).header("Location", "/orders/" + id);
            return new Answer(id, "created", "Order created successfully", version, null);
        });
    }

    private void addItem(Context ctx) {
        update(ctx, AddOrderItem.class, (command, version) -> {
            String message = "Added " + command.quantity() + " of " + command.productId() + " to order";
            return new Answer(command.orderId(), "item_added", message, version, null);
        });
    }

    private void ship(Context ctx) {
        update(
                ctx,
                ShipOrder.class,
                (command, version) -> new Answer(
                        command.orderId(), "shipped", "Order shipped successfully", version, command.trackingNumber()));
    }

    private void cancel(Context ctx) {
        update(
                ctx,
                CancelOrder.class,
                (command, version) ->
                        new Answer(command.orderId(), "cancelled", "Order cancelled successfully", version, null));
    }

    private <C extends Command> void update(Context ctx, Class<C> type, BiFunction<C, Long, Answer> answer) {
        String id = OrderQueryHandlers.orderId(ctx);
        C command = RequestBody.command(RequestBody.read(ctx), id, type);
        send(ctx, command, RequestHeaders.metadata(ctx), answer);
    }

    private <C extends Command> void send(
            Context ctx, C command, CommandMetadata metadata, BiFunction<C, Long, Answer> answer) {
        ConsistencyToken token = RequestHeaders.consistencyToken(ctx);
        UpdateResult<?> result = bus.send(command, metadata);
        queries.acknowledged(result.consistencyToken());
        if (result.duplicate()) {
            ctx.header("Idempotent-Replayed", "true");
        }
        ctx.header("ETag", "\"" + result.version() + "\"");
        Answers.token(ctx, token.and(result.consistencyToken()));
        Answers.json(ctx, answer.apply(command, result.version()));
    }
}
