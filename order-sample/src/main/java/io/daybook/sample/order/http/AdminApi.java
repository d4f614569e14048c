package io.daybook.sample.order.http;

import static io.javalin.http.HandlerType.DELETE;
import static io.javalin.http.HandlerType.GET;
import static io.javalin.http.HandlerType.POST;

import io.daybook.projection.ProjectionDefinition;
import io.daybook.projection.Projector;
import io.daybook.projection.VerifyOptions;
import io.daybook.sample.order.http.Problem.Kind;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.javalin.router.Endpoint;
import java.util.List;
import java.util.Map;

/**
 * The administration of the projections that this process runs. It does not authenticate callers, so it belongs on the
 * loopback address; requests from web pages in a browser on this machine are rejected. Thread-safe.
 *
 * @param projector runs the projections
 * @param projections the newest version of each projection
 */
public record AdminApi(Projector projector, List<ProjectionDefinition> projections) {

    /**
     * {@return the routes}
     */
    public List<Endpoint> routes() {
        return List.of(
                new Endpoint(GET, "/projections", this::list),
                new Endpoint(GET, "/projections/{name}/parked", this::parked),
                operation(POST, "/projections/{name}/rebuild", ctx -> {
                    projector.rebuild(named(ctx));
                    ctx.status(202);
                }),
                operation(
                        POST,
                        "/projections/{name}/activate",
                        ctx -> inState(ctx, () -> projector.activate(named(ctx)))),
                operation(
                        POST,
                        "/projections/{name}/retry-parked",
                        ctx -> ctx.json(Map.of("unparked", projector.retryParked(named(ctx))))),
                operation(POST, "/projections/{name}/verify", this::verify),
                operation(DELETE, "/projections/{name}/{version}", this::drop));
    }

    /**
     * {@return the route of the description of the administration}
     */
    public static List<Endpoint> pages() {
        return List.of(new Endpoint(GET, "/openapi.yaml", Pages.of("admin.yaml")));
    }

    /** A route that rejects requests from web pages, to which browsers add the origin of the page. */
    static Endpoint operation(HandlerType method, String path, Handler handler) {
        return new Endpoint(method, path, ctx -> {
            if (ctx.header("Origin") != null) {
                throw new Problem(Kind.FORBIDDEN, "Web pages may not do this: send the request without Origin");
            }
            handler.handle(ctx);
        });
    }

    private ProjectionDefinition named(Context ctx) {
        return projections.stream()
                .filter(each -> each.schema().name().equals(ctx.pathParam("name")))
                .findFirst()
                .orElseThrow(
                        () -> new Problem(Kind.NOT_FOUND, "This process runs no such projection: see /projections"));
    }

    private void list(Context ctx) {
        ctx.json(Map.of(
                "projections",
                projector.status().stream().map(ProjectionView::of).toList()));
    }

    private void parked(Context ctx) {
        var parked = projector.parked(named(ctx)).entrySet().stream();
        ctx.json(Map.of("parked", parked.map(ProjectionView.Parked::of).toList()));
    }

    private void verify(Context ctx) {
        ProjectionDefinition projection = named(ctx);
        RequestValues query = RequestValues.ofQuery(ctx, "sample", "repair");
        String share = "(?=.*[1-9])0?\\.[0-9]{1,4}|1";
        String sample = query.matching("sample", share, "must be a fraction from 0.0001 to 1, such as 0.01")
                .orElse("1");
        String repair =
                query.matching("repair", "true|false", "must be true or false").orElse("false");
        query.refuseInvalid();
        VerifyOptions options = new VerifyOptions(Double.parseDouble(sample), Boolean.parseBoolean(repair));
        ctx.json(ProjectionView.Verified.of(projector.verify(projection, options)));
    }

    private void drop(Context ctx) {
        String version = ctx.pathParam("version");
        try {
            int number = version.matches("[1-9][0-9]{0,8}") ? Integer.parseInt(version) : 0;
            inState(ctx, () -> projector.drop(ctx.pathParam("name"), number));
        } catch (IllegalArgumentException e) {
            throw new Problem(Kind.NOT_FOUND, "No such version of a projection has ever run");
        }
    }

    private static void inState(Context ctx, Runnable operation) {
        try {
            operation.run();
            ctx.status(204);
        } catch (IllegalStateException e) {
            throw new Problem(Kind.STATE, e.getMessage());
        }
    }
}
