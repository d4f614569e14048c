package io.daybook.docs;

import static io.daybook.docs.Samples.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Compares the public API of the compiled classes with the listing that is checked in, so that no change of it goes unnoticed. */
class PublicApiTest {

    private static final Path LISTING = ROOT.resolve("docs/public-api.txt");
    private static final Path GENERATED = Path.of("target/public-api.txt");

    @Test
    void listing_is_the_public_api() throws IOException {
        List<String> lines = new ArrayList<>();
        for (Class<?> type : PublicApi.types()) {
            lines.add(type.getPackageName() + " " + PublicApi.name(type));
            PublicApi.members(type).forEach(member -> lines.add("    " + member));
        }
        Files.write(GENERATED, lines);

        assertThat(lines)
                .as(
                        "the public API has changed; if that is meant, copy docs/target/public-api.txt to docs/public-api.txt")
                .isEqualTo(Files.readAllLines(LISTING));
    }
}
