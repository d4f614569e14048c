package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.ReadConsistencyStrategy;
import com.azure.cosmos.models.CosmosBatch;
import com.azure.cosmos.models.PartitionKey;
import io.daybook.cosmos.CosmosFailures.Meaning;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The deletion of a stream. First, one transaction creates tombstones at number 0 and at the number of the next event, with the same
 * check as an append. From then on nothing can be appended, and every reader finds one of the two. Then the commands are deleted, and
 * tombstones replace the events from the last to the first, so a feed that is behind delivers the first events without a gap. The
 * tombstones stay: a writer that has seen any version finds one at its next number.
 *
 * <p>Each step can be repeated, and a later deletion of the same stream completes one that was interrupted. Used by one
 * thread.
 */
final class StreamDeletion {

    private static final Logger log = LoggerFactory.getLogger(CosmosEventStore.class);
    private static final int MOST_OPERATIONS = 100;
    private static final int ATTEMPTS_BEFORE_BARRIER = 3;
    private static final long BARRIER_DISTANCE = 10_000;

    private final CosmosAsyncContainer container;
    private final StreamReader reader;
    private final RequestExecutor executor;
    private final StreamId stream;
    private boolean mayBeClosed; // whether the stream counts as deleted; also true if this is unknown

    StreamDeletion(CosmosAsyncContainer container, StreamReader reader, RequestExecutor executor, StreamId stream) {
        this.container = container;
        this.reader = reader;
        this.executor = executor;
        this.stream = stream;
    }

    /** Deletes the stream at a version. */
    void run(long expectedVersion) {
        close(expectedVersion);
        finishClosed();
    }

    /** Deletes the stream at any version, in a bounded number of requests even while others append. */
    void run() {
        closeAtAnyVersion();
        finishClosed();
    }

    private void finishClosed() {
        long removed = finish();
        log.info("stream deleted stream={} events={}", stream, removed);
    }

    private void closeAtAnyVersion() {
        for (int attempt = 1; attempt <= ATTEMPTS_BEFORE_BARRIER; attempt++) {
            try {
                close(lastEvent());
                return;
            } catch (ConcurrencyException e) {
                log.debug("deletion overtaken stream={} attempt={}", stream, attempt);
            }
        }
        closeAgainstWriters();
    }

    /**
     * Closes the stream while others append. A tombstone far ahead limits how many events they can append, since
     * numbers have no gaps. Then one batch writes tombstones after the last event. It creates the last of them, so it
     * fails if a writer has passed the whole batch. Events that were appended within the range of the batch are
     * overwritten and deleted like the rest. The last tombstone of the batch comes after every event, and feeds derive
     * the version from it.
     */
    private void closeAgainstWriters() {
        long last = lastEvent();
        long barrier = buildBarrier(last);
        while (true) {
            long end = Math.min(last + MOST_OPERATIONS - 1, barrier);
            CosmosBatch block = batch();
            block.createItemOperation(EventDocuments.tombstone(stream, 0));
            if (end < barrier) {
                block.createItemOperation(EventDocuments.tombstone(stream, end));
            } else {
                block.upsertItemOperation(EventDocuments.tombstone(stream, end));
            }
            for (long number = end - 1; number > last; number--) {
                block.upsertItemOperation(EventDocuments.tombstone(stream, number));
            }
            BatchResult answer = write(block);
            if (answer.isStored() || answer.index() == 0) { // by this deletion or another one
                return;
            }
            last = lastEvent();
            if (last < end) {
                barrier = end; // there is no event, so it is the tombstone of another deletion
            }
        }
    }

    private long buildBarrier(long last) {
        long end = last;
        for (long distance = BARRIER_DISTANCE; ; distance *= 10) {
            long barrier = end + distance;
            CosmosBatch batch = batch();
            batch.createItemOperation(EventDocuments.tombstone(stream, barrier));
            boolean built = write(batch).isStored();
            mayBeClosed = true;
            end = lastEvent();
            if (built || end < barrier) {
                return barrier;
            }
        }
    }

    private void close(long expectedVersion) {
        CosmosBatch batch = batch();
        batch.createItemOperation(EventDocuments.tombstone(stream, 0));
        if (expectedVersion > 0) {
            batch.readItemOperation(EventDocuments.eventId(expectedVersion));
        }
        batch.createItemOperation(EventDocuments.tombstone(stream, expectedVersion + 1));
        try (RequestExecutor.Operation operation = executor.start("delete")) {
            for (int attempt = 1; ; attempt++) {
                BatchResult answer = send(operation, batch);
                boolean closed = answer.isStored() || answer.index() == 0; // by this deletion or an earlier one
                if (closed) {
                    operation.succeeded();
                    return;
                }
                if (isClosedMeanwhile(operation, expectedVersion)) { // at least by a tombstone far ahead
                    operation.succeeded();
                    closeAgainstWriters();
                    return;
                }
                if (!operation.pause(attempt, null)) {
                    throw failed(answer.asFailure());
                }
            }
        }
    }

    /** Returns whether another deletion came first. Throws on a conflict; {@code false} means that the replica was behind. */
    private boolean isClosedMeanwhile(RequestExecutor.Operation operation, long expectedVersion) {
        long actual;
        try {
            actual = reader.currentVersion(operation, stream, ReadConsistencyStrategy.SESSION);
        } catch (StreamDeletedException e) {
            return true;
        } catch (RuntimeException e) {
            throw failed(e);
        }
        if (actual == expectedVersion) {
            return false;
        }
        ConcurrencyException conflict = new ConcurrencyException(stream, expectedVersion, actual);
        if (mayBeClosed && actual < expectedVersion) {
            throw failed(conflict); // an earlier attempt may still reach the service and find the event that it needs
        }
        operation.succeeded(); // a conflict is a result, not a failure
        throw conflict;
    }

    /**
     * Removes the commands and events of a closed stream.
     *
     * @return how many events were removed
     */
    long finish() {
        mayBeClosed = true;
        removeCommands();
        long removed = 0;
        for (long last = lastEvent(); last > 0; last = lastEvent()) {
            for (long to = last; to > 0; to -= MOST_OPERATIONS) {
                CosmosBatch block = batch();
                for (long number = to; number > Math.max(0, to - MOST_OPERATIONS); number--) {
                    block.upsertItemOperation(EventDocuments.tombstone(stream, number));
                }
                write(block);
            }
            removed += last;
        }
        return removed;
    }

    private long lastEvent() {
        try (RequestExecutor.Operation operation = executor.start("delete")) {
            return found(operation, () -> reader.lastEvent(operation, stream));
        }
    }

    private void removeCommands() {
        for (List<String> ids = commands(); !ids.isEmpty(); ids = commands()) {
            for (int from = 0; from < ids.size(); from += MOST_OPERATIONS) {
                CosmosBatch block = batch();
                ids.subList(from, Math.min(ids.size(), from + MOST_OPERATIONS)).forEach(block::deleteItemOperation);
                write(block);
            }
        }
    }

    private List<String> commands() {
        try (RequestExecutor.Operation operation = executor.start("delete")) {
            return found(operation, () -> reader.commandDocuments(operation, stream));
        }
    }

    private <T> T found(RequestExecutor.Operation operation, Supplier<T> look) {
        try {
            T found = look.get();
            operation.succeeded();
            return found;
        } catch (RuntimeException e) {
            throw failed(e);
        }
    }

    /**
     * Writes a batch. It fails as a whole if one of its command documents no longer exists because it expired, or
     * because another deletion or an attempt whose response was lost removed it. The caller then reads what is left.
     */
    private BatchResult write(CosmosBatch batch) {
        try (RequestExecutor.Operation operation = executor.start("delete")) {
            BatchResult answer = send(operation, batch);
            operation.succeeded();
            return answer;
        }
    }

    /** Sends a batch until it is stored or there is a conflict. */
    private BatchResult send(RequestExecutor.Operation operation, CosmosBatch batch) {
        for (int attempt = 1; ; attempt++) {
            RuntimeException failure;
            Meaning meaning;
            try {
                BatchResult answer = BatchResult.send(batch, container, operation);
                if (answer.isStored() || answer.isConflict()) {
                    return answer;
                }
                failure = answer.asFailure();
                meaning = CosmosFailures.meaning(answer.status(), answer.substatus());
            } catch (RuntimeException e) {
                failure = e;
                meaning = CosmosFailures.meaning(e);
            }
            mayBeClosed |= meaning == Meaning.UNKNOWN;
            if (meaning.isFinal()
                    || Thread.currentThread().isInterrupted()
                    || !operation.pause(attempt, CosmosFailures.retryAfter(failure))) {
                throw failed(failure);
            }
        }
    }

    private CosmosBatch batch() {
        return CosmosBatch.createCosmosBatch(new PartitionKey(stream.toString()));
    }

    private EventStoreUnavailableException failed(RuntimeException failure) {
        EventStoreUnavailableException step = CosmosFailures.unavailable("deleting " + stream, failure);
        return mayBeClosed
                ? new EventStoreUnavailableException(
                        step.getMessage() + "; the stream may count as deleted but still have events: delete it again",
                        Outcome.UNKNOWN,
                        CosmosFailures.retryAfter(failure),
                        failure)
                : step;
    }
}
