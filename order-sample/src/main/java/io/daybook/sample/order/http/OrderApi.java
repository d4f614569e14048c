package io.daybook.sample.order.http;

import static io.javalin.http.HandlerType.GET;
import static io.javalin.http.HandlerType.POST;

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
import io.javalin.http.Handler;
import io.javalin.router.Endpoint;
import java.util.List;
import java.util.function.Function;
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
    public List<Endpoint> routes() {
        OrderQueryHandlers handlers = new OrderQueryHandlers(queries, reports);
        return List.of(
                new Endpoint(POST, "/orders", this::create),
                new Endpoint(POST, "/orders/{id}/items", update(AddOrderItem.class, "item_added", OrderApi::added)),
                new Endpoint(
                        POST,
                        "/orders/{id}/ship",
                        update(ShipOrder.class, "shipped", any -> "Order shipped successfully")),
                new Endpoint(
                        POST,
                        "/orders/{id}/cancel",
                        update(CancelOrder.class, "cancelled", any -> "Order cancelled successfully")),
                new Endpoint(GET, "/orders", handlers::orders),
                new Endpoint(GET, "/orders/search", handlers::search), // before {id}, which also matches it
                new Endpoint(GET, "/orders/{id}", handlers::order),
                new Endpoint(GET, "/orders/{id}/events", handlers::events),
                new Endpoint(GET, "/orders/{id}/history", handlers::history),
                new Endpoint(GET, "/customers/{id}/summary", handlers::customer),
                new Endpoint(GET, "/customers/{id}/order-summary", handlers::customer),
                new Endpoint(GET, "/reports/daily-orders", handlers::dailyOrders),
                new Endpoint(GET, "/openapi.yaml", Pages.of("openapi.yaml")),
                new Endpoint(GET, "/docs", Pages.of("web/docs.html")));
    }

    /**
     * {@return the routes for people}
     */
    public static List<Endpoint> pages() {
        return List.of(
                new Endpoint(GET, "/", Pages.of("web/index.html")), new Endpoint(GET, "/assets/{name}", Pages::asset));
    }

    private void create(Context ctx) {
        CommandMetadata metadata = RequestHeaders.metadata(ctx);
        String id = metadata.derivedAggregateId();
        CreateOrder command = RequestBody.command(ctx, id, CreateOrder.class);
        if ("*".equals(ctx.header("If-Match"))) {
            throw new Problem(Kind.VERSION, "A new order matches nothing");
        }
        send(ctx, command, metadata, "created", "Order created successfully");
        ctx.status(201).header("Location", "/orders/" + id);
    }

    private static String added(AddOrderItem command) {
        return "Added " + command.quantity() + " of " + command.productId() + " to order";
    }

    private <C extends Command> Handler update(Class<C> type, String status, Function<C, String> message) {
        return ctx -> {
            C command = RequestBody.command(ctx, OrderQueryHandlers.orderId(ctx), type);
            send(ctx, command, RequestHeaders.metadata(ctx), status, message.apply(command));
        };
    }

    private void send(Context ctx, Command command, CommandMetadata metadata, String status, String message) {
        ConsistencyToken token = RequestHeaders.consistencyToken(ctx);
        UpdateResult<?> result = bus.send(command, metadata);
        queries.acknowledged(result.consistencyToken());
        if (result.duplicate()) {
            ctx.header("Idempotent-Replayed", "true");
        }
        ctx.header("ETag", "\"" + result.version() + "\"");
        Answers.token(ctx, token.and(result.consistencyToken()));
        String tracking = command instanceof ShipOrder shipped ? shipped.trackingNumber() : null;
        ctx.json(new Answer(command.aggregateId(), status, message, result.version(), tracking));
    }
}
