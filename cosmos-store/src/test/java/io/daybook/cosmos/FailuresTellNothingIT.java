package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.daybook.contract.ContractEvent;
import io.daybook.contract.ContractEvent.Noted;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.server.TestDatabase;
import io.daybook.cosmos.testserver.CosmosFault;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.EventFilter;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.StreamId;
import io.daybook.snapshot.Snapshot;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No exception, nor any of its causes, contains the key of the account or event data. */
class FailuresTellNothingIT {

    private static final String CANARY = "canary-payload";
    private static final Duration TIMEOUT = Duration.ofMillis(700);

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    private final CosmosTestServer server = CosmosAccount.server();
    private final CosmosEventStore store = CosmosEventStore.builder(DATABASE.containers(), ContractEvent.serializer())
            .timeout(TIMEOUT)
            .build();
    private final CosmosSnapshotStore snapshots = CosmosSnapshotStore.of(DATABASE.containers());
    private final StreamId stream = StreamId.of("Contract", UUID.randomUUID().toString());

    static Stream<Arguments> faults() {
        return Stream.concat(
                Stream.of(400, 401, 403, 404, 408, 409, 410, 412, 413, 429, 449, 500, 503)
                        .map(status -> Arguments.of(status.toString(), events().status(status))),
                Stream.of(
                        Arguments.of("dropped", events().dropBefore()),
                        Arguments.of("slow", events().delay(TIMEOUT.multipliedBy(2)))));
    }

    private static CosmosFault events() {
        return CosmosFault.on(DATABASE.name(), "events", "batch|query|read");
    }

    private EventEnvelope event(long number) {
        Noted event = new Noted(CANARY, BigDecimal.ONE, Instant.EPOCH);
        return EventEnvelope.of(ContractEvent.metadata(stream, number, event).build(), event);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void no_failure_of_the_store_contains_payload(String what, CosmosFault fault) {
        CosmosEventStore.of(DATABASE.containers(), ContractEvent.serializer())
                .append(stream, 0, List.of(event(1)), AppendOptions.none());
        server.inject(fault);

        assertTellsNothing(() -> store.append(stream, 1, List.of(event(2)), AppendOptions.none()));
        assertTellsNothing(() -> store.read(stream, 0, Long.MAX_VALUE).toList());
        assertTellsNothing(() -> store.find(EventFilter.all()).toList());
        assertTellsNothing(() -> store.currentVersion(stream));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 413})
    void no_failure_of_a_snapshot_contains_payload(int status) {
        server.inject(CosmosFault.on(DATABASE.name(), "snapshots", "create").status(status));

        assertTellsNothing(() -> snapshots.save(new Snapshot<>(stream, 1, "e1", 1, Map.of("text", CANARY))));
    }

    private static void assertTellsNothing(ThrowingCallable operation) {
        Throwable failure = catchThrowable(operation);
        assertThat(failure).isInstanceOf(EventStoreUnavailableException.class);
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        assertThat(text.toString()).doesNotContain("canary", CosmosTestServer.KEY);
    }
}
