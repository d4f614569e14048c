package io.daybook.testkit;

import io.daybook.aggregate.AggregateRoot;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * A description of an object's state for the message of a failed check. Application classes are described by their fields, JDK classes by
 * {@code toString}. Members without state, such as loggers and locks, are omitted. Never fails.
 */
final class StateDescription {

    private static final int MAX_DEPTH = 12;
    private static final int MAX_LENGTH = 10_000;

    private final StringBuilder text = new StringBuilder();

    private StateDescription() {}

    /**
     * Describes an object.
     *
     * @param value the object
     * @return its state, such as {@code {Order.lines=[…], Order.paid=true}}, truncated at 10,000 characters
     */
    static String of(@Nullable Object value) {
        StateDescription description = new StateDescription();
        description.describe(value, 0);
        StringBuilder text = description.text;
        return text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "…" : text.toString();
    }

    private void describe(@Nullable Object value, int depth) {
        if (text.length() > MAX_LENGTH) {
            return;
        }
        try {
            if (value == null) {
                text.append("null");
            } else if (depth > MAX_DEPTH) {
                text.append(value.getClass().getSimpleName());
            } else if (value instanceof Map<?, ?> map) {
                list('{', map.entrySet().iterator(), '}', entry -> {
                    describe(entry.getKey(), depth + 1);
                    text.append('=');
                    describe(entry.getValue(), depth + 1);
                });
            } else if (value instanceof Collection<?> collection) {
                list('[', collection.iterator(), ']', element -> describe(element, depth + 1));
            } else if (value instanceof Object[] array) {
                list('[', Arrays.asList(array).iterator(), ']', element -> describe(element, depth + 1));
            } else if (value instanceof Optional<?> optional) {
                list('(', optional.stream().iterator(), ')', element -> describe(element, depth + 1));
            } else if (value.getClass().isArray()) {
                describe(boxed(value), depth);
            } else if (isPlatform(value.getClass()) || value instanceof Enum<?>) {
                text.append(value);
            } else {
                fields(value, depth);
            }
        } catch (RuntimeException e) { // thrown by the object's own code
            text.append(value == null ? "null" : value.getClass().getName());
        }
    }

    private void fields(Object value, int depth) {
        text.append('{');
        String separator = "";
        for (Class<?> type = value.getClass(); type != null && isDescribed(type); type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                int modifiers = field.getModifiers();
                if (Modifier.isStatic(modifiers) || Modifier.isTransient(modifiers) || field.isSynthetic()) {
                    continue;
                }
                Object member;
                try {
                    field.setAccessible(true);
                    member = field.get(value);
                } catch (IllegalAccessException | RuntimeException e) { // in a package that is not open
                    text.setLength(text.lastIndexOf("{") + 1);
                    text.append(value).append('}');
                    return;
                }
                if (member == null || hasState(member)) {
                    text.append(separator)
                            .append(type.getSimpleName())
                            .append('.')
                            .append(field.getName())
                            .append('=');
                    describe(member, depth + 1);
                    separator = ", ";
                }
            }
        }
        text.append('}');
    }

    private <T> void list(char open, Iterator<T> elements, char close, Consumer<T> describe) {
        text.append(open);
        while (elements.hasNext() && text.length() <= MAX_LENGTH) {
            describe.accept(elements.next());
            if (elements.hasNext()) {
                text.append(", ");
            }
        }
        text.append(close);
    }

    private static Object[] boxed(Object primitives) {
        Object[] boxed = new Object[Math.min(Array.getLength(primitives), MAX_LENGTH)];
        Arrays.setAll(boxed, i -> Array.get(primitives, i));
        return boxed;
    }

    private static boolean isDescribed(Class<?> type) {
        return type != Object.class && type != Record.class && type != AggregateRoot.class;
    }

    private static boolean isPlatform(Class<?> type) {
        return type.getClassLoader() == null || type.getClassLoader() == ClassLoader.getPlatformClassLoader();
    }

    /**
     * Returns whether a member has state. JDK classes describe their content in {@code toString} or {@code equals}; locks only identify
     * themselves.
     */
    private static boolean hasState(Object member) {
        Class<?> type = member.getClass();
        return !type.isHidden()
                && !Proxy.isProxyClass(type)
                && !(member instanceof Logger)
                && !type.getName().startsWith("java.util.concurrent.locks.")
                && !type.getName().startsWith("java.util.logging.");
    }
}
