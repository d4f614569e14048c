package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.ReadConsistencyStrategy;
import com.azure.cosmos.models.CosmosItemRequestOptions;
import com.azure.cosmos.models.CosmosItemResponse;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.verification.Finding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The documents that name events: records of commands, and snapshots. Documents whose events are read are dropped. The
 * others are looked up at the end, since they may have changed while the events were read.
 */
final class EventReferences {

    /** A document that names the event {@code from} and its id, and the events up to {@code to}. */
    record Reference(
            Finding.Kind kind,
            CosmosAsyncContainer container,
            String documentId,
            String stream,
            long from,
            long to,
            @Nullable String eventId) {}

    private final CosmosAsyncContainer events;
    private final RequestExecutor executor;
    private final Map<String, Reference> snapshots = new HashMap<>();
    private final List<Reference> commands = new ArrayList<>();
    private final Map<String, String> pageEvents = new HashMap<>();
    private final List<Reference> pageCommands = new ArrayList<>();

    EventReferences(CosmosAsyncContainer events, RequestExecutor executor) {
        this.events = events;
        this.executor = executor;
    }

    void snapshot(Reference snapshot) {
        snapshots.put(snapshot.stream(), snapshot);
    }

    void command(Reference command) {
        pageCommands.add(command);
    }

    void event(String stream, long number, String eventId) {
        pageEvents.put(key(stream, number), eventId);
        Reference snapshot = snapshots.get(stream);
        if (snapshot != null && snapshot.from() == number && eventId.equals(snapshot.eventId())) {
            snapshots.remove(stream);
        }
    }

    private static String key(String stream, long number) {
        return number + " " + stream;
    }

    /** The documents of one transaction are in one page, in any order. */
    void endPage() {
        for (Reference command : pageCommands) {
            String first = pageEvents.get(key(command.stream(), command.from()));
            boolean stored = isEvent(first, command) && pageEvents.containsKey(key(command.stream(), command.to()));
            if (!stored) {
                commands.add(command);
            }
        }
        pageEvents.clear();
        pageCommands.clear();
    }

    private static boolean isEvent(@Nullable String eventId, Reference reference) {
        return eventId != null && (reference.eventId() == null || eventId.equals(reference.eventId()));
    }

    void endRange(Consumer<Finding> findings) {
        commands.forEach(command -> confirm(command, findings));
        commands.clear();
    }

    void end(Consumer<Finding> findings) {
        snapshots.values().forEach(snapshot -> confirm(snapshot, findings));
        snapshots.clear();
    }

    private void confirm(Reference reference, Consumer<Finding> findings) {
        String problem = problem(reference);
        if (problem == null) {
            return;
        }
        ObjectNode document = read(reference.container(), reference.stream(), reference.documentId());
        boolean unchanged = document != null
                && (reference.kind() == Finding.Kind.ORPHANED_COMMAND
                        || document.path("version").asLong() == reference.from());
        if (unchanged) {
            findings.accept(new Finding(reference.kind(), reference.stream(), 0, problem));
        }
    }

    private @Nullable String problem(Reference reference) {
        boolean command = reference.kind() == Finding.Kind.ORPHANED_COMMAND;
        String what = (command ? "the record \"" + reference.documentId() + "\"" : "the snapshot") + " names ";
        String advice = command
                ? ", so a retry of the command gets a result that is not stored: delete the record, or let it expire"
                : ", so it is not used, but may contain personal data of a deleted stream: delete it";
        for (long number : reference.from() == reference.to()
                ? new long[] {reference.from()}
                : new long[] {reference.from(), reference.to()}) {
            ObjectNode document = read(events, reference.stream(), EventDocuments.eventId(number));
            if (document == null) {
                return what + "event " + number + ", which is not stored" + advice;
            }
            if (EventDocuments.isTombstone(document)) {
                return what + "event " + number + " of a deleted stream" + advice;
            }
            if (number == reference.from()
                    && reference.eventId() != null
                    && !Objects.equals(EventDocuments.eventId(document), reference.eventId())) {
                return what + "event " + number + " with an id other than that of the stored event" + advice;
            }
        }
        return null;
    }

    /** Returns a document, or null if it does not exist. */
    private @Nullable ObjectNode read(CosmosAsyncContainer container, String stream, String id) {
        CosmosItemRequestOptions options =
                new CosmosItemRequestOptions().setReadConsistencyStrategy(ReadConsistencyStrategy.LATEST_COMMITTED);
        try (RequestExecutor.Operation operation = executor.start("verify")) {
            CosmosItemResponse<ObjectNode> answer = operation.awaitRead(
                    "a document of " + stream,
                    container.readItem(id, new PartitionKey(stream), options, ObjectNode.class),
                    CosmosItemResponse::getDiagnostics);
            operation.succeeded();
            return answer == null ? null : answer.getItem();
        } catch (RuntimeException e) {
            if (CosmosFailures.isMissingItem(e)) {
                return null;
            }
            throw CosmosFailures.unavailable("reading a document of " + stream, e);
        }
    }
}
