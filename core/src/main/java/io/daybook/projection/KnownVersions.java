package io.daybook.projection;

import io.daybook.eventstore.StreamId;
import io.daybook.readmodel.ConsistencyToken;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The stream versions that this process knows: those of the commands that it acknowledged last, and those that tokens
 * named but the streams had not reached a moment ago. Thread-safe.
 */
final class KnownVersions {

    static final int MAX_STREAMS = 10_000;
    static final Duration LACK_REMEMBERED = Duration.ofSeconds(1);

    /** A version that a token named, and the version that the stream had then. */
    private record Lack(long version, long end, Instant until) {}

    private final Clock clock;
    private final Map<StreamId, Long> acknowledged = bounded();
    private final Map<StreamId, Lack> lacks = bounded();

    KnownVersions(Clock clock) {
        this.clock = clock;
    }

    private static <V> Map<StreamId, V> bounded() {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<StreamId, V> eldest) {
                return size() > MAX_STREAMS;
            }
        };
    }

    synchronized void acknowledged(ConsistencyToken token) {
        for (StreamId stream : token.streams()) {
            long version = token.versionOf(stream).orElseThrow();
            Long known = acknowledged.remove(stream);
            acknowledged.put(stream, known == null ? version : Math.max(known, version));
        }
    }

    /** Returns the version that was acknowledged last, 0 if it is not known. */
    synchronized long acknowledgedOf(StreamId stream) {
        return acknowledged.getOrDefault(stream, 0L);
    }

    /** Records that a stream ends before a version that a token names. */
    synchronized void lacks(StreamId stream, long version, long end) {
        lacks.remove(stream);
        lacks.put(stream, new Lack(version, end, clock.instant().plus(LACK_REMEMBERED)));
    }

    /**
     * Returns whether a stream ended before a version less than a second ago. A lower version than the one that was
     * missing is not known to be missing, nor is any version once the stream is known to have grown.
     */
    synchronized boolean isLacking(StreamId stream, long version, long end) {
        @Nullable Lack lack = lacks.get(stream);
        return lack != null
                && lack.end() == end
                && lack.version() <= version
                && acknowledgedOf(stream) <= end
                && clock.instant().isBefore(lack.until());
    }
}
