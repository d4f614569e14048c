package io.daybook.sample.order.http;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server: Javalin on Jetty. Every error is returned as a problem document. Thread-safe.
 */
public final class HttpServer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(HttpServer.class);
    private static final Duration FINISH_WITHIN = Duration.ofSeconds(15);
    private static final Duration CLOSE_IDLE_AFTER = Duration.ofMillis(100);
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(30);

    private static final Pattern BAD_ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");

    private final Javalin javalin;

    private HttpServer(Javalin javalin) {
        this.javalin = javalin;
    }

    /**
     * Starts listening.
     *
     * @param routes the routes
     * @param host the address to bind to
     * @param port the port, 0 for any that is free
     * @return the server, to be closed
     * @throws io.javalin.util.JavalinException if it cannot listen there
     */
    public static HttpServer start(List<Route> routes, String host, int port) {
        Javalin javalin = Javalin.create(config -> configure(config, routes, host, port));
        return new HttpServer(javalin.start());
    }

    /**
     * {@return the port on which it listens}
     */
    public int port() {
        return javalin.port();
    }

    /** Stops accepting requests, waits up to 15 seconds for the running ones, and returns. */
    @Override
    public void close() {
        javalin.stop();
    }

    private static void configure(JavalinConfig config, List<Route> routes, String host, int port) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.http.prefer405over404 = true;
        config.jetty.modifyServer(server -> {
            server.setStopTimeout(FINISH_WITHIN.toMillis());
            server.setErrorHandler(new JettyProblems());
            server.insertHandler(new GracefulHandler());
        });
        config.jetty.addConnector((server, http) -> connector(server, http, host, port));
        config.router.javaLangErrorHandler(HttpServer::fail);
        config.routes.before(HttpServer::before);
        config.routes.exception(Exception.class, (failure, ctx) -> fail(ctx, failure));
        // Javalin's own handler for these would otherwise win.
        config.routes.exception(HttpResponseException.class, (failure, ctx) -> fail(ctx, failure));
        routes.forEach(route -> {
            config.routes.addHttpHandler(route.method(), route.path(), route.handler());
            if (route.method().equals(HandlerType.GET)) {
                config.routes.head(route.path(), route.handler());
            }
        });
    }

    private static ServerConnector connector(Server server, HttpConfiguration http, String host, int port) {
        ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http));
        connector.setHost(host);
        connector.setPort(port);
        connector.setIdleTimeout(IDLE_TIMEOUT.toMillis());
        connector.setShutdownIdleTimeout(CLOSE_IDLE_AFTER.toMillis());
        return connector;
    }

    private static void before(Context ctx) {
        ctx.header("X-Content-Type-Options", "nosniff");
        ctx.header("Cache-Control", "no-cache");
        RequestHeaders.correlate(ctx);
        // Javalin ignores such query parameters, and fails on such paths.
        if (BAD_ESCAPE.matcher(ctx.req().getRequestURI()).find()
                || BAD_ESCAPE
                        .matcher(Objects.requireNonNullElse(ctx.queryString(), ""))
                        .find()) {
            throw Problem.malformed("The address contains % without two hexadecimal digits after it: write % as %25");
        }
    }

    private static void fail(Context ctx, Exception failure) {
        ProblemException problem = Problems.of(failure);
        problem.headers().forEach(ctx::header);
        ctx.status(problem.problem().status())
                .contentType(Problem.MEDIA_TYPE)
                .result(SnakeJson.write(problem.problem()));
    }

    /** An error of the Java platform, such as a stack that is too deep. */
    private static void fail(HttpServletResponse response, Error error) {
        Problem problem = Problems.of(error).problem();
        response.setStatus(problem.status());
        response.setContentType(Problem.MEDIA_TYPE);
        try {
            response.getOutputStream().write(SnakeJson.write(problem));
        } catch (IOException e) {
            log.debug("answer not sent", e);
        }
    }
}
