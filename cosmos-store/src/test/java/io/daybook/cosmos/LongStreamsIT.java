package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.cosmos.server.CosmosAccount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many events and many streams in little memory. {@code -Ddaybook.streams=100000} makes it more streams.
 */
@Tag("faults")
class LongStreamsIT {

    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void long_streams_and_many_streams_need_constant_memory() throws IOException, InterruptedException {
        Process child = new ProcessBuilder(command()).redirectErrorStream(true).start();
        try {
            child.getOutputStream().close();
            String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            System.out.print(output);
            assertThat(child.waitFor()).as(output).isZero();
        } finally {
            child.destroyForcibly();
        }
    }

    private static List<String> command() {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+ExitOnOutOfMemoryError",
                "-Dlogback.statusListenerClass=ch.qos.logback.core.status.NopStatusListener",
                "-Ddaybook.streams=" + Integer.getInteger("daybook.streams", 5_000),
                "-cp",
                System.getProperty("java.class.path"),
                LongStreams.class.getName()));
        if (!CosmosAccount.isReal()) {
            command.add(CosmosAccount.server().endpoint());
        }
        return command;
    }
}
