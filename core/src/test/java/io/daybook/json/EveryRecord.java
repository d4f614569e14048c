package io.daybook.json;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonBackReference;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIdentityInfo;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonManagedReference;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.JsonView;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.annotation.ObjectIdGenerators;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Records of every kind that Jackson knows, and JSON that fits them or does not, with apostrophes for quotation marks. */
final class EveryRecord {

    private EveryRecord() {}

    record Plain(@Nullable String text, int number, List<Integer> numbers) {}

    record Nested(Plain plain, List<Plain> plains, Map<String, Plain> byName, Boxed<Plain> box) {}

    record Boxed<T>(T value) {}

    /** Its second component returns what the parser considers the current object. */
    record Looking(
            @Nullable Plain plain,

            @JsonDeserialize(using = Current.class) @Nullable
            String current) {}

    static final class Current extends StdDeserializer<String> {

        private static final long serialVersionUID = 1L;

        Current() {
            super(String.class);
        }

        @Override
        public String deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            parser.skipChildren();
            return String.valueOf(parser.currentValue());
        }
    }

    record Empty() {}

    record One(@Nullable String only) {}

    record Recursive(String name, @Nullable Recursive next) {}

    record Positive(int number, String text) {
        Positive {
            if (number <= 0) {
                throw new IllegalArgumentException("not positive");
            }
        }
    }

    record Renamed(
            @JsonProperty("ä-text") String text,
            @JsonProperty(value = "n", required = true) int number) {}

    record Aliased(@JsonAlias({"txt", "t"}) String text, int number) {}

    record Ignoring(@JsonIgnore String text, int number) {}

    @JsonIgnoreProperties({"text", "other"})
    record IgnoringByName(String text, int number) {}

    @JsonIgnoreProperties("number")
    record IgnoringLast(String text, int number) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    record IgnoringUnknown(String text, int number) {}

    record IgnoringWithin(@JsonIgnoreProperties("text") Plain plain, int number) {}

    record Unwrapping(int first, @JsonUnwrapped Plain plain) {}

    record UnwrappingPrefixed(
            @JsonUnwrapped(prefix = "p_") Plain plain,
            @JsonUnwrapped(prefix = "q_") Plain other) {}

    static class InSales {}

    record Viewed(@JsonView(InSales.class) String text, int number) {}

    record ManyOthers(String text, @JsonAnySetter Map<String, Object> others) {}

    record ByFactory(String text, int number) {
        @JsonCreator
        static ByFactory of(@JsonProperty("text") String text, @JsonProperty("number") int number) {
            return new ByFactory(text + "!", number);
        }
    }

    record BySmallerConstructor(String text, int number) {
        @JsonCreator
        BySmallerConstructor(@JsonProperty("text") String text) {
            this(text, 7);
        }
    }

    record Delegating(String text) {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        Delegating {}
    }

    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    record AsArray(String text, int number) {}

    @JsonPropertyOrder({"number", "text"})
    record Ordered(String text, int number) {}

    record WithSetter(String text, List<String> seen) {
        void setExtra(String extra) {
            seen.add(extra);
        }
    }

    record NullsSkipped(
            @JsonSetter(nulls = Nulls.AS_EMPTY) List<String> list,
            @JsonSetter(nulls = Nulls.FAIL) String text) {}

    @JsonIdentityInfo(generator = ObjectIdGenerators.PropertyGenerator.class, property = "id")
    record Identified(String id, @Nullable Identified other) {}

    record CaseBlind(
            @JsonFormat(with = JsonFormat.Feature.ACCEPT_CASE_INSENSITIVE_PROPERTIES)
            Plain plain) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Circle.class, name = "circle"),
        @JsonSubTypes.Type(value = Square.class, name = "square")
    })
    sealed interface Shape {}

    record Circle(int radius, @Nullable Shape within) implements Shape {}

    record Square(int side) implements Shape {}

    record External(
            String kind,

            @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.EXTERNAL_PROPERTY, property = "kind")
            @JsonSubTypes({
                @JsonSubTypes.Type(value = Plain.class, name = "plain"),
                @JsonSubTypes.Type(value = One.class, name = "one")
            })
            Object value) {}

    static final class Parent {
        @JsonManagedReference
        public @Nullable Child child;
    }

    record Child(@JsonBackReference @Nullable Parent parent, String name) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Child child && child.name.equals(name);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }

        @Override
        public String toString() {
            return name + (parent == null ? "" : " with a parent");
        }
    }

    @SuppressWarnings("MethodParameterCount")
    record Long34(
            int a0,
            int a1,
            int a2,
            int a3,
            int a4,
            int a5,
            int a6,
            int a7,
            int a8,
            int a9,
            int b0,
            int b1,
            int b2,
            int b3,
            int b4,
            int b5,
            int b6,
            int b7,
            int b8,
            int b9,
            int c0,
            int c1,
            int c2,
            int c3,
            int c4,
            int c5,
            int c6,
            int c7,
            int c8,
            int c9,
            int d0,
            int d1,
            int d2,
            @Nullable Integer d3) {}

    static final String PLAIN = "{'text':'x','number':1,'numbers':[1,2]}";

    static final Map<Class<?>, List<String>> JSON = Map.ofEntries(
            Map.entry(
                    Plain.class,
                    List.of(
                            PLAIN,
                            "{ 'text' : 'x' ,\n 'number'\t: 1 , 'numbers' : [ ] }",
                            "{'number':1,'text':'x','numbers':[]}",
                            "{'numbers':[],'number':1,'text':'x'}",
                            "{'text':'x','numbers':[],'number':1}",
                            "{'text':null,'number':1,'numbers':null}",
                            "{'text':'x','number':null,'numbers':[]}",
                            "{'text':'x','number':'7','numbers':[]}",
                            "{'text':'x','number':1.5,'numbers':[]}",
                            "{'text':7,'number':true,'numbers':[]}",
                            "{'text':'x','number':1}",
                            "{'text':'x'}",
                            "{'text':'x','numbers':[]}",
                            "{'number':1,'numbers':[]}",
                            "{}",
                            "{'text':'x','text':'y','number':1,'numbers':[]}",
                            "{'text':'x','number':1,'number':2,'numbers':[]}",
                            "{'text':'x','number':1,'text':'y'}",
                            "{'text':'x','number':1,'numbers':[],'numbers':[3]}",
                            "{'text':'x','number':1,'numbers':[],'text':'y'}",
                            "{'other':1,'text':'x','number':1,'numbers':[]}",
                            "{'text':'x','other':{'a':[1,{'b':2}]},'number':1,'numbers':[]}",
                            "{'text':'x','number':1,'numbers':[],'other':[1,[2]],'more':null}",
                            "{'text':'x','other':1}",
                            "{'te\\u0078t':'x','number':1,'numbers':[]}",
                            "{'textt':'x','tex':'y','number':1,'numbers':[]}",
                            "{'TEXT':'x','Number':1,'numbers':[]}",
                            "{'text':{'a':1},'number':1,'numbers':[]}",
                            "{'text':'x','number':1,'numbers':[1,'two']}",
                            "{'text':'x','number':1,'numbers':[1,2}",
                            "{'text':'x','number':1,'numbers':[1,2]",
                            "{'text':'x','number':1,",
                            "{'text':'x','number'",
                            "{'text':'x','num",
                            "{'text':'x' 'number':1}",
                            "{'text':'x',,'number':1}",
                            "{'text':'x','number':1,'numbers':[],}",
                            "{'text'}",
                            "{text:'x'}",
                            "{'text':'x','number':1,'numbers':[]} 7",
                            "[]",
                            "['x',1,[]]",
                            "'x'",
                            "''",
                            "7",
                            "true",
                            "null",
                            "")),
            Map.entry(
                    Nested.class,
                    List.of(
                            "{'plain':" + PLAIN + ",'plains':[" + PLAIN + "," + PLAIN + "],'byName':{'a':" + PLAIN
                                    + "},'box':{'value':" + PLAIN + "}}",
                            "{'plain':null,'plains':[null],'byName':{'a':null},'box':null}",
                            "{'plains':[" + PLAIN + ",{'text':'x','number':'many'}]}",
                            "{'plain':" + PLAIN + ",'plains':[],'byName':{'a':{'number':{}}}}",
                            "{'plain':" + PLAIN + ",'plains':[],'byName':{},'box':{'value':{'numbers':['x']}}}",
                            "{'plain':[],'plains':{},'byName':[],'box':1}")),
            Map.entry(Boxed.class, List.of("{'value':{'a':1}}", "{}", "{'value':null,'more':1}")),
            Map.entry(
                    Looking.class,
                    List.of(
                            "{'plain':" + PLAIN + ",'current':1}",
                            "{'plain':{'text':'x'},'current':1}",
                            "{'plain':{'number':1,'text':'x'},'current':1}",
                            "{'plain':{'other':1},'current':1}",
                            "{'current':1}")),
            Map.entry(Empty.class, List.of("{}", "{'other':1}", "null", "[]")),
            Map.entry(One.class, List.of("{'only':'x'}", "{}", "'x'", "{'only':null}", "{'other':1,'only':'x'}")),
            Map.entry(
                    Recursive.class,
                    List.of(
                            "{'name':'a','next':{'name':'b','next':{'name':'c','next':null}}}",
                            "{'name':'a','next':{'next':{'name':{}}}}")),
            Map.entry(
                    Positive.class,
                    List.of(
                            "{'number':1,'text':'x'}",
                            "{'number':0,'text':'x'}",
                            "{'text':'x','number':0}",
                            "{'number':0}",
                            "{'number':0,'text':'x','other':1}")),
            Map.entry(
                    Renamed.class,
                    List.of(
                            "{'ä-text':'x','n':1}",
                            "{'n':1,'ä-text':'x'}",
                            "{'ä-text':'x'}",
                            "{'text':'x','n':1}",
                            "{'ä-text':'x','number':1}")),
            Map.entry(
                    Aliased.class,
                    List.of(
                            "{'text':'x','number':1}",
                            "{'txt':'x','number':1}",
                            "{'number':1,'t':'x'}",
                            "{'t':'x','text':'y','number':1}",
                            "{'text':'x','t':'y','number':1}",
                            "{'text':'x','number':1,'t':'y'}")),
            Map.entry(Ignoring.class, List.of("{'text':'x','number':1}", "{'number':1,'text':'x'}", "{'number':1}")),
            Map.entry(
                    IgnoringByName.class,
                    List.of("{'text':'x','number':1}", "{'number':1,'other':{}}", "{'number':1,'more':1}")),
            Map.entry(
                    IgnoringLast.class, List.of("{'text':'x','number':1}", "{'number':1,'text':'x'}", "{'text':'x'}")),
            Map.entry(
                    IgnoringUnknown.class,
                    List.of("{'text':'x','other':{},'number':1}", "{'other':1}", "{'text':'x','number':1,'other':1}")),
            Map.entry(
                    IgnoringWithin.class,
                    List.of("{'plain':" + PLAIN + ",'number':1}", "{'number':1,'plain':{'number':2}}")),
            Map.entry(
                    Unwrapping.class,
                    List.of(
                            "{'first':1,'text':'x','number':2,'numbers':[]}",
                            "{'numbers':[],'text':'x','first':1}",
                            "{'first':1,'plain':" + PLAIN + "}")),
            Map.entry(
                    UnwrappingPrefixed.class,
                    List.of(
                            "{'p_text':'x','p_number':1,'p_numbers':[],'q_text':'y','q_number':2,'q_numbers':[3]}",
                            "{'q_number':2,'p_number':1}",
                            "{'p_number':'x'}")),
            Map.entry(Viewed.class, List.of("{'text':'x','number':1}", "{'number':1}")),
            Map.entry(ManyOthers.class, List.of("{'text':'x','a':1,'b':{}}", "{'a':1,'text':'x'}", "{'text':'x'}")),
            Map.entry(ByFactory.class, List.of("{'text':'x','number':1}", "{'number':1}", "{'text':'x','a':1}")),
            Map.entry(
                    BySmallerConstructor.class,
                    List.of("{'text':'x'}", "{'text':'x','number':1}", "{'number':1}", "{}")),
            Map.entry(Delegating.class, List.of("'x'", "{'text':'x'}", "null")),
            Map.entry(AsArray.class, List.of("['x',1]", "{'text':'x','number':1}", "['x']", "['x',1,2]")),
            Map.entry(Ordered.class, List.of("{'number':1,'text':'x'}", "{'text':'x','number':1}")),
            Map.entry(
                    WithSetter.class,
                    List.of("{'text':'x','seen':[],'extra':'a'}", "{'extra':'a','text':'x','seen':[]}")),
            Map.entry(
                    NullsSkipped.class,
                    List.of("{'list':null,'text':'x'}", "{'list':[],'text':null}", "{'text':'x'}", "{'list':[]}")),
            Map.entry(
                    Identified.class,
                    List.of("{'id':'a','other':{'id':'b','other':null}}", "{'id':'a','other':'a'}", "{'other':null}")),
            Map.entry(CaseBlind.class, List.of("{'plain':{'TEXT':'x','Number':1}}", "{'plain':" + PLAIN + "}")),
            Map.entry(
                    Shape.class,
                    List.of(
                            "{'kind':'circle','radius':1,'within':{'kind':'square','side':2}}",
                            "{'radius':1,'within':{'side':2,'kind':'square'},'kind':'circle'}",
                            "{'kind':'circle','within':null,'radius':1}",
                            "{'kind':'circle','radius':'x'}",
                            "{'kind':'square','side':1,'other':2}",
                            "{'kind':'other','side':1}",
                            "{'side':1}")),
            Map.entry(
                    External.class,
                    List.of(
                            "{'kind':'one','value':{'only':'x'}}",
                            "{'value':{'only':'x'},'kind':'one'}",
                            "{'kind':'plain','value':" + PLAIN + "}")),
            Map.entry(Parent.class, List.of("{'child':{'name':'x'}}", "{'child':{'parent':null,'name':'x'}}")),
            Map.entry(
                    Long34.class,
                    List.of(numbered(34, 34), numbered(33, 33), numbered(34, 17), numbered(0, 0), numbered(34, 1))));

    /** The components of {@link Long34}, those from the second index on before the others. */
    private static String numbered(int count, int first) {
        return IntStream.concat(IntStream.range(first, count), IntStream.range(0, first))
                .mapToObj(i -> "'" + (char) ('a' + i / 10) + i % 10 + "':" + i)
                .collect(Collectors.joining(",", "{", "}"));
    }
}
