package io.daybook.shredding;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.daybook.event.DomainEvent;
import io.daybook.serialization.EventSerializationException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts and decrypts members in the JSON of one event, and changes nothing but their values. A value is bound to its subject, the type
 * and version of the event, and its member.
 */
record EventCipher(String type, int version) {

    private static final JsonFactory JSON = new JsonFactory();

    /** A declared member: a function that returns its subject, and the JSON that takes its place after the key is destroyed. */
    record Personal(Function<DomainEvent, String> subject, String erased) {}

    byte[] encrypt(DomainEvent event, Map<String, Personal> personal, byte[] clear, Function<String, SubjectKey> keys) {
        Set<String> missing = new TreeSet<>(personal.keySet());
        byte[] encrypted = replace("written", clear, (member, value) -> {
            missing.remove(member);
            Personal declared = personal.get(member);
            if (declared == null && EncryptedValue.looksLike(value)) {
                throw failure("written", member, "it looks like a value that is already encrypted", null);
            }
            if (declared == null || new String(value, StandardCharsets.UTF_8).equals(EncryptedValue.NULL)) {
                return value;
            }
            String subject = Subjects.namedBy(
                            () -> List.of(declared.subject().apply(event)),
                            reason -> failure("written", member, reason, null))
                    .first();
            byte[] data = AesGcm.encrypt(keys.apply(subject), value, subject, place(member));
            return EncryptedValue.json(subject, data, declared.erased());
        });
        if (!missing.isEmpty()) {
            throw failure(
                    "written",
                    "",
                    "its JSON lacks the personal members " + missing + ", so their values may be elsewhere",
                    null);
        }
        return encrypted;
    }

    /**
     * Decrypts the values in an event. If there are none, the JSON is not parsed.
     *
     * @param keys finds the key of a subject; called once for each
     * @param shredded receives the names of the members whose keys are destroyed
     */
    byte[] decrypt(byte[] stored, Function<String, Optional<SubjectKey>> keys, Consumer<String> shredded) {
        if (!EncryptedValue.isMarked(stored)) {
            return stored;
        }
        Map<String, Optional<SubjectKey>> found = new HashMap<>();
        return replace("read", stored, (member, value) -> {
            try {
                @Nullable EncryptedValue encrypted = EncryptedValue.in(value).orElse(null);
                if (encrypted == null) {
                    return value;
                }
                String subject = encrypted.subject();
                SubjectKey key = found.computeIfAbsent(subject, keys)
                        .orElseThrow(() -> failure("read", member, Subjects.UNKNOWN, null));
                if (key.isDestroyed()) {
                    shredded.accept(member);
                    return encrypted.erased().getBytes(StandardCharsets.UTF_8);
                }
                String moved = "its encrypted value was altered, moved or encrypted under another key";
                return AesGcm.decrypt(key, encrypted.encrypted(), subject, place(member))
                        .orElseThrow(() -> failure("read", member, moved, null));
            } catch (JsonProcessingException e) {
                throw failure("read", member, "its encrypted value is not JSON", null); // the cause may quote the data
            } catch (IOException e) {
                throw failure("read", member, String.valueOf(e.getMessage()), null);
            }
        });
    }

    private String[] place(String member) {
        return new String[] {"event", type, Integer.toString(version), member};
    }

    /** Replaces the values of the members of the outermost object. All other bytes are unchanged. */
    private byte[] replace(String done, byte[] json, BiFunction<String, byte[], byte[]> replacement) {
        ByteArrayOutputStream replaced = new ByteArrayOutputStream(2 * json.length);
        int copied = 0;
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("not an object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String member = parser.currentName();
                parser.nextToken();
                int start = (int) parser.currentTokenLocation().getByteOffset();
                parser.skipChildren();
                parser.finishToken(); // at this point, only the first quote of a string has been read
                int end = (int) parser.currentLocation().getByteOffset();
                replaced.write(json, copied, start - copied);
                replaced.writeBytes(replacement.apply(member, Arrays.copyOfRange(json, start, end)));
                copied = end;
            }
        } catch (IOException e) {
            throw failure(done, "", "it is not a JSON object", null); // the cause may quote the data
        }
        replaced.write(json, copied, json.length - copied);
        return replaced.toByteArray();
    }

    EventSerializationException failure(String done, String member, String reason, @Nullable Throwable cause) {
        String at = member.isEmpty() ? "" : ", at " + member;
        String message = "an event " + type + " version " + version + " cannot be " + done + at + ": " + reason;
        return new EventSerializationException(message, type, version, member, cause);
    }
}
