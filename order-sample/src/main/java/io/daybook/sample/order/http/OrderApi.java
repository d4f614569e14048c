package io.daybook.sample.order.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.command.Command;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandMetadata;
import io.daybook.command.CommandResult;
import io.daybook.command.Violation;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.StreamId;
import io.daybook.sample.order.domain.Order;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import java.math.BigInteger;
import java.util.List;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/** What the API answers at which path. Safe for use by many threads. */
public final class OrderApi {

    /**
     * A path with a method.
     *
     * @param method the method
     * @param path the path, with parameters in braces
     * @param handler answers it
     */
    record Route(HandlerType method, String path, Handler handler) {}

    private static final Pattern ORDER_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,19}");
    private static final int MAX_EVENTS = 1_000;

    private final CommandBus bus;
    private final AggregateRepository<Order> orders;
    private final EventStore store;
    private final HealthCheck health;

    /**
     * Creates the API.
     *
     * @param bus takes the commands
     * @param orders where orders are loaded from
     * @param store where events are read from
     * @param health asks the parts
     */
    public OrderApi(CommandBus bus, AggregateRepository<Order> orders, EventStore store, HealthCheck health) {
        this.bus = bus;
        this.orders = orders;
        this.store = store;
        this.health = health;
    }

    List<Route> routes() {
        return List.of(
                new Route(HandlerType.POST, "/orders", this::createOrder),
                new Route(HandlerType.POST, "/orders/{id}/items", this::addItem),
                new Route(HandlerType.POST, "/orders/{id}/ship", this::ship),
                new Route(HandlerType.POST, "/orders/{id}/cancel", this::cancel),
                new Route(HandlerType.GET, "/orders/{id}", this::order),
                new Route(HandlerType.GET, "/orders/{id}/events", this::events),
                new Route(HandlerType.GET, "/health", this::health),
                new Route(HandlerType.GET, "/openapi.yaml", Documentation::openApi),
                new Route(HandlerType.GET, "/docs", Documentation::page));
    }

    private void createOrder(Context ctx) {
        ObjectNode body = StrictJson.readObject(RequestBody.read(ctx));
        CommandMetadata metadata = RequestHeaders.forNewOrder(ctx);
        var command = OrderRequests.createOrder(metadata.newAggregateId(), body);
        CommandResult result = bus.send(command, metadata);
        ctx.header("Location", "/orders/" + command.orderId());
        answer(ctx, 201, CommandAnswer.created(command, result), result);
    }

    private void addItem(Context ctx) {
        update(ctx, OrderRequests::addOrderItem, CommandAnswer::itemAdded);
    }

    private void ship(Context ctx) {
        update(ctx, OrderRequests::shipOrder, CommandAnswer::shipped);
    }

    private void cancel(Context ctx) {
        update(ctx, OrderRequests::cancelOrder, CommandAnswer::cancelled);
    }

    private <C extends Command> void update(
            Context ctx, BiFunction<String, ObjectNode, C> read, BiFunction<C, CommandResult, CommandAnswer> answer) {
        String id = orderId(ctx);
        ObjectNode body = StrictJson.readObject(RequestBody.read(ctx));
        CommandMetadata metadata = RequestHeaders.forExistingOrder(ctx);
        C command = read.apply(id, body);
        CommandResult result = bus.send(command, metadata);
        answer(ctx, 200, answer.apply(command, result), result);
    }

    private static void answer(Context ctx, int status, CommandAnswer answer, CommandResult result) {
        if (result.duplicate()) {
            ctx.header("Idempotent-Replayed", "true");
        }
        ctx.header("ETag", "\"" + result.version() + "\"");
        json(ctx, status, answer);
    }

    private void order(Context ctx) {
        Order order = orders.load(orderId(ctx));
        ctx.header("ETag", "\"" + order.version() + "\"");
        json(ctx, 200, OrderView.of(order));
    }

    private void events(Context ctx) {
        String id = orderId(ctx);
        long after = number(ctx, "after", 0, 0, Long.MAX_VALUE);
        int limit = (int) number(ctx, "limit", MAX_EVENTS, 1, MAX_EVENTS);
        StreamId stream = StreamId.of(Order.TYPE.name(), id);
        List<EventEnvelope> events =
                store.read(stream, after, Long.MAX_VALUE).limit(limit + 1L).toList();
        if (events.isEmpty() && store.currentVersion(stream) == 0) {
            throw Problems.unknownOrder(id);
        }
        json(ctx, 200, EventPage.of(id, events, limit));
    }

    private void health(Context ctx) {
        HealthCheck.Health found = health.check();
        json(ctx, found.isHealthy() ? 200 : 503, found);
    }

    /** An id that no order can have is the id of no order. */
    private static String orderId(Context ctx) {
        String id = ctx.pathParam("id");
        if (!ORDER_ID.matcher(id).matches()) {
            throw Problem.notFound("There is no order with that id").asException();
        }
        return id;
    }

    private static long number(Context ctx, String name, long otherwise, long min, long max) {
        List<String> values = ctx.queryParams(name);
        if (values.isEmpty()) {
            return otherwise;
        }
        if (values.size() == 1 && NUMBER.matcher(values.get(0)).matches()) {
            BigInteger value = new BigInteger(values.get(0));
            if (value.compareTo(BigInteger.valueOf(min)) >= 0 && value.compareTo(BigInteger.valueOf(max)) <= 0) {
                return value.longValue();
            }
        }
        throw Problem.invalid(List.of(new Violation(name, "must be one whole number from " + min + " to " + max)))
                .asException();
    }

    static void json(Context ctx, int status, Object answer) {
        ctx.status(status).contentType("application/json").result(SnakeJson.write(answer));
    }
}
