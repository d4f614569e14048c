package io.daybook.sample.order.http;

import io.daybook.sample.order.http.Problem.Kind;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.json.JavalinJackson;
import io.javalin.router.Endpoint;
import io.micrometer.observation.ObservationRegistry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP server: Javalin on Jetty. Every error is returned as a problem document. Thread-safe. */
public final class HttpServer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(HttpServer.class);
    private static final Duration FINISH_WITHIN = Duration.ofSeconds(15);
    /** After the requests, only idle connections are left. */
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(1);

    private static final Duration CLOSE_IDLE_AFTER = Duration.ofMillis(100);
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(30);
    private static final Pattern BAD_ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");

    private final Javalin javalin;
    private final GracefulHandler requests;

    private HttpServer(Javalin javalin, GracefulHandler requests) {
        this.javalin = javalin;
        this.requests = requests;
    }

    /**
     * Starts listening.
     *
     * @param routes the routes
     * @param host the address to bind to
     * @param port the port, 0 for any that is free
     * @param observations observes the requests
     * @return the server; close it after use
     * @throws io.javalin.util.JavalinException if it cannot listen there
     */
    public static HttpServer start(List<Endpoint> routes, String host, int port, ObservationRegistry observations) {
        GracefulHandler requests = new GracefulHandler();
        FirstRequest first = new FirstRequest();
        Javalin javalin = Javalin.start(config -> {
            configure(config, host, port);
            config.jetty.modifyServer(server -> {
                server.insertHandler(requests);
                server.insertHandler(first);
            });
            config.routes.before(ctx -> first.reached());
            RequestTracing.register(config.routes, observations);
            register(config.routes, routes);
        });
        return new HttpServer(javalin, requests);
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
        for (Connector connector : javalin.jettyServer().server().getConnectors()) {
            ((ServerConnector) connector).close();
        }
        // Only then: to Jetty, a connection that writes its response after a long request counts as idle for a moment.
        awaitRequests();
        javalin.stop();
    }

    private void awaitRequests() {
        try {
            requests.shutdown().get(FINISH_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.warn("requests not finished within={}", FINISH_WITHIN);
        }
    }

    private static void configure(JavalinConfig config, String host, int port) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.http.prefer405over404 = true;
        config.http.maxRequestSize = Problems.MAX_BODY;
        JavalinJackson json = new JavalinJackson(SnakeJson.MAPPER, false);
        config.jsonMapper(json);
        // Both are created with their first use, which is not thread-safe: create them before requests arrive.
        config.unsafe.jsonMapper.getValue();
        json.getMapper();
        config.jetty.modifyServer(server -> {
            server.setStopTimeout(CLOSE_WITHIN.toMillis());
            server.setErrorHandler(new JettyProblems());
        });
        config.jetty.addConnector((server, http) -> connector(server, http, host, port));
        config.router.handlerWrapper(endpoint -> ctx -> {
            try {
                endpoint.handler.handle(ctx);
            } catch (Error e) { // such as a stack that is too deep: to be answered like an exception
                throw new IllegalStateException(e);
            }
        });
    }

    private static void register(RoutesConfig routes, List<Endpoint> endpoints) {
        routes.before(HttpServer::before);
        Problems.register(routes);
        endpoints.forEach(endpoint -> {
            routes.addEndpoint(endpoint);
            if (endpoint.method.equals(HandlerType.GET)) {
                routes.head(endpoint.path, endpoint.handler);
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
        String address = ctx.req().getRequestURI() + "?" + Objects.requireNonNullElse(ctx.queryString(), "");
        if (BAD_ESCAPE.matcher(address).find()) { // Javalin ignores such query parameters, and fails on such paths
            throw new Problem(
                    Kind.MALFORMED, "The address contains % without two hexadecimal digits after it: write % as %25");
        }
    }

    /**
     * Makes other requests wait until the first one has reached the handlers. On its way, Javalin creates parts of its
     * servlet without synchronization, and requests that arrived at the same time could fail.
     */
    private static final class FirstRequest extends Handler.Wrapper {

        private final ReentrantLock turn = new ReentrantLock();
        private volatile boolean reached;

        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            if (reached) {
                return super.handle(request, response, callback);
            }
            turn.lock();
            try {
                return super.handle(request, response, callback);
            } finally {
                endTurn();
            }
        }

        void reached() {
            reached = true;
            endTurn();
        }

        private void endTurn() {
            if (turn.isHeldByCurrentThread()) {
                turn.unlock();
            }
        }
    }

    /** Returns a problem document also for requests that do not reach the API, such as a malformed request line. */
    private static final class JettyProblems extends ErrorHandler {

        @Override
        public boolean errorPageForMethod(String method) {
            return true;
        }

        @Override
        protected void generateResponse(
                Request request,
                Response response,
                int code,
                @Nullable String message,
                @Nullable Throwable cause,
                Callback callback) {
            // A request that Jetty does not support, such as HTTP/9.9, is an error of the sender, not of this server.
            int status = code == 501 || code == 505 ? 400 : code;
            String detail = status < 500 ? "The request is not valid HTTP" : "The request could not be handled";
            response.setStatus(status);
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problem.MEDIA_TYPE);
            Problem problem = new Problem(status, HttpStatus.getMessage(status), detail);
            response.write(true, ByteBuffer.wrap(problem.body()), callback);
        }
    }
}
