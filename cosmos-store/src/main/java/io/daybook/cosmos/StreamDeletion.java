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
 * One deletion of a stream. First, in one transaction, tombstones take the number 0 and the number of the next event, under
 * the same check as an append: from then on nothing can be appended, and every reader meets one of the two. Then the commands
 * go, and tombstones take the places of the events, from the last to the first, so that a feed that is behind hands on the
 * first ones and no gap. They stay: a writer that has seen any version meets one at its next number.
 *
 * <p>Each step can be repeated, and left to whoever deletes the stream next. Used by one thread.
 */
final class StreamDeletion {

    private static final Logger log = LoggerFactory.getLogger(CosmosEventStore.class);
    private static final int MOST_OPERATIONS = 100;
    private static final int ATTEMPTS_BEFORE_WALL = 3;
    private static final long WALL_DISTANCE = 10_000;

    private final CosmosAsyncContainer container;
    private final StreamReader reader;
    private final Requests requests;
    private final StreamId stream;
    private boolean mayBeClosed; // whether the stream counts as deleted, or nobody knows

    StreamDeletion(CosmosAsyncContainer container, StreamReader reader, Requests requests, StreamId stream) {
        this.container = container;
        this.reader = reader;
        this.requests = requests;
        this.stream = stream;
    }

    /** Deletes the stream at a version. */
    void run(long expectedVersion) {
        close(expectedVersion);
        finishClosed();
    }

    /** Deletes the stream at whatever version it is, in a bounded number of requests whatever others append meanwhile. */
    void run() {
        closeAtAnyVersion();
        finishClosed();
    }

    private void finishClosed() {
        long removed = finish();
        log.info("stream deleted stream={} events={}", stream, removed);
    }

    private void closeAtAnyVersion() {
        for (int attempt = 1; attempt <= ATTEMPTS_BEFORE_WALL; attempt++) {
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
     * Closes the stream while others append. A tombstone far ahead is the most that they can append up to, since numbers have no gaps.
     * Then tombstones take the numbers behind the last event in one batch, whose last one proves that nobody was faster than the whole
     * batch: what was appended in between is overwritten, and goes as the rest does.
     */
    private void closeAgainstWriters() {
        long last = lastEvent();
        long wall = buildWall(last);
        while (true) {
            long end = Math.min(last + MOST_OPERATIONS - 1, wall);
            CosmosBatch block = batch();
            block.createItemOperation(EventDocuments.tombstone(stream, 0));
            if (end < wall) {
                block.createItemOperation(EventDocuments.tombstone(stream, end));
            }
            for (long number = end - 1; number > last; number--) {
                block.upsertItemOperation(EventDocuments.tombstone(stream, number));
            }
            BatchAnswer answer = write(block);
            if (answer.isStored() || answer.index() == 0) { // by us now, or by another deletion
                return;
            }
            last = lastEvent();
            if (last < end) {
                wall = end; // no event is there, so it is the tombstone of another deletion
            }
        }
    }

    private long buildWall(long last) {
        long end = last;
        for (long distance = WALL_DISTANCE; ; distance *= 10) {
            long wall = end + distance;
            CosmosBatch batch = batch();
            batch.createItemOperation(EventDocuments.tombstone(stream, wall));
            boolean built = write(batch).isStored();
            mayBeClosed = true;
            end = lastEvent();
            if (built || end < wall) {
                return wall;
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
        try (Requests.Operation operation = requests.start("delete")) {
            for (int attempt = 1; ; attempt++) {
                BatchAnswer answer = send(operation, batch);
                boolean closed = answer.isStored() || answer.index() == 0; // by us now, or by whomever before
                if (closed) {
                    operation.succeeded();
                    return;
                }
                if (isClosedMeanwhile(operation, expectedVersion)) { // at least by a tombstone ahead
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

    /** Something stands in the way: another version, unless it is a deletion that came first, or what answered was behind. */
    private boolean isClosedMeanwhile(Requests.Operation operation, long expectedVersion) {
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
            throw failed(conflict); // an attempt under way could yet find the event that it looks for
        }
        operation.succeeded(); // the store has done its work, and the answer is no
        throw conflict;
    }

    /**
     * Removes what is left of a stream that is closed.
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
        try (Requests.Operation operation = requests.start("delete")) {
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
        try (Requests.Operation operation = requests.start("delete")) {
            return found(operation, () -> reader.commandDocuments(operation, stream));
        }
    }

    private <T> T found(Requests.Operation operation, Supplier<T> look) {
        try {
            T found = look.get();
            operation.succeeded();
            return found;
        } catch (RuntimeException e) {
            throw failed(e);
        }
    }

    /**
     * One of its commands may be gone already: by its own time, by another deletion, or by an attempt of which nothing was
     * heard. Then nothing of the batch was done, and it is for the caller to look what is left.
     */
    private BatchAnswer write(CosmosBatch batch) {
        try (Requests.Operation operation = requests.start("delete")) {
            BatchAnswer answer = send(operation, batch);
            operation.succeeded();
            return answer;
        }
    }

    /** Sends a batch until it is stored, or something stands in its way. */
    private BatchAnswer send(Requests.Operation operation, CosmosBatch batch) {
        for (int attempt = 1; ; attempt++) {
            RuntimeException failure;
            Meaning meaning;
            try {
                BatchAnswer answer = BatchAnswer.to(batch, container, operation);
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
                        step.getMessage()
                                + "; it may count as deleted and not be empty yet: delete it again, until that returns",
                        Outcome.UNKNOWN,
                        CosmosFailures.retryAfter(failure),
                        failure)
                : step;
    }
}
