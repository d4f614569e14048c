package io.daybook.docs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.servicebus.testserver.ServiceBusTestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Looks through what the tests of all modules left behind in this build, reports and logs, for the keys of the test servers and for
 * data of events, commands and snapshots. It runs last in {@code mvn verify}.
 */
class CanariesCheck {

    private static final Path ROOT = Path.of("..");
    private static final List<String> MODULES = List.of(
            "core",
            "cosmos-store",
            "cosmos-store/test-server",
            "servicebus-publisher",
            "servicebus-publisher/test-server",
            "order-sample",
            "docs");
    private static final List<String> FOLDERS = List.of("surefire-reports", "failsafe-reports", "logs");

    /** Keys in their given and their decoded form, what events of the contract suites hold, and an order's customer and street. */
    private static final List<String> CANARIES = List.of(
            CosmosTestServer.KEY,
            ServiceBusTestServer.KEY,
            meant(CosmosTestServer.KEY),
            meant(ServiceBusTestServer.KEY),
            "canary-payload",
            "CUST-123",
            "123 Main St");

    @TempDir
    private Path directory;

    private static String meant(String key) {
        return new String(Base64.getDecoder().decode(key), UTF_8);
    }

    /** Which files hold which canary. */
    private static List<String> leaks(List<Path> files) throws IOException {
        List<String> leaks = new ArrayList<>();
        for (Path file : files) {
            String text = Files.readString(file, ISO_8859_1); // which takes any byte
            CANARIES.stream().filter(text::contains).forEach(canary -> leaks.add(canary + " in " + file));
        }
        return leaks;
    }

    /** The output of this build; that of an earlier one may still lie there. */
    private static List<Path> output() throws IOException {
        String buildStart = System.getProperty("build.start");
        assertThat(buildStart).as("when the build began: mvn verify sets it").isNotNull();
        Instant start = Instant.parse(buildStart);
        List<Path> files = new ArrayList<>();
        for (String module : MODULES) {
            for (String folder : FOLDERS) {
                Path output = ROOT.resolve(module).resolve("target").resolve(folder);
                if (Files.exists(output)) {
                    try (Stream<Path> all = Files.walk(output)) {
                        files.addAll(all.filter(Files::isRegularFile).toList());
                    }
                }
            }
        }
        files.removeIf(file -> file.toFile().lastModified() < start.toEpochMilli());
        return files;
    }

    @Test
    void no_test_has_let_a_key_or_data_out() throws IOException {
        LoggerFactory.getLogger(CanariesCheck.class).warn("a line that must be found, or logs are not looked at");

        List<Path> output = output();

        assertThat(output)
                .as("logs of this module")
                .anySatisfy(
                        file -> assertThat(Files.readString(file, ISO_8859_1)).contains("a line that must be found"));
        assertThat(leaks(output)).isEmpty();
    }

    @Test
    void each_of_them_would_be_found() throws IOException {
        for (String canary : CANARIES) {
            Path file = Files.writeString(directory.resolve("planted.log"), "\u0000é " + canary + "\n", UTF_8);

            assertThat(leaks(List.of(file))).containsExactly(canary + " in " + file);
        }
    }
}
