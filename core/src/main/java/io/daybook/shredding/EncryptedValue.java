package io.daybook.shredding;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.daybook.serialization.JacksonDefaults;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The JSON that replaces a personal value in an event: the subject, the encrypted bytes, and the JSON that takes the place of the value
 * after the key is destroyed. The last is null unless specified.
 *
 * <pre>{@code {"daybook:encrypted":1,"subject":"17","data":"jc2V…","erased":"(erased)"}}</pre>
 */
record EncryptedValue(String subject, String data, String erased) {

    static final String NULL = "null";

    private static final int SCHEME = 1;
    private static final JsonMapper JSON = JacksonDefaults.mapper().build();

    static EncryptedValue of(String subject, byte[] encrypted, String erased) {
        return new EncryptedValue(
                subject, Base64.getUrlEncoder().withoutPadding().encodeToString(encrypted), erased);
    }

    /** Returns the JSON of a replacement for a shredded value. */
    static String erased(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the replacement cannot become JSON", e);
        }
    }

    byte[] encrypted() throws IOException {
        try {
            return Base64.getUrlDecoder().decode(data);
        } catch (IllegalArgumentException e) {
            throw new IOException("its encrypted value is no Base64", null);
        }
    }

    byte[] json() {
        ObjectNode json = JSON.createObjectNode()
                .put(Marker.NAME, SCHEME)
                .put("subject", subject)
                .put("data", data);
        if (!erased.equals(NULL)) {
            json.putRawValue("erased", new RawValue(erased));
        }
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Reads the encrypted value of a member. Returns empty if the value is an ordinary one. */
    static Optional<EncryptedValue> in(byte[] json, Member member) throws IOException {
        if (!Marker.isIn(json, member.start(), member.end())) {
            return Optional.empty();
        }
        JsonNode value = JSON.readTree(json, member.start(), member.end() - member.start());
        JsonNode scheme = value.get(Marker.NAME);
        if (scheme == null) {
            return Optional.empty(); // nested within the value
        }
        if (!scheme.isInt() || scheme.intValue() != SCHEME) {
            throw new IOException("it is encrypted in a way that this program does not know");
        }
        @Nullable String subject = value.path("subject").textValue();
        @Nullable String data = value.path("data").textValue();
        if (subject == null || !Subjects.isOne(subject) || data == null) {
            throw new IOException("its encrypted value lacks a subject or its data");
        }
        JsonNode erased = value.path("erased");
        return Optional.of(
                new EncryptedValue(subject, data, erased.isMissingNode() ? NULL : JSON.writeValueAsString(erased)));
    }
}
