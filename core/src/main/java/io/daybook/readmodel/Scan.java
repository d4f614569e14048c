package io.daybook.readmodel;

/**
 * A selection of documents for {@link ReadModelCollection#scan ReadModelCollection.scan}. Immutable.
 *
 * @param kind the kind of selection
 * @param value the partition or the id; empty for the other kinds
 */
public record Scan(Kind kind, String value) {

    /** The kinds of selections for a scan. */
    public enum Kind {
        /** All documents. */
        ALL,
        /** The parked documents. */
        PARKED,
        /** The documents of one partition, in an order that depends only on their ids. */
        PARTITION,
        /** The documents with one id, in any partition. */
        ID
    }

    /**
     * {@return a scan of every document}
     */
    public static Scan all() {
        return new Scan(Kind.ALL, "");
    }

    /**
     * {@return a scan of the parked documents}
     */
    public static Scan parked() {
        return new Scan(Kind.PARKED, "");
    }

    /**
     * Returns a scan of one partition.
     *
     * @param partition the partition
     * @return the scan
     */
    public static Scan partition(String partition) {
        return new Scan(Kind.PARTITION, partition);
    }

    /**
     * Returns a scan of the documents with a given id, in any partition.
     *
     * @param id the id
     * @return the scan
     */
    public static Scan id(String id) {
        return new Scan(Kind.ID, id);
    }

    /**
     * Returns whether the scan includes a document. For stores that filter in memory.
     *
     * @param document the document
     * @return whether the scan includes the document
     */
    public boolean matches(StoredDocument document) {
        return switch (kind) {
            case ALL -> true;
            case PARKED -> document.parking().isPresent();
            case PARTITION -> document.key().partition().equals(value);
            case ID -> document.key().id().equals(value);
        };
    }
}
