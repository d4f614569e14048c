package io.daybook.sample.order.http;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;

/** The routes that every process has, regardless of its roles: health and metrics. Thread-safe. */
public final class ServiceApi {

    private final HealthCheck health;
    private final PrometheusMeterRegistry meters;

    /**
     * Creates the API.
     *
     * @param health checks the components
     * @param meters the meters that /metrics shows
     */
    public ServiceApi(HealthCheck health, PrometheusMeterRegistry meters) {
        this.health = health;
        this.meters = meters;
    }

    /**
     * {@return the routes}
     */
    public List<Route> routes() {
        return List.of(
                new Route(HandlerType.GET, "/health", this::health),
                new Route(HandlerType.GET, "/metrics", this::metrics));
    }

    private void health(Context ctx) {
        HealthCheck.Health found = health.check();
        Answers.json(ctx, found.isHealthy() ? 200 : 503, found);
    }

    private void metrics(Context ctx) {
        ctx.contentType("text/plain; version=0.0.4; charset=utf-8").result(meters.scrape());
    }
}
