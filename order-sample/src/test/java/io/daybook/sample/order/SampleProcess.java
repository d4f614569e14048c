package io.daybook.sample.order;

import static io.daybook.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.contract.Patience;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.servicebus.testserver.ServiceBusTestServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The real jar in a separate process, which can be killed and restarted on the same port. */
final class SampleProcess implements AutoCloseable {

    private static final Pattern LISTENING = Pattern.compile("listening url=(http://\\S+)");
    private static final int SIGKILL = 128 + 9;

    private final Path directory;
    private final Map<String, String> environment;
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Path> logs = new ArrayList<>();
    private Process process;
    private String url = "";

    private SampleProcess(Path directory, Map<String, String> environment) {
        this.directory = directory;
        this.environment = new HashMap<>(environment);
    }

    /** Settings of a sample on both test servers, to which others can be added. */
    static Map<String, String> environment(CosmosTestServer server, String database, ServiceBusTestServer broker) {
        Map<String, String> environment = new HashMap<>();
        environment.put("COSMOS_ENDPOINT", server.endpoint());
        environment.put("COSMOS_KEY", CosmosTestServer.KEY);
        environment.put("COSMOS_DATABASE", database);
        environment.put("SERVICEBUS_CONNECTION_STRING", broker.connectionString());
        environment.put("RELAY_TAKEOVER_SECONDS", "5");
        return environment;
    }

    /** Starts it on any port that is free, and waits until it listens. Its logs are kept in the directory. */
    static SampleProcess start(Path directory, Map<String, String> environment) throws IOException {
        SampleProcess sample = new SampleProcess(directory, environment);
        sample.environment.put("PORT", "0");
        sample.launch();
        sample.environment.put("PORT", "" + URI.create(sample.url).getPort());
        return sample;
    }

    private synchronized void launch() throws IOException {
        Path log = directory.resolve("sample-" + logs.size() + ".log");
        logs.add(log);
        process = launch(log, environment);
        url = awaitUrl(log);
    }

    String url() {
        return url;
    }

    /** The answer to a health check, empty if there is none. */
    String health() throws InterruptedException {
        try {
            return client.send(
                            HttpRequest.newBuilder(URI.create(url + "/health")).build(), BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return "";
        }
    }

    /** Ends it at once, as a crash would, and starts it again on the same port. */
    synchronized void crash() throws IOException, InterruptedException {
        process.destroyForcibly();
        assertThat(process.waitFor()).isEqualTo(SIGKILL);
        launch();
    }

    /** Returns when it is not being started again. */
    synchronized void awaitListening() {
        assertThat(process.isAlive()).as("it ended unexpectedly: " + logs).isTrue();
    }

    /** Stops it, and waits until it has finished its work in progress. */
    synchronized void stop() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
    }

    /** What all of its lives have logged. */
    synchronized String log() throws IOException {
        StringBuilder all = new StringBuilder();
        for (Path log : logs) {
            all.append(Files.readString(log));
        }
        return all.toString();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Starts the jar. */
    static Process launch(Path log, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                Path.of("target", "order-sample.jar").toString());
        builder.environment().putAll(environment);
        return builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    }

    /** Waits until a process says where it listens. */
    static String awaitUrl(Path log) throws IOException {
        await().until(() -> LISTENING.matcher(Files.readString(log)).find());
        Matcher listening = LISTENING.matcher(Files.readString(log));
        assertThat(listening.find()).isTrue();
        return listening.group(1);
    }
}
