package io.daybook.readmodel;

import io.daybook.DaybookException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The result of a conditional write, returned by {@link ReadModelCollection#write ReadModelCollection.write} and
 * {@link ReadModelCollection#writeEach writeEach}.
 *
 * @param isWritten whether the documents were written
 * @param etags their new etags, in the order of the documents; empty if nothing was written
 * @param failure the exception that made one of several writes fail; empty after a success or a conflict
 */
public record WriteResult(boolean isWritten, List<String> etags, Optional<DaybookException> failure) {

    /** A conflict: the etag of a document did not match, and nothing was written. */
    public static final WriteResult CONFLICT = new WriteResult(false, List.of(), Optional.empty());

    /**
     * Copies the list of etags.
     *
     * @param isWritten whether the documents were written
     * @param etags their new etags
     * @param failure the exception that made the write fail
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
        return new WriteResult(true, etags, Optional.empty());
    }

    /**
     * Runs a write, and converts an exception that concerns only the documents of that write into a result.
     *
     * @param write a call of {@link ReadModelCollection#write ReadModelCollection.write}
     * @return the result of the write, or a result with the {@link DocumentTooLargeException} or
     *     {@link ReadModelUnavailableException} that the write threw
     */
    public static WriteResult attempt(Supplier<WriteResult> write) {
        try {
            return write.get();
        } catch (DocumentTooLargeException | ReadModelUnavailableException e) {
            return new WriteResult(false, List.of(), Optional.of(e));
        }
    }
}
