package io.daybook.readmodel;

import java.util.List;

/**
 * The result of a conditional write, returned by {@link ReadModelCollection#write ReadModelCollection.write}.
 *
 * @param isWritten whether the documents were written
 * @param etags their new etags, in the order of the documents; empty if nothing was written
 */
public record WriteResult(boolean isWritten, List<String> etags) {

    /** A conflict: the etag of a document did not match, and nothing was written. */
    public static final WriteResult CONFLICT = new WriteResult(false, List.of());

    /**
     * Copies the list.
     *
     * @param isWritten whether the documents were written
     * @param etags their new etags
     */
    public WriteResult {
        etags = List.copyOf(etags);
    }

    /**
     * Returns the result of a write that succeeded.
     *
     * @param etags the new etags, in the order of the documents
     * @return the result
     */
    public static WriteResult written(List<String> etags) {
        return new WriteResult(true, etags);
    }
}
