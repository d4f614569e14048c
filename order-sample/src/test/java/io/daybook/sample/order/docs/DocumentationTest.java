package io.daybook.sample.order.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compiles and runs what the documentation shows. Each Java sample begins with the name of its file, {@code // Tour.java};
 * the files of one page are compiled together, without a warning, and every main method is run. It is here because only the
 * sample sees all modules.
 */
class DocumentationTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern SAMPLE = Pattern.compile("^```java\\R(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern NAMED = Pattern.compile("\\A// (\\w+)\\.java\\R");
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#\\s]+)(#[^)]*)?\\)");

    @TempDir
    private Path directory;

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"));
                Stream<Path> top = Files.list(ROOT)) {
            return Stream.concat(top, docs)
                    .filter(path -> path.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    @TestFactory
    Stream<DynamicTest> every_sample_compiles_and_runs() throws IOException {
        return pages().stream()
                .filter(page -> SAMPLE.matcher(read(page)).find())
                .map(page -> DynamicTest.dynamicTest(page.toString(), () -> compileAndRun(page)));
    }

    @Test
    void the_tour_is_short() {
        Matcher sample = SAMPLE.matcher(read(ROOT.resolve("README.md")));
        assertThat(sample.find()).isTrue();
        long lines = sample.group(1)
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("import") && !line.startsWith("//"))
                .count();
        assertThat(lines).isLessThanOrEqualTo(40);
    }

    @Test
    void every_link_between_pages_leads_somewhere() throws IOException {
        for (Path page : pages()) {
            Matcher link = LINK.matcher(read(page));
            while (link.find()) {
                assertThat(page.resolveSibling(link.group(1)))
                        .as("a link of " + page)
                        .exists();
            }
        }
    }

    private static String read(Path page) {
        try {
            return Files.readString(page);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void compileAndRun(Path page) throws Exception {
        List<String> classes = new ArrayList<>();
        try (URLClassLoader loader = compile(page, Files.createTempDirectory(directory, "page"), classes)) {
            for (String name : classes) {
                for (Method method : loader.loadClass(name).getDeclaredMethods()) {
                    if (method.getName().equals("main")) {
                        method.setAccessible(true);
                        method.invoke(null, (Object) new String[0]);
                    }
                }
            }
        }
    }

    /** Compiles all samples of a page, and adds the names of their classes. */
    static URLClassLoader compile(Path page, Path target, List<String> classes) throws IOException {
        List<Path> sources = new ArrayList<>();
        Matcher sample = SAMPLE.matcher(read(page));
        while (sample.find()) {
            Matcher named = NAMED.matcher(sample.group(1));
            assertThat(named.find())
                    .as("a sample of %s begins with its file's name", page)
                    .isTrue();
            classes.add(named.group(1));
            sources.add(Files.writeString(target.resolve(named.group(1) + ".java"), sample.group(1), UTF_8));
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, UTF_8)) {
            String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
            List<String> options = List.of(
                    "-d",
                    target.toString(),
                    "-cp",
                    classPath,
                    "-proc:none",
                    "--release",
                    "17",
                    "-Xlint:all,-path",
                    "-Werror");
            boolean compiled = compiler.getTask(
                            messages, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
                    .call();
            assertThat(compiled).as(messages.toString()).isTrue();
        }
        return new URLClassLoader(
                new URL[] {target.toUri().toURL()}, Thread.currentThread().getContextClassLoader());
    }
}
