package io.daybook.subscription;

import io.daybook.eventstore.StreamId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The deletion of a stream. A feed delivers it after the events of the stream, with the next sequence number.
 * Immutable.
 *
 * @param stream the stream
 * @param version the last version of the stream, as passed to {@link EventHandler#deleted}
 */
public record DeletedStream(StreamId stream, long version) {

    /**
     * Checks the version.
     *
     * @param stream the stream
     * @param version the last version of the stream
     * @throws IllegalArgumentException if the version is negative
     */
    public DeletedStream {
        if (version < 0) {
            throw new IllegalArgumentException("the version of the deleted stream " + stream + " is " + version
                    + ": use the last version of the stream, or 0 if it had no events");
        }
    }

    /**
     * {@return the sequence number of the deletion, which is greater than that of every event of the stream}
     */
    public long sequenceNumber() {
        return version + 1;
    }

    /**
     * {@return the id of the deletion: {@code deleted-} followed by the SHA-256 hash of the stream's name in base64url.
     * A stream has only one deletion, so the id is unique}
     */
    public String id() {
        byte[] name = stream.toString().getBytes(StandardCharsets.UTF_8);
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(name);
            return "deleted-" + Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
