package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.ReadConsistencyStrategy;
import com.azure.cosmos.models.CosmosBatch;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.cosmos.CosmosFailures.Meaning;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendOptions.IdempotencyKey;
import io.daybook.eventstore.AppendResult;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamFullException;
import io.daybook.eventstore.StreamId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One append, retried until its outcome is known. Each attempt sends the same batch with the same document ids, which
 * can be created only once. The append therefore takes effect once, no matter how many attempts reach the service.
 */
final class Append {

    private static final Logger log = LoggerFactory.getLogger(CosmosEventStore.class);

    /**
     * The consistency of reads after a conflict. The response with the conflict carries a session token, so a session read sees at least
     * the conflicting documents. The latest committed version of another region may not have them yet.
     */
    private static final ReadConsistencyStrategy AFTER_CONFLICT = ReadConsistencyStrategy.SESSION;

    /** The result of one attempt. */
    private enum Attempt {
        STORED,
        COMMAND_TAKEN,
        NUMBER_TAKEN,
        FAILED
    }

    private final CosmosAsyncContainer container;
    private final StreamReader reader;
    private final RequestExecutor.Operation operation;
    private final StreamId stream;
    private final long expectedVersion;
    private final List<EventEnvelope> events;
    private final AppendOptions options;
    private final AppendDocuments documents;
    private final CosmosBatch batch;
    private final StreamDeletion deletion;
    private @Nullable String eventBefore;
    private boolean mayBeStored; // by an attempt whose outcome is unknown, or after a tombstone
    private @Nullable RuntimeException lastFailure;

    Append(
            CosmosAsyncContainer container,
            StreamReader reader,
            RequestExecutor.Operation operation,
            StreamId stream,
            long expectedVersion,
            List<EventEnvelope> events,
            AppendOptions options,
            AppendDocuments documents,
            StreamDeletion deletion) {
        this.container = container;
        this.reader = reader;
        this.operation = operation;
        this.stream = stream;
        this.expectedVersion = expectedVersion;
        this.events = events;
        this.options = options;
        this.documents = documents;
        this.batch = documents.batch(stream, expectedVersion);
        this.deletion = deletion;
    }

    AppendResult run() {
        try {
            return untilKnown();
        } catch (StreamDeletedException e) {
            // Events after a tombstone are deleted here. The rest is left to the deletion of the stream.
            if (mayBeStored && lookUp(() -> reader.lastEvent(operation, stream)) > expectedVersion) {
                deletion.finish();
            }
            throw e;
        }
    }

    private AppendResult untilKnown() {
        for (int attempt = 1; ; attempt++) {
            long started = System.nanoTime();
            Optional<AppendResult> known = switch (send()) {
                case STORED -> Optional.of(result(eventBefore));
                case COMMAND_TAKEN -> resolveCommand();
                case NUMBER_TAKEN -> resolveConflict();
                case FAILED -> Optional.empty();
            };
            if (known.isPresent()) {
                return known.get();
            }
            @Nullable Duration asked = lastFailure == null ? null : CosmosFailures.retryAfter(lastFailure);
            // As long as nothing can have been stored, do not begin an attempt that is likely to time out.
            Duration needed = mayBeStored ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - started);
            if (!operation.pause(attempt, asked, operation.left().minus(needed))) {
                throw givenUp();
            }
            log.debug("append retried stream={} attempt={}", stream, attempt + 1);
        }
    }

    private AppendResult result(@Nullable String eventBefore) {
        return AppendResult.stored(expectedVersion, events.size(), options, eventBefore);
    }

    private Attempt send() {
        BatchResult answer;
        try {
            answer = BatchResult.send(batch, container, operation);
        } catch (RuntimeException e) {
            return failed(e, CosmosFailures.meaning(e));
        }
        if (answer.isStored()) {
            eventBefore = eventAtExpectedVersion(answer);
            return Attempt.STORED;
        }
        if (answer.isConflict()) {
            return documents.isCommand(answer.index()) && answer.status() == 409
                    ? Attempt.COMMAND_TAKEN
                    : Attempt.NUMBER_TAKEN;
        }
        return failed(answer.asFailure(), CosmosFailures.meaning(answer.status(), answer.substatus()));
    }

    /**
     * Returns the id of the event at the expected version. A tombstone there means that the caller specified a version
     * that the stream never had. The events that were stored after it are deleted again.
     *
     * @throws StreamDeletedException if there is a tombstone at the expected version
     */
    private @Nullable String eventAtExpectedVersion(BatchResult answer) {
        if (expectedVersion == 0) {
            return null;
        }
        @Nullable
        ObjectNode before = answer.results().get(documents.readIndex()).getItem(ObjectNode.class);
        if (before == null) {
            return null;
        }
        if (EventDocuments.isTombstone(before)) {
            mayBeStored = true;
            throw new StreamDeletedException(stream);
        }
        return EventDocuments.eventId(before);
    }

    private Attempt failed(RuntimeException failure, Meaning meaning) {
        if (lastFailure != null && lastFailure != failure) {
            failure.addSuppressed(lastFailure);
        }
        lastFailure = failure;
        mayBeStored |= meaning == Meaning.UNKNOWN;
        if (meaning == Meaning.FULL && !mayBeStored) {
            throw new StreamFullException(stream, "20 GB of a logical partition of Cosmos DB", failure);
        }
        if (meaning.isFinal() || Thread.currentThread().isInterrupted()) {
            throw givenUp();
        }
        return Attempt.FAILED;
    }

    private EventStoreUnavailableException givenUp() {
        RuntimeException cause = lastFailure == null
                ? new IllegalStateException("the conflicting documents could not be read", new TimeoutException())
                : lastFailure;
        return CosmosFailures.unavailable(
                "the append of " + events.size() + " events to " + stream,
                mayBeStored ? Outcome.UNKNOWN : Outcome.NOT_STORED,
                cause);
    }

    /** Handles a stored command, which an earlier attempt of this append or another append has stored. */
    private Optional<AppendResult> resolveCommand() {
        IdempotencyKey command = options.idempotencyKey().orElseThrow();
        Optional<ObjectNode> found =
                lookUp(() -> reader.command(operation, stream, command.commandId(), AFTER_CONFLICT));
        // The document is missing: it has just expired, or the replica is behind. The next attempt will show which.
        return found.map(document -> {
            boolean ours = EventDocuments.firstEventId(document)
                    .filter(id -> id.equals(eventId(0)))
                    .isPresent();
            return ours
                    ? result(builtOnStored())
                    : EventDocuments.handledCommand(document).asDuplicateOf(stream, command.fingerprint());
        });
    }

    /** Returns the id of the event at the expected version after a lost response. Takes one more request if the caller wants it. */
    private @Nullable String builtOnStored() {
        if (expectedVersion == 0 || options.builtOn().isEmpty()) {
            return null;
        }
        List<EventEnvelope> before = lookUp(
                () -> reader.firstPage(operation, stream, expectedVersion - 1, expectedVersion, 1, AFTER_CONFLICT)
                        .events());
        return before.isEmpty() ? null : before.get(0).metadata().eventId();
    }

    /** Reports a conflict, unless an earlier attempt of this append stored the event at the first number. */
    private Optional<AppendResult> resolveConflict() {
        long from = Math.max(0, expectedVersion - 1);
        int ahead = (int) (expectedVersion - from);
        StreamReader.Page page = lookUp(
                () -> reader.firstPage(operation, stream, from, Long.MAX_VALUE, ahead + events.size(), AFTER_CONFLICT));
        List<EventEnvelope> stored = page.events();
        if (isOurs(stored, ahead)) {
            return Optional.of(
                    result(ahead == 0 ? null : stored.get(0).metadata().eventId()));
        }
        boolean reachesTheEnd = !stored.isEmpty() && page.isLast();
        long actual = reachesTheEnd
                ? from + stored.size()
                : lookUp(() -> reader.currentVersion(operation, stream, AFTER_CONFLICT));
        if (actual == expectedVersion) {
            return Optional.empty(); // the replica is behind, or the missing events have just been written
        }
        if (actual < expectedVersion && mayBeStored) {
            throw givenUp(); // an earlier attempt may still reach the service and find the event that it needs
        }
        throw new ConcurrencyException(stream, expectedVersion, actual, reachesTheEnd ? stored : List.of());
    }

    private boolean isOurs(List<EventEnvelope> stored, int ahead) {
        if (stored.size() < ahead + events.size()) {
            return false;
        }
        for (int i = 0; i < events.size(); i++) {
            if (!stored.get(ahead + i).metadata().equals(events.get(i).metadata())) {
                return false;
            }
        }
        return true;
    }

    private String eventId(int index) {
        return events.get(index).metadata().eventId();
    }

    /** A failed lookup says nothing about the append: it is not stored, unless an earlier attempt got no response. */
    private <T> T lookUp(Supplier<T> look) {
        try {
            return look.get();
        } catch (RuntimeException e) {
            if (e instanceof StreamDeletedException || (e instanceof EventStoreUnavailableException && !mayBeStored)) {
                throw e;
            }
            throw CosmosFailures.unavailable(
                    "reading the conflicting documents of the append to " + stream,
                    mayBeStored ? Outcome.UNKNOWN : Outcome.NOT_STORED,
                    e);
        }
    }
}
