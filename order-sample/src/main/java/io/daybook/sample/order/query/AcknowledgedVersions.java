package io.daybook.sample.order.query;

import io.daybook.eventstore.StreamId;
import io.daybook.readmodel.ConsistencyToken;
import java.util.LinkedHashMap;
import java.util.Map;

/** The versions of the last 10,000 streams that this process acknowledged commands of. Thread-safe. */
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

    synchronized ConsistencyToken of(StreamId stream) {
        Long version = versions.get(stream);
        return version == null ? ConsistencyToken.none() : ConsistencyToken.of(stream, version);
    }
}
