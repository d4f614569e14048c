package io.daybook.shapes;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonIgnoreType;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.JsonView;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.databind.util.StdConverter;
import io.daybook.event.EventType;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Records, and what annotations do to their components. */
final class RecordShapes {

    static final Instant AT = Instant.parse("2026-02-03T04:05:06.000000007Z");

    private RecordShapes() {}

    @EventType("Nothing")
    record Nothing() implements Shape {}

    @EventType("Primitives")
    record Primitives(byte b, short s, int i, long l, float f, double d, char c, boolean z) implements Shape {}

    @EventType("Boxes")
    record Boxes(Byte b, Short s, Integer i, Long l, Float f, Double d, Character c, Boolean z) implements Shape {}

    @EventType("Text")
    record Text(String text) implements Shape {}

    @EventType("Trimmed")
    record Trimmed(String text) implements Shape {
        Trimmed {
            text = text.trim();
        }
    }

    @EventType("Titled")
    record Titled(String name) implements Shape {
        Titled {
            name = "Mr " + name;
        }
    }

    @EventType("Factory")
    record Factory(String first, String second) implements Shape {
        @JsonCreator
        static Factory of(@JsonProperty("second") String b, @JsonProperty("first") String a) {
            return new Factory(a, b);
        }
    }

    @EventType("SwappedFactory")
    record SwappedFactory(String first, String second) implements Shape {
        @JsonCreator
        static SwappedFactory of(@JsonProperty("first") String b, @JsonProperty("second") String a) {
            return new SwappedFactory(a, b);
        }
    }

    @EventType("Renamed")
    record Renamed(
            @JsonProperty("b") String a,
            @JsonProperty("a") String b,
            @JsonAlias("z") String c) implements Shape {}

    @EventType("CrossedAlias")
    record CrossedAlias(@JsonAlias("second") String first, String second) implements Shape {}

    @EventType("Helpers")
    record Helpers(String name, boolean open) implements Shape {
        public String getName() {
            return "Mr " + name;
        }

        public boolean isOpen() {
            return !open;
        }

        public String getShout() {
            return name + "!";
        }
    }

    @EventType("OddNames")
    @SuppressWarnings("UnicodeInCode") // a name that users may choose
    record OddNames(
            String get,
            String is,
            String set,
            String _x,
            String URL,
            String aName,
            String xCoord,
            String $a,
            String größe,
            String getName,
            boolean isOpen,
            String value,
            String Value)
            implements Shape {}

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @EventType("Snake")
    record Snake(String userName, int URLCount, String aB) implements Shape {}

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @EventType("SnakeClash")
    record SnakeClash(String userName, String user_name) implements Shape {}

    @JsonNaming(PropertyNamingStrategies.LowerCaseStrategy.class)
    @EventType("LowerClash")
    record LowerClash(String userName, String username) implements Shape {}

    @EventType("Tree")
    record Tree(String name, List<Tree> children) implements Shape {
        static Tree deep(int levels) {
            Tree tree = new Tree("leaf", List.of());
            for (int i = 1; i < levels; i++) {
                tree = new Tree("", List.of(tree));
            }
            return tree;
        }
    }

    record Point(int x, int y) {}

    record Place(String street, Point at) {}

    record Pair<A, B>(A left, B right) {}

    @EventType("Pairs")
    record Pairs(Pair<String, Integer> a, Pair<Pair<Long, Point>, List<Pair<Instant, Byte>>> b) implements Shape {}

    @EventType("RawPair")
    @SuppressWarnings("rawtypes")
    record RawPair(Pair pair) implements Shape {}

    @EventType("WildPair")
    record WildPair(Pair<?, ? extends Point> pair) implements Shape {}

    @EventType("GenericTop")
    record GenericTop<T>(T value) implements Shape {}

    interface Source<T> {
        T value();
    }

    @EventType("GenericInterface")
    record GenericInterface(Point value) implements Shape, Source<Point> {}

    @EventType("Unwrapped")
    record Unwrapped(String id, @JsonUnwrapped Point at) implements Shape {}

    @EventType("UnwrappedText")
    record UnwrappedText(String id, @JsonUnwrapped Place place) implements Shape {}

    @EventType("UnwrappedTwice")
    record UnwrappedTwice(
            @JsonUnwrapped(prefix = "a_") Place from,
            @JsonUnwrapped(prefix = "b_") Place to) implements Shape {}

    @EventType("UnwrappedClash")
    record UnwrappedClash(int x, @JsonUnwrapped Point at) implements Shape {}

    record Extras(@JsonAnyGetter @JsonAnySetter Map<String, String> all) {}

    @EventType("AnyRecord")
    record AnyRecord(
            String id, @JsonAnyGetter @JsonAnySetter Map<String, String> rest) implements Shape {
        static AnyRecord of(String id, String... rest) {
            Map<String, String> map = new LinkedHashMap<>();
            for (int i = 0; i < rest.length; i += 2) {
                map.put(rest[i], rest[i + 1]);
            }
            return new AnyRecord(id, map);
        }
    }

    @EventType("AnyMember")
    record AnyMember(Extras extras) implements Shape {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @EventType("WithoutNulls")
    record WithoutNulls(String a, List<String> b, Point c) implements Shape {}

    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    @EventType("WithoutEmpties")
    record WithoutEmpties(String a, List<String> b) implements Shape {}

    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    @EventType("WithoutDefaults")
    record WithoutDefaults(int a, Integer b, String c) implements Shape {}

    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    @EventType("WithoutAbsent")
    record WithoutAbsent(String a, Integer b) implements Shape {}

    static final class NoSecrets {
        @Override
        public boolean equals(Object other) {
            return "secret".equals(other);
        }

        @Override
        public int hashCode() {
            return 1;
        }
    }

    @EventType("CustomInclude")
    record CustomInclude(
            @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = NoSecrets.class)
            String a) implements Shape {}

    @EventType("ContentNotNull")
    record ContentNotNull(
            @JsonInclude(content = JsonInclude.Include.NON_NULL)
            Map<String, String> map) implements Shape {}

    @EventType("DayOnly")
    record DayOnly(
            @JsonFormat(pattern = "yyyy-MM-dd", timezone = "UTC")
            Date at) implements Shape {}

    @EventType("DayOnlyLocal")
    record DayOnlyLocal(@JsonFormat(pattern = "dd.MM.yy") LocalDate at) implements Shape {}

    @EventType("SecondsOnly")
    record SecondsOnly(
            @JsonFormat(pattern = "yyyy-MM-dd HH:mm:ss", timezone = "UTC")
            Instant at) implements Shape {}

    @EventType("MillisOnly")
    record MillisOnly(
            @JsonFormat(
                    shape = JsonFormat.Shape.NUMBER,
                    without = JsonFormat.Feature.WRITE_DATE_TIMESTAMPS_AS_NANOSECONDS)
            Instant at)
            implements Shape {}

    @EventType("NumbersAsText")
    record NumbersAsText(
            @JsonFormat(shape = JsonFormat.Shape.STRING) int i,
            @JsonFormat(shape = JsonFormat.Shape.STRING) Long l,
            @JsonFormat(shape = JsonFormat.Shape.STRING) double d)
            implements Shape {}

    @EventType("TruthAsNumber")
    record TruthAsNumber(
            @JsonFormat(shape = JsonFormat.Shape.NUMBER) boolean z) implements Shape {}

    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    record Corner(int x, int y) {}

    @EventType("ArrayMember")
    record ArrayMember(
            Corner corner,
            @JsonFormat(shape = JsonFormat.Shape.ARRAY) Point point) implements Shape {}

    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    @EventType("ArrayTop")
    record ArrayTop(int x) implements Shape {}

    @EventType("SingleUnwrapped")
    record SingleUnwrapped(
            @JsonFormat(with = JsonFormat.Feature.WRITE_SINGLE_ELEM_ARRAYS_UNWRAPPED)
            List<String> list) implements Shape {}

    @EventType("SingleBoth")
    record SingleBoth(
            @JsonFormat(
                    with = {
                        JsonFormat.Feature.WRITE_SINGLE_ELEM_ARRAYS_UNWRAPPED,
                        JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY
                    })
            List<List<String>> list)
            implements Shape {}

    @EventType("SortedEntries")
    record SortedEntries(
            @JsonFormat(with = JsonFormat.Feature.WRITE_SORTED_MAP_ENTRIES)
            LinkedHashMap<String, Integer> map) implements Shape {}

    @EventType("WriterOnly")
    record WriterOnly(
            @JsonSerialize(using = ToStringSerializer.class) Point at) implements Shape {}

    @EventType("WriterOfNumber")
    record WriterOfNumber(
            @JsonSerialize(using = ToStringSerializer.class) long number) implements Shape {}

    static class Rounding extends StdConverter<Double, Double> {
        @Override
        public Double convert(Double value) {
            return (double) Math.round(value);
        }
    }

    @EventType("Rounded")
    record Rounded(
            @JsonSerialize(converter = Rounding.class) Double number) implements Shape {}

    @EventType("RoundedContent")
    record RoundedContent(
            @JsonSerialize(contentConverter = Rounding.class)
            List<Double> numbers) implements Shape {}

    interface Named {
        String name();
    }

    @EventType("WrittenAsParent")
    record WrittenAsParent(@JsonSerialize(as = Base.class) Derived value) implements Shape {}

    static class Base {
        @JsonProperty
        private String a;
    }

    static final class Derived extends Base {
        @JsonProperty
        private String b;

        static Derived of(String b) {
            Derived derived = new Derived();
            derived.b = b;
            return derived;
        }
    }

    interface Audit {}

    @EventType("Viewed")
    record Viewed(String a, @JsonView(Audit.class) String b) implements Shape {}

    @JsonIgnoreProperties("b")
    @EventType("IgnoresProperty")
    record IgnoresProperty(String a, String b) implements Shape {}

    @EventType("IgnoresInMember")
    record IgnoresInMember(@JsonIgnoreProperties("y") Point at) implements Shape {}

    @EventType("IgnoresInList")
    record IgnoresInList(@JsonIgnoreProperties("y") List<Point> at) implements Shape {}

    @JsonIgnoreType
    record Hidden(String text) {}

    @EventType("IgnoredType")
    record IgnoredType(String a, Hidden hidden) implements Shape {}

    @EventType("IgnoredComponent")
    record IgnoredComponent(String a, @JsonIgnore String b) implements Shape {}

    @EventType("ReadOnly")
    record ReadOnly(
            String a,

            @JsonProperty(access = JsonProperty.Access.READ_ONLY)
            String b) implements Shape {}

    @EventType("WriteOnly")
    record WriteOnly(
            String a,

            @JsonProperty(access = JsonProperty.Access.WRITE_ONLY)
            String b) implements Shape {}

    @EventType("RawJson")
    record RawJson(@JsonRawValue String json) implements Shape {}

    @EventType("NullAsEmpty")
    record NullAsEmpty(@JsonSetter(nulls = Nulls.AS_EMPTY) List<String> list, String other) implements Shape {}

    @EventType("NullsSkipped")
    record NullsSkipped(
            @JsonSetter(contentNulls = Nulls.SKIP) List<String> list) implements Shape {}

    @EventType("NullsRefused")
    record NullsRefused(@JsonSetter(nulls = Nulls.FAIL) String text) implements Shape {}

    @EventType("EmptyAsNull")
    record EmptyAsNull(
            @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
            String[] texts) implements Shape {}

    @EventType("NullIfEmpty")
    record NullIfEmpty(List<String> list) implements Shape {
        NullIfEmpty {
            list = list == null ? List.of() : List.copyOf(list);
        }
    }

    @EventType("SecondConstructor")
    record SecondConstructor(String a, int b) implements Shape {
        SecondConstructor(String a) {
            this(a, 1);
        }
    }

    @EventType("CreatorOfPart")
    record CreatorOfPart(String a, int b) implements Shape {
        @JsonCreator
        CreatorOfPart(@JsonProperty("a") String a) {
            this(a, 1);
        }
    }

    @EventType("DelegatingRecord")
    record DelegatingRecord(String a, int b) implements Shape {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        static DelegatingRecord of(Map<String, String> map) {
            return new DelegatingRecord(map.get("a"), Integer.parseInt(map.get("b")));
        }
    }

    @EventType("AccessorOther")
    record AccessorOther(String secret, byte[] bytes) implements Shape {
        @Override
        public String secret() {
            return "***";
        }

        @Override
        public byte[] bytes() {
            return bytes.clone();
        }
    }

    static List<String> listWithNulls() {
        return new ArrayList<>(Arrays.asList("a", null, ""));
    }
}
