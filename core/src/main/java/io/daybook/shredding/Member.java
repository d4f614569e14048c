package io.daybook.shredding;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A member of a JSON object: its name, and where in the bytes its value is. */
record Member(String name, JsonToken kind, int start, int end) {

    private static final JsonFactory JSON = new JsonFactory();

    /** The members of the outermost object, in their order; what they hold is not looked into. */
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
                parser.finishToken(); // of a string nothing but its first quote is read yet
                members.add(new Member(
                        name, kind, start, (int) parser.currentLocation().getByteOffset()));
            }
        }
        return members;
    }
}
