package io.daybook.sample.order.http;

import io.daybook.projection.ProjectionDefinition;
import io.daybook.projection.Projector;
import io.daybook.projection.VerifyOptions;
import io.daybook.sample.order.http.Problem.Kind;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * The administration of the projections that this process runs. It does not authenticate callers, so it belongs on the
 * loopback address; requests from web pages in a browser on this machine are rejected. Thread-safe.
 *
 * @param projector runs the projections
 * @param projections the newest version of each projection
 */
public record AdminApi(Projector projector, List<ProjectionDefinition> projections) {

    private record Projections(List<ProjectionView> projections) {}

    private record Retried(int unparked) {}

    /**
     * {@return the routes}
     */
    public List<Route> routes() {
        return List.of(
                Route.get("/projections", this::list),
                operation("rebuild", (ctx, projection) -> {
                    projector.rebuild(projection);
                    ctx.status(202);
                }),
                operation("activate", (ctx, projection) -> {
                    inState(() -> projector.activate(projection));
                    ctx.status(204);
                }),
                operation(
                        "retry-parked",
                        (ctx, projection) -> Answers.json(ctx, new Retried(projector.retryParked(projection)))),
                operation("verify", this::verify),
                new Route(HandlerType.DELETE, "/projections/{name}/{version}", this::drop));
    }

    /**
     * {@return the route of the description of the administration}
     */
    public static List<Route> pages() {
        return List.of(Route.get("/openapi.yaml", Pages.of("admin.yaml")));
    }

    private Route operation(String name, BiConsumer<Context, ProjectionDefinition> operation) {
        return Route.post("/projections/{name}/" + name, ctx -> {
            refusePages(ctx);
            ProjectionDefinition found = projections.stream()
                    .filter(each -> each.schema().name().equals(ctx.pathParam("name")))
                    .findFirst()
                    .orElseThrow(() -> new Problem(Kind.NOT_FOUND, "No such projection runs here, see /projections"));
            operation.accept(ctx, found);
        });
    }

    private void list(Context ctx) {
        Answers.json(
                ctx,
                new Projections(
                        projector.status().stream().map(ProjectionView::of).toList()));
    }

    private void verify(Context ctx, ProjectionDefinition projection) {
        QueryParameters query = new QueryParameters(ctx, "sample", "repair");
        double sample = query.read(
                        "sample",
                        "must be a share from 0.0001 to 1, such as 0.01",
                        text -> text.matches("(?=.*[1-9])0?\\.[0-9]{1,4}|1") ? Double.valueOf(text) : null)
                .orElse(1.0);
        boolean repair = query.read(
                        "repair",
                        "must be true or false",
                        text -> text.matches("true|false") ? Boolean.valueOf(text) : null)
                .orElse(false);
        query.refuseInvalid();
        Answers.json(ctx, ProjectionView.Verified.of(projector.verify(projection, new VerifyOptions(sample, repair))));
    }

    private void drop(Context ctx) {
        refusePages(ctx);
        String version = ctx.pathParam("version");
        try {
            int number = version.matches("[1-9][0-9]{0,8}") ? Integer.parseInt(version) : 0;
            inState(() -> projector.drop(ctx.pathParam("name"), number));
        } catch (IllegalArgumentException e) {
            throw new Problem(Kind.NOT_FOUND, "No such version of a projection was ever run");
        }
        ctx.status(204);
    }

    private static void inState(Runnable operation) {
        try {
            operation.run();
        } catch (IllegalStateException e) {
            throw new Problem(Kind.STATE, e.getMessage());
        }
    }

    /** Rejects requests from web pages, to which browsers add the origin of the page. */
    static void refusePages(Context ctx) {
        if (ctx.header("Origin") != null) {
            throw new Problem(Kind.FORBIDDEN, "Pages may not do this: send it without Origin");
        }
    }
}
