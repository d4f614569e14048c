package io.daybook.projection;

import io.daybook.eventstore.ScanPage;

/** The target of a scan of all events. */
interface ScanTarget {

    /** Takes a page; numbers grow by 1. */
    void take(ScanPage page, long number);

    /** The first page that is not written completely; {@link Long#MAX_VALUE} if all are. */
    long oldestUnwritten();

    /** Returns the number of documents written. */
    long written();

    /** Writes everything. */
    void flush();
}
