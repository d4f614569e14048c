package io.daybook.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.docs.consumers.OutsideProject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The service that the chapter on local development shows, made in an empty folder and tested with the published test servers.
 */
class LocalKitIT {

    static final Path PAGE = Path.of("guide/local-development.md");

    private static final Pattern DEPENDENCIES =
            Pattern.compile("^```xml\\R(<dependency>.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);

    @TempDir
    private Path directory;

    @Test
    void service_in_an_empty_folder_is_tested_with_both_test_servers() throws Exception {
        String reason = CosmosTestServer.unavailableReason();
        if ("true".equals(System.getenv("CI"))) {
            assertThat(reason).as("in CI the test must run").isEmpty();
        }
        assumeTrue(reason.isEmpty(), reason);
        Path page = Samples.ROOT.resolve("docs").resolve(PAGE);
        Path bank = directory.resolve("bank");
        Samples.write(Samples.FIRST_CHAPTER, bank);
        Samples.write(page, bank);
        Path pom = bank.resolve("pom.xml");
        Matcher dependencies = DEPENDENCIES.matcher(Samples.read(page));
        assertThat(dependencies.find()).isTrue();
        int last = Samples.read(pom).lastIndexOf("</dependencies>");
        Files.writeString(pom, new StringBuilder(Samples.read(pom)).insert(last, dependencies.group(1)));

        try (OutsideProject project = OutsideProject.in(
                bank,
                "core",
                "cosmos-store",
                "cosmos-store/test-server",
                "servicebus-publisher",
                "servicebus-publisher/test-server")) {
            String cache = System.getProperty("daybook.cache");
            assertThat(project.maven("--batch-mode", "test", "-DargLine=-Ddaybook.cache=" + cache))
                    .containsPattern("Tests run: 1, Failures: 0, Errors: 0, Skipped: 0.* -- in .*TodoTest");
        }
    }
}
