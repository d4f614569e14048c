package io.daybook.eventstore;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * An idempotency key that is derived from the ids of its cause, so that a retry has the same key. Its text consists of
 * {@code daybook:} and the SHA-256 hash of these ids in base64url, 51 characters in total. Processes and reactions send
 * their commands under such keys.
 *
 * <pre>{@code
 * DerivedKey key = DerivedKey.of("reaction", "gift", stored.eventId());
 * }</pre>
 *
 * @param text the text of the key
 */
public record DerivedKey(String text) {

    /** The prefix of every derived key. */
    public static final String PREFIX = "daybook:";

    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    /**
     * Checks the text.
     *
     * @param text the text of the key
     * @throws IllegalArgumentException if the text does not begin with {@link #PREFIX}
     */
    public DerivedKey {
        if (!isDerived(text)) {
            throw new IllegalArgumentException(
                    "the text does not begin with \"" + PREFIX + "\": create the key with DerivedKey.of");
        }
    }

    /**
     * Derives a key.
     *
     * @param parts the values that the key depends on, such as a name and the id of an event
     * @return the key, which is always the same for the same parts
     */
    public static DerivedKey of(String... parts) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
                sha256.update(bytes);
            }
            return new DerivedKey(PREFIX + BASE64.encodeToString(sha256.digest()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * Checks that an id chosen by a caller is not a derived key. Without this check, a caller could use the key of a
     * process before the process does.
     *
     * @param name the name of the id in the exception message, such as {@code commandId}
     * @param id the id
     * @return the id
     * @throws IllegalArgumentException if the id begins with {@link #PREFIX}
     */
    public static String requireNotDerived(String name, String id) {
        if (isDerived(id)) {
            throw new IllegalArgumentException(
                    name + " begins with " + PREFIX + ", which is reserved for the keys of processes: use another id");
        }
        return id;
    }

    /**
     * Returns whether an id is the text of a derived key.
     *
     * @param id the id
     * @return whether the id begins with {@link #PREFIX}
     */
    public static boolean isDerived(String id) {
        return id.startsWith(PREFIX);
    }

    @Override
    public String toString() {
        return text;
    }
}
