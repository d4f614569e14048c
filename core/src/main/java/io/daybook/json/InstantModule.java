package io.daybook.json;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.ContextualSerializer;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.datatype.jsr310.deser.InstantDeserializer;
import com.fasterxml.jackson.datatype.jsr310.ser.InstantSerializer;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A Jackson module that reads and writes instants as Jackson's own module does, but faster. The formatter of Jackson's
 * module takes two thirds of the time needed to read an event with one timestamp. For custom settings and unusual text,
 * this module delegates to Jackson's module.
 */
public final class InstantModule {

    private InstantModule() {}

    /**
     * {@return a new module; register it after Jackson's own}
     */
    public static SimpleModule create() {
        return new SimpleModule("daybook-instants")
                .addSerializer(Instant.class, new Writer())
                .addDeserializer(Instant.class, new Reader(InstantDeserializer.INSTANT));
    }

    private static final class Writer extends StdScalarSerializer<Instant> implements ContextualSerializer {

        private static final long serialVersionUID = 1L;

        Writer() {
            super(Instant.class);
        }

        @Override
        public JsonSerializer<?> createContextual(SerializerProvider provider, @Nullable BeanProperty property)
                throws JsonMappingException {
            JsonFormat.Value format = findFormatOverrides(provider, property, Instant.class);
            boolean usual = format == null || format.equals(JsonFormat.Value.empty());
            return usual ? this : InstantSerializer.INSTANCE.createContextual(provider, property);
        }

        @Override
        public void serialize(Instant instant, JsonGenerator json, SerializerProvider provider) throws IOException {
            char[] text = provider.isEnabled(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                    ? null
                    : InstantText.shortest(instant);
            if (text == null) {
                InstantSerializer.INSTANCE.serialize(instant, json, provider);
            } else {
                json.writeString(text, 0, text.length);
            }
        }
    }

    private static final class Reader extends StdScalarDeserializer<Instant> implements ContextualDeserializer {

        private static final long serialVersionUID = 1L;

        private final JsonDeserializer<?> general;

        Reader(JsonDeserializer<?> general) {
            super(Instant.class);
            this.general = general;
        }

        @Override
        public JsonDeserializer<?> createContextual(DeserializationContext context, @Nullable BeanProperty property)
                throws JsonMappingException {
            JsonDeserializer<?> contextual = InstantDeserializer.INSTANT.createContextual(context, property);
            JsonFormat.Value format = findFormatOverrides(context, property, Instant.class);
            boolean usual = format == null || format.equals(JsonFormat.Value.empty());
            return usual ? new Reader(contextual) : contextual;
        }

        @Override
        public @Nullable Instant deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            if (parser.hasToken(JsonToken.VALUE_STRING)) {
                Instant instant = InstantText.parseUsual(
                        parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
                if (instant != null) {
                    return instant;
                }
            }
            return (Instant) general.deserialize(parser, context);
        }
    }
}
