package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.ReadConsistencyStrategy;
import com.azure.cosmos.models.CosmosItemRequestOptions;
import com.azure.cosmos.models.CosmosItemResponse;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.eventstore.HandledCommand;
import io.daybook.eventstore.StreamId;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * The record of one rejection. Its document has the id of the command's document, so either the append or the rejection
 * can be created, not both. Creating the record twice gives the same answer, so a lost reply does not differ from a
 * second sender. Used by one thread.
 */
final class RejectionRecord {

    private static final int LOOKS = 5;

    private final CosmosAsyncContainer container;
    private final StreamReader reader;
    private final RequestExecutor.Operation operation;
    private final StreamId stream;
    private final ObjectNode document;

    RejectionRecord(
            CosmosAsyncContainer container,
            StreamReader reader,
            RequestExecutor.Operation operation,
            StreamId stream,
            ObjectNode document) {
        this.container = container;
        this.reader = reader;
        this.operation = operation;
        this.stream = stream;
        this.document = document;
    }

    /** Returns the record that counts. */
    HandledCommand create() {
        HandledCommand rejected = EventDocuments.handledCommand(document);
        for (int look = 1; ; look++) {
            boolean written = operation.awaitRepeatable(
                    container.createItem(
                            document,
                            new PartitionKey(stream.toString()),
                            new CosmosItemRequestOptions().setContentResponseOnWriteEnabled(false)),
                    CosmosItemResponse::getDiagnostics,
                    e -> CosmosFailures.isStatus(e, 409));
            if (written) {
                return rejected;
            }
            Optional<HandledCommand> first = reader.command(
                            operation, stream, rejected.commandId(), ReadConsistencyStrategy.SESSION)
                    .map(EventDocuments::handledCommand);
            if (first.isPresent()) {
                return first.get();
            }
            // It has just expired, or the replica is behind.
            if (look == LOOKS || !operation.pause(look, null)) {
                throw new IllegalStateException("the record exists, but could not be read", new TimeoutException());
            }
        }
    }
}
