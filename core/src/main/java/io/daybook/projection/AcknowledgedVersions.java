package io.daybook.projection;

import io.daybook.eventstore.StreamId;
import io.daybook.readmodel.ConsistencyToken;
import java.util.LinkedHashMap;
import java.util.Map;

/** The versions of the streams whose commands this process acknowledged last. Thread-safe. */
final class AcknowledgedVersions {

    private static final int MAX_STREAMS = 10_000;

    private final Map<StreamId, Long> versions = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<StreamId, Long> eldest) {
            return size() > MAX_STREAMS;
        }
    };

    synchronized void add(ConsistencyToken token) {
        for (StreamId stream : token.streams()) {
            long version = token.versionOf(stream).orElseThrow();
            Long known = versions.remove(stream);
            versions.put(stream, known == null ? version : Math.max(known, version));
        }
    }

    /** Returns the version that was acknowledged last; 1 if it is unknown. */
    synchronized long of(StreamId stream) {
        return versions.getOrDefault(stream, 1L);
    }
}
