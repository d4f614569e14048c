package io.daybook.cosmos;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many bytes a stream has, as far as one append can tell without asking: its version times the mean size of the events
 * that were appended. It is right where events are of one size, and never far off for long where they are not.
 */
final class StreamSize {

    /** What the service takes for one logical partition (documented). */
    private static final long LIMIT = 20_000_000_000L;

    private static final Logger log = LoggerFactory.getLogger(CosmosEventStore.class);
    private static final int WARN_FROM_PERCENT = 50;

    private StreamSize() {}

    /** The bytes of a stream after an append of these events. */
    static long estimate(StreamId stream, long version, List<EventEnvelope> events, List<byte[]> data) {
        long bytes = 0;
        for (int i = 0; i < events.size(); i++) {
            bytes += data.get(i).length
                    + EventDocuments.metadataBytes(stream, events.get(i).metadata());
        }
        return (long) ((double) bytes / events.size() * version);
    }

    /** Warns at each full percent that an append has reached, from the half on. */
    static void warn(StreamId stream, long version, int appended, long bytes) {
        long percent = percent(bytes);
        if (percent >= WARN_FROM_PERCENT
                && percent > percent((long) ((double) bytes / version * (version - appended)))) {
            log.warn(
                    "stream nears the end of its logical partition stream={} version={} estimatedBytes={} percent={}",
                    stream,
                    version,
                    bytes,
                    percent);
        }
    }

    private static long percent(long bytes) {
        return bytes / (LIMIT / 100);
    }
}
