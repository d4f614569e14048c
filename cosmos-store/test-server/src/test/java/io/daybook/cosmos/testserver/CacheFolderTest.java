package io.daybook.cosmos.testserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheFolderTest {

    private static final Map<String, String> HOME = Map.of("user.home", "/home/ann");

    @Test
    void is_in_the_cache_folder_of_the_user() {
        assertThat(CacheFolder.of(HOME, Map.of("XDG_CACHE_HOME", ""))).isEqualTo(Path.of("/home/ann/.cache/daybook"));
        assertThat(CacheFolder.of(HOME, Map.of("XDG_CACHE_HOME", "/caches"))).isEqualTo(Path.of("/caches/daybook"));
        assertThat(CacheFolder.of(HOME, Map.of("LOCALAPPDATA", "/local"))).isEqualTo(Path.of("/local/daybook"));
    }

    @Test
    void system_property_names_another_folder() {
        assertThat(CacheFolder.of(
                        Map.of("user.home", "/home/ann", "daybook.cache", "target/cache"),
                        Map.of("XDG_CACHE_HOME", "/caches")))
                .isEqualTo(Path.of("target/cache"));
    }
}
