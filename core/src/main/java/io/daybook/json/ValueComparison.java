package io.daybook.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NumericNode;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A comparison of two objects by value. Records are compared by component; arrays, collections and maps by element;
 * other classes by their fields that are neither static nor transient. {@code equals} is used only if the fields of a
 * class cannot be read, as in JDK classes: an entity whose {@code equals} compares only the id could otherwise lose its
 * state unnoticed. Immutable and thread-safe.
 */
public final class ValueComparison {

    private static final ValueComparison CONTENT = new ValueComparison(false, false, Object.class);
    private static final ValueComparison AMOUNTS = new ValueComparison(false, true, Object.class);

    /** Compares two objects of one class that are neither null nor the same object. */
    private interface Rule {
        @Nullable
        String difference(Object expected, Object actual, Comparing comparing);
    }

    private static final Rule EQUALS = (expected, actual, comparing) -> expected.equals(actual) ? null : "";
    private static final Rule IGNORED = (expected, actual, comparing) -> null;

    /** Types that are equal only by identity, although their content is a value. */
    private static final Map<Class<?>, Function<Object, @Nullable Object>> CONTENTS = Map.of(
            AtomicInteger.class, value -> ((AtomicInteger) value).get(),
            AtomicLong.class, value -> ((AtomicLong) value).get(),
            AtomicBoolean.class, value -> ((AtomicBoolean) value).get(),
            AtomicReference.class, value -> ((AtomicReference<?>) value).get(),
            LongAdder.class, value -> ((LongAdder) value).sum(),
            DoubleAdder.class, value -> ((DoubleAdder) value).sum(),
            StringBuilder.class, Object::toString,
            StringBuffer.class, Object::toString,
            Pattern.class, value -> List.of(((Pattern) value).pattern(), ((Pattern) value).flags()),
            Optional.class, value -> ((Optional<?>) value).orElse(null));

    private final boolean state;
    private final boolean amounts;
    private final Class<?> base;

    private final ClassValue<Rule> rules = new ClassValue<>() {
        @Override
        protected Rule computeValue(Class<?> type) {
            return rule(type);
        }
    };

    private ValueComparison(boolean state, boolean amounts, Class<?> base) {
        this.state = state;
        this.amounts = amounts;
        this.base = base;
    }

    /**
     * {@return a comparison of an object with its deserialized copy; the order of a set or map is compared only if the
     * set or map has a comparator}
     */
    public static ValueComparison ofContent() {
        return CONTENT;
    }

    /**
     * {@return a comparison of the contents of two documents, in which numbers of different scales are equal, such as
     * 1.5 and 1.50}
     */
    public static ValueComparison ofAmounts() {
        return AMOUNTS;
    }

    /**
     * Returns a comparison of in-memory states. The order of linked and sorted collections is compared. Members without
     * comparable state, such as locks, loggers and lambdas, are ignored.
     *
     * @param base a base class whose fields are not part of the state
     * @return the comparison
     */
    public static ValueComparison ofState(Class<?> base) {
        return new ValueComparison(true, false, base);
    }

    /**
     * Compares two objects.
     *
     * @param expected an object
     * @param actual another object
     * @return the path of the first difference, such as {@code items[0].price}, with {@code *} for an entry of a map; empty if the
     *     objects differ as a whole; null if there is no difference
     */
    public @Nullable String difference(@Nullable Object expected, @Nullable Object actual) {
        return new Comparing().difference(expected, actual);
    }

    private Rule rule(Class<?> type) {
        if (CONTENTS.containsKey(type)) {
            Function<Object, @Nullable Object> content = CONTENTS.get(type);
            return (expected, actual, comparing) ->
                    comparing.difference(content.apply(expected), content.apply(actual));
        }
        if (Enum.class.isAssignableFrom(type)) {
            return EQUALS;
        }
        if (amounts && type == BigDecimal.class) {
            return (expected, actual, comparing) ->
                    ((BigDecimal) expected).compareTo((BigDecimal) actual) == 0 ? null : "";
        }
        if (JsonNode.class.isAssignableFrom(type)) {
            return (expected, actual, comparing) -> trees((JsonNode) expected, (JsonNode) actual) ? null : "";
        }
        if (type.isHidden() || type.isSynthetic() || Proxy.isProxyClass(type)) {
            return state ? IGNORED : EQUALS;
        }
        if (type.isArray()) {
            return (expected, actual, comparing) -> comparing.arrays(expected, actual);
        }
        return isPlatform(type) ? byEquals(type) : fields(type);
    }

    private Rule byEquals(Class<?> type) {
        return state && !definesEquality(type) ? IGNORED : EQUALS;
    }

    private static boolean isPlatform(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader == null || loader == ClassLoader.getPlatformClassLoader();
    }

    private static boolean definesEquality(Class<?> type) {
        try {
            return type.getMethod("equals", Object.class).getDeclaringClass() != Object.class;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("every class has equals", e);
        }
    }

    private record Member(String name, MethodHandle getter) {

        @Nullable
        Object of(Object owner) {
            try {
                return (Object) getter.invokeExact(owner);
            } catch (Throwable e) { // a field getter throws nothing
                throw new IllegalStateException("the field " + name + " cannot be read", e);
            }
        }
    }

    private Rule fields(Class<?> type) {
        List<Member> found = new ArrayList<>();
        for (Class<?> owner = type;
                owner != null && owner != base && owner != Record.class;
                owner = owner.getSuperclass()) {
            for (Field field : owner.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers())
                        || Modifier.isTransient(field.getModifiers())
                        || field.isSynthetic()) {
                    continue;
                }
                try {
                    field.setAccessible(true);
                    found.add(new Member(
                            field.getName(),
                            MethodHandles.lookup()
                                    .unreflectGetter(field)
                                    .asType(MethodType.methodType(Object.class, Object.class))));
                } catch (InaccessibleObjectException | IllegalAccessException e) {
                    return byEquals(type);
                }
            }
        }
        Member[] members = found.toArray(Member[]::new);
        return type.isRecord()
                ? (expected, actual, comparing) -> comparing.members(members, expected, actual)
                : (expected, actual, comparing) -> comparing.objects(members, expected, actual);
    }

    /** One comparison of two object graphs. Confined to one thread. */
    private final class Comparing {

        private @Nullable IdentityHashMap<Object, Object> seen;

        @Nullable
        String difference(@Nullable Object expected, @Nullable Object actual) {
            if (expected == actual) {
                return null;
            }
            if (expected == null || actual == null) {
                return "";
            }
            if (expected instanceof String) { // most members are strings
                return expected.equals(actual) ? null : "";
            }
            if (expected instanceof Map<?, ?> map) {
                return actual instanceof Map<?, ?> other ? maps(map, other) : "";
            }
            if (expected instanceof Collection<?> collection) {
                return actual instanceof Collection<?> other ? collections(collection, other) : "";
            }
            boolean trees = expected instanceof JsonNode && actual instanceof JsonNode;
            if (trees || expected.getClass() == actual.getClass()) {
                return rules.get(expected.getClass()).difference(expected, actual, this);
            }
            return isPlain(expected) && expected.equals(actual) ? null : ""; // such as two kinds of Path
        }

        /**
         * Compares objects that may contain cycles. A pair whose comparison is in progress, or that was found equal,
         * counts as equal.
         */
        @Nullable
        String objects(Member[] members, Object expected, Object actual) {
            if (seen == null) {
                seen = new IdentityHashMap<>();
            }
            if (seen.put(expected, actual) == actual) {
                return null;
            }
            String difference = members(members, expected, actual);
            if (difference != null) {
                seen.remove(expected);
            }
            return difference;
        }

        @Nullable
        String members(Member[] members, Object expected, Object actual) {
            for (Member member : members) {
                String difference = difference(member.of(expected), member.of(actual));
                if (difference != null) {
                    return path(member.name(), difference);
                }
            }
            return null;
        }

        @Nullable
        String arrays(Object expected, Object actual) {
            int length = Array.getLength(expected);
            if (length != Array.getLength(actual)) {
                return "";
            }
            for (int i = 0; i < length; i++) {
                String difference = difference(Array.get(expected, i), Array.get(actual, i));
                if (difference != null) {
                    return path("[" + i + "]", difference);
                }
            }
            return null;
        }

        private @Nullable String collections(Collection<?> expected, Collection<?> actual) {
            if (expected.size() != actual.size() || losesOrder(expected, actual)) {
                return "";
            }
            if (expected instanceof Set<?> && !(state && isOrdered(expected))) {
                for (Object element : expected) {
                    if (!contains(actual, element)) {
                        return "[*]";
                    }
                }
                return null;
            }
            Iterator<?> others = actual.iterator();
            int index = 0;
            for (Object element : expected) {
                String difference = difference(element, others.next());
                if (difference != null) {
                    return path("[" + index + "]", difference);
                }
                index++;
            }
            return null;
        }

        /** Returns whether a custom order was lost. It decides what a collection finds and treats as equal, but JSON does not store it. */
        private boolean losesOrder(Object expected, Object actual) {
            return !state
                    && (order(expected) != order(actual)
                            || expected instanceof PriorityQueue<?> != actual instanceof PriorityQueue<?>);
        }

        private boolean contains(Collection<?> others, @Nullable Object element) {
            return isPlain(element)
                    ? others.contains(element)
                    : others.stream().anyMatch(other -> difference(element, other) == null);
        }

        private @Nullable String maps(Map<?, ?> expected, Map<?, ?> actual) {
            if (expected.size() != actual.size() || losesOrder(expected, actual)) {
                return "";
            }
            boolean ordered = state && isOrdered(expected);
            Iterator<? extends Map.Entry<?, ?>> others = actual.entrySet().iterator();
            for (Map.Entry<?, ?> entry : expected.entrySet()) {
                String difference = ordered ? entry(entry, others.next()) : entry(entry, actual);
                if (difference != null) {
                    return path("*", difference);
                }
            }
            return null;
        }

        private @Nullable String entry(Map.Entry<?, ?> expected, Map.Entry<?, ?> actual) {
            String difference = difference(expected.getKey(), actual.getKey());
            return difference != null ? difference : difference(expected.getValue(), actual.getValue());
        }

        private @Nullable String entry(Map.Entry<?, ?> expected, Map<?, ?> actual) {
            Object key = expected.getKey();
            if (isPlain(key)) {
                return actual.containsKey(key) ? difference(expected.getValue(), actual.get(key)) : "";
            }
            return actual.entrySet().stream().anyMatch(other -> entry(expected, other) == null) ? null : "";
        }

        /** Returns whether {@code equals} decides, so that the value can be looked up. */
        private boolean isPlain(@Nullable Object value) {
            return value == null || value instanceof Enum<?> || rules.get(value.getClass()) == EQUALS;
        }
    }

    /** Compares numbers by value, since a node may be written as a long and read as an int. Bytes are written as text. */
    private static boolean trees(JsonNode expected, JsonNode actual) {
        return expected.equals(ValueComparison::leaves, actual);
    }

    private static int leaves(JsonNode expected, JsonNode actual) {
        boolean sameBytes = expected.isBinary() && expected.asText().equals(actual.asText(null));
        boolean sameNumber = expected instanceof NumericNode number
                && actual.isNumber()
                && !number.isNaN()
                && number.decimalValue().compareTo(actual.decimalValue()) == 0;
        boolean equal = expected.equals(actual) || sameBytes || sameNumber;
        return equal ? 0 : 1;
    }

    /** Returns the class of a comparator, since a comparator need not implement {@code equals}. Null means natural order. */
    private static @Nullable Class<?> order(Object collection) {
        Comparator<?> order = null;
        if (collection instanceof SortedSet<?> set) {
            order = set.comparator();
        } else if (collection instanceof SortedMap<?, ?> map) {
            order = map.comparator();
        } else if (collection instanceof PriorityQueue<?> queue) {
            order = queue.comparator();
        }
        return order == null || order == Comparator.naturalOrder() ? null : order.getClass();
    }

    private static boolean isOrdered(Object collection) {
        return collection instanceof LinkedHashMap<?, ?>
                || collection instanceof LinkedHashSet<?>
                || collection instanceof SortedMap<?, ?>
                || collection instanceof SortedSet<?>;
    }

    private static String path(String first, String rest) {
        return rest.isEmpty() || rest.startsWith("[") ? first + rest : first + "." + rest;
    }
}
