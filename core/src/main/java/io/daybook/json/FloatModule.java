package io.daybook.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.type.WritableTypeId;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.NumberSerializers;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import java.io.IOException;

/**
 * A Jackson module that writes negative zero as text, as Jackson itself does with infinity. A server that uses
 * JavaScript's number format returns {@code 0} for {@code -0.0}.
 */
public final class FloatModule {

    private static final String NEGATIVE_ZERO = "-0.0";

    private FloatModule() {}

    /**
     * {@return a new module, for one mapper}
     */
    public static SimpleModule create() {
        return new SimpleModule("daybook-floats")
                .addSerializer(Double.class, new DoubleSerializer(Double.class))
                .addSerializer(Double.TYPE, new DoubleSerializer(Double.TYPE))
                .addSerializer(Float.class, new FloatSerializer())
                .addSerializer(Float.TYPE, new FloatSerializer())
                .addSerializer(double[].class, new DoublesSerializer())
                .addSerializer(float[].class, new FloatsSerializer());
    }

    private static boolean isNegativeZero(double value) {
        return value == 0 && Double.doubleToRawLongBits(value) != 0;
    }

    private static boolean isNegativeZero(Object value) {
        return isNegativeZero(((Number) value).doubleValue());
    }

    private static void writeWithType(JsonGenerator json, Object value, TypeSerializer types) throws IOException {
        WritableTypeId id = types.writeTypePrefix(json, types.typeId(value, JsonToken.VALUE_STRING));
        json.writeString(NEGATIVE_ZERO);
        types.writeTypeSuffix(json, id);
    }

    private static final class DoubleSerializer extends NumberSerializers.DoubleSerializer {

        private static final long serialVersionUID = 1L;

        DoubleSerializer(Class<?> type) {
            super(type);
        }

        @Override
        public void serialize(Object value, JsonGenerator json, SerializerProvider provider) throws IOException {
            if (isNegativeZero(value)) {
                json.writeString(NEGATIVE_ZERO);
            } else {
                super.serialize(value, json, provider);
            }
        }

        @Override
        public void serializeWithType(
                Object value, JsonGenerator json, SerializerProvider provider, TypeSerializer types)
                throws IOException {
            if (isNegativeZero(value)) {
                writeWithType(json, value, types);
            } else {
                super.serializeWithType(value, json, provider, types);
            }
        }
    }

    private static final class FloatSerializer extends NumberSerializers.FloatSerializer {

        private static final long serialVersionUID = 1L;

        @Override
        public void serialize(Object value, JsonGenerator json, SerializerProvider provider) throws IOException {
            if (isNegativeZero(value)) {
                json.writeString(NEGATIVE_ZERO);
            } else {
                super.serialize(value, json, provider);
            }
        }

        @Override
        public void serializeWithType(
                Object value, JsonGenerator json, SerializerProvider provider, TypeSerializer types)
                throws IOException {
            if (isNegativeZero(value)) {
                writeWithType(json, value, types);
            } else {
                super.serializeWithType(value, json, provider, types);
            }
        }
    }

    private static final class DoublesSerializer extends StdScalarSerializer<double[]> {

        private static final long serialVersionUID = 1L;

        DoublesSerializer() {
            super(double[].class);
        }

        @Override
        public void serialize(double[] values, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeStartArray(values, values.length);
            for (double value : values) {
                if (isNegativeZero(value)) {
                    json.writeString(NEGATIVE_ZERO);
                } else {
                    json.writeNumber(value);
                }
            }
            json.writeEndArray();
        }
    }

    private static final class FloatsSerializer extends StdScalarSerializer<float[]> {

        private static final long serialVersionUID = 1L;

        FloatsSerializer() {
            super(float[].class);
        }

        @Override
        public void serialize(float[] values, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeStartArray(values, values.length);
            for (float value : values) {
                if (isNegativeZero(value)) {
                    json.writeString(NEGATIVE_ZERO);
                } else {
                    json.writeNumber(value);
                }
            }
            json.writeEndArray();
        }
    }
}
