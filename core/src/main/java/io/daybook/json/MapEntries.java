package io.daybook.json;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.ser.std.MapSerializer;
import com.fasterxml.jackson.databind.ser.std.StdKeySerializers;

/** A check that a map's serializer omits no entries and that the map's keys can be read. */
final class MapEntries {

    private MapEntries() {}

    /** Exposes what Jackson's map serializer shows only to its subclasses. */
    private static final class Peek extends MapSerializer {

        private static final long serialVersionUID = 1L;

        Peek(MapSerializer map) {
            super(map, null, false);
        }

        boolean leavesOut() {
            return _suppressableValue != null
                    || _suppressNulls
                    || (_ignoredEntries != null && !_ignoredEntries.isEmpty())
                    || _includedEntries != null;
        }
    }

    static void require(
            MappingCheck check,
            JavaType type,
            JsonSerializer<?> serializer,
            SerializerProvider provider,
            boolean keysAreRead,
            String where)
            throws JsonMappingException {
        if (serializer instanceof MapSerializer map && new Peek(map).leavesOut()) {
            throw check.failure(
                    where,
                    "is a map whose entries are not all written",
                    "remove @JsonInclude(content = …) and @JsonIgnoreProperties");
        }
        Class<?> key = type.getKeyType().getRawClass();
        if (keysAreRead
                && key.isRecord()
                && provider.findKeySerializer(type.getKeyType(), null) instanceof StdKeySerializers.Default) {
            throw check.failure(
                    where,
                    "has keys of the record " + key.getName() + ", which are written by toString()",
                    "annotate its component with @JsonKey and a factory with @JsonCreator, or use a list of entries");
        }
    }
}
