package io.daybook.contract;

import static io.daybook.contract.ContractEvent.events;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.ScanPage;
import io.daybook.eventstore.StreamId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The part of {@link EventStoreContract} that is about scans of all events; extend that one. */
abstract class EventStoreScanContract extends EventStoreFindContract {

    private static final int MOST_PAGES = 10_000;

    /** Scans everything; the answer has the numbers of the events of some streams, as they came, and by page. */
    private Map<StreamId, List<List<Long>>> scan(Set<StreamId> streams) {
        Map<StreamId, List<List<Long>>> found = new LinkedHashMap<>();
        for (String range : store.scanRanges()) {
            String next = "";
            for (int pages = 0; pages == 0 || !next.isEmpty(); pages++) {
                assertThat(pages).as("pages of a scan that does not end").isLessThan(MOST_PAGES);
                ScanPage page = store.scan(range, next);
                Map<StreamId, List<Long>> numbers = new LinkedHashMap<>();
                for (EventEnvelope event : page.events()) {
                    StreamId of = StreamId.of(
                            event.metadata().aggregateType(), event.metadata().aggregateId());
                    if (streams.contains(of)) {
                        numbers.computeIfAbsent(of, unseen -> new ArrayList<>())
                                .add(event.metadata().sequenceNumber());
                        assertThat(event.event()).isInstanceOf(ContractEvent.class);
                    }
                }
                numbers.forEach((of, each) ->
                        found.computeIfAbsent(of, unseen -> new ArrayList<>()).add(each));
                next = page.next();
            }
        }
        return found;
    }

    private static List<Long> flat(List<List<Long>> pages) {
        return pages.stream().flatMap(List::stream).toList();
    }

    @Test
    void scan_returns_each_event_once_in_the_order_of_its_stream() {
        List<StreamId> streams =
                Stream.generate(EventStoreFindContract::newStream).limit(40).toList();
        for (long version = 0; version < 60; version += 3) {
            for (StreamId each : streams) {
                store.append(each, version, events(each, version, 3), AppendOptions.none());
            }
        }
        Map<StreamId, List<List<Long>>> found = scan(new HashSet<>(streams));

        assertThat(found).hasSize(40);
        List<Long> all = LongStream.rangeClosed(1, 60).boxed().toList();
        found.forEach((each, pages) -> {
            assertThat(flat(pages)).isEqualTo(all);
            pages.forEach(
                    page -> assertThat(page.size() % 3).as("a torn append").isZero());
        });
    }

    @Test
    void scan_includes_long_stream_that_spans_many_pages() {
        for (long version = 0; version < 2_100; version += 70) {
            append(version, 70);
        }

        assertThat(flat(scan(Set.of(stream)).getOrDefault(stream, List.of())))
                .isEqualTo(LongStream.rangeClosed(1, 2_100).boxed().toList());
    }

    @Test
    void scan_returns_no_event_of_deleted_stream() {
        StreamId kept = newStream();
        append(0, 3);
        store.append(kept, 0, events(kept, 0, 2), AppendOptions.none());
        store.delete(stream, 3);

        assertThat(scan(Set.of(stream, kept))).containsOnlyKeys(kept);
    }

    @Test
    void scan_refuses_unknown_range() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store.scan("no such range", ""))
                .withMessageContaining("no such range");
    }

    @Test
    void scan_refuses_position_of_another_store() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store.scan(store.scanRanges().get(0), "no position"))
                .withMessageContaining("belongs to another store");
    }
}
