package io.daybook.shapes;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/**
 * Compares two objects by content, whatever their equals methods do: field by field, with the order wherever the first
 * one keeps one. Written apart from the comparison of the main code, which it is used to check.
 */
final class Same {

    private final Map<Object, Object> seen = new IdentityHashMap<>();

    private Same() {}

    static boolean same(Object a, Object b) {
        return new Same().equal(a, b);
    }

    private boolean equal(Object a, Object b) {
        if (a == b) {
            return true;
        }
        if (a == null || b == null) {
            return false;
        }
        if (a instanceof Map<?, ?> map) {
            return b instanceof Map<?, ?> other && maps(map, other) && own(a, b);
        }
        if (a instanceof Collection<?> collection) {
            return b instanceof Collection<?> other && collections(collection, other) && own(a, b);
        }
        if (a.getClass().isArray()) {
            return a.getClass() == b.getClass() && elements(list(a), list(b));
        }
        if (a instanceof Optional<?> optional) {
            return b instanceof Optional<?> other && equal(optional.orElse(null), other.orElse(null));
        }
        if (a instanceof AtomicReference<?> reference) {
            return b instanceof AtomicReference<?> other && equal(reference.get(), other.get());
        }
        if (a instanceof Map.Entry<?, ?> entry) {
            return b instanceof Map.Entry<?, ?> other
                    && equal(entry.getKey(), other.getKey())
                    && equal(entry.getValue(), other.getValue());
        }
        if (a instanceof JsonNode node) {
            return b instanceof JsonNode other && nodes(node, other);
        }
        if (isOfJdk(a)) {
            return a.getClass() == b.getClass()
                    && (a.equals(b) || stateful(a) && a.toString().equals(b.toString()));
        }
        if (seen.containsKey(a)) {
            return seen.get(a) == b;
        }
        seen.put(a, b);
        return a.getClass() == b.getClass() && fields(a, b);
    }

    /** The same JSON; numbers are the same if their decimals are, and negative zero is no zero. */
    private boolean nodes(JsonNode a, JsonNode b) {
        if (a.isNumber() && b.isNumber() && !a.equals(b)) {
            return Double.isFinite(a.doubleValue())
                    && a.decimalValue().compareTo(b.decimalValue()) == 0
                    && Double.compare(a.doubleValue(), b.doubleValue()) == 0;
        }
        if (a.isObject() && b.isObject()) {
            return maps(
                    a.properties().stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)),
                    b.properties().stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
        }
        if (a.isArray() && b.isArray()) {
            List<JsonNode> left = new ArrayList<>();
            List<JsonNode> right = new ArrayList<>();
            a.forEach(left::add);
            b.forEach(right::add);
            return elements(left, right);
        }
        return a.equals(b) || a.isBinary() && a.asText().equals(b.asText());
    }

    /** Fields that a collection of a test's own adds. */
    private boolean own(Object a, Object b) {
        return isOfJdk(a) || a.getClass() == b.getClass() && fields(a, b);
    }

    private static boolean isOfJdk(Object value) {
        String name = value.getClass().getName();
        return name.startsWith("java.") || name.startsWith("sun.") || name.startsWith("com.fasterxml.");
    }

    /** Types that have no equality of their own, but tell their state. */
    private static boolean stateful(Object value) {
        return value.getClass().getName().startsWith("java.util.concurrent.atomic.")
                || value instanceof StringBuilder
                || value instanceof java.util.regex.Pattern;
    }

    private boolean fields(Object a, Object b) {
        for (Class<?> type = a.getClass();
                type != null && !type.getName().startsWith("java.");
                type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                boolean state = !Modifier.isStatic(field.getModifiers())
                        && !Modifier.isTransient(field.getModifiers())
                        && !field.isSynthetic();
                if (state && !equal(read(field, a), read(field, b))) {
                    return false;
                }
            }
        }
        return true;
    }

    private static Object read(Field field, Object from) {
        try {
            field.setAccessible(true);
            return field.get(from);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean collections(Collection<?> a, Collection<?> b) {
        boolean ordered = !(a instanceof Set<?>) || a instanceof SortedSet<?> || a instanceof LinkedHashSet<?>;
        return sameOrder(a, b) && (ordered ? elements(new ArrayList<>(a), new ArrayList<>(b)) : unordered(a, b));
    }

    /** An order that is not the natural one decides what a collection finds, and is lost without a trace. */
    private static boolean sameOrder(Object a, Object b) {
        return Objects.equals(order(a), order(b)) && a instanceof PriorityQueue<?> == b instanceof PriorityQueue<?>;
    }

    private static Object order(Object collection) {
        Object order = collection instanceof SortedSet<?> set
                ? set.comparator()
                : collection instanceof SortedMap<?, ?> map
                        ? map.comparator()
                        : collection instanceof PriorityQueue<?> queue ? queue.comparator() : null;
        return order == Comparator.naturalOrder() ? null : order;
    }

    private boolean unordered(Collection<?> a, Collection<?> b) {
        List<Object> left = new ArrayList<>(b);
        for (Object element : a) {
            boolean found = false;
            for (int i = 0; i < left.size() && !found; i++) {
                if (new Same().equal(element, left.get(i))) {
                    left.remove(i);
                    found = true;
                }
            }
            if (!found) {
                return false;
            }
        }
        return left.isEmpty();
    }

    private boolean maps(Map<?, ?> a, Map<?, ?> b) {
        return a instanceof IdentityHashMap<?, ?> == b instanceof IdentityHashMap<?, ?>
                && sameOrder(a, b)
                && unordered(a.entrySet(), b.entrySet());
    }

    private boolean elements(List<?> a, List<?> b) {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            if (!equal(a.get(i), b.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static List<?> list(Object array) {
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < Array.getLength(array); i++) {
            list.add(Array.get(array, i));
        }
        return list;
    }
}
