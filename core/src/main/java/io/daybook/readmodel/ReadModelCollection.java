package io.daybook.readmodel;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The documents of one version of a read model. SPI for databases; a {@link ReadModelStore} opens collections.
 * Thread-safe.
 *
 * <pre>{@code
 * ReadModelCollection documents = new InMemoryReadModelStore().open(ReadModelSchema.of("order-summaries", 1));
 * DocumentKey key = DocumentKey.of("42");
 * StoredDocument created = StoredDocument.builder(key).position(1, "event-1").content("{}").build();
 * boolean written = documents.write(List.of(created)).isWritten(); // false if the document already exists
 * }</pre>
 *
 * <p>The contract:
 * <ul>
 *   <li>A write is conditional. A document with an empty etag is created, and must not exist yet. A document with any
 *       other etag replaces the stored document, which must have the same etag. If one of these conditions is not met,
 *       nothing is written.
 *   <li>Each write changes the etag, even if nothing else changes. An etag is never reused.
 *   <li>A read that starts after a write has returned sees that write or a later one, even in another instance.
 *   <li>Keys that differ in any character, or only in case, identify different documents.
 *   <li>Documents are never removed individually.
 * </ul>
 */
public interface ReadModelCollection {

    /** The maximum number of documents in one write. */
    int MAX_BATCH = 100;

    /**
     * Reads documents.
     *
     * @param keys the keys, which can be in different partitions
     * @return the documents that exist, by key, each as it was at some moment during the call
     * @throws ReadModelUnavailableException if the documents cannot be read
     */
    Map<DocumentKey, StoredDocument> read(Collection<DocumentKey> keys);

    /**
     * Writes documents of one partition, either all of them or none.
     *
     * @param documents 1 to {@value #MAX_BATCH} documents of one partition, each with the etag of the document that it
     *     replaces; an empty etag creates the document
     * @return the new etags, or a conflict if an etag does not match
     * @throws IllegalArgumentException if there are no documents, too many of them, two with the same key, or documents
     *     of several partitions
     * @throws DocumentTooLargeException if a document is larger than the store allows; nothing is written
     * @throws ReadModelUnavailableException if the outcome is unknown; read the documents to find out
     */
    WriteResult write(List<StoredDocument> documents);

    /**
     * Makes several independent writes, in any order or concurrently. If one write fails, the others are still made.
     * The default implementation makes one write after another. Override this method if concurrent requests to the
     * database are faster.
     *
     * @param writes the documents of each {@linkplain #write write}. Writes can be to different partitions, but no two
     *     of them contain the same key
     * @return the results of the writes, in their order
     */
    default List<WriteResult> writeEach(List<List<StoredDocument>> writes) {
        return writes.stream()
                .map(documents -> WriteResult.attempt(() -> write(documents)))
                .toList();
    }

    /**
     * Lists the documents that a filter selects, among those that {@linkplain StoredDocument#isFound queries find}.
     *
     * @param filter the conditions, the order and the limit, already checked against the schema
     * @param after the position at which the previous page ended; empty for the first page
     * @return the documents that follow, in order, up to the limit
     * @throws ReadModelUnavailableException if the documents cannot be read
     */
    List<StoredDocument> find(Filter filter, Optional<PagePosition> after);

    /**
     * Reads all documents that a scan selects, page by page. The order is not specified, except for a
     * {@linkplain Scan.Kind#PARTITION scan of one partition}.
     *
     * @param scan the documents to read
     * @param next empty for the first page, or the {@link Page#next} of the previous page
     * @return a page, which may be empty even if more pages follow; documents written during the scan may be missed
     * @throws ReadModelUnavailableException if the documents cannot be read
     */
    Page<StoredDocument> scan(Scan scan, String next);
}
