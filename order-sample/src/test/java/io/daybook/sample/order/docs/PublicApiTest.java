package io.daybook.sample.order.docs;

import static io.daybook.sample.order.docs.Samples.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Keeps docs/public-api.md in step with the compiled classes, so that nothing becomes public without a reason. */
class PublicApiTest {

    private static final String PAGE = "docs/public-api.md";
    private static final Pattern LINE =
            Pattern.compile("^(?:## `([\\w.]+)`|\\| `([\\w.]+)` \\| (.*?) \\| (.*?) \\|)$", Pattern.MULTILINE);

    /** What the page has, or should have, on a type. */
    private record Row(String type, String members) {
        static Row of(Class<?> type) {
            List<String> members = PublicApi.members(type);
            return new Row(
                    type.getPackageName() + " " + PublicApi.name(type),
                    members.isEmpty()
                            ? "–"
                            : members.stream().map(name -> "`" + name + "`").collect(Collectors.joining(" ")));
        }

        @Override
        public String toString() {
            return "under " + type.replaceAll(" .*", "") + ": | `" + type.replaceAll(".* ", "") + "` | " + members
                    + " | … |";
        }
    }

    private final Map<Row, String> reasons = new LinkedHashMap<>();

    private void readPage() {
        Matcher line = LINE.matcher(Samples.read(ROOT.resolve(PAGE)));
        String inPackage = "";
        while (line.find()) {
            if (line.group(1) != null) {
                inPackage = line.group(1);
            } else {
                Row row = new Row(inPackage + " " + line.group(2), line.group(3));
                assertThat(reasons.put(row, line.group(4)))
                        .as("another row on %s", row.type())
                        .isNull();
            }
        }
    }

    @Test
    void the_page_lists_every_public_type_and_member_and_no_other() throws IOException {
        readPage();
        List<Row> actual = PublicApi.types().stream().map(Row::of).toList();
        List<Row> missing = new ArrayList<>(actual);
        missing.removeAll(reasons.keySet());
        List<Row> inVain = new ArrayList<>(reasons.keySet());
        inVain.removeAll(actual);

        assertThat(missing)
                .as("add to %s, with a reason each, or make it package-private%n%s%n", PAGE, lines(missing))
                .isEmpty();
        assertThat(inVain)
                .as("remove from %s, it is not so any more%n%s%n", PAGE, lines(inVain))
                .isEmpty();
    }

    @Test
    void everything_has_a_reason() {
        readPage();
        assertThat(reasons.values()).noneMatch(reason -> reason.isBlank() || reason.equals("…"));
    }

    @Test
    void the_packages_stand_in_the_order_of_the_alphabet() {
        readPage();
        List<String> types = reasons.keySet().stream().map(Row::type).toList();
        assertThat(types).containsExactlyElementsOf(new TreeSet<>(types));
    }

    private static String lines(List<Row> rows) {
        return rows.stream().map(Row::toString).collect(Collectors.joining("\n"));
    }
}
