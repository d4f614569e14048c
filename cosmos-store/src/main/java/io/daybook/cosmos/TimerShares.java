package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.models.CosmosItemRequestOptions;
import com.azure.cosmos.models.CosmosItemResponse;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.json.InstantText;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The share of the slots that this instance polls. The instances are listed in one document, which each of them renews;
 * the slots are distributed among them in order. For a moment, two instances may see different lists. A slot is then
 * polled by both, which is harmless, or by neither until the next renewal. Thread-safe.
 */
final class TimerShares {

    private static final Logger log = LoggerFactory.getLogger(CosmosTimerStore.class);
    private static final Duration RENEWED_EVERY = Duration.ofSeconds(10);
    private static final Duration LISTED_FOR = Duration.ofSeconds(30);
    private static final Duration CLOCKS_DIFFER_BY = Duration.ofMinutes(1);
    private static final String ID = "instances"; // also the slot, which no timer has
    private static final String INSTANCES = "instances";

    private final CosmosAsyncContainer container;
    private final Clock clock;
    private final String self = UUID.randomUUID().toString();
    private List<String> slots = List.of();
    private Instant renewed = Instant.MIN;

    TimerShares(CosmosAsyncContainer container, Clock clock) {
        this.container = container;
        this.clock = clock;
    }

    /** Returns the slots of this instance. There is at least one, unless there are more instances than slots. */
    synchronized List<String> slots(RequestExecutor.Operation operation) {
        Instant now = clock.instant();
        if (now.isBefore(renewed) || !now.isBefore(renewed.plus(RENEWED_EVERY))) { // the clock may have moved back
            Optional<ObjectNode> stored = read(operation);
            Map<String, String> instances = new TreeMap<>();
            stored.ifPresent(document -> document.path(INSTANCES)
                    .properties()
                    .forEach(
                            each -> instances.put(each.getKey(), each.getValue().asText())));
            removeEnded(instances, now);
            instances.put(self, InstantText.format(now.plus(LISTED_FOR)));
            if (write(
                    operation,
                    instances,
                    stored.map(document -> document.path("_etag").asText()))) {
                renewed = now;
            }
            slots = shareOf(new ArrayList<>(instances.keySet()));
        }
        return slots;
    }

    /** Removes the instances that no longer renew. The clock of one that crashed may have been far ahead. */
    private static void removeEnded(Map<String, String> instances, Instant now) {
        String earliest = InstantText.format(now);
        String latest = InstantText.format(now.plus(LISTED_FOR).plus(CLOCKS_DIFFER_BY));
        instances.values().removeIf(until -> {
            boolean ahead = until.compareTo(latest) > 0;
            if (ahead) {
                log.warn(
                        "instance removed from the list of timer instances because its clock is ahead: synchronize the"
                                + " clocks listedUntil={} now={}",
                        until,
                        earliest);
            }
            return ahead || until.compareTo(earliest) <= 0;
        });
    }

    private List<String> shareOf(List<String> instances) {
        int own = instances.indexOf(self);
        return TimerDocuments.SLOTS.stream()
                .filter(slot -> Integer.parseInt(slot) % instances.size() == own)
                .toList();
    }

    private Optional<ObjectNode> read(RequestExecutor.Operation operation) {
        try {
            @Nullable
            CosmosItemResponse<ObjectNode> answer = operation.awaitRead(
                    "the instances",
                    container.readItem(ID, new PartitionKey(ID), ObjectNode.class),
                    CosmosItemResponse::getDiagnostics);
            return Optional.of(Objects.requireNonNull(answer).getItem());
        } catch (RuntimeException e) {
            if (CosmosFailures.isMissingItem(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Returns whether the document is written. If another instance was first, or a reply was lost, the next poll renews again. */
    private boolean write(RequestExecutor.Operation operation, Map<String, String> instances, Optional<String> etag) {
        ObjectNode document =
                JsonNodeFactory.instance.objectNode().put("id", ID).put(TimerDocuments.SLOT, ID);
        ObjectNode listed = document.putObject(INSTANCES);
        instances.forEach(listed::put);
        PartitionKey partition = new PartitionKey(ID);
        CosmosItemRequestOptions options = new CosmosItemRequestOptions().setContentResponseOnWriteEnabled(false);
        return operation.awaitRepeatable(
                etag.isEmpty()
                        ? container.createItem(document, partition, options)
                        : container.replaceItem(document, ID, partition, options.setIfMatchETag(etag.get())),
                CosmosItemResponse::getDiagnostics,
                e -> CosmosFailures.isStatus(e, 409)
                        || CosmosFailures.isStatus(e, 412)
                        || CosmosFailures.isMissingItem(e));
    }
}
