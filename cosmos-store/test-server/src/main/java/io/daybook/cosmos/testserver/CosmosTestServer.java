package io.daybook.cosmos.testserver;

import com.azure.cosmos.ConsistencyLevel;
import com.azure.cosmos.CosmosClientBuilder;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A server with the part of the Cosmos DB protocol that Daybook uses through the SDK in gateway mode: transactional
 * batches, queries and the change feed. It injects faults on request. The server runs as a separate process of Node.js,
 * keeps its data in memory, and ends with this process. Thread-safe.
 *
 * <pre>{@code
 * try (CosmosTestServer server = CosmosTestServer.start();
 *         CosmosAsyncClient cosmos = server.clientBuilder().buildAsyncClient()) {
 *     CosmosContainers containers = CosmosContainers.in(cosmos, "orders");
 *     containers.createIfMissing();
 *     server.inject(CosmosFault.on("orders", "events", "batch").status(429).times(1));
 * }
 * }</pre>
 *
 * <p>The first start of a version unpacks the server into the user's cache folder, {@code $XDG_CACHE_HOME/daybook},
 * {@code %LOCALAPPDATA%\daybook} or {@code ~/.cache/daybook}, and runs {@code npm ci} there, which takes some seconds and
 * needs an npm registry. The system property {@code daybook.cache} names another folder. Later starts need no network.
 */
public final class CosmosTestServer implements AutoCloseable {

    /** The key to connect with, in Base64. It is not a secret: the server accepts any key. */
    public static final String KEY =
            Base64.getEncoder().encodeToString("canary-key-of-the-account".getBytes(StandardCharsets.UTF_8));

    /** The kinds of requests that a fault can apply to. */
    public static final List<String> KINDS =
            List.of("batch", "query", "plan", "read", "create", "replace", "delete", "feed");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final int port;

    private CosmosTestServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Checks that Node.js 20 or later is installed.
     *
     * @return why the server cannot run here, or an empty string if it can
     */
    public static String unavailableReason() {
        return NodePackages.unavailableReason();
    }

    /**
     * Starts a server on a free port.
     *
     * @return the server; close it after use
     * @throws IllegalStateException if Node.js 20 is missing, {@code npm ci} fails or the server does not start
     */
    public static CosmosTestServer start() {
        return start(0);
    }

    /**
     * Starts a server.
     *
     * @param port the port on the loopback address, or 0 for a free one
     * @return the server; close it after use
     * @throws IllegalStateException if Node.js 20 is missing, {@code npm ci} fails or the server does not start
     */
    public static CosmosTestServer start(int port) {
        String unavailableReason = unavailableReason();
        if (!unavailableReason.isEmpty()) {
            throw new IllegalStateException(unavailableReason);
        }
        Path program = ServerProgram.install(CacheFolder.of(System.getProperties(), System.getenv()));
        try {
            Process process = new ProcessBuilder("node", "--max-old-space-size=1500", "server.js", "--port", "" + port)
                    .directory(program.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            BufferedReader output =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String first = output.readLine();
            if (first == null) {
                throw new IllegalStateException(
                        "the Cosmos DB test server exited immediately: see its messages on standard error");
            }
            return new CosmosTestServer(process, Integer.parseInt(first.trim()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns a new builder of clients of this server.
     *
     * @return the builder, in gateway mode, because the server supports only HTTP
     */
    public CosmosClientBuilder clientBuilder() {
        return clientBuilder(endpoint());
    }

    /**
     * Returns a new builder of clients of a test server that another process has started. Sets the system property that
     * allows the SDK to connect without TLS, so use this method only in tests.
     *
     * @param endpoint the endpoint of the server
     * @return the builder, in gateway mode, because the server supports only HTTP
     */
    public static CosmosClientBuilder clientBuilder(String endpoint) {
        System.setProperty("COSMOS.HTTP_CONNECTION_WITHOUT_TLS_ALLOWED", "true");
        return new CosmosClientBuilder()
                .endpoint(endpoint)
                .key(KEY)
                .consistencyLevel(ConsistencyLevel.SESSION)
                .gatewayMode()
                .endpointDiscoveryEnabled(false)
                .contentResponseOnWriteEnabled(true);
    }

    /**
     * {@return the endpoint of the account, a URL}
     */
    public String endpoint() {
        return "http://127.0.0.1:" + port + "/";
    }

    /**
     * {@return the port that the server listens on}
     */
    public int port() {
        return port;
    }

    /**
     * Injects a fault. The fault ends after its number of occurrences, or when the database is cleared.
     *
     * @param fault the fault, with the requests that it applies to
     */
    public void inject(CosmosFault fault) {
        post("faults", fault.rule());
    }

    /**
     * Ends all faults and rate limits of a database, and resets its counts. The data is kept.
     *
     * @param database the name of the database
     */
    public void clear(String database) {
        post("clear", Map.of("database", database));
    }

    /**
     * Moves the server's clock ahead, so that documents with a time to live expire.
     *
     * @param seconds the number of seconds
     */
    public void advanceClock(long seconds) {
        post("clock", Map.of("seconds", seconds));
    }

    /**
     * Rejects the creation of containers without throughput in a database without shared throughput, like an account
     * with a total throughput limit.
     *
     * @param database the database, which need not exist yet
     */
    public void limitThroughput(String database) {
        post("cap", Map.of("database", database));
    }

    /**
     * Limits how many requests each physical partition of a container serves per second. Further requests wait until
     * their partition serves them. The service rejects them with status 429 instead, and the SDK sends them again, but
     * a partition serves the same number of requests in both cases. A container has one physical partition for each
     * 10,000 RU/s with which it was created, and those that {@link #split} adds. The limit replaces an earlier limit,
     * and ends when the database is cleared.
     *
     * @param database the database
     * @param container the container, which need not exist yet
     * @param requestsPerSecond the requests of a physical partition per second, 1 or more
     * @param latency the time from serving a request to its answer
     * @throws IllegalArgumentException if a number is out of range
     */
    public void limitRate(String database, String container, int requestsPerSecond, Duration latency) {
        if (requestsPerSecond < 1 || latency.isNegative()) {
            throw new IllegalArgumentException(
                    "a limit of " + requestsPerSecond + " requests per second with a latency of " + latency
                            + ": use 1 request or more and no negative latency");
        }
        post(
                "rate",
                Map.of(
                        "database", database,
                        "container", container,
                        "requestsPerSecond", requestsPerSecond,
                        "latencyMillis", latency.toMillis()));
    }

    /**
     * Returns how the physical partitions of containers with a {@linkplain #limitRate limited rate} have used it. A slot is the time in
     * which a partition serves a request, such as 20 ms at 50 requests per second. The slots are numbered from the call that limited the
     * rate. Polls of a change feed that find nothing do not count.
     *
     * @param database the database
     * @return for each physical partition, the number of used slots, such as {@code events/0/used}, and the numbers of
     *     the first and the last used slot, {@code events/0/first} and {@code events/0/last}. The partition was always
     *     busy in between if it has used {@code last - first + 1} slots
     */
    public Map<String, Integer> slots(String database) {
        return send(HttpRequest.newBuilder(URI.create(endpoint() + "_test/slots/" + database))
                .build());
    }

    /**
     * Splits the first physical partition of a container in two, as the service does when a container grows.
     *
     * @param database the database
     * @param container the container
     */
    public void split(String database, String container) {
        post("split", Map.of("database", database, "container", container));
    }

    /**
     * Deletes the documents of a container that have a time to live, as if they had expired. A container without a
     * default time to live keeps them, as the service does.
     *
     * @param database the database
     * @param container the container
     */
    public void expire(String database, String container) {
        post("expire", Map.of("database", database, "container", container));
    }

    /**
     * Returns the number of requests to a database since it was last cleared.
     *
     * @param database the database
     * @return the number of requests of each kind, such as {@code events/batch}
     */
    public Map<String, Integer> requests(String database) {
        return send(HttpRequest.newBuilder(URI.create(endpoint() + "_test/requests/" + database))
                .build());
    }

    /**
     * Returns the consistency strategies that the reads of a database have requested.
     *
     * @param database the database
     * @return the number of requests of each kind and strategy, such as {@code events/query/Session}
     */
    public Map<String, Integer> strategies(String database) {
        return send(HttpRequest.newBuilder(URI.create(endpoint() + "_test/strategies/" + database))
                .build());
    }

    /**
     * Returns the number of bytes sent to a database since it was last cleared.
     *
     * @param database the database
     * @return the bytes of the bodies of each kind of request
     */
    public Map<String, Integer> bytes(String database) {
        return send(HttpRequest.newBuilder(URI.create(endpoint() + "_test/bytes/" + database))
                .build());
    }

    private void post(String what, Map<String, ?> body) {
        try {
            send(HttpRequest.newBuilder(URI.create(endpoint() + "_test/" + what))
                    .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
                    .build());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, Integer> send(HttpRequest request) {
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IllegalStateException("the Cosmos DB test server answered " + response.statusCode() + " to "
                        + request.uri().getPath() + ": " + response.body());
            }
            return JSON.readValue(response.body(), new TypeReference<Map<String, Integer>>() {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Kills the server. Its data is lost, and connections break. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * {@return the process of the server, for example to suspend it}
     */
    public ProcessHandle handle() {
        return process.toHandle();
    }
}
