package io.daybook.readmodel;

/**
 * A document in a {@link ReadCache}.
 *
 * @param revision the revision, from 1; a higher one is newer
 * @param text the document as text, at most 4 MB in UTF-8; it contains no unpaired surrogates
 */
public record CachedDocument(long revision, String text) {

    /**
     * Validates the revision.
     *
     * @param revision the revision
     * @param text the document as text
     * @throws IllegalArgumentException if the revision is less than 1
     */
    public CachedDocument {
        if (revision < 1) {
            throw new IllegalArgumentException("the revision of a document is " + revision + ": use 1 or more");
        }
    }

    /**
     * {@return a description with the revision and the length, but without the text, which must not be logged}
     */
    @Override
    public String toString() {
        return "revision " + revision + ", " + text.length() + " characters";
    }
}
