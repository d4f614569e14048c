package io.daybook.sample.order.http;

import static io.javalin.http.HandlerType.DELETE;
import static io.javalin.http.HandlerType.GET;
import static io.javalin.http.HandlerType.POST;

import io.daybook.projection.ProjectionDefinition;
import io.daybook.projection.Projector;
import io.daybook.projection.VerifyOptions;
import io.daybook.sample.order.http.Problem.Kind;
import io.javalin.http.Context;
import io.javalin.router.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

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
                operation("rebuild", (ctx, projection) -> {
                    projector.rebuild(projection);
                    ctx.status(202);
                }),
                operation("activate", (ctx, projection) -> {
                    inState(() -> projector.activate(projection));
                    ctx.status(204);
                }),
                operation("retry-parked", (ctx, projection) -> {
                    ctx.json(Map.of("unparked", projector.retryParked(projection)));
                }),
                operation("verify", this::verify),
                new Endpoint(DELETE, "/projections/{name}/{version}", this::drop));
    }

    /**
     * {@return the route of the description of the administration}
     */
    public static List<Endpoint> pages() {
        return List.of(new Endpoint(GET, "/openapi.yaml", Pages.of("admin.yaml")));
    }

    private Endpoint operation(String name, BiConsumer<Context, ProjectionDefinition> operation) {
        return new Endpoint(POST, "/projections/{name}/" + name, ctx -> {
            refusePages(ctx);
            operation.accept(ctx, named(ctx));
        });
    }

    private ProjectionDefinition named(Context ctx) {
        return projections.stream()
                .filter(each -> each.schema().name().equals(ctx.pathParam("name")))
                .findFirst()
                .orElseThrow(() -> new Problem(Kind.NOT_FOUND, "No such projection runs here, see /projections"));
    }

    private void list(Context ctx) {
        ctx.json(Map.of(
                "projections",
                projector.status().stream().map(ProjectionView::of).toList()));
    }

    private void parked(Context ctx) {
        List<ProjectionView.Parked> parked = new ArrayList<>();
        projector
                .parked(named(ctx))
                .forEach((stream, parking) -> parked.add(ProjectionView.Parked.of(stream, parking)));
        ctx.json(Map.of("parked", parked));
    }

    private void verify(Context ctx, ProjectionDefinition projection) {
        RequestValues query = RequestValues.ofQuery(ctx, "sample", "repair");
        String share = "(?=.*[1-9])0?\\.[0-9]{1,4}|1";
        String sample = query.matching("sample", share, "must be a share from 0.0001 to 1, such as 0.01")
                .orElse("1");
        String repair =
                query.matching("repair", "true|false", "must be true or false").orElse("false");
        query.refuseInvalid();
        VerifyOptions options = new VerifyOptions(Double.parseDouble(sample), Boolean.parseBoolean(repair));
        ctx.json(ProjectionView.Verified.of(projector.verify(projection, options)));
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
