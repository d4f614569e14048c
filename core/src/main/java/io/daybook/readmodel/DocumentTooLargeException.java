package io.daybook.readmodel;

import io.daybook.DaybookException;

/**
 * Thrown when a document is larger than its store allows. Nothing is written. Store less in the document. See
 * {@link DaybookException} for how to distinguish failures.
 */
public final class DocumentTooLargeException extends DaybookException {

    private static final long serialVersionUID = 1L;

    private final DocumentKey key;

    /**
     * Creates the exception.
     *
     * @param key the key of the document
     * @param bytes its size in bytes
     * @param maxBytes the maximum size in bytes
     */
    public DocumentTooLargeException(DocumentKey key, long bytes, long maxBytes) {
        super("the document " + key.id() + " has " + bytes + " bytes, but at most " + maxBytes
                + " are allowed: store less in the document");
        this.key = key;
    }

    /**
     * {@return the key of the document}
     */
    public DocumentKey key() {
        return key;
    }
}
