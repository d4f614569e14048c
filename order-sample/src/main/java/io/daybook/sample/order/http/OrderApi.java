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
import io.daybook.sample.order.query.OrderQueries;
import io.daybook.sample.order.query.OrderReports;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.List;
import java.util.function.BiFunction;

/** The routes of the API, and its commands. Thread-safe. */
public final class OrderApi {

    private final CommandBus bus;
    private final OrderQueries queries;
    private final OrderQueryHandlers handlers;
    private final ReportHandlers reports;

    /**
     * Creates the API.
     *
     * @param bus executes the commands
     * @param queries answers the queries about orders
     * @param reports answers the queries about groups of orders
     */
    public OrderApi(CommandBus bus, OrderQueries queries, OrderReports reports) {
        this.bus = bus;
        this.queries = queries;
        this.handlers = new OrderQueryHandlers(queries);
        this.reports = new ReportHandlers(reports);
    }

    /**
     * {@return the routes for programs}
     */
    public List<Route> routes() {
        return List.of(
                new Route(HandlerType.POST, "/orders", this::createOrder),
                new Route(HandlerType.POST, "/orders/{id}/items", this::addItem),
                new Route(HandlerType.POST, "/orders/{id}/ship", this::ship),
                new Route(HandlerType.POST, "/orders/{id}/cancel", this::cancel),
                new Route(HandlerType.GET, "/orders", handlers::orders),
                new Route(HandlerType.GET, "/orders/search", handlers::search), // before {id}, which also matches it
                new Route(HandlerType.GET, "/orders/{id}", handlers::order),
                new Route(HandlerType.GET, "/orders/{id}/events", handlers::events),
                new Route(HandlerType.GET, "/orders/{id}/history", handlers::history),
                new Route(HandlerType.GET, "/customers/{id}/summary", reports::customer),
                new Route(HandlerType.GET, "/customers/{id}/order-summary", reports::customer),
                new Route(HandlerType.GET, "/reports/daily-orders", reports::dailyOrders),
                new Route(HandlerType.GET, "/openapi.yaml", Pages::openApi),
                new Route(HandlerType.GET, "/docs", Pages::docs));
    }

    /**
     * {@return the routes for people}
     */
    public static List<Route> pages() {
        return List.of(
                new Route(HandlerType.GET, "/", Pages::orders),
                new Route(HandlerType.GET, "/assets/{name}", Pages::asset));
    }

    private void createOrder(Context ctx) {
        ObjectNode body = RequestBody.read(ctx);
        CommandMetadata metadata = RequestHeaders.forNewOrder(ctx);
        ConsistencyToken token = RequestHeaders.consistencyToken(ctx);
        CreateOrder command = RequestBody.command(body, metadata.derivedAggregateId(), CreateOrder.class);
        UpdateResult<?> result = bus.send(command, metadata);
        ctx.header("Location", "/orders/" + command.orderId());
        answer(ctx, 201, CommandAnswer.created(command, result), result, token);
    }

    private void addItem(Context ctx) {
        update(ctx, AddOrderItem.class, CommandAnswer::itemAdded);
    }

    private void ship(Context ctx) {
        update(ctx, ShipOrder.class, CommandAnswer::shipped);
    }

    private void cancel(Context ctx) {
        update(ctx, CancelOrder.class, CommandAnswer::cancelled);
    }

    private <C extends Command> void update(
            Context ctx, Class<C> type, BiFunction<C, UpdateResult<?>, CommandAnswer> answer) {
        String id = OrderQueryHandlers.orderId(ctx);
        ObjectNode body = RequestBody.read(ctx);
        CommandMetadata metadata = RequestHeaders.forExistingOrder(ctx);
        ConsistencyToken token = RequestHeaders.consistencyToken(ctx);
        C command = RequestBody.command(body, id, type);
        UpdateResult<?> result = bus.send(command, metadata);
        answer(ctx, 200, answer.apply(command, result), result, token);
    }

    private void answer(Context ctx, int status, CommandAnswer answer, UpdateResult<?> result, ConsistencyToken token) {
        queries.acknowledged(result.consistencyToken());
        if (result.duplicate()) {
            ctx.header("Idempotent-Replayed", "true");
        }
        ctx.header("ETag", "\"" + result.version() + "\"");
        Answers.token(ctx, token.and(result.consistencyToken()));
        Answers.json(ctx, status, answer);
    }
}
