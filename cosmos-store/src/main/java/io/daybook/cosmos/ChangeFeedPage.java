package io.daybook.cosmos;

import com.azure.cosmos.models.ChangeFeedProcessorItem;
import com.fasterxml.jackson.databind.JsonNode;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.DeletedStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A page of the change feed: the appends and deletions that a subscription delivers.
 *
 * <p>A deletion closes its stream in one transaction, which creates the tombstone at 0 and a tombstone after all
 * events. No later event can be appended, so in the change feed the deletion comes after all events. Other tombstones
 * only replace events.
 *
 * @param appends the events of each append, in the order of their transactions
 * @param deletions the streams that were closed
 */
record ChangeFeedPage(Collection<List<EventEnvelope>> appends, List<DeletedStream> deletions) {

    /**
     * Identifies the documents of a stream that were written in one transaction.
     *
     * @param stream the stream
     * @param number the log sequence number, which all documents of one transaction share
     */
    private record Transaction(String stream, long number) {}

    /**
     * Reads a page. The service guarantees the order of transactions, but not the order within a transaction.
     *
     * @throws IllegalStateException if an item cannot be read; the subscription must not skip it
     */
    static ChangeFeedPage of(String subscription, List<ChangeFeedProcessorItem> items, EventEnvelope.Decoder decoder) {
        Map<Transaction, List<EventEnvelope>> appends = new LinkedHashMap<>();
        Map<Transaction, List<Long>> tombstones = new LinkedHashMap<>();
        for (ChangeFeedProcessorItem item : items) {
            JsonNode document = requireDocument(subscription, item);
            if (EventDocuments.isEvent(document)) {
                appends.computeIfAbsent(transaction(item), unseen -> new ArrayList<>())
                        .add(EventDocuments.envelope(document, decoder));
            } else if (EventDocuments.isTombstone(document)) {
                tombstones
                        .computeIfAbsent(transaction(item), unseen -> new ArrayList<>())
                        .add(EventDocuments.sequenceNumber(document));
            }
        }
        appends.values()
                .forEach(events -> events.sort(
                        Comparator.comparingLong(event -> event.metadata().sequenceNumber())));
        return new ChangeFeedPage(appends.values(), deletions(tombstones));
    }

    private static JsonNode requireDocument(String subscription, ChangeFeedProcessorItem item) {
        @Nullable JsonNode document = item.getCurrent();
        if (document == null) {
            throw new IllegalStateException("an item of the change feed has no document, so the subscription "
                    + subscription
                    + " stops before it: use the azure-cosmos version that Daybook pins, and no proxy that alters"
                    + " responses");
        }
        if (!EventDocuments.isEvent(document)
                && !EventDocuments.isTombstone(document)
                && !EventDocuments.isCommand(document)) {
            throw new IllegalStateException(
                    "the document " + document.path("id").asText() + " of stream " + streamOf(document)
                            + " has an unknown kind, so the subscription " + subscription
                            + " stops before it. A newer version of Daybook or another program wrote it: update"
                            + " this program, or delete the document");
        }
        return document;
    }

    private static Transaction transaction(ChangeFeedProcessorItem item) {
        return new Transaction(
                streamOf(Objects.requireNonNull(item.getCurrent())),
                item.getChangeFeedMetaData().getLogSequenceNumber());
    }

    private static String streamOf(JsonNode document) {
        return document.path("streamId").asText();
    }

    private static List<DeletedStream> deletions(Map<Transaction, List<Long>> tombstones) {
        List<DeletedStream> deletions = new ArrayList<>();
        tombstones.forEach((transaction, numbers) -> {
            if (numbers.contains(0L)) {
                long beyond = numbers.stream().mapToLong(Long::longValue).max().orElse(0);
                deletions.add(new DeletedStream(StreamId.parse(transaction.stream()), Math.max(0, beyond - 1)));
            }
        });
        return List.copyOf(deletions);
    }

    boolean isEmpty() {
        return appends.isEmpty() && deletions.isEmpty();
    }

    /** Returns the streams of the page, some of them repeatedly. */
    Stream<StreamId> streams() {
        return Stream.concat(
                appends.stream()
                        .map(events -> events.get(0).metadata())
                        .map(event -> StreamId.of(event.aggregateType(), event.aggregateId())),
                deletions.stream().map(DeletedStream::stream));
    }
}
