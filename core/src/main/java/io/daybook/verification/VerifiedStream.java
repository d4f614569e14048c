package io.daybook.verification;

import java.util.ArrayList;
import java.util.List;

/** The numbers of the events of one stream that were seen, in any order, and their size. */
final class VerifiedStream {

    /** Numbers without an event. */
    record Gap(long from, long to) {}

    private long last;
    private long bytes;
    private boolean deleted;
    private boolean firstIsStored;
    private List<Gap> gaps = List.of();

    /** Adds an event. One that was changed while the store was read is seen again, which counts its size twice. */
    void add(long number, long size) {
        bytes += size;
        firstIsStored |= number == 1;
        if (number > last + 1) {
            addGap(new Gap(last + 1, number - 1));
        } else if (number <= last && !gaps.isEmpty()) {
            fill(number);
        }
        last = Math.max(last, number);
    }

    private void addGap(Gap gap) {
        if (gaps.isEmpty()) {
            gaps = new ArrayList<>(1);
        }
        gaps.add(gap);
    }

    private void fill(long number) {
        for (Gap gap : List.copyOf(gaps)) {
            if (gap.from() <= number && number <= gap.to()) {
                gaps.remove(gap);
                if (gap.from() < number) {
                    gaps.add(new Gap(gap.from(), number - 1));
                }
                if (number < gap.to()) {
                    gaps.add(new Gap(number + 1, gap.to()));
                }
            }
        }
    }

    /** Adds a tombstone. A deletion begins with number 0 and ends with number 1. */
    void addTombstone(long number) {
        deleted |= number == 0;
        firstIsStored &= number != 1;
    }

    boolean hasEvents() {
        return last > 0 && !(deleted && !firstIsStored);
    }

    boolean isDeleted() {
        return deleted;
    }

    boolean isDeletionIncomplete() {
        return deleted && firstIsStored;
    }

    /** Returns the gaps in ascending order. */
    List<Gap> gaps() {
        return gaps.stream()
                .sorted((one, other) -> Long.compare(one.from(), other.from()))
                .toList();
    }

    long bytes() {
        return bytes;
    }

    long last() {
        return last;
    }
}
