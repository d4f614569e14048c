package io.daybook.projection;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.daybook.json.MappingCheck;
import io.daybook.json.ShapeFingerprint;
import io.daybook.json.StateJson;
import io.daybook.json.ValueComparison;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.StoredDocument;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The JSON of the documents of one class. Each document that is written is read back and compared. Immutable. */
final class DocumentJson<S> {

    /** JSON, and the value that was read back from it, which shares no objects with the one that a handler returned. */
    record Written<S>(String json, @Nullable S value) {}

    private final Class<S> type;
    private final StateJson json;
    private final String shape;

    DocumentJson(Class<S> type, ObjectMapper mapper) {
        MappingCheck.require(MappingCheck.Use.DOCUMENT, type, mapper);
        this.type = type;
        this.json = new StateJson("document", mapper);
        this.shape = ShapeFingerprint.of(type, mapper);
    }

    Written<S> write(DocumentKey key, @Nullable S value) {
        if (value == null) {
            return new Written<>("", null);
        }
        byte[] written = json.encode(key.id(), value);
        S readBack = json.read(key.id(), written, type);
        String difference = ValueComparison.ofContent().difference(value, readBack);
        if (difference != null) {
            throw new IllegalStateException("a document of " + type.getName()
                    + " changes when it is read back from JSON" + (difference.isEmpty() ? "" : ", at " + difference)
                    + ": use only members that JSON preserves exactly, such as the components of a record");
        }
        return new Written<>(new String(written, StandardCharsets.UTF_8), readBack);
    }

    String shape() {
        return shape;
    }

    /** Returns whether a stored document shows a value. */
    boolean shows(StoredDocument stored, @Nullable S value) {
        try {
            S expected = write(stored.key(), value).value();
            S shown = read(stored.key(), stored.content());
            if (expected == null) {
                return shown == null;
            }
            return shown != null && ValueComparison.ofContent().difference(expected, shown) == null;
        } catch (RuntimeException e) {
            return false; // altered by hand, so that it is not even readable
        }
    }

    @Nullable
    S read(DocumentKey key, String content) {
        return content.isEmpty() ? null : json.read(key.id(), content, type);
    }
}
