package io.daybook.projection;

import io.daybook.eventstore.ScanPage;

/** The target of a scan of all events. */
interface ScanTarget {

    /** Returns whether events of an aggregate type are used. Thread-safe. */
    boolean isOf(String aggregateType);

    /** Takes a page. Page numbers increase by 1. */
    void take(ScanPage page, long number);

    /** Returns the first page that is not completely written; {@link Long#MAX_VALUE} if all are. */
    long oldestUnwritten();

    /** Returns the number of documents written. */
    long written();

    /** Writes all remaining documents. */
    void flush();
}
