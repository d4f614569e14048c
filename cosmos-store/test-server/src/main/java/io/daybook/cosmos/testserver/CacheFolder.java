package io.daybook.cosmos.testserver;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** The folder for what is installed once for a user. */
final class CacheFolder {

    private CacheFolder() {}

    /**
     * Returns the folder: that of the system property {@code daybook.cache}, or the folder {@code daybook} in the user's cache folder.
     *
     * @param properties the system properties
     * @param environment the environment variables
     */
    static Path of(Map<?, ?> properties, Map<String, String> environment) {
        Object own = properties.get("daybook.cache");
        if (own != null) {
            return Path.of(own.toString());
        }
        Path user = Stream.of("XDG_CACHE_HOME", "LOCALAPPDATA")
                .map(variable -> environment.getOrDefault(variable, ""))
                .filter(folder -> !folder.isBlank())
                .findFirst()
                .map(Path::of)
                .orElseGet(() -> Path.of(String.valueOf(properties.get("user.home")), ".cache"));
        return user.resolve("daybook");
    }
}
