package io.daybook.docs.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Services outside of this build, in {@code src/test/consumers}, which use the core and both adapters: on the class path, as a
 * module, and with the versions of Spring Boot. Each is compiled without warnings and runs its tests, which work in memory and
 * load the adapters with all that they bring along.
 */
@Tag("faults")
class ConsumersIT {

    private static final Path CONSUMERS = Path.of("src/test/consumers");

    @TempDir
    private Path directory;

    private OutsideProject project;

    @BeforeEach
    void a_project_on_the_class_path() throws IOException {
        project = OutsideProject.in(directory.resolve("cart"), "core", "cosmos-store", "servicebus-publisher");
        add("cart");
    }

    @AfterEach
    void close() throws IOException {
        project.close();
    }

    @Test
    void a_service_on_the_class_path_gets_one_version_of_each_library() throws Exception {
        assertThat(tested()).containsExactlyInAnyOrder("CartTest", "AzureTest");
    }

    @Test
    void a_service_that_is_a_module_runs_as_one() throws Exception {
        add("module-path");
        assertThat(tested()).containsExactlyInAnyOrder("CartTest", "AzureTest", "ModulesTest");
    }

    @Test
    void a_service_can_have_the_versions_of_Spring_Boot() throws Exception {
        add("spring-boot");
        assertThat(tested()).containsExactlyInAnyOrder("CartTest", "AzureTest");
        String bom = project.pom(
                "org/springframework/boot", "spring-boot-dependencies", System.getProperty("spring-boot.version"));
        Path report = project.directory().resolve("target/surefire-reports/TEST-com.example.cart.CartTest.xml");
        assertThat(report)
                .content()
                .contains("jackson-databind-" + version(bom, "jackson-2-bom") + ".jar")
                .contains("slf4j-api-" + version(bom, "slf4j") + ".jar");
    }

    private void add(String consumer) throws IOException {
        Path from = CONSUMERS.resolve(consumer);
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = project.directory().resolve(from.relativize(file));
                Files.createDirectories(to.getParent());
                Files.copy(file, to, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /** Runs the tests and tells which there were. */
    private List<String> tested() throws Exception {
        String printed = project.maven(
                "--batch-mode", "test", given("daybook.version"), given("junit.version"), given("spring-boot.version"));
        return Pattern.compile(
                        "Tests run: [1-9]\\d*, Failures: 0, Errors: 0, Skipped: 0.* -- in com\\.example\\.cart\\.(\\w+)")
                .matcher(printed)
                .results()
                .map(result -> result.group(1))
                .toList();
    }

    private static String given(String property) {
        return "-D" + property + "=" + System.getProperty(property);
    }

    private static String version(String bom, String library) {
        Matcher version = Pattern.compile("<" + library + "\\.version>(.*?)</").matcher(bom);
        assertThat(version.find()).isTrue();
        return version.group(1);
    }
}
