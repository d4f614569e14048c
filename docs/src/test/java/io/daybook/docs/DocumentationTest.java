package io.daybook.docs;

import static io.daybook.docs.Samples.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * Compiles and runs the samples of the documentation. A Java sample that begins with the path of its file, such as
 * {@code // src/main/java/Bank.java}, is a whole file. The files of one page are compiled together without warnings, those of a
 * chapter of the guide with those of its first chapter. Every main method and every test is run; {@link LocalKitIT} runs those that
 * need a test server. Samples without a path are
 * excerpts of those files. This module depends on all others.
 */
class DocumentationTest {

    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#\\s]*)(#[^)]*)?\\)");
    private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT|Contract))\\.([a-z]\\w*)`");
    private static final Pattern METER = Pattern.compile("\"(daybook\\.[a-z.]+)\"");
    private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);

    @TempDir
    private Path directory;

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"));
                Stream<Path> top = Files.list(ROOT)) {
            return Stream.concat(Stream.of(ROOT.resolve("order-sample/README.md")), Stream.concat(top, docs))
                    .filter(path -> path.toString().endsWith(".md"))
                    .filter(path -> !path.startsWith(ROOT.resolve("docs/target")))
                    .sorted()
                    .toList();
        }
    }

    @TestFactory
    Stream<DynamicTest> every_sample_compiles_and_runs() throws IOException {
        return pages().stream()
                .filter(Samples::areOn)
                .map(page -> DynamicTest.dynamicTest(page.toString(), () -> compileAndRun(page)));
    }

    @Test
    void the_readme_shows_ten_lines_of_code_at_most() {
        List<String> samples = Samples.javaBlocks(ROOT.resolve("README.md"), false);
        assertThat(samples).hasSize(1);
        assertThat(code(samples.get(0)).filter(line -> !line.isEmpty())).hasSizeBetween(5, 10);
    }

    @Test
    void every_sample_without_a_file_name_is_an_excerpt_of_one_with_it() throws IOException {
        List<String> files = new ArrayList<>();
        for (Path page : pages()) {
            Samples.javaBlocks(page, true).forEach(file -> files.add(normalized(file)));
        }
        for (Path page : pages()) {
            for (String sample : Samples.javaBlocks(page, false)) {
                for (String part : normalized(sample).split("\n{2,}")) {
                    assertThat(files)
                            .as("files with the lines%n%s%nof %s", part, page)
                            .anyMatch(file -> file.contains(part));
                }
            }
        }
    }

    /** The lines of code, with blank lines, without indentation and without lines that are comments. */
    private static Stream<String> code(String sample) {
        return sample.lines().map(String::strip).filter(line -> !line.startsWith("//"));
    }

    private static String normalized(String sample) {
        return code(sample).collect(Collectors.joining("\n")).strip();
    }

    @Test
    void every_link_between_pages_leads_somewhere() throws IOException {
        for (Path page : pages()) {
            Matcher link = LINK.matcher(Samples.read(page));
            while (link.find()) {
                Path target = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
                assertThat(target).as("a link of " + page).exists();
                if (link.group(2) != null && target.toString().endsWith(".md")) {
                    assertThat(anchors(target)).as("a link of " + page).contains(link.group(2));
                }
            }
        }
    }

    @Test
    void every_test_that_a_page_names_exists() throws IOException {
        Map<String, String> tests = sources("src/test/java").stream()
                .collect(Collectors.toMap(
                        path -> path.getFileName().toString().replace(".java", ""),
                        Samples::read,
                        (one, other) -> one + other));
        for (Path page : pages()) {
            Matcher named = TEST.matcher(Samples.read(page));
            while (named.find()) {
                assertThat(tests.getOrDefault(named.group(1), ""))
                        .as(page + " names " + named.group())
                        .contains("void " + named.group(2) + "(");
            }
        }
    }

    @Test
    void the_chapter_on_metrics_has_every_meter() throws IOException {
        // The test servers have no meters, but a system property whose name looks like one.
        List<String> meters = sources("src/main/java").stream()
                .filter(source -> !source.toString().contains("test-server"))
                .flatMap(source -> METER.matcher(Samples.read(source)).results())
                .map(meter -> "| `" + meter.group(1) + "` |")
                .toList();
        assertThat(meters).hasSizeGreaterThan(10);
        assertThat(Samples.read(ROOT.resolve("docs/guide/metrics.md"))).contains(meters);
    }

    @Test
    void the_page_on_scaling_shows_what_its_model_prints() throws Exception {
        Process model = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        ROOT.resolve("core/benchmarks/ScalingPlan.java").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        model.getOutputStream().close();
        String printed = new String(model.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(model.waitFor()).as(printed).isZero();
        assertThat(printed).contains("100,000");
        assertThat(Samples.read(ROOT.resolve("docs/scaling.md")))
                .contains(printed.replace("\r\n", "\n").strip());
    }

    private static List<Path> sources(String folder) throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String module : List.of(
                "core",
                "cosmos-store",
                "cosmos-store/test-server",
                "servicebus-publisher",
                "servicebus-publisher/test-server",
                "order-sample",
                "docs")) {
            Path root = ROOT.resolve(module).resolve(folder);
            if (!Files.exists(root)) {
                continue;
            }
            try (Stream<Path> files = Files.walk(root)) {
                files.filter(path -> path.toString().endsWith(".java")).forEach(sources::add);
            }
        }
        return sources;
    }

    /** As the usual renderers make them: in small letters, without punctuation, with dashes for spaces. */
    private static List<String> anchors(Path page) {
        return HEADING.matcher(Samples.read(page))
                .results()
                .map(heading -> "#"
                        + heading.group(1)
                                .toLowerCase(Locale.ROOT)
                                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                                .replace(' ', '-'))
                .toList();
    }

    private void compileAndRun(Path page) throws Exception {
        Samples samples = Samples.compile(page, Files.createTempDirectory(directory, "page"));
        if (page.endsWith(LocalKitIT.PAGE)) {
            return; // its programs start servers
        }
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader = samples.loader()) {
            thread.setContextClassLoader(loader); // where frameworks look for the classes of an application
            for (String name : samples.classes()) {
                Class<?> type = loader.loadClass(name);
                for (Method method : type.getDeclaredMethods()) {
                    if (method.getName().equals("main")) {
                        method.setAccessible(true);
                        method.invoke(null, (Object) new String[0]);
                    }
                }
                if (name.endsWith("Test")) {
                    runTests(type);
                }
            }
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static void runTests(Class<?> type) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClass(type))
                                .build(),
                        listener);
        TestExecutionSummary summary = listener.getSummary();
        StringWriter failures = new StringWriter();
        summary.printFailuresTo(new PrintWriter(failures));
        assertThat(summary.getTotalFailureCount()).as(failures.toString()).isZero();
        assertThat(summary.getTestsSucceededCount())
                .as("tests of " + type.getName())
                .isPositive();
    }
}
