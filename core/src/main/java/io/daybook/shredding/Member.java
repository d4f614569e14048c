package io.daybook.shredding;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A member of a JSON object: its name, and the position of its value in the bytes. */
record Member(String name, boolean isNull, int start, int end) {

    private static final JsonFactory JSON = new JsonFactory();

    /** Returns the members of the outermost object, in their order. Their values are not examined. */
    static List<Member> of(byte[] json) throws IOException {
        List<Member> members = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("not a JSON object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                boolean isNull = parser.nextToken() == JsonToken.VALUE_NULL;
                int start = (int) parser.currentTokenLocation().getByteOffset();
                parser.skipChildren();
                parser.finishToken(); // at this point, only the first quote of a string has been read
                members.add(new Member(
                        name, isNull, start, (int) parser.currentLocation().getByteOffset()));
            }
        }
        return members;
    }

    /** Returns the JSON with other values for some members, which must be in their order. All other bytes are unchanged. */
    static <V> byte[] replace(byte[] json, Map<Member, V> values, Function<V, byte @Nullable []> replacement) {
        ByteArrayOutputStream changed = new ByteArrayOutputStream(json.length + 128 * values.size());
        int copied = 0;
        for (Map.Entry<Member, V> entry : values.entrySet()) {
            byte[] value = replacement.apply(entry.getValue());
            if (value != null) {
                changed.write(json, copied, entry.getKey().start() - copied);
                changed.writeBytes(value);
                copied = entry.getKey().end();
            }
        }
        changed.write(json, copied, json.length - copied);
        return changed.toByteArray();
    }
}
