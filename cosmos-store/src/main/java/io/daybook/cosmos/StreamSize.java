package io.daybook.cosmos;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The estimated size of a stream in bytes: its version times the mean size of the events of the last append. The estimate needs no request.
 */
final class StreamSize {

    /** The documented limit of a logical partition. */
    static final long LIMIT = 20_000_000_000L;

    private static final Logger log = LoggerFactory.getLogger(CosmosEventStore.class);
    private static final int WARN_FROM_PERCENT = 50;

    private StreamSize() {}

    /** Returns the estimated size after an append of these events. */
    static long estimate(StreamId stream, long version, List<EventEnvelope> events, List<byte[]> data) {
        long bytes = 0;
        for (int i = 0; i < events.size(); i++) {
            bytes += data.get(i).length
                    + EventDocuments.metadataBytes(stream, events.get(i).metadata());
        }
        return (long) ((double) bytes / events.size() * version);
    }

    /** Warns whenever an append reaches the next full percent of the limit, starting at 50 percent. */
    static void warn(StreamId stream, long version, int appended, long bytes) {
        long percent = percent(bytes);
        if (percent >= WARN_FROM_PERCENT
                && percent > percent((long) ((double) bytes / version * (version - appended)))) {
            log.warn(
                    "stream approaches the size limit of its logical partition stream={} version={} estimatedBytes={} percent={}",
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
