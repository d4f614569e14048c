package io.daybook.cosmos.testserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An installer for the npm packages of a Node.js program, which reads the program's lock file and installs into a
 * folder outside of the source tree. {@link CosmosTestServer} uses it for its own program. Safe for use by several
 * threads and processes.
 */
public final class NodePackages {

    private static final Logger LOG = LoggerFactory.getLogger(NodePackages.class);
    private static final int LEAST_NODE = 20;
    private static final String LOCK_FILE = "package-lock.json";
    private static final String NPM = System.getProperty("os.name").startsWith("Windows") ? "npm.cmd" : "npm";

    private NodePackages() {}

    /**
     * Checks that Node.js 20 or later is installed.
     *
     * @return why no program can run, or an empty string if it can
     */
    public static String unavailableReason() {
        return unavailableReason("node");
    }

    static String unavailableReason(String node) {
        String required = "Node.js 20 or later is required: ";
        try {
            Process process = new ProcessBuilder(node, "--version").start();
            String version = output(process).trim();
            int major =
                    version.matches("v\\d+\\..*") ? Integer.parseInt(version.substring(1, version.indexOf('.'))) : 0;
            return major >= LEAST_NODE ? "" : required + "version \"" + version + "\" is installed";
        } catch (IOException e) {
            return required + "the command node was not found on the PATH";
        }
    }

    /**
     * Copies a program to a folder and installs its packages there, unless they are already installed. Only one process
     * installs at a time, and the others wait. An installation that was not completed is repeated.
     *
     * @param program the folder with the program, its {@code package.json} and its {@code package-lock.json}
     * @param target the folder to install into, which is created if it is missing
     * @return the target
     * @throws IllegalArgumentException if the program has no lock file
     * @throws IllegalStateException if npm fails
     * @throws UncheckedIOException if a file cannot be read or written
     */
    public static Path install(Path program, Path target) {
        return install(program, target, NPM);
    }

    static Path install(Path program, Path target, String npm) {
        Map<String, byte[]> files = new HashMap<>();
        try (Stream<Path> listed = Files.list(program)) {
            for (Path file : listed.filter(Files::isRegularFile).toList()) {
                files.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return install(files, target, npm);
    }

    static Path install(Map<String, byte[]> files, Path target) {
        return install(files, target, NPM);
    }

    /** Synchronized, since a process cannot wait for a file lock that another of its threads holds. */
    private static synchronized Path install(Map<String, byte[]> files, Path target, String npm) {
        byte[] wanted = files.get(LOCK_FILE);
        if (wanted == null) {
            throw new IllegalArgumentException(
                    "the program has no package-lock.json: run npm install in its folder first");
        }
        try {
            Files.createDirectories(target);
            try (FileChannel channel = FileChannel.open(
                            target.resolve("install.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                for (Map.Entry<String, byte[]> file : files.entrySet()) {
                    write(target.resolve(file.getKey()), file.getValue());
                }
                Path installed = target.resolve("installed.json");
                if (!isWritten(installed, wanted)) {
                    Files.deleteIfExists(installed);
                    LOG.info("installing npm packages folder={}", target);
                    run(npm, target);
                    Files.write(installed, wanted);
                }
            }
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replaces the whole file at once, and only if it differs: a program may be running from it, or another process reading it. */
    static void write(Path file, byte[] content) throws IOException {
        if (!isWritten(file, content)) {
            Path written = Files.createTempFile(file.toAbsolutePath().getParent(), "new", null);
            Files.write(written, content);
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static boolean isWritten(Path file, byte[] content) throws IOException {
        return Files.exists(file) && Arrays.equals(Files.readAllBytes(file), content);
    }

    private static void run(String npm, Path folder) throws IOException {
        Process process = new ProcessBuilder(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = output(process);
        try {
            if (process.waitFor() != 0) {
                throw new IllegalStateException("npm ci failed in " + folder
                        + ": check that npm can reach its registry, and retry. npm printed:\n" + output);
            }
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("npm ci was interrupted in " + folder, e);
        }
    }

    private static String output(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
