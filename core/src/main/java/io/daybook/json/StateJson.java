package io.daybook.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A codec for states, such as those of snapshots. Error messages name only the kind of failure, because Jackson's
 * messages quote the state. Thread-safe.
 */
public final class StateJson {

    private final String noun;
    private final ObjectMapper mapper;
    private final ObjectWriter writer;
    private final Map<Class<?>, ObjectReader> readers = new ConcurrentHashMap<>();

    /**
     * Creates a codec.
     *
     * @param mapper the Jackson mapper; copied
     * @throws IllegalArgumentException if the mapper is unsafe
     */
    public StateJson(ObjectMapper mapper) {
        this("snapshot", mapper);
    }

    /**
     * Creates a codec that uses a custom noun in error messages.
     *
     * @param noun the word for a state in error messages, such as {@code snapshot}
     * @param mapper the Jackson mapper; copied
     * @throws IllegalArgumentException if the mapper is unsafe
     */
    public StateJson(String noun, ObjectMapper mapper) {
        this.noun = noun;
        this.mapper = VersionedJson.requireSafe(mapper).copy();
        this.writer = this.mapper.writer().with(StreamWriteFeature.STRICT_DUPLICATE_DETECTION);
    }

    /**
     * Writes a state.
     *
     * @param stream the stream of the state, for error messages
     * @param state the state
     * @return the state as JSON
     * @throws IllegalStateException if the state cannot be written, its JSON would have a duplicate property, or
     *     {@link ExactJson#alteredIn} finds a fault in the JSON
     */
    public String write(Object stream, Object state) {
        return new String(encode(stream, state), StandardCharsets.UTF_8);
    }

    /**
     * Writes a state, as {@link #write} does.
     *
     * @param stream the stream of the state, for error messages
     * @param state the state
     * @return the state as JSON in UTF-8
     * @throws IllegalStateException as for {@link #write}
     */
    public byte[] encode(Object stream, Object state) {
        byte[] json;
        try {
            json = writer.writeValueAsBytes(state);
        } catch (JsonProcessingException e) {
            throw failure("written", stream, e);
        }
        ExactJson.Fault fault = ExactJson.alteredIn(json);
        if (fault != null) {
            throw new IllegalStateException("the " + noun + " of " + stream + " cannot be written: " + fault.rule());
        }
        return json;
    }

    /**
     * Reads a state.
     *
     * @param <S> the type of the state
     * @param stream the stream of the state, for error messages
     * @param json the JSON that {@link #encode} wrote
     * @param type the class of the state
     * @return the state
     * @throws IllegalStateException if the JSON does not match the class
     */
    public <S> S read(Object stream, byte[] json, Class<S> type) {
        try (JsonParser parser = mapper.createParser(json)) {
            return read(stream, parser, type);
        } catch (IOException e) {
            throw failure("read", stream, e);
        }
    }

    /**
     * Reads a state.
     *
     * @param <S> the type of the state
     * @param stream the stream of the state, for error messages
     * @param json the JSON that {@link #write} wrote
     * @param type the class of the state
     * @return the state
     * @throws IllegalStateException if the JSON does not match the class
     */
    public <S> S read(Object stream, String json, Class<S> type) {
        try (JsonParser parser = mapper.createParser(json)) {
            return read(stream, parser, type);
        } catch (IOException e) {
            throw failure("read", stream, e);
        }
    }

    /**
     * Reads a state.
     *
     * @param <S> the type of the state
     * @param stream the stream of the state, for error messages
     * @param json the JSON that {@link #write} wrote, parsed
     * @param type the class of the state
     * @return the state
     * @throws IllegalStateException if the JSON does not match the class
     */
    public <S> S read(Object stream, JsonNode json, Class<S> type) {
        return read(stream, mapper.treeAsTokens(json), type);
    }

    private <S> S read(Object stream, JsonParser json, Class<S> type) {
        try {
            return readers.computeIfAbsent(type, mapper::readerFor).readValue(json);
        } catch (IOException | RuntimeException e) { // the latter for some numbers
            throw failure("read", stream, e);
        }
    }

    private IllegalStateException failure(String done, Object stream, Exception e) {
        return new IllegalStateException("the " + noun + " of " + stream + " cannot be " + done + ": "
                + e.getClass().getName());
    }
}
