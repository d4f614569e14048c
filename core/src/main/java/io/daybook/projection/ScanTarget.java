package io.daybook.projection;

import io.daybook.eventstore.ScanPage;

/** Where a scan of all events leads to. */
interface ScanTarget {

    /** Takes a page; numbers grow by 1. */
    void take(ScanPage page, long number);

    /** The first page that is not written completely; {@link Long#MAX_VALUE} if all are. */
    long oldestUnwritten();

    /** How many documents were written. */
    long written();

    /** Writes everything. */
    void flush();
}
