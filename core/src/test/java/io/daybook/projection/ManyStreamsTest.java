package io.daybook.projection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many streams in little memory. {@code -Ddaybook.generated.streams=1000000} makes it 10,000,000 events. */
@Tag("faults")
class ManyStreamsTest {

    private static final int STREAMS = Integer.getInteger("daybook.generated.streams", 60_000);

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void relay_and_projector_need_the_same_memory_for_any_number_of_streams() throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-Dlogback.statusListenerClass=ch.qos.logback.core.status.NopStatusListener",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ManyStreams.class.getName(),
                        Integer.toString(STREAMS))
                .redirectErrorStream(true)
                .start();
        try {
            child.getOutputStream().close();
            String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            System.out.print(output);
            assertThat(child.waitFor()).as(output).isZero();
        } finally {
            child.destroyForcibly();
        }
    }
}
