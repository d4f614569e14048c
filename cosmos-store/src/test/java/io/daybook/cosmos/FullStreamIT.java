package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.contract.ContractEvent;
import io.daybook.contract.Patience;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.server.TestDatabase;
import io.daybook.cosmos.testserver.CosmosFault;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.StreamFullException;
import io.daybook.eventstore.StreamId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A stream that reaches the size limit of its logical partition, and the warnings before. */
class FullStreamIT {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    private static CosmosTestServer server;
    private static CosmosContainers containers;

    private final List<CosmosOperation> operations = new CopyOnWriteArrayList<>();
    private final CosmosEventStore store = CosmosEventStore.builder(containers, ContractEvent.serializer())
            .observer(operations::add)
            .build();
    private final StreamId stream = StreamId.of("Contract", UUID.randomUUID().toString());

    @BeforeAll
    static void createContainers() {
        server = CosmosAccount.server();
        containers = DATABASE.containers();
    }

    @AfterEach
    void clear() {
        server.clear(DATABASE.name());
    }

    private void append(long version, int count) {
        store.append(stream, version, ContractEvent.events(stream, version, count), AppendOptions.none());
    }

    /** As the service answers it (documented). */
    private static CosmosFault full() {
        return CosmosFault.on(DATABASE.name(), "events", "batch").status(403).substatus(1014);
    }

    @Test
    void append_to_full_stream_fails_and_stores_nothing() {
        append(0, 2);
        server.inject(full());

        assertThatExceptionOfType(StreamFullException.class)
                .isThrownBy(() -> append(2, 1))
                .withMessageContaining("20 GB")
                .satisfies(e -> assertThat(e.stream()).isEqualTo(stream));

        assertThat(store.read(stream, 0, Long.MAX_VALUE)).hasSize(2);
    }

    @Test
    void append_that_may_be_stored_is_unknown_even_if_the_stream_is_full() {
        server.inject(
                CosmosFault.on(DATABASE.name(), "events", "batch").dropAfter().times(1));
        server.inject(full());

        EventStoreUnavailableException e =
                catchThrowableOfType(EventStoreUnavailableException.class, () -> append(0, 1));

        assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void a_credential_that_is_refused_is_no_full_stream() {
        server.inject(CosmosFault.on(DATABASE.name(), "events", "batch").status(403));

        EventStoreUnavailableException e =
                catchThrowableOfType(EventStoreUnavailableException.class, () -> append(0, 1));

        assertThat(e.outcome()).isEqualTo(Outcome.NOT_STORED);
        assertThat(e).hasMessageContaining("credential");
    }

    @Test
    void a_full_stream_that_cannot_be_deleted_either_says_why() {
        append(0, 1);
        server.inject(full());

        EventStoreUnavailableException e =
                catchThrowableOfType(EventStoreUnavailableException.class, () -> store.delete(stream, 1));

        assertThat(e.outcome()).isEqualTo(Outcome.NOT_STORED);
        assertThat(e).hasMessageContaining("20 GB");
    }

    @Test
    void estimates_the_size_of_a_stream_without_another_request() {
        append(0, 98);
        append(98, 98);
        append(196, 4);

        assertThat(operations).extracting(CosmosOperation::requests).containsExactly(1, 1, 1);
        long stored = Objects.requireNonNull(CosmosAccount.client()
                        .getDatabase(DATABASE.name())
                        .getContainer("events")
                        .queryItems(
                                "SELECT * FROM c",
                                new CosmosQueryRequestOptions().setPartitionKey(new PartitionKey(stream.toString())),
                                ObjectNode.class)
                        .collectList()
                        .block(Patience.LIMIT))
                .stream()
                .mapToLong(document -> document.toString().getBytes(StandardCharsets.UTF_8).length)
                .sum();
        assertThat(operations.get(2).streamBytes()).isCloseTo(stored, Percentage.withPercentage(10));
        assertThat(operations.get(0).streamBytes()).isCloseTo(stored * 98 / 200, Percentage.withPercentage(10));
    }
}
