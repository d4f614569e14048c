package io.daybook.shapes;

import static io.daybook.shapes.ShapeCase.of;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.daybook.event.EventType;
import java.text.SimpleDateFormat;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** One class with the settings that users give their mappers. */
final class MapperCases {

    private MapperCases() {}

    enum Level {
        LOW,
        HIGH;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    @EventType("Various")
    record Various(
            String text,
            List<String> list,
            Map<String, Integer> map,
            Instant at,
            Date date,
            double number,
            Level level,
            boolean isOpen)
            implements Shape {}

    abstract static class WithoutList {
        @JsonIgnore
        abstract List<String> list();
    }

    private static final List<Supplier<Various>> VALUES = List.of(
            () -> new Various(
                    "a", List.of("b", "c"), Map.of("d", 1), RecordShapes.AT, new Date(1), 0.5, Level.HIGH, true),
            () -> new Various("", List.of(), Map.of(), Instant.EPOCH, new Date(0), Double.NaN, Level.LOW, false),
            () -> new Various(null, List.of("b"), null, null, null, Double.POSITIVE_INFINITY, null, false),
            () -> new Various(
                    " é😀 ",
                    RecordShapes.listWithNulls(),
                    new java.util.HashMap<>(java.util.Collections.singletonMap("a", null)),
                    Instant.MAX,
                    new Date(1_001),
                    1e300,
                    Level.LOW,
                    false));

    private static ShapeCase various(String name, Consumer<JsonMapper.Builder> settings) {
        return new ShapeCase("Various", Various.class, null, VALUES).with(name, settings);
    }

    @SuppressWarnings("deprecation") // a mapper of a user may use them
    static List<ShapeCase> all() {
        List<ShapeCase> cases = new ArrayList<>();
        cases.add(various("defaults", b -> {}));
        cases.add(various("snake case", b -> b.propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)));
        cases.add(
                various("upper camel case", b -> b.propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)));
        cases.add(various("without empties", b -> b.serializationInclusion(JsonInclude.Include.NON_EMPTY)));
        cases.add(various("without defaults", b -> b.serializationInclusion(JsonInclude.Include.NON_DEFAULT)));
        cases.add(various("without nulls", b -> b.serializationInclusion(JsonInclude.Include.NON_NULL)));
        cases.add(various("timestamps", b -> b.enable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)));
        cases.add(various("enums by index", b -> b.enable(SerializationFeature.WRITE_ENUMS_USING_INDEX)));
        cases.add(various(
                "enums by toString",
                b -> b.enable(SerializationFeature.WRITE_ENUMS_USING_TO_STRING)
                        .disable(DeserializationFeature.READ_ENUMS_USING_TO_STRING)));
        cases.add(various(
                "unknown enums as null",
                b -> b.enable(SerializationFeature.WRITE_ENUMS_USING_INDEX, SerializationFeature.INDENT_OUTPUT)
                        .enable(DeserializationFeature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)));
        cases.add(various(
                "wrapped root",
                b -> b.enable(SerializationFeature.WRAP_ROOT_VALUE).enable(DeserializationFeature.UNWRAP_ROOT_VALUE)));
        cases.add(various("wrapped root written only", b -> b.enable(SerializationFeature.WRAP_ROOT_VALUE)));
        cases.add(various("strict", b -> b.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)));
        cases.add(various(
                "fields only",
                b -> b.visibility(PropertyAccessor.ALL, JsonAutoDetect.Visibility.NONE)
                        .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)));
        cases.add(various(
                "empty text as null", b -> b.enable(DeserializationFeature.ACCEPT_EMPTY_STRING_AS_NULL_OBJECT)));
        cases.add(
                various("empty list as null", b -> b.enable(DeserializationFeature.ACCEPT_EMPTY_ARRAY_AS_NULL_OBJECT)));
        cases.add(various("single unwrapped", b -> b.enable(SerializationFeature.WRITE_SINGLE_ELEM_ARRAYS_UNWRAPPED)));
        cases.add(various("without empty lists", b -> b.disable(SerializationFeature.WRITE_EMPTY_JSON_ARRAYS)));
        cases.add(various("without null values", b -> b.disable(SerializationFeature.WRITE_NULL_MAP_VALUES)));
        cases.add(various(
                "NaN as number",
                b -> b.disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
                        .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)));
        cases.add(various(
                "names without quotes",
                b -> b.disable(JsonWriteFeature.QUOTE_FIELD_NAMES).enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES)));
        cases.add(various("numbers as text", b -> b.enable(JsonWriteFeature.WRITE_NUMBERS_AS_STRINGS)));
        cases.add(various("escaped", b -> b.enable(JsonWriteFeature.ESCAPE_NON_ASCII)));
        cases.add(various("indented", b -> b.enable(SerializationFeature.INDENT_OUTPUT)));
        cases.add(various("dates without time", b -> b.defaultDateFormat(new SimpleDateFormat("yyyy-MM-dd"))));
        cases.add(various("time zone", b -> b.defaultTimeZone(TimeZone.getTimeZone("Asia/Tokyo"))));
        cases.add(various("mixin that ignores", b -> b.addMixIn(Various.class, WithoutList.class)));
        cases.add(various(
                "sorted",
                b -> b.enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                        .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)));
        cases.add(various("views", b -> b.disable(MapperFeature.DEFAULT_VIEW_INCLUSION)));
        cases.add(various("without annotations", b -> b.disable(MapperFeature.USE_ANNOTATIONS)));
        cases.add(various("ignoring unknown output", b -> b.enable(StreamWriteFeature.IGNORE_UNKNOWN)));
        cases.add(various("decimals for floats", b -> b.enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)));
        cases.add(various("case-insensitive", b -> b.enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_PROPERTIES)));
        cases.add(new ShapeCase("Various", Various.class, null, VALUES).with("plain mapper", new ObjectMapper()));
        cases.add(new ShapeCase("Various", Various.class, null, VALUES)
                .with(
                        "plain mapper with modules",
                        new ObjectMapper().registerModule(new com.fasterxml.jackson.datatype.jsr310.JavaTimeModule())));
        cases.add(of(
                        MapperShapes.Plain.class,
                        () -> new MapperShapes.Plain("a", 1, List.of(1.0, -0.0)),
                        () -> new MapperShapes.Plain(null, Long.MAX_VALUE, null))
                .with("plain mapper", new ObjectMapper()));
        cases.add(of(RecordShapes.Helpers.class, () -> new RecordShapes.Helpers("a", true))
                .with("plain mapper", new ObjectMapper()));
        cases.add(of(
                        MemberShapes.Decimals.class,
                        () -> new MemberShapes.Decimals(new java.math.BigDecimal("10.00")),
                        () -> new MemberShapes.Decimals(new java.math.BigDecimal("12345678901234567890.123")))
                .with("plain mapper", new ObjectMapper()));
        cases.add(of(
                        MemberShapes.Zoned.class,
                        () -> new MemberShapes.Zoned(
                                ZonedDateTime.of(2026, 10, 25, 2, 30, 0, 7, java.time.ZoneId.of("Europe/Berlin"))))
                .with(
                        "plain mapper with modules",
                        new ObjectMapper().registerModule(new com.fasterxml.jackson.datatype.jsr310.JavaTimeModule())));
        return cases;
    }
}
