package io.daybook.docs;

import static io.daybook.docs.Samples.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Looks for the phrases of {@code docs/prose.txt} in what readers read. To check Java sources as well, add their folders to
 * {@link #ROOTS}: of those only comments and string literals are read.
 */
class ProseTest {

    private static final Path LIST = ROOT.resolve("docs/prose.txt");
    private static final List<String> ROOTS = List.of(
            "README.md",
            "CHANGELOG.md",
            "CONTRIBUTING.md",
            "SECURITY.md",
            "docs",
            "order-sample/README.md",
            "order-sample/src/main/resources");
    private static final Set<String> READ = Set.of("md", "html", "yaml", "java", "js");
    private static final int MAX_ALLOWED = 40;

    private static final Pattern CODE_BLOCK = Pattern.compile("^```.*?^```", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern FENCE = Pattern.compile("\\s*```[a-z-]*");
    private static final Pattern COMMENT_OR_STRING =
            Pattern.compile("/\\*.*?\\*/|//[^\\n]*|\"(?:\\\\.|[^\"\\\\\\n])*\"", Pattern.DOTALL);

    private record Phrase(Pattern pattern, String better) {}

    /** A proper use of a phrase. */
    private record Allowed(String file, String text) {}

    private final List<Phrase> phrases = new ArrayList<>();
    private final Set<Allowed> allowed = new LinkedHashSet<>();
    private final Set<String> skipped = new LinkedHashSet<>();

    ProseTest() {
        for (String line : Samples.read(LIST).lines().toList()) {
            if (line.startsWith("skip ")) {
                skipped.add(line.substring("skip ".length()));
            } else if (line.startsWith("allow ")) {
                int colon = line.indexOf(": ");
                allowed.add(new Allowed(line.substring("allow ".length(), colon), line.substring(colon + 2)));
            } else if (!line.isBlank() && !line.startsWith("#")) {
                int arrow = line.indexOf(" => ");
                phrases.add(new Phrase(
                        Pattern.compile(line.substring(0, arrow), Pattern.CASE_INSENSITIVE),
                        line.substring(arrow + 4)));
            }
        }
    }

    @Test
    void no_listed_phrase_is_used() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : files()) {
            String name = ROOT.relativize(file).toString().replace('\\', '/');
            if (skipped.contains(name)) {
                continue;
            }
            String prose = prose(name, Samples.read(file));
            for (Allowed use : allowed) {
                prose = use.file().equals(name) ? prose.replace(use.text(), "") : prose;
            }
            found.addAll(uses(name, prose));
        }
        assertThat(found).isEmpty();
    }

    @Test
    void allows_few_uses_and_only_those_that_exist() {
        assertThat(allowed).hasSizeLessThanOrEqualTo(MAX_ALLOWED);
        assertThat(allowed).allSatisfy(use -> {
            assertThat(Samples.read(ROOT.resolve(use.file()))).contains(use.text());
            assertThat(uses(use.file(), use.text())).isNotEmpty();
        });
    }

    @Test
    void code_fences_stand_alone_on_their_lines() throws IOException {
        Map<String, List<String>> wrong = new TreeMap<>();
        for (Path file : files()) {
            List<String> lines = Samples.read(file)
                    .lines()
                    .filter(line -> line.contains("```") && !FENCE.matcher(line).matches())
                    .toList();
            if (!lines.isEmpty() && file.toString().endsWith(".md")) {
                wrong.put(ROOT.relativize(file).toString(), lines);
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void finds_phrases_in_markdown_outside_of_code() {
        String page = "First line.\n```java\n// handed on\n```\nThe feed hands\non events.\n";
        assertThat(uses("page.md", prose("page.md", page))).containsExactly("page.md:5: \"hands on\": deliver");
    }

    @Test
    void finds_phrases_in_comments_and_strings_of_java_only() {
        String source = "/** Sees to it. */\nint anew = 1; // mended\nString s = \"for want of time\";\n";
        assertThat(uses("A.java", prose("A.java", source)))
                .extracting(use -> use.replaceAll("(?s): \".*", ""))
                .containsExactlyInAnyOrder("A.java:1", "A.java:2", "A.java:3");
    }

    private static List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String root : ROOTS) {
            try (Stream<Path> below = Files.walk(ROOT.resolve(root))) {
                below.filter(Files::isRegularFile)
                        .filter(path -> !path.startsWith(ROOT.resolve("docs/src"))
                                && !path.startsWith(ROOT.resolve("docs/target")))
                        .filter(path -> READ.contains(path.toString().replaceAll("^.*\\.", "")))
                        .sorted()
                        .forEach(files::add);
            }
        }
        assertThat(files).hasSizeGreaterThan(30);
        return files;
    }

    /** The text that a reader reads, with the line breaks of the file. */
    private static String prose(String name, String text) {
        if (name.endsWith(".md")) {
            return CODE_BLOCK.matcher(text).replaceAll(block -> "\n".repeat(lines(block.group())));
        }
        if (!name.endsWith(".java") && !name.endsWith(".js")) {
            return text;
        }
        StringBuilder prose = new StringBuilder();
        int last = 0;
        for (MatchResult part : COMMENT_OR_STRING.matcher(text).results().toList()) {
            prose.append("\n".repeat(lines(text.substring(last, part.start()))))
                    .append(' ')
                    .append(part.group());
            last = part.end();
        }
        return prose.toString();
    }

    private List<String> uses(String name, String prose) {
        String oneSpace = prose.replace('\n', ' '); // a phrase may be broken over two lines
        return phrases.stream()
                .flatMap(phrase -> phrase.pattern()
                        .matcher(oneSpace)
                        .results()
                        .map(use -> name + ":" + (lines(prose.substring(0, use.start())) + 1) + ": \"" + use.group()
                                + "\": " + phrase.better()))
                .collect(Collectors.toList());
    }

    private static int lines(String text) {
        return (int) text.chars().filter(c -> c == '\n').count();
    }
}
