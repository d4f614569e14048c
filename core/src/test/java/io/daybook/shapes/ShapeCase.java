package io.daybook.shapes;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.daybook.serialization.JacksonDefaults;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One class with values of it, each of which can be made twice.
 *
 * @param name the class and what is special about its mapper
 * @param type the class
 * @param mapper the mapper of the aggregate type
 * @param values makes the values
 */
public record ShapeCase(
        String name,
        Class<? extends Shape> type,
        ObjectMapper mapper,
        List<? extends Supplier<? extends Shape>> values) {

    @SafeVarargs
    static <S extends Shape> ShapeCase of(Class<S> type, Supplier<S>... values) {
        return new ShapeCase(
                type.getSimpleName(), type, JacksonDefaults.mapper().build(), List.of(values));
    }

    ShapeCase with(String name, Consumer<JsonMapper.Builder> settings) {
        JsonMapper.Builder builder = JacksonDefaults.mapper();
        settings.accept(builder);
        return with(name, builder.build());
    }

    ShapeCase with(String name, ObjectMapper mapper) {
        return new ShapeCase(type.getSimpleName() + ", " + name, type, mapper, values);
    }

    Shape value(int index) {
        return values.get(index).get();
    }

    @Override
    public String toString() {
        return name;
    }
}
