package io.daybook.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyName;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBuilder;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Jackson alone is the reference: whatever JSON a record is read from, the value or the refusal is the same. */
class RecordModuleTest {

    private static final Map<String, Consumer<JsonMapper.Builder>> SETTINGS = Map.ofEntries(
            Map.entry("defaults", mapper -> {}),
            Map.entry(
                    "lenient",
                    mapper -> mapper.enable(
                            DeserializationFeature.ACCEPT_EMPTY_STRING_AS_NULL_OBJECT,
                            DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY,
                            DeserializationFeature.UNWRAP_SINGLE_VALUE_ARRAYS)),
            Map.entry(
                    "strict",
                    mapper -> mapper.enable(
                            DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                            DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                            DeserializationFeature.FAIL_ON_IGNORED_PROPERTIES)),
            Map.entry("nothing unknown", mapper -> mapper.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)),
            Map.entry(
                    "no property missing",
                    mapper -> mapper.enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)),
            Map.entry(
                    "no property null",
                    mapper -> mapper.enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)),
            Map.entry("duplicates", mapper -> mapper.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)),
            Map.entry("exceptions bare", mapper -> mapper.disable(DeserializationFeature.WRAP_EXCEPTIONS)),
            Map.entry("any case", mapper -> mapper.enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_PROPERTIES)),
            Map.entry(
                    "named otherwise",
                    mapper -> mapper.propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)),
            Map.entry("sorted", mapper -> mapper.enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)),
            Map.entry("no views by default", mapper -> mapper.disable(MapperFeature.DEFAULT_VIEW_INCLUSION)));

    static List<Arguments> every_record_under_every_setting() {
        List<Arguments> all = new ArrayList<>();
        for (String settings : SETTINGS.keySet()) {
            for (Class<?> type : EveryRecord.JSON.keySet()) {
                all.add(Arguments.of(settings, type));
            }
        }
        return all;
    }

    private static JsonMapper.Builder jackson(String settings) {
        JsonMapper.Builder builder = JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
        Objects.requireNonNull(SETTINGS.get(settings)).accept(builder);
        return builder;
    }

    private static JsonMapper.Builder ours(String settings) {
        return jackson(settings).addModule(RecordModule.create());
    }

    private static final class RefusesUnknown extends DeserializationProblemHandler {

        @Override
        public boolean handleUnknownProperty(
                DeserializationContext context,
                JsonParser parser,
                JsonDeserializer<?> deserializer,
                Object beanOrClass,
                String property)
                throws IOException {
            throw new JsonMappingException(parser, "unknown: " + property);
        }
    }

    private interface Reading {
        @Nullable
        Object of(ObjectMapper mapper) throws Exception;
    }

    /** The value, or kind, message and path of the refusal. */
    private static String outcome(ObjectMapper mapper, Reading reading) {
        Object[] read = new Object[1];
        Throwable refused = catchThrowable(() -> read[0] = reading.of(mapper));
        if (refused == null) {
            return read[0] instanceof EveryRecord.Parent parent ? "parent of " + parent.child : String.valueOf(read[0]);
        }
        String path = refused instanceof JsonMappingException mapping ? mapping.getPathReference() : "";
        String message =
                refused instanceof JsonProcessingException json ? json.getOriginalMessage() : refused.getMessage();
        return refused.getClass().getName() + ": " + message + " at " + path;
    }

    private static void assertReadAlike(ObjectMapper ours, ObjectMapper jackson, String json, Reading reading) {
        assertThat(outcome(ours, reading)).as(json).isEqualTo(outcome(jackson, reading));
    }

    @ParameterizedTest
    @MethodSource
    void every_record_under_every_setting(String settings, Class<?> type) throws Exception {
        ObjectMapper jackson = jackson(settings).build();
        ObjectMapper ours = ours(settings).build();
        for (String quoted : Objects.requireNonNull(EveryRecord.JSON.get(type))) {
            String json = quoted.replace('\'', '"');
            byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
            List<Reading> readings = new ArrayList<>(List.of(
                    mapper -> mapper.readValue(bytes, type),
                    mapper -> mapper.readValue(json, type), // by characters
                    mapper -> mapper.readerWithView(EveryRecord.InSales.class)
                            .forType(type)
                            .readValue(bytes),
                    mapper -> mapper.readerWithView(Object.class).forType(type).readValue(bytes),
                    mapper -> mapper.readerFor(type)
                            .with(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                            .readValue(bytes),
                    mapper -> mapper.readerFor(type)
                            .with(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                            .readValue(bytes),
                    mapper -> mapper.readerFor(type)
                            .withHandler(new RefusesUnknown())
                            .readValue(bytes)));
            JsonNode tree = tree(bytes);
            if (tree != null) {
                readings.add(mapper -> mapper.treeToValue(tree, type));
                readings.add(mapper -> mapper.convertValue(tree, type)); // by way of tokens that are kept
            }
            for (Reading reading : readings) {
                assertReadAlike(ours, jackson, json, reading);
            }
        }
    }

    /** Wherever the JSON breaks off, or whatever byte is wrong. */
    @Test
    @Tag("faults")
    void every_record_of_damaged_json() {
        ObjectMapper jackson = jackson("defaults").build();
        ObjectMapper ours = ours("defaults").build();
        EveryRecord.JSON.forEach((type, jsons) -> jsons.forEach(quoted -> {
            byte[] json = quoted.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < json.length; i++) {
                List<byte[]> damages = new ArrayList<>(List.of(Arrays.copyOf(json, i)));
                for (byte wrong : new byte[] {'}', '"', ',', '1', (byte) 0xFF}) {
                    byte[] damaged = json.clone();
                    damaged[i] = wrong;
                    damages.add(damaged);
                }
                for (byte[] damaged : damages) {
                    String text = type + " " + new String(damaged, StandardCharsets.UTF_8);
                    assertReadAlike(ours, jackson, text, mapper -> mapper.readValue(damaged, type));
                }
            }
        }));
    }

    /** Unknown members are skipped, but must be JSON, because Jackson also reads them. */
    @Test
    void unknown_properties_that_are_not_in_utf8() {
        byte[] json = "{'other':'___','text':'x','number':1}".replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        int at = new String(json, StandardCharsets.UTF_8).indexOf("___");
        json[at] = (byte) 0xED; // half of a surrogate pair
        json[at + 1] = (byte) 0xA0;
        json[at + 2] = (byte) 0x80;
        Reading reading = mapper -> mapper.readValue(json, EveryRecord.Plain.class);
        assertThat(outcome(ours("defaults").build(), reading))
                .contains("Invalid UTF-8")
                .isEqualTo(outcome(jackson("defaults").build(), reading));
    }

    private record WithSetter(@Nullable String text, int number) {

        @JsonProperty("extra")
        void extra(String extra) {
            throw new IllegalStateException("set to " + extra);
        }
    }

    /** As many properties as components, but not the same. */
    @Test
    void a_record_with_a_setter_that_lost_a_component_to_a_modifier() {
        BeanDeserializerModifier modifier = new BeanDeserializerModifier() {

            private static final long serialVersionUID = 1L;

            @Override
            public BeanDeserializerBuilder updateBuilder(
                    DeserializationConfig config, BeanDescription description, BeanDeserializerBuilder builder) {
                builder.removeProperty(PropertyName.construct("number"));
                return builder;
            }
        };
        SimpleModule module = new SimpleModule().setDeserializerModifier(modifier);
        Reading reading = mapper -> mapper.readValue("{\"extra\":\"e\",\"text\":\"x\",\"number\":1}", WithSetter.class);
        assertThat(outcome(ours("defaults").addModule(module).build(), reading))
                .contains("set to e")
                .isEqualTo(outcome(jackson("defaults").addModule(module).build(), reading));
    }

    /** Else all of the above would be true of a module that does nothing. */
    @Test
    void usual_records_are_read_in_their_order_without_looking_names_up() throws Exception {
        ObjectMapper mapper = ours("defaults").build();
        assertThat(namesCompared(mapper, EveryRecord.Plain.class, EveryRecord.PLAIN))
                .isEqualTo(3);
        assertThat(namesCompared(
                        mapper,
                        EveryRecord.Nested.class,
                        "{'plain':" + EveryRecord.PLAIN + ",'plains':[" + EveryRecord.PLAIN + "],'byName':{}}"))
                .isEqualTo(3 + 3 + 4);
        assertThat(namesCompared(mapper, EveryRecord.Positive.class, "{'number':1,'text':'x','other':1}"))
                .isEqualTo(2);
        assertThat(namesCompared(mapper, EveryRecord.Aliased.class, "{'text':'x','number':1}"))
                .isEqualTo(2);
        assertThat(namesCompared(mapper, EveryRecord.ByFactory.class, "{'text':'x','number':1}"))
                .isZero();
    }

    private static int namesCompared(ObjectMapper mapper, Class<?> type, String json) throws Exception {
        int[] compared = {0};
        mapper.readValue(
                new JsonParserDelegate(mapper.createParser(json.replace('\'', '"'))) {
                    @Override
                    public boolean nextFieldName(SerializableString name) throws IOException {
                        compared[0]++;
                        return delegate.nextFieldName(name);
                    }
                },
                type);
        return compared[0];
    }

    private static @Nullable JsonNode tree(byte[] json) {
        try {
            return new ObjectMapper().readTree(json);
        } catch (Exception e) {
            return null;
        }
    }
}
