package io.daybook.docs;

import static io.daybook.docs.Samples.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiles and runs the examples of the javadoc, and sees that there is one wherever a reader looks for one. */
class JavadocTest {

    private static final Path OVERVIEW = ROOT.resolve("docs/javadoc/overview.html");
    private static final Pattern PUBLIC_TYPE = Pattern.compile(
            "^public (?:abstract |final |sealed )*(?:class|interface|record|enum|@interface) (\\w+)",
            Pattern.MULTILINE);
    private static final Pattern NEEDS_AZURE = Pattern.compile("io_daybook_(?:cosmos|servicebus)_.*");
    private static final Pattern LINK = Pattern.compile("(?:\\{@link|@see) (?:[a-z]+\\.)*(\\w+)");

    /** Besides the packages of the library. */
    private static final List<String> IMPORTS = List.of(
            "com.azure.cosmos.*",
            "com.azure.messaging.servicebus.*",
            "com.fasterxml.jackson.databind.module.SimpleModule",
            "io.daybook.docs.Story",
            "io.daybook.docs.Story.*",
            "io.daybook.subscription.EventFeed.StartPosition",
            "io.daybook.subscription.IdempotentEventHandler.Effects",
            "io.micrometer.core.instrument.*",
            "java.time.*",
            "java.util.*",
            "java.util.stream.Collectors",
            "org.junit.jupiter.api.Test",
            "org.junit.jupiter.api.extension.ExtendWith");

    @TempDir
    private Path directory;

    private static List<Path> sources() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (Class<?> type : PublicApi.types()) {
            Path file = Path.of("src", type.getPackageName().equals("io.daybook.contract") ? "test" : "main", "java")
                    .resolve(type.getPackageName().replace('.', '/'));
            for (String module : List.of(
                    "core",
                    "cosmos-store",
                    "cosmos-store/test-server",
                    "servicebus-publisher",
                    "servicebus-publisher/test-server")) {
                Path folder = ROOT.resolve(module).resolve(file);
                Path source = folder.resolve(type.getSimpleName() + ".java");
                if (Files.exists(source)) {
                    sources.add(source);
                    sources.add(folder.resolve("package-info.java"));
                }
            }
        }
        return sources.stream().distinct().toList();
    }

    @Test
    void every_example_compiles_and_those_that_need_no_azure_run() throws Exception {
        List<String> imports = new ArrayList<>(IMPORTS);
        PublicApi.types().stream()
                .map(type -> type.getPackageName() + ".*")
                .distinct()
                .forEach(imports::add);
        List<Path> texts =
                Stream.concat(Stream.of(OVERVIEW), sources().stream()).toList();
        Samples examples = Samples.compileJavadoc(texts, imports, directory);
        int ran = 0;
        Map<String, Throwable> failures = new TreeMap<>();
        try (URLClassLoader loader = examples.loader()) {
            for (String name : examples.classes()) {
                Class<?> example = loader.loadClass(name);
                if (Story.class.isAssignableFrom(example)
                        && !NEEDS_AZURE.matcher(name).matches()) {
                    try (Story story = (Story) example.getConstructor().newInstance()) {
                        story.example();
                    } catch (Exception | AssertionError e) {
                        failures.put(name, e);
                    }
                    ran++;
                }
            }
        }
        assertThat(failures).isEmpty();
        assertThat(ran).isGreaterThan(40);
    }

    @Test
    void the_first_page_leads_to_every_package_and_groups_it() throws IOException {
        Set<String> packages = new TreeSet<>();
        PublicApi.types().forEach(type -> packages.add(type.getPackageName()));
        packages.remove("io.daybook.contract"); // in the test jar

        assertThat(packages).hasSizeGreaterThan(10).allSatisfy(name -> {
            assertThat(Samples.read(OVERVIEW)).contains("<li>{@link " + name + "}: ");
            assertThat(Samples.read(ROOT.resolve("pom.xml"))).containsPattern("<packages>(?:.*:)?" + name + "[:<]");
        });
    }

    @Test
    void every_package_shows_an_example() throws IOException {
        assertThat(sources())
                .filteredOn(source -> source.endsWith("package-info.java"))
                .hasSizeGreaterThan(10)
                .allSatisfy(source -> assertThat(Samples.examples(Samples.read(source)))
                        .as(source.toString())
                        .isNotEmpty());
    }

    @Test
    void every_public_type_shows_an_example_or_links_to_one() throws IOException {
        Map<String, String> documentation = new TreeMap<>();
        for (Path source : sources()) {
            String text = Samples.read(source);
            Matcher type = PUBLIC_TYPE.matcher(text);
            if (type.find()) {
                documentation.put(type.group(1), text.substring(text.lastIndexOf("/**", type.start()), type.start()));
            }
        }
        Set<String> shown = new TreeSet<>(documentation.keySet());
        shown.removeIf(type -> Samples.examples(documentation.get(type)).isEmpty());
        Set<String> without = new TreeSet<>(documentation.keySet());
        without.removeIf(type -> shown.contains(type)
                || LINK.matcher(documentation.get(type))
                        .results()
                        .map((MatchResult link) -> link.group(1))
                        .anyMatch(shown::contains));

        assertThat(shown).hasSizeGreaterThan(20);
        assertThat(without).isEmpty();
    }
}
