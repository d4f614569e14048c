package io.daybook.inmemory;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.contract.ContractEvent;
import io.daybook.contract.Patience;
import io.daybook.eventstore.StreamId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransactionLogTest {

    private static final StreamId KEPT = StreamId.of("Contract", "kept");
    private static final StreamId DELETED = StreamId.of("Contract", "deleted");

    private final TransactionLog log = new TransactionLog();

    private void append(StreamId stream, int version) {
        log.add(ContractEvent.events(stream, version, 2).stream()
                .map(event -> new StoredEvent(event.metadata(), new byte[] {'{', '}'}))
                .toList());
    }

    @BeforeEach
    void append_two_events_each_and_delete_a_stream() {
        append(KEPT, 0);
        append(DELETED, 0);
        append(KEPT, 2);
        log.remove(DELETED, 2);
        append(KEPT, 4);
    }

    private static List<Integer> sizes(List<List<StoredEvent>> page) {
        return page.stream().map(List::size).toList();
    }

    @Test
    void lag_counts_the_events_and_deletions_that_are_left() {
        assertThat(log.lagFrom(0)).isEqualTo(3 * 2 + 1);
        assertThat(log.lagFrom(3)).isEqualTo(2 + 1);
        assertThat(log.lagFrom(4)).isEqualTo(2);
        assertThat(log.lagFrom(log.size())).isZero();
    }

    @Test
    void page_ends_with_the_transaction_that_fills_it() {
        assertThat(sizes(log.page(0, 2))).containsExactly(2);
        assertThat(sizes(log.page(0, 3))).containsExactly(2, 0, 2);
        assertThat(sizes(log.page(2, 100))).containsExactly(2, 0, 2);
    }

    @Test
    void scan_ends_with_the_transaction_that_fills_it_and_has_the_deletions_of_its_streams() {
        assertThat(log.scan(0, 2, id -> true).end()).isEqualTo(1);
        assertThat(log.scan(0, 3, id -> true).events()).hasSize(4);
        assertThat(log.scan(0, 100, DELETED.aggregateId()::equals))
                .returns(List.of(), TransactionLog.Scanned::events)
                .extracting(TransactionLog.Scanned::deletions)
                .isEqualTo(Map.of(DELETED, 2L));
        assertThat(log.scan(0, 100, KEPT.aggregateId()::equals).deletions()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void waiting_feed_is_woken_by_an_append_and_by_a_deletion(boolean deletion) throws Exception {
        FutureTask<Integer> waiting = new FutureTask<>(() -> {
            log.await(log.size(), Patience.LIMIT.toMillis());
            return log.size();
        });
        Thread feed = new Thread(waiting);
        feed.setDaemon(true);
        feed.start();
        Patience.await().until(() -> feed.getState() == Thread.State.TIMED_WAITING);
        if (deletion) {
            log.remove(KEPT, 6);
        } else {
            append(KEPT, 6);
        }

        assertThat(waiting.get()).isEqualTo(6);
    }
}
