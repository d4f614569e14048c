package io.daybook.shapes;

import static io.daybook.shapes.CollectionShapes.texts;
import static io.daybook.shapes.ShapeCase.of;

import io.daybook.shapes.CollectionShapes.*;
import io.daybook.shapes.RecordShapes.Point;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.AbstractMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Currency;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.Stack;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.Vector;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** The cases of {@link CollectionShapes}. */
final class CollectionCases {

    private CollectionCases() {}

    private static <T> TreeSet<T> tree(Comparator<? super T> order, List<T> elements) {
        TreeSet<T> set = new TreeSet<>(order);
        set.addAll(elements);
        return set;
    }

    private static <T> TreeMap<T, Integer> treeMap(Comparator<? super T> order, List<T> keys) {
        TreeMap<T, Integer> map = new TreeMap<>(order);
        keys.forEach(key -> map.put(key, 1));
        return map;
    }

    private static <K, V> Map<K, V> pair(K key, V value) {
        Map<K, V> map = new HashMap<>();
        map.put(key, value);
        return map;
    }

    static List<ShapeCase> all() {
        return List.of(
                of(
                        Lists.class,
                        () -> new Lists(
                                List.of(),
                                List.of(1),
                                new ArrayList<>(List.of(Long.MAX_VALUE)),
                                new LinkedList<>(List.of(new Point(1, 2)))),
                        () -> new Lists(RecordShapes.listWithNulls(), Set.of(1), null, null),
                        () -> new Lists(
                                Collections.unmodifiableList(Arrays.asList("a", "b")),
                                new ArrayList<>(Arrays.asList(1, null)),
                                new ArrayList<>(),
                                new LinkedList<>()),
                        () -> new Lists(
                                List.of("a", "b", "c").subList(1, 2),
                                new TreeSet<>(List.of(2, 1)),
                                new ArrayList<>(Arrays.asList((Long) null)),
                                new LinkedList<>(Arrays.asList((Point) null)))),
                of(
                        Queues.class,
                        () -> new Queues(
                                new LinkedList<>(List.of("b", "a")),
                                new ArrayDeque<>(List.of(2, 1)),
                                new ArrayDeque<>(List.of(1L))),
                        () -> new Queues(new ArrayDeque<>(List.of("a")), null, null),
                        () -> new Queues(new PriorityQueue<>(List.of("a", "b", "c")), null, null)),
                of(
                        OldLists.class,
                        () -> new OldLists(
                                new Vector<>(List.of("a")), new Stack<>(), new CopyOnWriteArrayList<>(List.of("a")))),
                of(
                        PriorityQueues.class,
                        () -> new PriorityQueues(new PriorityQueue<>(List.of("c", "a", "b"))),
                        () -> new PriorityQueues(new PriorityQueue<>(Comparator.reverseOrder())),
                        () -> new PriorityQueues(null),
                        () -> {
                            PriorityQueue<String> queue = new PriorityQueue<>(Comparator.reverseOrder());
                            queue.addAll(List.of("a", "b", "c"));
                            return new PriorityQueues(queue);
                        }),
                of(Iterables.class, () -> new Iterables(List.of("a", "b"))),
                of(Iterators.class, () -> new Iterators(List.of("a").iterator())),
                of(Streams.class, () -> new Streams(null)),
                of(
                        Sets.class,
                        () -> new Sets(Set.of("a", "b", "c"), new LinkedHashSet<>(List.of(3, 1, 2))),
                        () -> new Sets(
                                new LinkedHashSet<>(List.of("c", "a", "b")), new LinkedHashSet<>(List.of(1, 2, 3))),
                        () -> new Sets(new TreeSet<>(List.of("b", "a")), null),
                        () -> new Sets(tree(Comparator.reverseOrder(), List.of("a", "b")), null),
                        () -> new Sets(new LinkedHashSet<>(Arrays.asList("a", null)), null),
                        () -> new Sets(
                                new LinkedHashSet<>(List.of("b", "a", "c")), new LinkedHashSet<>(List.of(1, 2, 3)))),
                of(
                        SortedSets.class,
                        () -> new SortedSets(new TreeSet<>(List.of("b", "a")), new TreeSet<>(List.of(2, 1))),
                        () -> new SortedSets(tree(Comparator.reverseOrder(), List.of("a", "b")), null),
                        () -> new SortedSets(tree(String.CASE_INSENSITIVE_ORDER, List.of("a", "B")), null),
                        () -> new SortedSets(
                                new TreeSet<>(), tree(Comparator.<Integer>reverseOrder(), List.<Integer>of())),
                        () -> new SortedSets(tree(String.CASE_INSENSITIVE_ORDER, List.of("a")), null)),
                of(
                        SortedMaps.class,
                        () -> new SortedMaps(
                                new TreeMap<>(Map.of("b", 1, "a", 2)), new TreeMap<>(Map.of(2, "a", 10, "b"))),
                        () -> new SortedMaps(treeMap(Comparator.reverseOrder(), List.of("a", "b")), null),
                        () -> new SortedMaps(treeMap(String.CASE_INSENSITIVE_ORDER, List.of("a", "B")), null),
                        () -> new SortedMaps(treeMap(String.CASE_INSENSITIVE_ORDER, List.of("a")), null),
                        () -> new SortedMaps(treeMap(String.CASE_INSENSITIVE_ORDER, List.of()), null)),
                of(SkipLists.class, () -> new SkipLists(new ConcurrentSkipListMap<>(Map.of("b", 1, "a", 2))), () -> {
                    ConcurrentSkipListMap<String, Integer> map = new ConcurrentSkipListMap<>(Comparator.reverseOrder());
                    map.put("a", 1);
                    map.put("b", 2);
                    return new SkipLists(map);
                }),
                of(
                        ArraySets.class,
                        () -> new ArraySets(
                                Set.of(new BigDecimal("1.0"), new BigDecimal("1.00")),
                                Set.of(List.of(1), List.of(2)),
                                Set.of(new Point(1, 2), new Point(2, 1))),
                        () -> new ArraySets(Set.of(), Set.of(List.of()), null)),
                of(
                        TextKeys.class,
                        () -> new TextKeys(texts(
                                "", "a", " ", "b", "null", "c", "$ref", "d", "@type", "e", "id", "g", "_etag", "h",
                                "a.b/c?#", "i")),
                        () -> new TextKeys(texts("10", "a", "9", "b", "b", "c", "1", "d")),
                        () -> new TextKeys(texts("\ud800", "a")),
                        () -> new TextKeys(texts(null, "a")),
                        () -> new TextKeys(texts("a", null)),
                        () -> new TextKeys(
                                texts("\u00e9", "1", "e\u0301", "2", "\u0000", "3", "😀", "4", "\u2028\"\\", "5")),
                        () -> new TextKeys(texts("k".repeat(10_000), "v")),
                        () -> new TextKeys(Map.of()),
                        () -> new TextKeys(null),
                        () -> new TextKeys(new TreeMap<>(Map.of("b", "1", "a", "2", "10", "3"))),
                        () -> new TextKeys(texts(
                                "constructor", "a", "toString", "b", "hasOwnProperty", "c", "_ts", "d", "_rid", "e"))),
                of(
                        HashMaps.class,
                        () -> new HashMaps(new HashMap<>(Map.of("a", 1)), new ConcurrentHashMap<>(Map.of("b", 1))),
                        () -> new HashMaps(new LinkedHashMap<>(Map.of("a", 1)), null)),
                of(
                        IdentityMaps.class,
                        () -> new IdentityMaps(null),
                        () -> new IdentityMaps(new java.util.IdentityHashMap<>(Map.of("a", 1)))),
                of(
                        WeakMaps.class,
                        () -> new WeakMaps(null),
                        () -> new WeakMaps(new java.util.WeakHashMap<>(Map.of("a", 1)))),
                of(
                        PropertiesMember.class,
                        () -> {
                            java.util.Properties properties = new java.util.Properties();
                            properties.put("a", "b");
                            return new PropertiesMember(properties);
                        },
                        () -> {
                            java.util.Properties defaults = new java.util.Properties();
                            defaults.put("a", "b");
                            return new PropertiesMember(new java.util.Properties(defaults));
                        }),
                of(
                        IntKeys.class,
                        () -> new IntKeys(Map.of(1, "a", -1, "b")),
                        () -> new IntKeys(new TreeMap<>(Map.of(10, "a", 9, "b"))),
                        () -> new IntKeys(pair(null, "a")),
                        () -> {
                            Map<Integer, String> map = new LinkedHashMap<>();
                            map.put(2, "a");
                            map.put(1, "b");
                            return new IntKeys(map);
                        }),
                of(LongKeys.class, () -> new LongKeys(Map.of(Long.MAX_VALUE, "a", Long.MAX_VALUE - 1, "b"))),
                of(
                        DoubleKeys.class,
                        () -> new DoubleKeys(
                                Map.of(0.1, "a", Double.NaN, "b", -0.0, "c", 0.0, "d", 1e300, "e", 1.0, "f"))),
                of(
                        DecimalKeys.class,
                        () -> new DecimalKeys(Map.of(
                                new BigDecimal("1.0"), "a", new BigDecimal("1.00"), "b", new BigDecimal("1E+3"), "c"))),
                of(
                        TruthKeys.class,
                        () -> new TruthKeys(Map.of(true, "a", false, "b"), Map.of('a', "b", '"', "c")),
                        () -> new TruthKeys(null, Map.of('\ud800', "c"))),
                of(
                        UuidKeys.class,
                        () -> new UuidKeys(
                                Map.of(new UUID(1, 2), "a"),
                                Map.of(Currency.getInstance("EUR"), new BigDecimal("1.00")))),
                of(DateKeys.class, () -> new DateKeys(Map.of(LocalDate.MIN, "a", LocalDate.MAX, "b"))),
                of(InstantKeys.class, () -> new InstantKeys(Map.of(Instant.MIN, "a", RecordShapes.AT, "b"))),
                of(OldDateKeys.class, () -> new OldDateKeys(Map.of(new Date(1), "a", new Date(2), "b"))),
                of(
                        LocaleKeys.class,
                        () -> new LocaleKeys(Map.of(
                                Locale.GERMANY, "a", Locale.ROOT, "b", Locale.forLanguageTag("zh-Hant-TW"), "c"))),
                of(
                        ByteKeys.class,
                        () -> new ByteKeys(Map.of()),
                        () -> new ByteKeys(pair(new byte[] {1}, "a")),
                        () -> new ByteKeys(pair(new byte[] {2}, "a"))),
                of(
                        ObjectKeys.class,
                        () -> new ObjectKeys(Map.of("a", "b")),
                        () -> new ObjectKeys(Map.of(1, "b")),
                        () -> new ObjectKeys(Map.of(new Point(1, 2), "b"))),
                of(
                        ZoneKeys.class,
                        () -> new ZoneKeys(Map.of(
                                java.time.ZonedDateTime.of(
                                                2026, 10, 25, 2, 30, 0, 7, java.time.ZoneId.of("Europe/Berlin"))
                                        .withLaterOffsetAtOverlap(),
                                "a"))),
                of(
                        NestedMaps.class,
                        () -> new NestedMaps(Map.of("a", Map.of(1, List.of(Map.of("b", new Point(1, 2)))))),
                        () -> new NestedMaps(pair("a", pair(1, null)))),
                of(
                        Entries.class,
                        () -> new Entries(Map.entry("a", 1), List.of(Map.entry("", new Point(1, 2)))),
                        () -> new Entries(new AbstractMap.SimpleEntry<>("x", null), null),
                        () -> new Entries(new AbstractMap.SimpleEntry<>("null", null), null)),
                of(SimpleEntries.class, () -> new SimpleEntries(new AbstractMap.SimpleEntry<>("a", 1))),
                of(
                        RawCollections.class,
                        () -> new RawCollections(List.of("a", 1), Map.of("a", 1)),
                        () -> new RawCollections(List.of(1L), Map.of(1, 2)),
                        () -> new RawCollections(List.of(new Point(1, 2)), Map.of())),
                of(
                        WildNumbers.class,
                        () -> new WildNumbers(List.of(1, new BigDecimal("1.5"))),
                        () -> new WildNumbers(List.of(1L)),
                        () -> new WildNumbers(List.of(1.5))),
                of(TaggedList.class, () -> new TaggedList(Tagged.of("a"))),
                of(OwnList.class, () -> OwnList.of("a", "b"), () -> OwnList.of()),
                of(MapTop.class, () -> MapTop.of("a", "b"), () -> MapTop.of("10", null)),
                of(ListTop.class, ListTop::new));
    }
}
