package io.daybook.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * What the documentation shows, as files: those of a page, each of which begins with a comment that names it, or the examples of
 * the javadoc.
 */
final class Samples {

    static final Path ROOT = Path.of("..");

    /** The page whose project the other chapters add to. */
    static final Path FIRST_CHAPTER = ROOT.resolve("docs/guide/first-aggregate.md");

    private static final Pattern BLOCK =
            Pattern.compile("^```(java|xml)\\R(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern NAMED = Pattern.compile("\\A(?://|<!--) ([\\w/.-]+\\.(?:java|xml))( -->)?\\R");
    private static final Pattern PACKAGE = Pattern.compile("^package ([\\w.]+);", Pattern.MULTILINE);
    private static final Pattern EXAMPLE =
            Pattern.compile("<pre>\\{@code\\R?(.*?)\\R?(?: *\\* )?}</pre>", Pattern.DOTALL);
    private static final Pattern TYPE = Pattern.compile("\\A(?:@\\w|public |final |class |record )");
    private static final List<String> MICRONAUT = List.of(
            "io.micronaut.annotation.processing.TypeElementVisitorProcessor",
            "io.micronaut.annotation.processing.BeanDefinitionInjectProcessor");

    private final Map<String, String> files = new LinkedHashMap<>();
    private final List<String> classes = new ArrayList<>();
    private final Path target;

    private Samples(Path target) {
        this.target = target;
    }

    /** Whether the page has Java samples that are whole files. */
    static boolean areOn(Path page) {
        return !javaBlocks(page, true).isEmpty();
    }

    /** The Java samples of a page that name their file, or those that don't. */
    static List<String> javaBlocks(Path page, boolean named) {
        return BLOCK.matcher(read(page))
                .results()
                .filter(block -> block.group(1).equals("java"))
                .map(block -> block.group(2))
                .filter(block -> NAMED.matcher(block).find() == named)
                .toList();
    }

    /** Writes the named files of a page into a folder. */
    static Samples write(Path page, Path target) {
        Samples samples = new Samples(target);
        samples.add(page);
        return samples;
    }

    /** Compiles the Java files of a page, those of a chapter of the guide together with those of its first chapter. */
    static Samples compile(Path page, Path target) throws IOException {
        Samples samples = write(page, target);
        List<String> own = List.copyOf(samples.classes);
        if (page.getParent().endsWith("guide") && !page.equals(FIRST_CHAPTER)) {
            samples.add(FIRST_CHAPTER);
        }
        samples.compile();
        samples.classes.retainAll(own);
        return samples;
    }

    /**
     * Compiles the examples of the javadoc, each on its own: types as members of an interface, statements as those of a method,
     * among what {@link Story} has.
     *
     * @param imports what the examples import, such as {@code java.time.*}
     */
    static Samples compileJavadoc(List<Path> sources, List<String> imports, Path target) throws IOException {
        Samples samples = new Samples(target);
        for (Path source : sources) {
            int number = 1;
            for (String example : examples(read(source))) {
                samples.addExample(source, number++, example, imports);
            }
        }
        samples.compile();
        return samples;
    }

    /** The examples in a text with javadoc. */
    static List<String> examples(String text) {
        return EXAMPLE.matcher(text)
                .results()
                .map(example -> example.group(1).replaceAll("(?m)^ *\\* ?", ""))
                .toList();
    }

    private void addExample(Path source, int number, String example, List<String> imports) {
        String path = ROOT.relativize(source).toString().replaceAll("^.*/java/|\\.\\w+$", "");
        String name = path.replaceAll("\\W+", "_") + "_" + number;
        String format = TYPE.matcher(example).find()
                ? "interface %s {%n%s%n}%n"
                : "public final class %s extends Story {%npublic void example() throws Exception {%n%s%n}%n}%n";
        String imported =
                imports.stream().map(types -> "import " + types + ";%n").collect(Collectors.joining());
        add(name + ".java", String.format(imported + format, name, example));
    }

    private void add(Path page) {
        Matcher block = BLOCK.matcher(read(page));
        while (block.find()) {
            Matcher named = NAMED.matcher(block.group(2));
            if (named.find()) {
                add(named.group(1), block.group(2));
            }
        }
    }

    private void add(String path, String text) {
        assertThat(files.put(path, text)).as("another file named " + path).isNull();
        if (path.endsWith(".java")) {
            String name = Path.of(path).getFileName().toString().replace(".java", "");
            Matcher inPackage = PACKAGE.matcher(text);
            classes.add(inPackage.find() ? inPackage.group(1) + "." + name : name);
        }
        try {
            Path file = target.resolve(path);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text, UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void compile() throws IOException {
        List<Path> sources = files.keySet().stream()
                .filter(path -> path.endsWith(".java"))
                .map(target::resolve)
                .toList();
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> options = new ArrayList<>(List.of(
                "-d",
                target.toString(),
                "-cp",
                classPath,
                "--release",
                "17",
                "-Xlint:all,-path,-processing",
                "-Werror"));
        if (files.values().stream().anyMatch(text -> text.contains("import io.micronaut."))) {
            options.addAll(List.of("-processor", String.join(",", MICRONAUT)));
        } else {
            options.add("-proc:none");
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, UTF_8)) {
            boolean compiled = compiler.getTask(
                            messages, manager, null, options, null, manager.getJavaFileObjectsFromPaths(sources))
                    .call();
            assertThat(compiled).as(messages.toString()).isTrue();
        }
    }

    /** The names of the page's own classes. */
    List<String> classes() {
        return classes;
    }

    URLClassLoader loader() throws IOException {
        return new URLClassLoader(
                new URL[] {target.toUri().toURL()}, Thread.currentThread().getContextClassLoader());
    }

    static String read(Path page) {
        try {
            return Files.readString(page);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
