package io.daybook.sample.order.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a newcomer does: makes the files of the guide's first chapter in an empty folder, runs the commands that it shows and
 * reads what it says they print. The jars come from this build, in a local repository that leaves the developer's own as it is.
 */
class FirstAggregateIT {

    /** A command of one line, and the lines that it is to print. */
    private static final Pattern RUN = Pattern.compile(
            "^```sh\\Rmvn ([^\\n]*)\\R```[^`]*^```text\\R(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);

    private static final Path MAVEN = Path.of(System.getProperty("maven.home"), "bin", "mvn");
    private static final Path LOCAL_REPOSITORY = Path.of(System.getProperty("localRepository"));

    @TempDir
    private Path directory;

    @Test
    void the_files_and_commands_of_the_first_chapter_are_all_that_is_needed() throws Exception {
        Path project = directory.resolve("bank");
        Samples.write(Samples.FIRST_CHAPTER, project);
        Path repository = repository();
        String page = Samples.read(Samples.FIRST_CHAPTER);
        Matcher run = RUN.matcher(page.substring(page.indexOf("## Run it")));
        int runs = 0;
        while (run.find()) {
            String printed = maven(project, repository, run.group(1));
            assertThat(printed).contains(run.group(2).lines().toList());
            runs++;
        }
        assertThat(runs).isEqualTo(2);
    }

    private static String maven(Path project, Path repository, String arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(MAVEN.toString(), "-Dmaven.repo.local=" + repository));
        command.addAll(List.of(arguments.split(" ")));
        Path output = project.resolveSibling("output");
        Process process = new ProcessBuilder(command)
                .directory(project.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        String printed = Files.readString(output, UTF_8);
        assertThat(process.exitValue()).as(printed).isZero();
        return printed;
    }

    /** The developer's local repository by way of links, and in it the jars of this build. */
    private Path repository() throws IOException {
        Path repository = Files.createDirectory(directory.resolve("repository"));
        link(LOCAL_REPOSITORY, repository, "io");
        Path ofIo = Files.createDirectory(repository.resolve("io"));
        if (Files.exists(LOCAL_REPOSITORY.resolve("io"))) {
            link(LOCAL_REPOSITORY.resolve("io"), ofIo, "daybook");
        }
        install(ofIo, "daybook", "pom", Samples.ROOT.resolve("pom.xml"));
        install(ofIo, "daybook-core", "pom", Samples.ROOT.resolve("core/pom.xml"));
        install(ofIo, "daybook-core", "jar", Samples.ROOT.resolve("core/target/daybook-core-0.1.0-SNAPSHOT.jar"));
        return repository;
    }

    private static void link(Path from, Path to, String except) throws IOException {
        try (Stream<Path> entries = Files.list(from)) {
            for (Path entry : entries.toList()) {
                if (!entry.endsWith(except)) {
                    Files.createSymbolicLink(to.resolve(entry.getFileName()), entry.toAbsolutePath());
                }
            }
        }
    }

    private static void install(Path ofIo, String artifact, String type, Path file) throws IOException {
        Path folder = Files.createDirectories(ofIo.resolve("daybook/" + artifact + "/0.1.0-SNAPSHOT"));
        Files.copy(file, folder.resolve(artifact + "-0.1.0-SNAPSHOT." + type));
    }
}
