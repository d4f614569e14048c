package io.daybook.inmemory;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventFilter;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.ScanPage;
import io.daybook.eventstore.StreamId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Stores whose scans are wrong in one way each. They are run by {@link ContractsNoticeTest} alone. */
final class BrokenEventScans {

    private BrokenEventScans() {}

    private static ScanPage with(ScanPage page, List<EventEnvelope> events) {
        return new ScanPage(events, page.deletions(), page.next(), page.remaining());
    }

    static class ForgetsARange extends BrokenEventStores.Suite {
        @Override
        List<String> scanRanges(EventStore right) {
            return right.scanRanges().subList(0, 1);
        }
    }

    static class RepeatsARange extends BrokenEventStores.Suite {
        @Override
        List<String> scanRanges(EventStore right) {
            List<String> ranges = new ArrayList<>(right.scanRanges());
            ranges.addAll(right.scanRanges());
            return ranges;
        }
    }

    static class LosesOneAtThePageBoundary extends BrokenEventStores.Suite {
        @Override
        ScanPage scan(EventStore right, String range, String after) {
            ScanPage page = right.scan(range, after);
            return after.isEmpty() || page.events().isEmpty()
                    ? page
                    : with(page, page.events().subList(1, page.events().size()));
        }
    }

    static class EndsAfterOnePage extends BrokenEventStores.Suite {
        @Override
        ScanPage scan(EventStore right, String range, String after) {
            ScanPage page = right.scan(range, after);
            return new ScanPage(page.events(), Map.of(), "", 0);
        }
    }

    static class NeverEnds extends BrokenEventStores.Suite {
        @Override
        ScanPage scan(EventStore right, String range, String after) {
            return new ScanPage(List.of(), Map.of(), right.scanRanges().contains(range) ? "0" : "", 0);
        }
    }

    static class WrongOrder extends BrokenEventStores.Suite {
        @Override
        ScanPage scan(EventStore right, String range, String after) {
            ScanPage page = right.scan(range, after);
            List<EventEnvelope> events = new ArrayList<>(page.events());
            Collections.reverse(events);
            return with(page, events);
        }
    }

    /** Its pages have ten events, whatever came with them. */
    static class TearsAppends extends BrokenEventStores.Suite {
        @Override
        ScanPage scan(EventStore right, String range, String after) {
            List<EventEnvelope> events = new ArrayList<>();
            for (String next = null; next == null || !next.isEmpty(); ) {
                ScanPage page = right.scan(range, next == null ? "" : next);
                events.addAll(page.events());
                next = page.next();
            }
            int from = after.isEmpty() ? 0 : Integer.parseInt(after);
            int to = Math.min(from + 10, events.size());
            return new ScanPage(events.subList(from, to), Map.of(), to == events.size() ? "" : "" + to, 0);
        }
    }

    static class AcceptsAnyRange extends BrokenEventStores.Suite {
        @Override
        ScanPage scan(EventStore right, String range, String after) {
            return right.scanRanges().contains(range)
                    ? right.scan(range, after)
                    : new ScanPage(List.of(), Map.of(), "", 0);
        }
    }

    static class AcceptsAnyPosition extends BrokenEventStores.Suite {
        @Override
        ScanPage scan(EventStore right, String range, String after) {
            return right.scan(range, after.contains(" ") ? "" : after);
        }
    }

    /** Scans by time, as the default does, and keeps what was deleted. */
    static class KeepsWhatIsDeleted extends BrokenEventStores.Suite {
        private final List<EventEnvelope> deleted = new ArrayList<>();

        @Override
        void delete(EventStore right, StreamId stream, long expected) {
            right.find(EventFilter.all())
                    .filter(event -> event.metadata().aggregateId().equals(stream.aggregateId()))
                    .forEach(deleted::add);
            super.delete(right, stream, expected);
        }

        @Override
        ScanPage scan(EventStore right, String range, String after) {
            ScanPage page = right.scan(range, after);
            return with(
                    page,
                    Stream.concat(page.events().stream(), deleted.stream()).toList());
        }
    }
}
