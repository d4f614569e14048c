package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.PartitionKey;
import com.azure.cosmos.models.SqlParameter;
import com.azure.cosmos.models.SqlQuerySpec;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;

/** The deletion of the leases, the lock and the parked streams of a subscription name. */
final class LeaseDeletion {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final String ALL = "SELECT * FROM c WHERE STARTSWITH(c.id, @prefix)";

    private final CosmosAsyncContainer leases;
    private final Duration expiration;

    LeaseDeletion(CosmosAsyncContainer leases, Duration expiration) {
        this.leases = leases;
        this.expiration = expiration;
    }

    void delete(String name, String prefix) {
        try {
            List<ObjectNode> documents = documents(prefix);
            documents.forEach(document -> requireFree(name, document));
            for (ObjectNode document : documents) {
                delete(document.path("id").asText());
            }
        } catch (IllegalStateException e) {
            throw e;
        } catch (RuntimeException e) {
            throw CosmosFailures.unavailable("forgetting the subscription " + name, e);
        }
    }

    private List<ObjectNode> documents(String prefix) {
        List<ObjectNode> documents = leases.queryItems(
                        new SqlQuerySpec(ALL, new SqlParameter("@prefix", prefix)),
                        new CosmosQueryRequestOptions(),
                        ObjectNode.class)
                .collectList()
                .block(TIMEOUT);
        return documents == null ? List.of() : documents;
    }

    private void requireFree(String name, ObjectNode document) {
        JsonNode owner = document.path("Owner");
        if (owner.isTextual() && !owner.asText().isEmpty() && !hasExpired(document)) {
            throw new IllegalStateException("an instance of the subscription " + name
                    + " owns a lease: close all subscriptions of that name first, or wait until the lease has expired, "
                    + expiration.toSeconds() + " s after a crash");
        }
    }

    private boolean hasExpired(ObjectNode lease) {
        try {
            Instant renewed =
                    ZonedDateTime.parse(lease.path("timestamp").asText()).toInstant();
            return renewed.plus(expiration).isBefore(Instant.now());
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    private void delete(String id) {
        try {
            leases.deleteItem(id, new PartitionKey(id)).block(TIMEOUT);
        } catch (RuntimeException e) {
            if (!CosmosFailures.isMissingItem(e)) {
                throw e;
            }
        }
    }
}
