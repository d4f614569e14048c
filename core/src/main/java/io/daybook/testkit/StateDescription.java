package io.daybook.testkit;

import io.daybook.aggregate.AggregateRoot;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The state of any object as values that can be compared and printed: objects that define no equality of their own are
 * described by their fields.
 */
final class StateDescription {

    private final IdentityHashMap<Object, Boolean> open = new IdentityHashMap<>();

    private StateDescription() {}

    static Object of(Object value) {
        return new StateDescription().describe(value);
    }

    private Object describe(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof List<?> list) {
            return list.stream().map(this::describe).toList();
        }
        if (value instanceof Set<?> set) {
            Set<Object> described = new HashSet<>();
            set.forEach(element -> described.add(describe(element)));
            return described;
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> described = new LinkedHashMap<>();
            map.forEach((key, element) -> described.put(describe(key), describe(element)));
            return described;
        }
        if (value instanceof Collection<?> collection) {
            return collection.stream().map(this::describe).toList();
        }
        if (value.getClass().isArray()) {
            List<Object> described = new ArrayList<>();
            for (int i = 0; i < Array.getLength(value); i++) {
                described.add(describe(Array.get(value, i)));
            }
            return described;
        }
        return value.getClass().isRecord() || !definesEquality(value.getClass()) ? fields(value) : value;
    }

    private Object fields(Object value) {
        if (open.put(value, true) != null) {
            return "(the same " + value.getClass().getSimpleName() + " again)";
        }
        Map<String, Object> described = new LinkedHashMap<>();
        for (Class<?> type = value.getClass();
                type != null && type != Object.class && type != AggregateRoot.class;
                type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.isSynthetic()) {
                    described.put(type.getSimpleName() + "." + field.getName(), describe(read(field, value)));
                }
            }
        }
        open.remove(value);
        return described;
    }

    private static @Nullable Object read(Field field, Object owner) {
        try {
            field.setAccessible(true);
            return field.get(owner);
        } catch (IllegalAccessException | InaccessibleObjectException e) {
            throw new AssertionError(
                    "the state of " + owner.getClass().getName() + " cannot be compared: open its package to"
                            + " io.daybook.core, or give the class an equals method",
                    e);
        }
    }

    private static boolean definesEquality(Class<?> type) {
        try {
            return type.getMethod("equals", Object.class).getDeclaringClass() != Object.class || type.isEnum();
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("every class has equals", e);
        }
    }
}
