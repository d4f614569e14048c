package io.daybook.cosmos.testserver;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The program of the server, which this library contains, unpacked into a cache folder together with its npm packages. */
final class ServerProgram {

    private static final String[] PACKAGES = {".npmrc", "package.json", "package-lock.json"};
    private static final String[] PROGRAM = {
        "faults.js", "items.js", "partitions.js", "queries.js", "rates.js", "server.js"
    };
    private static final int STAMP_LENGTH = 16;

    private ServerProgram() {}

    /**
     * Installs the packages and unpacks the program, each once for its version. The program is in a folder inside that of its
     * packages, where Node.js finds them, so that a new version of the program alone installs nothing.
     *
     * @return the folder with {@code server.js}
     */
    static Path install(Path cache) {
        Map<String, byte[]> packages = resources(PACKAGES);
        Path folder = NodePackages.install(packages, cache.resolve("cosmos-test-server-" + stamp(packages)));
        Map<String, byte[]> program = resources(PROGRAM);
        Path unpacked = folder.resolve("program-" + stamp(program));
        try {
            Files.createDirectories(unpacked);
            for (Map.Entry<String, byte[]> file : program.entrySet()) {
                NodePackages.write(unpacked.resolve(file.getKey()), file.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return unpacked;
    }

    private static Map<String, byte[]> resources(String... names) {
        Map<String, byte[]> contents = new TreeMap<>();
        Arrays.stream(names).forEach(name -> contents.put(name, resource(name)));
        return contents;
    }

    private static byte[] resource(String name) {
        try (InputStream resource = ServerProgram.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(resource, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The version of some files: the first digits of the hash of their contents. */
    private static String stamp(Map<String, byte[]> files) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            files.values().forEach(digest::update);
            return HexFormat.of().formatHex(digest.digest()).substring(0, STAMP_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
