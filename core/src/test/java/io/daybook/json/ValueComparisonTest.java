package io.daybook.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Currency;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ValueComparisonTest {

    record Point(int x, int y) {}

    record Line(List<Point> points, @Nullable String name) {}

    /** Claims to be equal to every other. */
    record Sociable(String text) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Sociable;
        }

        @Override
        public int hashCode() {
            return 1;
        }
    }

    enum Color {
        RED {
            @Override
            String hex() {
                return "f00";
            }
        },
        BLUE;

        String hex() {
            return "00f";
        }
    }

    static class Entity {
        final String id;
        int total;
        transient int cached;

        Entity(String id, int total) {
            this.id = id;
            this.total = total;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Entity entity && entity.id.equals(id);
        }

        @Override
        public int hashCode() {
            return id.hashCode();
        }
    }

    static final class Special extends Entity {
        Special(String id, int total) {
            super(id, total);
        }
    }

    static final class Node {
        final List<Node> children = new ArrayList<>();
        final @Nullable Node parent;
        int value;

        Node(@Nullable Node parent, int value) {
            this.parent = parent;
            this.value = value;
        }

        Node child(int childValue) {
            Node child = new Node(this, childValue);
            children.add(child);
            return child;
        }
    }

    static final class Service {
        final ReentrantLock lock = new ReentrantLock();
        final Supplier<String> ids;
        final AtomicInteger calls = new AtomicInteger();
        final StringBuilder text = new StringBuilder("a");
        final Pattern pattern = Pattern.compile("a+");

        Service(String id) {
            ids = () -> id;
        }
    }

    private static @Nullable String content(@Nullable Object expected, @Nullable Object actual) {
        return ValueComparison.ofContent().difference(expected, actual);
    }

    private static @Nullable String state(@Nullable Object expected, @Nullable Object actual) {
        return ValueComparison.ofState(Object.class).difference(expected, actual);
    }

    @Test
    void names_path_of_first_difference() {
        Line line = new Line(List.of(new Point(1, 2), new Point(3, 4)), "a");
        assertThat(content(line, new Line(List.of(new Point(1, 2), new Point(3, 4)), "a")))
                .isNull();
        assertThat(content(line, new Line(List.of(new Point(1, 2), new Point(3, 5)), "a")))
                .isEqualTo("points[1].y");
        assertThat(content(line, new Line(List.of(new Point(1, 2)), "a"))).isEqualTo("points");
        assertThat(content(line, new Line(new ArrayList<>(line.points()), null)))
                .isEqualTo("name");
        assertThat(content(Map.of("k", line), Map.of("k", new Line(line.points(), "b"))))
                .isEqualTo("*.name");
        assertThat(content("a", "b")).isEmpty();
        assertThat(content(null, "b")).isEmpty();
        assertThat(content("a", null)).isEmpty();
    }

    @Test
    void compares_by_component_whatever_equals_says() {
        assertThat(content(new Sociable("a"), new Sociable("b"))).isEqualTo("text");
        assertThat(content(new Entity("1", 5), new Entity("1", 0))).isEqualTo("total");
        assertThat(content(Set.of(new Entity("1", 5)), Set.of(new Entity("1", 0))))
                .isEqualTo("[*]");
        assertThat(content(Map.of("a", new Entity("1", 5)), Map.of("a", new Entity("1", 0))))
                .isEqualTo("*.total");
        assertThat(content(Map.of(new Sociable("a"), 1), Map.of(new Sociable("b"), 1)))
                .isEqualTo("*");
        assertThat(content(new Special("1", 5), new Special("1", 0))).isEqualTo("total");
        assertThat(content(new Entity("1", 5), new Special("1", 5))).isEmpty();
    }

    @Test
    void leaves_out_transient_fields() {
        Entity cached = new Entity("1", 5);
        cached.cached = 7;
        assertThat(content(cached, new Entity("1", 5))).isNull();
    }

    @Test
    void takes_equal_collections_of_other_classes_for_equal() {
        assertThat(content(List.of(1, 2), new ArrayList<>(List.of(1, 2)))).isNull();
        assertThat(content(Arrays.asList(1, null), new ArrayList<>(Arrays.asList(1, null))))
                .isNull();
        assertThat(content(new TreeSet<>(Set.of("b", "a")), new HashSet<>(Set.of("a", "b"))))
                .isNull();
        assertThat(content(Map.of("a", 1), new LinkedHashMap<>(Map.of("a", 1)))).isNull();
        assertThat(content(Map.of(Color.RED, List.of(1)), new HashMap<>(Map.of(Color.RED, List.of(1)))))
                .isNull();
        assertThat(content(new HashSet<>(Arrays.asList(null, "a")), new LinkedHashSet<>(Arrays.asList("a", null))))
                .isNull();
        assertThat(content(List.of(1, 2), List.of(2, 1))).isEqualTo("[0]");
        assertThat(content(Set.of("a"), Set.of("b"))).isEqualTo("[*]");
        assertThat(content(Map.of("a", 1), Map.of("b", 1))).isEqualTo("*");
        Map<String, Integer> withNull = new HashMap<>();
        withNull.put("a", null);
        assertThat(content(withNull, Map.of("b", 1))).isEqualTo("*");
    }

    @Test
    void compares_arrays_by_element() {
        assertThat(content(new int[] {1, 2}, new int[] {1, 2})).isNull();
        assertThat(content(new int[] {1, 2}, new int[] {1, 3})).isEqualTo("[1]");
        assertThat(content(new Point[][] {{new Point(1, 1)}}, new Point[][] {{new Point(1, 2)}}))
                .isEqualTo("[0][0].y");
        assertThat(content(new byte[] {1}, new byte[] {1, 2})).isEmpty();
        assertThat(content(new int[] {1}, new long[] {1})).isEmpty();
    }

    @Test
    void compares_values_of_the_jdk_exactly() {
        assertThat(content(new BigDecimal("1.0"), new BigDecimal("1.00"))).isEmpty();
        assertThat(content(Double.NaN, Double.NaN)).isNull();
        assertThat(content(0.0, -0.0)).isEmpty();
        assertThat(content(5L, 5)).isEmpty();
        assertThat(content(Instant.ofEpochSecond(1, 1), Instant.ofEpochSecond(1)))
                .isEmpty();
        assertThat(content(Currency.getInstance("EUR"), Currency.getInstance("USD")))
                .isEmpty();
        assertThat(content(Color.RED, Color.BLUE)).isEmpty();
        assertThat(content(Optional.of(new Point(1, 1)), Optional.of(new Point(1, 2))))
                .isEqualTo("y");
        assertThat(content(Optional.of(1), Optional.empty())).isEmpty();
        assertThat(content(new AtomicReference<>(1), new AtomicReference<>(2))).isEmpty();
        assertThat(content(new StringBuilder("a"), new StringBuilder("a"))).isNull();
    }

    @Test
    void compares_json_trees_by_the_value_of_numbers() {
        JsonNodeFactory json = JsonNodeFactory.instance;
        JsonNode written = json.objectNode()
                .put("a", 5L)
                .put("b", 1.5)
                .put("c", new byte[] {1, 2})
                .putNull("d");
        assertThat(content(
                        written,
                        json.objectNode()
                                .put("a", 5)
                                .put("b", new BigDecimal("1.5"))
                                .put("c", "AQI=")
                                .putNull("d")))
                .isNull();
        assertThat(content(written, json.objectNode().put("a", 6))).isEmpty();
        assertThat(content(json.numberNode(1), json.textNode("1"))).isEmpty();
        assertThat(content(json.numberNode(Double.NaN), json.numberNode(1))).isEmpty();
    }

    @Test
    void compares_cycles_and_wide_trees() {
        Node expected = new Node(null, 0);
        Node actual = new Node(null, 0);
        for (Node root : List.of(expected, actual)) {
            for (int i = 0; i < 30; i++) {
                Node child = root.child(i);
                for (int j = 0; j < 30; j++) {
                    child.child(j).child(j);
                }
            }
        }
        assertThat(state(expected, actual)).isNull();
        actual.children.get(29).children.get(29).children.get(0).value = -1;
        assertThat(state(expected, actual)).isEqualTo("children[29].children[29].children[0].value");
    }

    @Test
    void ignores_members_without_state_in_memory_only() {
        Service service = new Service("a");
        assertThat(state(service, new Service("b"))).isNull();
        service.calls.set(1);
        assertThat(state(service, new Service("b"))).isEqualTo("calls");
        service.calls.set(0);
        service.text.append("b");
        assertThat(state(service, new Service("a"))).isEqualTo("text");
        assertThat(content(new ReentrantLock(), new ReentrantLock())).isEmpty();
    }

    @Test
    void counts_order_of_linked_and_sorted_collections_as_state() {
        Map<String, Integer> linked = new LinkedHashMap<>();
        linked.put("b", 1);
        linked.put("a", 2);
        Map<String, Integer> sorted = new TreeMap<>(linked);
        assertThat(state(linked, sorted)).isEqualTo("*");
        assertThat(content(linked, sorted)).isNull();
        TreeSet<String> backwards = new TreeSet<>(Comparator.reverseOrder());
        backwards.addAll(List.of("a", "b"));
        assertThat(state(backwards, new LinkedHashSet<>(List.of("a", "b")))).isEqualTo("[0]");
        assertThat(state(Set.of("a", "b"), new LinkedHashSet<>(List.of("b", "a"))))
                .isNull();
    }

    @Test
    void leaves_out_fields_of_the_base_class() {
        assertThat(ValueComparison.ofState(Entity.class).difference(new Special("1", 1), new Special("2", 2)))
                .isNull();
    }
}
