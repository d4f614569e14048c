package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.contract.Patience;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.subscription.EventFeed.StartPosition;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The leases of a closed instance are free, even if a renewal of the SDK overlaps with their release. */
class LeaseReleaseIT extends FeedFixture {

    private CosmosAsyncContainer leases() {
        return CosmosAccount.client().getDatabase(database).getContainer("leases");
    }

    private List<ObjectNode> stored() {
        return Objects.requireNonNull(leases().queryItems(
                                "SELECT * FROM c WHERE IS_DEFINED(c.Owner)",
                                new CosmosQueryRequestOptions(),
                                ObjectNode.class)
                        .collectList()
                        .block(Patience.LIMIT))
                .stream()
                .filter(document -> document.path("id").asText().startsWith(NAME + "!"))
                .toList();
    }

    /** Stores leases as a renewal of the SDK does that has read them before the release. */
    private void take(ObjectNode lease, String host) {
        String id = lease.path("id").asText();
        leases().replaceItem(lease.put("Owner", host), id, new PartitionKey(id)).block(Patience.LIMIT);
    }

    private FeedInstance start(String instance, Duration expiration) {
        return FeedInstance.start(database, NAME, StartPosition.BEGINNING, expiration, log.handler(instance));
    }

    private LeaseRelease of(String host) {
        return new LeaseRelease(leases(), NAME + "!", host);
    }

    @Test
    void releases_leases_that_were_taken_again() {
        appendToAll();
        try (FeedInstance ignored = start("one", Duration.ofMinutes(10))) {
            awaitAll();
        }
        List<ObjectNode> before = stored();
        assertThat(before).hasSize(2);
        before.forEach(lease -> take(lease, "closed"));

        assertThat(of("closed").await(Patience.LIMIT, Duration.ZERO)).isTrue();

        assertThat(stored()).allMatch(lease -> lease.path("Owner").isNull());
        assertThat(stored())
                .extracting(lease -> lease.path("ContinuationToken"))
                .containsExactlyInAnyOrderElementsOf(before.stream()
                        .map(lease -> lease.path("ContinuationToken"))
                        .toList());
        appendToAll();
        try (FeedInstance ignored = start("two", Duration.ofMinutes(10))) {
            awaitAll();
        }
        assertThat(log.repeats()).isZero();
    }

    @Test
    void leaves_the_leases_of_others_alone() {
        appendToAll();
        try (FeedInstance ignored = start("one", Duration.ofMinutes(10))) {
            awaitAll();
        }
        ObjectNode other = stored().get(0);
        take(other, "other");

        assertThat(of("closed").await(Patience.LIMIT, Duration.ZERO)).isTrue();

        assertThat(stored())
                .filteredOn(lease -> lease.path("id").equals(other.path("id")))
                .extracting(lease -> lease.path("Owner").asText())
                .containsExactly("other");
    }
}
