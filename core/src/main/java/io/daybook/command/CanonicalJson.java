package io.daybook.command;

import com.fasterxml.jackson.core.Base64Variant;
import com.fasterxml.jackson.core.JsonGenerationException;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.ObjectCodec;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.base.GeneratorBase;
import io.daybook.event.TextRules;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON generator that writes the same text for the same content. Members are sorted by name, and the elements of sets
 * by their text. Null members are omitted, and a type id precedes its value. Strings include their length, so different
 * content never has the same text. For one value and one thread.
 */
final class CanonicalJson extends GeneratorBase {

    private static final String NULL_NAME = "~";

    private final StringBuilder out = new StringBuilder(256);
    private final StreamWriteConstraints constraints;
    private @Nullable Frame frame;
    private @Nullable String typeId;
    private boolean unpairedSurrogate;

    /** An object or array that is still open. */
    private static final class Frame {

        private final @Nullable Frame outer;
        private final boolean object;
        private final boolean sorted;
        private int[] starts = new int[8];
        private int size;

        Frame(@Nullable Frame outer, boolean object, boolean sorted) {
            this.outer = outer;
            this.object = object;
            this.sorted = sorted;
        }

        void start(int at) {
            if (size == starts.length) {
                starts = Arrays.copyOf(starts, size * 2);
            }
            starts[size++] = at;
        }
    }

    @SuppressWarnings("deprecation") // the replacement requires buffers, which are not needed here
    CanonicalJson(ObjectCodec codec, StreamWriteConstraints constraints) {
        super(0, codec);
        this.constraints = constraints;
    }

    /** Creates a generator with the same settings, for the key of a map. */
    static CanonicalJson like(JsonGenerator json) {
        return new CanonicalJson(json.getCodec(), json.streamWriteConstraints());
    }

    String text() {
        return out.toString();
    }

    boolean hasUnpairedSurrogate() {
        return unpairedSurrogate;
    }

    /** Writes the member name of a null key, which differs from every string. */
    void writeNullName() throws IOException {
        startMember(NULL_NAME);
        out.append(NULL_NAME);
    }

    @Override
    public StreamWriteConstraints streamWriteConstraints() {
        return constraints;
    }

    @Override
    public boolean canWriteTypeId() {
        return true;
    }

    @Override
    public void writeTypeId(Object id) {
        typeId = String.valueOf(id);
    }

    @Override
    public void writeStartArray() throws IOException {
        writeStartArray(null, -1);
    }

    @Override
    public void writeStartArray(@Nullable Object value) throws IOException {
        writeStartArray(value, -1);
    }

    @Override
    public void writeStartArray(@Nullable Object value, int size) throws IOException {
        startValue();
        _writeContext =
                value == null ? _writeContext.createChildArrayContext() : _writeContext.createChildArrayContext(value);
        start(false, value instanceof Set);
        out.append('[');
    }

    @Override
    public void writeEndArray() {
        end(']');
    }

    @Override
    public void writeStartObject() throws IOException {
        writeStartObject(null);
    }

    @Override
    public void writeStartObject(@Nullable Object value) throws IOException {
        startValue();
        _writeContext = value == null
                ? _writeContext.createChildObjectContext()
                : _writeContext.createChildObjectContext(value);
        start(true, true);
        out.append('{');
    }

    @Override
    public void writeStartObject(@Nullable Object value, int size) throws IOException {
        writeStartObject(value);
    }

    @Override
    public void writeEndObject() {
        end('}');
    }

    private void start(boolean object, boolean sorted) throws IOException {
        constraints.validateNestingDepth(_writeContext.getNestingDepth());
        frame = new Frame(frame, object, sorted);
    }

    private void end(char bracket) {
        Frame ended = frame;
        if (ended == null) {
            throw new IllegalStateException("nothing was started");
        }
        if (ended.sorted && !isSorted(ended)) {
            sort(ended);
        }
        out.append(bracket);
        frame = ended.outer;
        _writeContext = _writeContext.getParent();
    }

    private boolean isSorted(Frame frame) {
        for (int i = 1; i < frame.size; i++) {
            if (compare(frame.starts[i - 1], frame.starts[i], i + 1 < frame.size ? frame.starts[i + 1] : out.length())
                    > 0) {
                return false;
            }
        }
        return true;
    }

    private int compare(int first, int second, int end) {
        int length = Math.min(second - first, end - second);
        for (int i = 0; i < length; i++) {
            int difference = out.charAt(first + i) - out.charAt(second + i);
            if (difference != 0) {
                return difference;
            }
        }
        return (second - first) - (end - second);
    }

    private void sort(Frame frame) {
        String[] parts = new String[frame.size];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = out.substring(frame.starts[i], i + 1 < parts.length ? frame.starts[i + 1] : out.length());
        }
        Arrays.sort(parts);
        out.setLength(frame.starts[0]);
        for (String part : parts) {
            out.append(part);
        }
    }

    private void startMember(String name) throws IOException {
        Frame object = frame;
        if (object == null || !object.object) {
            throw new JsonGenerationException("a name outside of an object", this);
        }
        object.start(out.length());
        _writeContext.writeFieldName(name);
    }

    @Override
    public void writeFieldName(String name) throws IOException {
        startMember(name);
        text(name);
    }

    private void text(String text) throws IOException {
        if (!TextRules.isStorable(text)) {
            unpairedSurrogate = true;
            throw new JsonGenerationException("unpaired surrogate", this);
        }
        out.append(text.length()).append(':').append(text);
    }

    private void startValue() {
        Frame within = frame;
        if (within != null && !within.object) {
            within.start(out.length());
        }
        _writeContext.writeValue();
        String id = typeId;
        if (id != null) {
            out.append('#').append(id.length()).append(':').append(id);
            typeId = null;
        }
    }

    @Override
    public void writeNull() {
        Frame within = frame;
        if (within != null && within.object) {
            _writeContext.writeValue();
            out.setLength(within.starts[--within.size]);
            typeId = null;
        } else {
            startValue();
            out.append('n');
        }
    }

    @Override
    public void writeString(@Nullable String text) throws IOException {
        if (text == null) {
            writeNull();
            return;
        }
        startValue();
        out.append('"');
        text(text);
    }

    @Override
    public void writeString(char[] text, int offset, int length) throws IOException {
        writeString(new String(text, offset, length));
    }

    @Override
    public void writeRawUTF8String(byte[] text, int offset, int length) throws IOException {
        writeUTF8String(text, offset, length);
    }

    @Override
    public void writeUTF8String(byte[] text, int offset, int length) throws IOException {
        writeString(new String(text, offset, length, StandardCharsets.UTF_8));
    }

    @Override
    public void writeBinary(Base64Variant variant, byte[] data, int offset, int length) throws IOException {
        writeString(variant.encode(Arrays.copyOfRange(data, offset, offset + length)));
    }

    private void number(String number) {
        startValue();
        out.append(number).append(';');
    }

    @Override
    public void writeNumber(int value) {
        writeNumber((long) value);
    }

    @Override
    public void writeNumber(long value) {
        startValue();
        out.append(value).append(';');
    }

    @Override
    public void writeNumber(@Nullable BigInteger value) {
        if (value == null) {
            writeNull();
        } else {
            number(value.toString());
        }
    }

    @Override
    public void writeNumber(double value) {
        number(Double.toString(value));
    }

    @Override
    public void writeNumber(float value) {
        number(Float.toString(value));
    }

    @Override
    public void writeNumber(@Nullable BigDecimal value) {
        if (value == null) {
            writeNull();
        } else {
            number(value.toString());
        }
    }

    @Override
    public void writeNumber(String encoded) {
        number(encoded);
    }

    @Override
    public void writeBoolean(boolean value) {
        startValue();
        out.append(value ? 't' : 'f');
    }

    @Override
    public void writeRawValue(String json) throws IOException {
        try (JsonParser parser = getCodec().getFactory().createParser(json)) {
            parser.nextToken();
            copyCurrentStructureExact(parser);
        }
    }

    @Override
    public void writeRawValue(String json, int offset, int length) throws IOException {
        writeRawValue(json.substring(offset, offset + length));
    }

    @Override
    public void writeRawValue(char[] json, int offset, int length) throws IOException {
        writeRawValue(new String(json, offset, length));
    }

    @Override
    public void writeRawValue(SerializableString json) throws IOException {
        writeRawValue(json.getValue());
    }

    @Override
    public void writeRaw(String text) throws IOException {
        throw new JsonGenerationException("raw text that is no value", this);
    }

    @Override
    public void writeRaw(String text, int offset, int length) throws IOException {
        writeRaw(text);
    }

    @Override
    public void writeRaw(char[] text, int offset, int length) throws IOException {
        writeRaw("");
    }

    @Override
    public void writeRaw(char c) throws IOException {
        writeRaw("");
    }

    @Override
    public void flush() {
        // there is no underlying stream
    }

    @Override
    protected void _releaseBuffers() {
        // there are no buffers
    }

    @Override
    protected void _verifyValueWrite(String what) {
        // serializers are trusted
    }
}
