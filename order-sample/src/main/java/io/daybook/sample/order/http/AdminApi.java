package io.daybook.sample.order.http;

import io.daybook.command.Violations;
import io.daybook.projection.ProjectionDefinition;
import io.daybook.projection.Projector;
import io.daybook.projection.VerifyOptions;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The administration of the projections that this process runs. It does not authenticate callers, so it belongs on the
 * loopback address; requests from web pages in a browser on this machine are rejected. Thread-safe.
 */
public final class AdminApi {

    /** The state of each projection. */
    record Projections(List<ProjectionView> projections) {}

    /** The number of streams that are no longer parked. */
    record Retried(int unparked) {}

    /** The parameters of a verification. */
    record Verification(@Nullable String sample, @Nullable String repair) {

        private double share() {
            return sample == null ? 1 : sample.matches("0?\\.[0-9]{1,4}|1") ? Double.parseDouble(sample) : 0;
        }

        void validate(Violations violations) {
            violations.require(share() > 0, "sample", "must be a share from 0.0001 to 1, such as 0.01");
            violations.require(repair == null || repair.matches("true|false"), "repair", "must be true or false");
        }

        VerifyOptions options() {
            return new VerifyOptions(share(), "true".equals(repair));
        }
    }

    private final Projector projector;
    private final Map<String, ProjectionDefinition> projections = new ConcurrentHashMap<>();

    /**
     * Creates an administration.
     *
     * @param projector runs the projections
     */
    public AdminApi(Projector projector) {
        this.projector = projector;
    }

    /**
     * Adds a projection.
     *
     * @param projection the newest version of a projection
     * @return this administration
     */
    public AdminApi add(ProjectionDefinition projection) {
        projections.put(projection.schema().name(), projection);
        return this;
    }

    /**
     * {@return the routes}
     */
    public List<Route> routes() {
        return List.of(
                new Route(HandlerType.GET, "/projections", this::list),
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
                        (ctx, projection) -> Answers.json(ctx, 200, new Retried(projector.retryParked(projection)))),
                operation(
                        "verify",
                        (ctx, projection) -> Answers.json(
                                ctx, 200, ProjectionView.Verified.of(projector.verify(projection, options(ctx))))),
                new Route(HandlerType.DELETE, "/projections/{name}/{version}", this::drop));
    }

    /**
     * {@return the route of the description of the administration}
     */
    public static List<Route> pages() {
        return List.of(new Route(HandlerType.GET, "/openapi.yaml", Pages::adminApi));
    }

    private Route operation(String name, BiConsumer<Context, ProjectionDefinition> operation) {
        return new Route(HandlerType.POST, "/projections/{name}/" + name, ctx -> {
            refusePages(ctx);
            ProjectionDefinition found = projections.get(ctx.pathParam("name"));
            if (found == null) {
                throw Problem.notFound("No such projection runs here, see /projections");
            }
            operation.accept(ctx, found);
        });
    }

    private void list(Context ctx) {
        Answers.json(
                ctx,
                200,
                new Projections(
                        projector.status().stream().map(ProjectionView::of).toList()));
    }

    private static VerifyOptions options(Context ctx) {
        return QueryParameters.bind(ctx, Verification.class, Verification::validate)
                .options();
    }

    private void drop(Context ctx) {
        refusePages(ctx);
        String version = ctx.pathParam("version");
        try {
            int number = version.matches("[1-9][0-9]{0,8}") ? Integer.parseInt(version) : 0;
            inState(() -> projector.drop(ctx.pathParam("name"), number));
        } catch (IllegalArgumentException e) {
            throw Problem.notFound("No such version of a projection was ever run");
        }
        ctx.status(204);
    }

    private static void inState(Runnable operation) {
        try {
            operation.run();
        } catch (IllegalStateException e) {
            throw Problem.of(409, "state", "Not in this state", Objects.requireNonNullElse(e.getMessage(), ""));
        }
    }

    /** Rejects requests from web pages, to which browsers add the origin of the page. */
    static void refusePages(Context ctx) {
        if (ctx.header("Origin") != null) {
            throw Problem.of(403, "forbidden", "Forbidden", "Pages may not do this: send it without Origin");
        }
    }
}
