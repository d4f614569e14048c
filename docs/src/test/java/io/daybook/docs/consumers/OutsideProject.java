package io.daybook.docs.consumers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A project outside of this build, which Maven builds against the jars of this build. They are in a separate local repository,
 * which leaves the developer's unchanged.
 */
public final class OutsideProject implements AutoCloseable {

    private static final Path ROOT = Path.of("..");
    private static final Path MAVEN = Path.of(System.getProperty("maven.home"), "bin", "mvn");
    private static final Path LOCAL_REPOSITORY = Path.of(System.getProperty("localRepository"));
    private static final String VERSION = System.getProperty("daybook.version");

    private final Path directory;
    private final Path repository;

    private OutsideProject(Path directory, Path repository) {
        this.directory = directory;
        this.repository = repository;
    }

    /** A project in a folder, which is made if it is missing, and beside it a repository with the BOM and the jars of some modules. */
    public static OutsideProject in(Path directory, String... modules) throws IOException {
        Files.createDirectories(directory);
        return new OutsideProject(directory, repository(directory.resolveSibling("repository"), modules));
    }

    Path directory() {
        return directory;
    }

    /** A POM in the repository. */
    String pom(String group, String artifact, String version) throws IOException {
        return Files.readString(repository
                .resolve(group)
                .resolve(artifact)
                .resolve(version)
                .resolve(artifact + "-" + version + ".pom"));
    }

    /** Runs Maven and returns what it prints. */
    public String maven(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(MAVEN.toString(), "-Dmaven.repo.local=" + repository));
        command.addAll(List.of(arguments));
        Path output = directory.resolveSibling("output");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        // a build of some seconds ends before the second compiler pays
        builder.environment().put("MAVEN_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        Process process = builder.start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        String printed = Files.readString(output, UTF_8);
        assertThat(process.exitValue()).as(printed).isZero();
        return printed;
    }

    /** Removes the links, over each of which JUnit would warn. */
    @Override
    public void close() throws IOException {
        try (Stream<Path> entries = Files.walk(repository, 2)) {
            for (Path link : entries.filter(Files::isSymbolicLink).toList()) {
                Files.delete(link);
            }
        }
    }

    /** The developer's local repository by way of links, and in it the jars of this build. */
    private static Path repository(Path repository, String... modules) throws IOException {
        link(LOCAL_REPOSITORY, Files.createDirectory(repository), "io");
        Path ofIo = Files.createDirectory(repository.resolve("io"));
        if (Files.exists(LOCAL_REPOSITORY.resolve("io"))) {
            link(LOCAL_REPOSITORY.resolve("io"), ofIo, "daybook");
        }
        install(ofIo, "daybook", "pom", ROOT.resolve("pom.xml"));
        for (String module : modules) {
            String artifact = "daybook-" + module.replaceFirst("-\\w+/", "-");
            Path folder = ROOT.resolve(module);
            install(ofIo, artifact, "pom", folder.resolve("pom.xml"));
            install(ofIo, artifact, "jar", folder.resolve("target/" + artifact + "-" + VERSION + ".jar"));
        }
        return repository.toAbsolutePath();
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
        Path folder = Files.createDirectories(ofIo.resolve("daybook/" + artifact + "/" + VERSION));
        Files.copy(file, folder.resolve(artifact + "-" + VERSION + "." + type));
    }
}
