package io.daybook.shapes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * All shapes that are tried, and the result of each: the table {@code shapes.txt} has a line for each shape with the verdicts on its
 * use as an event, a command and the state of a snapshot.
 */
public final class ShapeHunt {

    private static final Map<String, String[]> EXPECTED = read();

    private ShapeHunt() {}

    /**
     * {@return the shapes}
     */
    public static List<ShapeCase> all() {
        return Stream.of(
                        RecordCases.all(),
                        PojoCases.all(),
                        PolymorphicCases.all(),
                        MemberCases.all(),
                        CollectionCases.all(),
                        MapperCases.all())
                .flatMap(List::stream)
                .toList();
    }

    public static String expectedOfEvent(ShapeCase shape) {
        return expected(shape, 1);
    }

    public static String expectedOfCommand(ShapeCase shape) {
        return expected(shape, 2);
    }

    public static String expectedOfState(ShapeCase shape) {
        return expected(shape, 3);
    }

    private static String expected(ShapeCase shape, int column) {
        return Objects.requireNonNull(EXPECTED.get(shape.name()), () -> "no line for " + shape)[column].trim();
    }

    private static Map<String, String[]> read() {
        Map<String, String[]> table = new HashMap<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(ShapeHunt.class.getResourceAsStream("shapes.txt"), StandardCharsets.UTF_8))) {
            lines.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
                String[] columns = line.split("\\|");
                table.put(columns[0].trim(), columns);
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return table;
    }
}
