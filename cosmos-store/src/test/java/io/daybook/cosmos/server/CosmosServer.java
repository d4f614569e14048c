package io.daybook.cosmos.server;

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
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The test server of {@code src/test/cosmos-server} as a separate process. It ends with this one, since it reads its
 * standard input; its packages are installed by the first test that needs it.
 */
public final class CosmosServer implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final int port;

    private CosmosServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * {@return why the server cannot run here, or an empty text if it can}
     */
    static String unavailableReason() {
        return NodePackages.unavailableReason();
    }

    /**
     * Starts a server.
     *
     * @param port the port, 0 for any that is free
     * @return the server, to be closed
     */
    public static CosmosServer start(int port) {
        try {
            Path folder = NodePackages.install("cosmos-store", "cosmos-server");
            Process process = new ProcessBuilder("node", "--max-old-space-size=1500", "server.js", "--port", "" + port)
                    .directory(folder.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            BufferedReader output =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String first = output.readLine();
            if (first == null) {
                throw new IllegalStateException("the test server ended at once: see its messages above");
            }
            return new CosmosServer(process, Integer.parseInt(first.trim()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * {@return where it listens}
     */
    public String endpoint() {
        return "http://127.0.0.1:" + port + "/";
    }

    /**
     * {@return the port that it listens on}
     */
    public int port() {
        return port;
    }

    /**
     * Lets something go wrong.
     *
     * @param fault when and what
     */
    public void inject(Fault fault) {
        post("faults", fault.rule());
    }

    /**
     * Ends all faults of a database and sets its counts to zero.
     *
     * @param database the database
     */
    public void clear(String database) {
        post("clear", Map.of("database", database));
    }

    /**
     * Moves the server's clock ahead, by which documents expire.
     *
     * @param seconds how far
     */
    public void advanceClock(long seconds) {
        post("clock", Map.of("seconds", seconds));
    }

    /**
     * Refuses to create containers without throughput in a database that has none to share, as an account does whose total
     * throughput is limited.
     *
     * @param database the database, which need not exist yet
     */
    public void limitThroughput(String database) {
        post("cap", Map.of("database", database));
    }

    /**
     * Splits the first physical partition of a container in two, as the service does when it grows.
     *
     * @param database the database
     * @param container the container
     */
    public void split(String database, String container) {
        post("split", Map.of("database", database, "container", container));
    }

    /**
     * Deletes the documents of a container that have a time to live, as if it were over. A container without a default time to
     * live keeps them, as the service does.
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
     * @return how many requests of each kind, such as {@code events/batch}
     */
    public Map<String, Integer> requests(String database) {
        return send(HttpRequest.newBuilder(URI.create(endpoint() + "_test/requests/" + database))
                .build());
    }

    /**
     * Returns the consistency strategies of the reads of a database.
     *
     * @param database the database
     * @return how many requests of each kind stated which strategy, such as {@code events/query/Session}
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
                throw new IllegalStateException("the test server answered " + response.statusCode());
            }
            return JSON.readValue(response.body(), new TypeReference<Map<String, Integer>>() {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Ends the server, as a crash would: what it kept is gone, and connections break. */
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
     * {@return the process, for a test that wants it to be slow to answer at all}
     */
    public ProcessHandle handle() {
        return process.toHandle();
    }

    /** The kinds of requests that a fault can be about. */
    public static final List<String> KINDS =
            List.of("batch", "query", "plan", "read", "create", "replace", "delete", "feed");
}
