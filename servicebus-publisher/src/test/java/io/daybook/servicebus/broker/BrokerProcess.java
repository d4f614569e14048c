package io.daybook.servicebus.broker;

import io.daybook.servicebus.testserver.ServiceBusTestServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A broker in its own process, so that the resources of clients and broker are measured apart. */
public final class BrokerProcess implements AutoCloseable {

    private final Process process;
    private final String connectionString;

    private BrokerProcess(Process process, String connectionString) {
        this.process = process;
        this.connectionString = connectionString;
    }

    /**
     * {@return a broker that was started, with queues of these names}
     *
     * @param directory where it keeps its journal
     * @param queues the names
     */
    public static BrokerProcess start(Path directory, String... queues) {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                BrokerProcess.class.getName(),
                directory.toString(),
                String.join(",", queues));
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        try {
            Process process = builder.start();
            String line = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
            if (line == null) {
                throw new IllegalStateException("the broker did not start");
            }
            return new BrokerProcess(process, line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * {@return what a client connects with}
     */
    public String connectionString() {
        return connectionString;
    }

    @Override
    public void close() {
        process.destroy();
    }

    /**
     * Prints the connection string, and runs until its input ends.
     *
     * @param arguments the directory of the journal, and the entities, separated by commas: {@code queue}, or
     *     {@code topic:subscription}
     * @throws Exception if it cannot be started
     */
    public static void main(String[] arguments) throws Exception {
        try (ServiceBusTestServer broker = ServiceBusTestServer.start(Path.of(arguments[0]), 0)) {
            for (String entity : arguments[1].split(",")) {
                int colon = entity.indexOf(':');
                if (colon < 0) {
                    broker.createQueue(entity);
                } else {
                    broker.createTopic(entity.substring(0, colon), entity.substring(colon + 1));
                }
            }
            System.out.println(broker.connectionString());
            while (System.in.read() >= 0) {}
        }
    }
}
