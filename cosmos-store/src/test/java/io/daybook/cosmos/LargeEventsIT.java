package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.contract.ContractEvent;
import io.daybook.contract.ContractEvent.Counted;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.server.TestDatabase;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendResult;
import io.daybook.eventstore.StreamId;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A page of a stream is bounded by its bytes, whatever its events weigh: the service answers with at most 4 MB at a time. */
class LargeEventsIT {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    private static final int LARGE = 195_000;

    private final List<CosmosOperation> operations = new CopyOnWriteArrayList<>();
    private final CosmosEventStore store = CosmosEventStore.builder(DATABASE.containers(), ContractEvent.serializer())
            .observer(operations::add)
            .build();
    private final StreamId stream = StreamId.of("Contract", UUID.randomUUID().toString());
    private long version;

    @BeforeAll
    static void warm() {
        CosmosAccount.server();
        // The SDK asks once for the plan of the query.
        CosmosEventStore.of(DATABASE.containers(), ContractEvent.serializer())
                .read(StreamId.of("Contract", "warm"), 0, Long.MAX_VALUE)
                .forEach(event -> {});
    }

    private List<EventEnvelope> events(int count, int bytes) {
        return LongStream.rangeClosed(version + 1, version + count)
                .mapToObj(number -> {
                    Counted event = new Counted((int) number, "x".repeat(bytes));
                    return EventEnvelope.of(
                            ContractEvent.metadata(stream, number, event).build(), event);
                })
                .toList();
    }

    private List<EventEnvelope> append(int count, int bytes) {
        List<EventEnvelope> events = events(count, bytes);
        store.append(stream, version, events, AppendOptions.none());
        version += count;
        return events;
    }

    private void requireWhole(long after) {
        operations.clear();
        List<Long> numbers = store.read(stream, after, Long.MAX_VALUE)
                .map(event -> event.metadata().sequenceNumber())
                .toList();
        assertThat(numbers)
                .isEqualTo(LongStream.rangeClosed(after + 1, version).boxed().toList());
    }

    private int requests() {
        return operations.stream().mapToInt(CosmosOperation::requests).sum();
    }

    @Test
    void reads_large_events_in_pages_of_few_megabytes() {
        while (version < 495) {
            append(5, LARGE);
        }

        requireWhole(0);

        assertThat(operations).allSatisfy(page -> assertThat(page.requests()).isLessThanOrEqualTo(5));
        assertThat(operations.subList(1, operations.size()))
                .allSatisfy(page -> assertThat(page.requests()).isLessThanOrEqualTo(2));
        assertThat(requests()).isLessThanOrEqualTo(495 * LARGE / (4 << 20) * 2 + 6);
    }

    @Test
    void a_page_grows_again_behind_large_events() {
        for (int i = 0; i < 10; i++) {
            append(5, LARGE);
        }
        while (version < 2_000) {
            append(90, 10);
        }

        requireWhole(0);

        assertThat(requests()).isLessThanOrEqualTo(20);
    }

    @Test
    void reads_small_events_in_one_page_behind_large_ones() {
        for (int i = 0; i < 10; i++) {
            append(5, LARGE);
        }
        append(90, 10);

        requireWhole(50);

        assertThat(requests()).isEqualTo(1);
    }

    /** The page in which it looks for them must hold them all, though large ones follow. */
    @Test
    void retried_append_finds_its_own_events_before_large_ones() {
        List<EventEnvelope> own = append(90, 100);
        for (int i = 0; i < 10; i++) {
            append(5, LARGE);
        }

        assertThat(store.append(stream, 0, own, AppendOptions.none())).isEqualTo(new AppendResult(1, 90, false));
    }
}
