package io.daybook.aggregate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.daybook.json.ShapeFingerprint;
import io.daybook.json.StateJson;
import io.daybook.json.ValueComparison;
import io.daybook.serialization.JacksonDefaults;
import io.daybook.snapshot.Snapshot;

/**
 * The JSON mapping of the snapshots of one aggregate type. Each state is read back and compared before it is passed to
 * a snapshot store, so a state that JSON cannot represent is never saved. Immutable and thread-safe.
 */
final class SnapshotJson<S> {

    private static final ObjectMapper TREES = JacksonDefaults.mapper().build();

    private final Class<S> stateType;
    private final StateJson json;
    private final String shape;

    SnapshotJson(Class<S> stateType, ObjectMapper mapper) {
        this.stateType = stateType;
        this.json = new StateJson(mapper);
        this.shape = ShapeFingerprint.of(stateType, mapper);
    }

    String shape() {
        return shape;
    }

    /**
     * Writes a state.
     *
     * @return the snapshot with the state as JSON
     * @throws IllegalStateException if the state cannot be written, or differs when it is read back
     */
    Snapshot<JsonNode> write(Snapshot<?> snapshot) {
        JsonNode written = tree(json.write(snapshot.stream(), snapshot.state()));
        S readBack = json.read(snapshot.stream(), written, stateType);
        String difference = ValueComparison.ofContent().difference(snapshot.state(), readBack);
        if (difference != null) {
            throw new IllegalStateException("the state of a snapshot changes when it is read back from JSON"
                    + (difference.isEmpty() ? "" : ", at " + difference) + ", so it was not saved: use only members in "
                    + stateType.getName() + " that JSON preserves exactly, such as the components of a record");
        }
        return with(snapshot, written);
    }

    /** Parses the text with all digits, whatever the settings of the application's mapper. */
    private static JsonNode tree(String text) {
        try {
            return TREES.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the state of a snapshot is written as text that is not JSON", e);
        }
    }

    /**
     * Reads a state written by {@link #write}.
     *
     * @throws IllegalStateException if the state does not match the class
     */
    Snapshot<S> read(Snapshot<JsonNode> snapshot) {
        return with(snapshot, json.read(snapshot.stream(), snapshot.state(), stateType));
    }

    private <T> Snapshot<T> with(Snapshot<?> snapshot, T state) {
        return new Snapshot<>(
                snapshot.stream(), snapshot.version(), snapshot.eventId(), snapshot.schemaVersion(), shape, state);
    }
}
