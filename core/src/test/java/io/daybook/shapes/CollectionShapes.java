package io.daybook.shapes;

import io.daybook.event.EventType;
import io.daybook.shapes.RecordShapes.Point;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.AbstractMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Currency;
import java.util.Date;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.PriorityQueue;
import java.util.Properties;
import java.util.Queue;
import java.util.Set;
import java.util.SortedSet;
import java.util.Stack;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.Vector;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** Members that are collections and maps. */
final class CollectionShapes {

    private CollectionShapes() {}

    @EventType("Lists")
    record Lists(List<String> list, Collection<Integer> collection, ArrayList<Long> array, LinkedList<Point> linked)
            implements Shape {}

    @EventType("Queues")
    record Queues(Queue<String> queue, Deque<Integer> deque, ArrayDeque<Long> array) implements Shape {}

    @EventType("OldLists")
    record OldLists(Vector<String> vector, Stack<String> stack, CopyOnWriteArrayList<String> copied) implements Shape {}

    @EventType("PriorityQueues")
    record PriorityQueues(PriorityQueue<String> queue) implements Shape {}

    @EventType("Iterables")
    record Iterables(Iterable<String> iterable) implements Shape {}

    @EventType("Iterators")
    record Iterators(Iterator<String> iterator) implements Shape {}

    @EventType("Streams")
    record Streams(Stream<String> stream) implements Shape {}

    @EventType("Sets")
    record Sets(Set<String> set, LinkedHashSet<Integer> linked) implements Shape {}

    @EventType("SortedSets")
    record SortedSets(SortedSet<String> set, TreeSet<Integer> tree) implements Shape {}

    @EventType("SortedMaps")
    record SortedMaps(TreeMap<String, Integer> tree, NavigableMap<Integer, String> map) implements Shape {}

    @EventType("SkipLists")
    record SkipLists(ConcurrentSkipListMap<String, Integer> map) implements Shape {}

    @EventType("ArraySets")
    record ArraySets(Set<BigDecimal> decimals, Set<List<Integer>> lists, Set<Point> points) implements Shape {}

    @EventType("TextKeys")
    record TextKeys(Map<String, String> map) implements Shape {}

    @EventType("HashMaps")
    record HashMaps(HashMap<String, Integer> a, ConcurrentHashMap<String, Integer> b) implements Shape {}

    @EventType("IdentityMaps")
    record IdentityMaps(IdentityHashMap<String, Integer> map) implements Shape {}

    @EventType("WeakMaps")
    record WeakMaps(WeakHashMap<String, Integer> map) implements Shape {}

    @EventType("PropertiesMember")
    record PropertiesMember(Properties properties) implements Shape {}

    @EventType("IntKeys")
    record IntKeys(Map<Integer, String> map) implements Shape {}

    @EventType("LongKeys")
    record LongKeys(Map<Long, String> map) implements Shape {}

    @EventType("DoubleKeys")
    record DoubleKeys(Map<Double, String> map) implements Shape {}

    @EventType("DecimalKeys")
    record DecimalKeys(Map<BigDecimal, String> map) implements Shape {}

    @EventType("TruthKeys")
    record TruthKeys(Map<Boolean, String> map, Map<Character, String> chars) implements Shape {}

    @EventType("UuidKeys")
    record UuidKeys(Map<UUID, String> map, Map<Currency, BigDecimal> money) implements Shape {}

    @EventType("DateKeys")
    record DateKeys(Map<LocalDate, String> map) implements Shape {}

    @EventType("InstantKeys")
    record InstantKeys(Map<Instant, String> map) implements Shape {}

    @EventType("OldDateKeys")
    record OldDateKeys(Map<Date, String> map) implements Shape {}

    @EventType("LocaleKeys")
    record LocaleKeys(Map<Locale, String> map) implements Shape {}

    @EventType("ByteKeys")
    record ByteKeys(Map<byte[], String> map) implements Shape {}

    @EventType("ObjectKeys")
    record ObjectKeys(Map<Object, String> map) implements Shape {}

    @EventType("ZoneKeys")
    record ZoneKeys(Map<java.time.ZonedDateTime, String> map) implements Shape {}

    @EventType("NestedMaps")
    record NestedMaps(Map<String, Map<Integer, List<Map<String, Point>>>> map) implements Shape {}

    @EventType("Entries")
    record Entries(Map.Entry<String, Integer> entry, List<Map.Entry<String, Point>> entries) implements Shape {}

    @EventType("SimpleEntries")
    record SimpleEntries(AbstractMap.SimpleEntry<String, Integer> entry) implements Shape {}

    @EventType("RawCollections")
    @SuppressWarnings("rawtypes")
    record RawCollections(List list, Map map) implements Shape {}

    @EventType("WildNumbers")
    record WildNumbers(List<? extends Number> numbers) implements Shape {}

    static final class Tagged extends ArrayList<String> {
        private static final long serialVersionUID = 1L;
        private String tag;

        static Tagged of(String tag) {
            Tagged tagged = new Tagged();
            tagged.tag = tag;
            return tagged;
        }

        public String getTag() {
            return tag;
        }
    }

    static final class Names extends ArrayList<String> {
        private static final long serialVersionUID = 1L;
    }

    @EventType("TaggedList")
    record TaggedList(Tagged list) implements Shape {}

    @EventType("OwnList")
    record OwnList(Names names) implements Shape {
        static OwnList of(String... texts) {
            Names names = new Names();
            java.util.Collections.addAll(names, texts);
            return new OwnList(names);
        }
    }

    @EventType("MapTop")
    static final class MapTop extends LinkedHashMap<String, String> implements Shape {
        private static final long serialVersionUID = 1L;

        static MapTop of(String key, String value) {
            MapTop map = new MapTop();
            map.put(key, value);
            return map;
        }
    }

    @EventType("ListTop")
    static final class ListTop extends ArrayList<String> implements Shape {
        private static final long serialVersionUID = 1L;
    }

    static Map<String, String> texts(String... entries) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < entries.length; i += 2) {
            map.put(entries[i], entries[i + 1]);
        }
        return map;
    }
}
