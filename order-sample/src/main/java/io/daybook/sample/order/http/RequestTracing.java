package io.daybook.sample.order.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.router.Endpoint;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;

/**
 * Observes requests as {@code http.server.requests}, in the trace of their header {@code traceparent}. The name of
 * a span has the path of the route, not that of the request, which may name an order.
 */
final class RequestTracing {

    private static final String SCOPE = "observation-scope";

    private RequestTracing() {}

    static void register(RoutesConfig routes, ObservationRegistry registry) {
        if (registry.isNoop()) {
            return;
        }
        routes.before(ctx -> {
            ReceiverContext<Context> request = new ReceiverContext<>(Context::header, Kind.SERVER);
            request.setCarrier(ctx);
            Observation observation = Observation.start("http.server.requests", () -> request, registry);
            ctx.attribute(SCOPE, observation.openScope());
        });
        // Javalin also calls it after failures.
        routes.after(ctx -> {
            Endpoint endpoint = ctx.endpoints().matchedHttpEndpoint();
            String route = endpoint == null ? "unknown" : endpoint.method + " " + endpoint.path;
            Observation.Scope scope = ctx.attribute(SCOPE);
            scope.close();
            scope.getCurrentObservation()
                    .contextualName(route)
                    .lowCardinalityKeyValue("route", route)
                    .lowCardinalityKeyValue("status", Integer.toString(ctx.statusCode()))
                    .stop();
        });
    }
}
