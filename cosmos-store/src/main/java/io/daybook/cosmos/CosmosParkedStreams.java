package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.ReadConsistencyStrategy;
import com.azure.cosmos.models.CosmosItemRequestOptions;
import com.azure.cosmos.models.CosmosItemResponse;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.cosmos.CosmosFailures.Meaning;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.StreamId;
import io.daybook.json.InstantText;
import io.daybook.subscription.ParkedStream;
import io.daybook.subscription.ParkedStreamStore;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/** The parked streams of one subscription name, in one document of the lease container. */
final class CosmosParkedStreams implements ParkedStreamStore {

    private static final int NOT_MODIFIED = 304;

    private final CosmosAsyncContainer leases;
    private final String id;
    private final StreamReader reader;
    private final RequestExecutor executor;
    private final int pageEvents;

    CosmosParkedStreams(
            CosmosAsyncContainer leases, String id, StreamReader reader, RequestExecutor executor, int pageEvents) {
        this.leases = leases;
        this.id = id;
        this.reader = reader;
        this.executor = executor;
        this.pageEvents = pageEvents;
    }

    @Override
    public Contents read(Contents known) {
        // another instance may have parked a stream a moment ago
        CosmosItemRequestOptions options =
                new CosmosItemRequestOptions().setReadConsistencyStrategy(ReadConsistencyStrategy.LATEST_COMMITTED);
        if (!known.etag().isEmpty()) {
            options.setIfNoneMatchETag(known.etag());
        }
        RequestExecutor.Operation operation = executor.start("readParked");
        try (operation) {
            @Nullable
            CosmosItemResponse<ObjectNode> answer = operation.awaitRead(
                    "the parked streams " + id,
                    leases.readItem(id, new PartitionKey(id), options, ObjectNode.class),
                    CosmosItemResponse::getDiagnostics);
            operation.succeeded();
            // depending on the connection mode, the SDK returns a 304 without an item or throws it
            return Objects.requireNonNull(answer).getStatusCode() == NOT_MODIFIED ? known : contents(answer);
        } catch (RuntimeException e) {
            if (hasStatus(e, NOT_MODIFIED)) {
                operation.succeeded();
                return known;
            }
            if (CosmosFailures.isMissingItem(e)) {
                operation.succeeded();
                return Contents.NONE;
            }
            throw CosmosFailures.unavailable("reading the parked streams " + id, e);
        }
    }

    @Override
    public boolean replace(Contents known, List<ParkedStream> streams) {
        ObjectNode document = document(streams);
        RequestExecutor.Operation operation = executor.start("writeParked");
        try (operation) {
            operation.await(
                    known.etag().isEmpty()
                            ? leases.createItem(document, new PartitionKey(id), null)
                            : leases.replaceItem(
                                    document,
                                    id,
                                    new PartitionKey(id),
                                    new CosmosItemRequestOptions().setIfMatchETag(known.etag())),
                    operation.left(),
                    CosmosItemResponse::getDiagnostics);
            operation.succeeded();
            return true;
        } catch (RuntimeException e) {
            // 404: it was deleted in the meantime
            if (hasStatus(e, 409) || hasStatus(e, 412) || CosmosFailures.isMissingItem(e)) {
                operation.succeeded();
                return false;
            }
            EventStoreUnavailableException failure = CosmosFailures.unavailable("writing the parked streams " + id, e);
            throw CosmosFailures.meaning(e) == Meaning.UNKNOWN
                    ? new EventStoreUnavailableException(
                            failure.getMessage() + "; the write may have taken effect",
                            Outcome.UNKNOWN,
                            failure.retryAfter().orElse(null),
                            failure.getCause())
                    : failure;
        }
    }

    private static boolean hasStatus(RuntimeException failure, int status) {
        return Exceptions.unwrap(failure) instanceof CosmosException cosmos && cosmos.getStatusCode() == status;
    }

    @Override
    public List<List<EventEnvelope>> appends(StreamId stream, long from, long to) {
        List<List<EventEnvelope>> appends = new ArrayList<>();
        Iterator<EventEnvelope> each = reader.read(stream, from - 1, to, ReadConsistencyStrategy.LATEST_COMMITTED);
        int events = 0;
        List<EventEnvelope> append = new ArrayList<>();
        while (each.hasNext()) {
            EventEnvelope event = each.next();
            if (!append.isEmpty() && !isOfOneAppend(append.get(0).metadata(), event.metadata())) {
                if (events >= pageEvents) {
                    break;
                }
                append = new ArrayList<>();
            }
            if (append.isEmpty()) {
                appends.add(append);
            }
            append.add(event);
            events++;
        }
        return appends;
    }

    /**
     * Returns whether two events were appended together, which their documents do not record. A command appends once to
     * a stream. Without a command id, the events of an append have the same time and correlation id, unless the writer
     * specified different ones.
     */
    private static boolean isOfOneAppend(EventMetadata one, EventMetadata other) {
        if (one.commandId().isPresent() || other.commandId().isPresent()) {
            return one.commandId().equals(other.commandId());
        }
        return one.timestamp().equals(other.timestamp()) && one.correlationId().equals(other.correlationId());
    }

    private ObjectNode document(List<ParkedStream> streams) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("id", id);
        ArrayNode parked = document.putArray("parked");
        for (ParkedStream stream : streams) {
            ObjectNode entry = parked.addObject()
                    .put("stream", stream.stream().toString())
                    .put("number", stream.sequenceNumber())
                    .put("eventId", stream.eventId())
                    .put("error", stream.error())
                    .put("since", InstantText.format(stream.since()))
                    .put("attempts", stream.attempts())
                    .put("lastNumber", stream.lastSequenceNumber());
            if (stream.deleted()) {
                entry.put("deleted", true);
            }
        }
        return document;
    }

    private static Contents contents(CosmosItemResponse<ObjectNode> answer) {
        List<ParkedStream> streams = new ArrayList<>();
        for (JsonNode parked : answer.getItem().path("parked")) {
            streams.add(new ParkedStream(
                    StreamId.parse(parked.path("stream").asText()),
                    parked.path("number").asLong(),
                    parked.path("eventId").asText(),
                    parked.path("error").asText(),
                    InstantText.parse(parked.path("since").asText()),
                    parked.path("attempts").asInt(),
                    parked.path("lastNumber").asLong(),
                    parked.path("deleted").asBoolean()));
        }
        return new Contents(streams, answer.getETag());
    }
}
