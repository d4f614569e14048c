package io.daybook.benchmarks;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The number of documents, and the numbers of writes and reads. */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class DocumentCounters {

    public long documents;
    public long writes;
    public long reads;

    void add(int count, OrderDocuments counted) {
        documents += count;
        writes += counted.writes();
        reads += counted.reads();
    }
}
