package io.daybook.cosmos.server;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** Programs for Node.js that tests use: a folder with a {@code package.json}, whose packages are installed once. */
public final class NodePackages {

    private static final String NPM = System.getProperty("os.name").startsWith("Windows") ? "npm.cmd" : "npm";

    private NodePackages() {}

    /**
     * Checks that Node is installed.
     *
     * @return why no program can run, or an empty text if it can
     */
    public static String unavailableReason() {
        try {
            Process node = new ProcessBuilder("node", "--version").start();
            String version = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
            int major = Integer.parseInt(version.substring(1, version.indexOf('.')));
            return major >= 20 ? "" : "Node " + version + " is installed, this test needs 20 or later";
        } catch (IOException e) {
            return "Node is not installed, this test needs 20 or later";
        }
    }

    /**
     * Copies a program to the {@code target} folder of its module and installs its packages there, once for all modules and
     * processes.
     *
     * @param module the module, such as {@code cosmos-store}
     * @param program the name of the folder in {@code src/test}
     * @return the folder with the program and its packages
     * @throws IOException if it cannot be copied
     */
    public static Path install(String module, String program) throws IOException {
        String place = module + "/src/test/" + program;
        Path root = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(root.resolve(place))) {
            root = root.getParent();
            if (root == null) {
                throw new IllegalStateException("the folder " + place + " was not found above "
                        + Path.of("").toAbsolutePath());
            }
        }
        Path source = root.resolve(place);
        Path target = root.resolve(module + "/target/" + program);
        Files.createDirectories(target);
        try (FileChannel channel = FileChannel.open(
                        target.resolve("install.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            String wanted = Files.readString(source.resolve("package-lock.json"));
            Path installed = target.resolve("installed.json");
            try (Stream<Path> files = Files.list(source)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Files.copy(file, target.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                }
            }
            if (!Files.exists(installed) || !Files.readString(installed).equals(wanted)) {
                run(target, List.of(NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund"));
                Files.writeString(installed, wanted);
            }
        }
        return target;
    }

    private static void run(Path folder, List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + " failed: " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
