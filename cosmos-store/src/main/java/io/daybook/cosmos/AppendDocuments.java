package io.daybook.cosmos;

import com.azure.cosmos.models.CosmosBatch;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendTooLargeException;
import io.daybook.eventstore.StreamId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The documents that one append creates.
 *
 * @param command the document of the command; null if the append has no idempotency key
 * @param events the documents of the events
 */
record AppendDocuments(@Nullable ObjectNode command, List<ObjectNode> events) {

    /** The maximum size of all documents. The service accepts 2 MB, which include up to 150 bytes for each of 100 operations. */
    static final long MAX_BYTES = 2_000_000 - 100 * 150;
    /** More than the document of a command takes. */
    private static final long MAX_COMMAND_BYTES = 2_000;

    /**
     * Creates the documents of an append.
     *
     * @param data the encoded events
     * @throws AppendTooLargeException if the documents are too large for one batch
     */
    static AppendDocuments of(
            StreamId stream,
            long expectedVersion,
            List<EventEnvelope> events,
            List<byte[]> data,
            AppendOptions options,
            Duration idempotencyKeyRetention) {
        @Nullable
        ObjectNode command = options.idempotencyKey()
                .map(key -> EventDocuments.command(
                        stream,
                        key,
                        expectedVersion + 1,
                        expectedVersion + events.size(),
                        events.get(0).metadata().eventId(),
                        idempotencyKeyRetention))
                .orElse(null);
        AppendDocuments documents = new AppendDocuments(command, new ArrayList<>(events.size()));
        long bytesAtMost = MAX_COMMAND_BYTES;
        for (int i = 0; i < events.size(); i++) {
            EventMetadata metadata = events.get(i).metadata();
            documents.events.add(EventDocuments.event(stream, metadata, data.get(i)));
            bytesAtMost += data.get(i).length + EventDocuments.metadataBytesAtMost(stream, metadata);
        }
        if (bytesAtMost > MAX_BYTES) { // an upper bound, which is much faster to compute than the size
            documents.requireFits(stream);
        }
        return documents;
    }

    private void requireFits(StreamId stream) {
        long bytes = Stream.concat(Stream.ofNullable(command), events.stream())
                .mapToLong(document -> document.toString().getBytes(StandardCharsets.UTF_8).length)
                .sum();
        if (bytes > MAX_BYTES) {
            throw AppendTooLargeException.appendTooLarge(stream, bytes, MAX_BYTES);
        }
    }

    /** Returns a batch that creates the command, reads the event at the expected version, and creates the events. */
    CosmosBatch batch(StreamId stream, long expectedVersion) {
        CosmosBatch batch = CosmosBatch.createCosmosBatch(new PartitionKey(stream.toString()));
        if (command != null) {
            batch.createItemOperation(command);
        }
        if (expectedVersion > 0) {
            batch.readItemOperation(EventDocuments.eventId(expectedVersion));
        }
        events.forEach(event -> batch.createItemOperation(event));
        return batch;
    }

    /** Returns whether an operation of the batch creates the command. */
    boolean isCommand(int index) {
        return index == 0 && command != null;
    }

    /** Returns the index of the operation that reads the event at the expected version, if that is not 0. */
    int readIndex() {
        return command == null ? 0 : 1;
    }
}
