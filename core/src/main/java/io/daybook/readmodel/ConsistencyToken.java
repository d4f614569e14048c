package io.daybook.readmodel;

import io.daybook.eventstore.StreamId;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A token that names the minimum stream versions that a read must show. A read with the token from
 * {@code UpdateResult.consistencyToken()} shows what the command wrote. Immutable and thread-safe.
 *
 * <pre>{@code
 * ConsistencyToken token = ConsistencyToken.of(StreamId.of("Order", "42"), 7);
 * ConsistencyToken same = ConsistencyToken.parse(token.toString());
 * }</pre>
 *
 * <p>A token names at most {@value #MAX_STREAMS} streams. Beyond that limit, the least recently added stream is
 * removed. A token grants no access.
 */
public final class ConsistencyToken {

    /** The maximum number of streams in a token. */
    public static final int MAX_STREAMS = 20;

    private static final int MAX_TEXT = 16_384;
    private static final ConsistencyToken NONE = new ConsistencyToken(new LinkedHashMap<>());

    private final Map<StreamId, Long> versions; // least recently added first

    private ConsistencyToken(Map<StreamId, Long> versions) {
        this.versions = versions;
    }

    /**
     * Returns a token without requirements.
     *
     * @return the token
     */
    public static ConsistencyToken none() {
        return NONE;
    }

    /**
     * Returns a token for one stream.
     *
     * @param stream the stream
     * @param version the minimum version that a read must show, 1 or more
     * @return the token
     * @throws IllegalArgumentException if the version is less than 1
     */
    public static ConsistencyToken of(StreamId stream, long version) {
        return NONE.and(stream, version);
    }

    /**
     * Returns a token that also names another stream.
     *
     * @param stream the stream
     * @param version the minimum version that a read must show, 1 or more; if the token already names a greater
     *     version, that version is kept
     * @return the new token
     * @throws IllegalArgumentException if the version is less than 1
     */
    public ConsistencyToken and(StreamId stream, long version) {
        if (version < 1) {
            throw new IllegalArgumentException(
                    "the version of " + stream + " in the token is " + version + ": use 1 or more");
        }
        Map<StreamId, Long> merged = new LinkedHashMap<>(versions);
        Long known = merged.remove(stream);
        merged.put(stream, known == null ? version : Math.max(known, version));
        while (merged.size() > MAX_STREAMS) {
            merged.remove(merged.keySet().iterator().next());
        }
        return new ConsistencyToken(merged);
    }

    /**
     * Merges two tokens.
     *
     * @param later the other token; its streams count as added after those of this token
     * @return a token with the requirements of both, limited to {@value #MAX_STREAMS} streams
     */
    public ConsistencyToken and(ConsistencyToken later) {
        ConsistencyToken merged = this;
        for (Map.Entry<StreamId, Long> each : later.versions.entrySet()) {
            merged = merged.and(each.getKey(), each.getValue());
        }
        return merged;
    }

    /**
     * {@return the streams that the token names, least recently added first; unmodifiable}
     */
    public Set<StreamId> streams() {
        return Collections.unmodifiableSet(versions.keySet());
    }

    /**
     * Returns the minimum version that a read must show for a stream.
     *
     * @param stream the stream
     * @return the version; empty if the token does not name the stream
     */
    public OptionalLong versionOf(StreamId stream) {
        Long version = versions.get(stream);
        return version == null ? OptionalLong.empty() : OptionalLong.of(version);
    }

    /**
     * Parses the text that {@link #toString()} returns.
     *
     * @param text the text; empty for a token without requirements
     * @return the token
     * @throws IllegalArgumentException if the text is not a token; the message does not quote the text
     */
    public static ConsistencyToken parse(String text) {
        if (text.length() > MAX_TEXT) {
            throw new IllegalArgumentException(
                    "the consistency token has " + text.length() + " characters: at most " + MAX_TEXT + " are allowed");
        }
        if (text.isEmpty()) {
            return NONE;
        }
        try {
            String lines = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
            ConsistencyToken token = NONE;
            for (String line : lines.split("\n", -1)) {
                int at = line.lastIndexOf('@');
                token = token.and(StreamId.parse(line.substring(0, at)), Long.parseLong(line.substring(at + 1)));
            }
            return token;
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("the consistency token is malformed: use a token from a response");
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ConsistencyToken token && versions.equals(token.versions);
    }

    @Override
    public int hashCode() {
        return versions.hashCode();
    }

    /**
     * {@return the token as opaque text for a header, made up of letters, digits, - and _; empty if the token has no
     * requirements}
     */
    @Override
    public String toString() {
        StringBuilder lines = new StringBuilder();
        versions.forEach((stream, version) -> lines.append(lines.isEmpty() ? "" : "\n")
                .append(stream)
                .append('@')
                .append(version));
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(lines.toString().getBytes(StandardCharsets.UTF_8));
    }
}
