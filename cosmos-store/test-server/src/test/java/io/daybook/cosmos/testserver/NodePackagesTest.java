package io.daybook.cosmos.testserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Installs with a script instead of npm, which notes each run. */
@DisabledOnOs(OS.WINDOWS)
class NodePackagesTest {

    private static final int PROCESSES = 3;
    private static final String NOTES_A_RUN = "echo run >> ";

    @TempDir
    private Path directory;

    private Path program;
    private Path target;
    private Path runs;

    @BeforeEach
    void write_a_program_and_a_npm() throws IOException {
        target = directory.resolve("target");
        runs = directory.resolve("runs");
        program = Files.createDirectory(directory.resolve("program"));
        Files.writeString(program.resolve("main.js"), "console.log(1)");
        Files.writeString(program.resolve("package-lock.json"), "{}");
        npm(NOTES_A_RUN + runs);
    }

    private void npm(String commands) throws IOException {
        executable(directory.resolve("npm"), commands);
    }

    private static Path executable(Path file, String commands) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + commands + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }

    private void install() {
        NodePackages.install(program, target, directory.resolve("npm").toString());
    }

    private Process installInAnotherProcess() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Installation.class.getName(),
                        program.toString(),
                        target.toString(),
                        directory.resolve("npm").toString())
                .inheritIO()
                .start();
    }

    static final class Installation {
        private Installation() {}

        public static void main(String[] arguments) {
            NodePackages.install(Path.of(arguments[0]), Path.of(arguments[1]), arguments[2]);
        }
    }

    private List<String> runs() throws IOException {
        return Files.readAllLines(runs);
    }

    @Test
    void one_of_several_processes_installs_while_the_others_wait() throws Exception {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < PROCESSES; i++) {
            processes.add(installInAnotherProcess());
        }

        for (Process process : processes) {
            assertThat(process.waitFor()).isZero();
        }
        assertThat(runs()).hasSize(1);
        assertThat(target.resolve("main.js")).hasContent("console.log(1)");
    }

    @Test
    void installation_that_was_broken_off_is_repeated() throws Exception {
        npm("kill -9 $PPID");
        assertThat(installInAnotherProcess().waitFor()).isNotZero();
        npm(NOTES_A_RUN + runs);

        install();
        install();

        assertThat(runs()).hasSize(1);
    }

    @Test
    void changed_lock_file_is_installed_and_a_changed_program_only_copied() throws IOException {
        install();
        Files.writeString(program.resolve("main.js"), "console.log(2)");
        install();
        assertThat(runs()).hasSize(1);
        assertThat(target.resolve("main.js")).hasContent("console.log(2)");

        Files.writeString(program.resolve("package-lock.json"), "{\"version\":2}");
        install();

        assertThat(runs()).hasSize(2);
    }

    @Test
    void failure_of_npm_reports_its_output_and_the_next_start_retries() throws IOException {
        npm("echo no registry; exit 1");
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(this::install)
                .withMessage("npm ci failed in " + target
                        + ": check that npm can reach its registry, and retry. npm printed:\nno registry\n");
        npm(NOTES_A_RUN + runs);

        install();

        assertThat(runs()).hasSize(1);
    }

    @Test
    void missing_or_old_node_is_named_with_the_requirement() throws IOException {
        Path old = executable(directory.resolve("node"), "echo v18.19.0");
        Path recent = executable(directory.resolve("recent"), "echo v22.1.0");

        assertThat(NodePackages.unavailableReason(directory.resolve("absent").toString()))
                .isEqualTo("Node.js 20 or later is required: the command node was not found on the PATH");
        assertThat(NodePackages.unavailableReason(old.toString()))
                .isEqualTo("Node.js 20 or later is required: version \"v18.19.0\" is installed");
        assertThat(NodePackages.unavailableReason(recent.toString())).isEmpty();
    }

    @Test
    void program_without_lock_file_is_refused() throws IOException {
        Files.delete(program.resolve("package-lock.json"));

        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(this::install)
                .withMessage("the program has no package-lock.json: run npm install in its folder first");
    }
}
