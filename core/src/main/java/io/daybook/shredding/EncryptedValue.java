package io.daybook.shredding;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.daybook.serialization.JacksonDefaults;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The JSON that replaces a personal value in an event: the subject, the encrypted bytes in Base64, and the JSON that takes the place of the
 * value after the key is destroyed. The last is null unless specified.
 *
 * <pre>{@code {"daybook:encrypted":1,"subject":"17","data":"jc2V…","erased":"(erased)"}}</pre>
 */
record EncryptedValue(String subject, String data, String erased) {

    static final String NAME = "daybook:encrypted";
    static final int SCHEME = 1;
    static final String NULL = "null";

    private static final JsonMapper JSON = JacksonDefaults.mapper().build();

    /** Returns the JSON of a replacement for a shredded value. */
    static String erased(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the replacement cannot be converted to JSON", e);
        }
    }

    static byte[] json(String subject, byte[] encrypted, String erased) {
        ObjectNode json = JSON.createObjectNode().put(NAME, SCHEME).put("subject", subject);
        json.put("data", Base64.getUrlEncoder().withoutPadding().encodeToString(encrypted));
        if (!erased.equals(NULL)) {
            json.putRawValue("erased", new RawValue(erased));
        }
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Returns whether the name of encrypted values occurs in JSON. A user's text cannot contain it: there its quotes are escaped. */
    static boolean isMarked(byte[] json) {
        return new String(json, StandardCharsets.ISO_8859_1).contains("\"" + NAME + "\"");
    }

    /** Reads the encrypted value that replaces a value. Returns empty if the value is an ordinary one. */
    static Optional<EncryptedValue> in(byte[] json) throws IOException {
        JsonNode value = isMarked(json) ? JSON.readTree(json) : NullNode.instance;
        if (!value.has(NAME)) {
            return Optional.empty(); // the name may be nested within the value
        }
        if (!value.get(NAME).equals(IntNode.valueOf(SCHEME))) {
            throw new IOException("its encryption scheme is unknown: upgrade this program");
        }
        @Nullable String subject = value.path("subject").textValue();
        @Nullable String data = value.path("data").textValue();
        if (subject == null || !Subjects.isValid(subject) || data == null) {
            throw new IOException("its encrypted value lacks a subject or its data");
        }
        return Optional.of(new EncryptedValue(subject, data, Objects.toString(value.get("erased"), NULL)));
    }

    /** Returns whether a value looks encrypted, even if it is incomplete or has an unknown scheme. */
    static boolean looksLike(byte[] json) {
        try {
            return in(json).isPresent();
        } catch (IOException e) {
            return true;
        }
    }

    byte[] encrypted() throws IOException {
        try {
            return Base64.getUrlDecoder().decode(data);
        } catch (IllegalArgumentException e) {
            throw new IOException("its encrypted value is not Base64", null);
        }
    }
}
