package io.daybook.json;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;

/** The state of a class: its non-transient instance fields and those of its superclasses. */
final class BeanState {

    private BeanState() {}

    static List<Field> of(Class<?> type) {
        List<Field> state = new ArrayList<>();
        for (Class<?> at = type; at != null && !JdkTypes.isJdk(at); at = at.getSuperclass()) {
            for (Field field : at.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())
                        && !Modifier.isTransient(field.getModifiers())
                        && !field.isSynthetic()) {
                    state.add(field);
                }
            }
        }
        return state;
    }
}
