package io.daybook.shredding;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A member of a JSON object: its name, and the position of its value in the bytes. */
record Member(String name, JsonToken kind, int start, int end) {

    private static final JsonFactory JSON = new JsonFactory();

    /** Returns the members of the outermost object, in their order. Their values are not examined. */
    static List<Member> of(byte[] json) throws IOException {
        List<Member> members = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("no JSON object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken kind = parser.nextToken();
                int start = (int) parser.currentTokenLocation().getByteOffset();
                parser.skipChildren();
                parser.finishToken(); // at this point, only the first quote of a string has been read
                members.add(new Member(
                        name, kind, start, (int) parser.currentLocation().getByteOffset()));
            }
        }
        return members;
    }
}
