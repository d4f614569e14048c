package io.daybook.cosmos.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.contract.Patience;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A main class of the tests that runs in a separate JVM, which may be killed. */
public final class JavaProcess {

    private static final int SIGKILL = 128 + 9;

    private static final Duration STATUS_TIMEOUT = Duration.ofSeconds(10);

    private final Process process;

    private JavaProcess(Process process) {
        this.process = process;
    }

    /**
     * Starts a process. Its standard error is that of this one.
     *
     * @param main the class
     * @param arguments its arguments
     * @return the process
     */
    public static JavaProcess start(Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:-BytecodeVerificationRemote",
                main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        try {
            return new JavaProcess(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the process itself} */
    public Process process() {
        return process;
    }

    /**
     * Writes a line to its standard input.
     *
     * @param line without its end
     */
    public void send(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** Lets a {@link CrashRunner} write its status to standard error and end. It may be in any state, and is not waited for long. */
    void askForStatus() throws InterruptedException {
        try {
            send(CrashRunner.STATUS);
            process.getOutputStream().close();
        } catch (IOException e) {
            return; // it has ended
        }
        process.waitFor(STATUS_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    }

    /** Ends the process without notice. */
    public void kill() throws InterruptedException {
        assertThat(process.destroyForcibly().waitFor()).isEqualTo(SIGKILL);
    }

    /** Ends its standard input, upon which it stops its work and exits. */
    public void end() throws IOException, InterruptedException {
        process.getOutputStream().close();
        assertThat(process.waitFor(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .as("a process has ended")
                .isTrue();
        assertThat(process.exitValue()).isZero();
    }

    /** Ends the process after a test, in whatever state it is. */
    public void destroy() {
        process.destroyForcibly();
    }
}
