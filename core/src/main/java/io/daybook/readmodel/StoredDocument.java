package io.daybook.readmodel;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A document of a read model, in the form in which it is stored. The position and the content of a document are always
 * written together. Immutable.
 *
 * <p>The package {@code io.daybook.projection} creates documents, and a store must preserve all their members. There
 * are three kinds: the document of one stream, the contribution of one stream to a group, and the summary of a group.
 * See {@link ReadModelCollection}.
 */
public final class StoredDocument {

    private final DocumentKey key;
    private final String etag;
    private final long sequenceNumber;
    private final String eventId;
    private final long revision;
    private final String content;
    private final boolean listed;
    private final Map<String, List<String>> indexValues;
    private final boolean gone;
    private final @Nullable Parking parking;
    private final Map<String, Long> recent;

    private StoredDocument(Builder builder) {
        key = builder.key;
        etag = builder.etag;
        sequenceNumber = builder.sequenceNumber;
        eventId = builder.eventId;
        revision = builder.revision;
        content = builder.content;
        listed = builder.listed;
        indexValues = builder.indexValues;
        gone = builder.gone;
        parking = builder.parking;
        recent = builder.recent;
    }

    private StoredDocument(StoredDocument other, String etag) {
        this.etag = etag;
        key = other.key;
        sequenceNumber = other.sequenceNumber;
        eventId = other.eventId;
        revision = other.revision;
        content = other.content;
        listed = other.listed;
        indexValues = other.indexValues;
        gone = other.gone;
        parking = other.parking;
        recent = other.recent;
    }

    /**
     * Returns a builder of a document that is not stored yet.
     *
     * @param key the key of the document
     * @return a builder, with sequence number 0, no content and revision 1
     */
    public static Builder builder(DocumentKey key) {
        return new Builder(key);
    }

    /**
     * Returns a builder of the next revision of this document. The next revision replaces the stored document only if
     * the stored document still has the etag of this one.
     *
     * @return a builder with all members of this document, except that the revision is one higher
     */
    public Builder next() {
        Builder next = new Builder(key)
                .etag(etag)
                .position(sequenceNumber, eventId)
                .revision(revision + 1)
                .content(content)
                .listed(listed)
                .gone(gone)
                .parking(parking)
                .recent(recent);
        next.indexValues = indexValues; // unmodifiable
        return next;
    }

    /**
     * Returns a copy of this document with the etag that a store assigned to it.
     *
     * @param etag the etag of the stored document
     * @return the copy
     */
    public StoredDocument stored(String etag) {
        return new StoredDocument(this, etag);
    }

    /**
     * {@return the key}
     */
    public DocumentKey key() {
        return key;
    }

    /**
     * {@return the etag of the stored document, which must still match when the document is replaced; empty if the
     * document is to be created}
     */
    public String etag() {
        return etag;
    }

    /**
     * {@return the sequence number of the last event that the document shows, 0 if there is none; for a summary, the
     * number of its contributions}
     */
    public long sequenceNumber() {
        return sequenceNumber;
    }

    /**
     * {@return the id of the last event that the document shows; empty if there is none}
     */
    public String eventId() {
        return eventId;
    }

    /**
     * {@return the revision, from 1; it increases with each write}
     */
    public long revision() {
        return revision;
    }

    /**
     * {@return the content as a JSON object; empty if there is none}
     */
    public String content() {
        return content;
    }

    /**
     * {@return whether the document may appear in lists; see {@link #isFound}}
     */
    public boolean listed() {
        return listed;
    }

    /**
     * {@return the values by which queries find the document, keyed by index name; unmodifiable}
     */
    public Map<String, List<String>> indexValues() {
        return indexValues;
    }

    /**
     * {@return whether the stream was deleted}
     */
    public boolean gone() {
        return gone;
    }

    /**
     * {@return the details of a parked document; empty if the document is not parked}
     */
    public Optional<Parking> parking() {
        return Optional.ofNullable(parking);
    }

    /**
     * {@return the streams or groups to which a document of a grouped projection refers. For a summary, the map
     * contains the streams whose contributions were changed most recently, with the sequence numbers that the summary
     * shows. For the document of a stream, the keys are the groups that the stream may be in. Unmodifiable}
     */
    public Map<String, Long> recent() {
        return recent;
    }

    /**
     * {@return whether queries find the document: it is listed, has content, and its stream was not deleted}
     */
    public boolean isFound() {
        return listed && !gone && !content.isEmpty();
    }

    /**
     * Compares all members except the etag.
     *
     * @param other another document
     * @return whether all other members are equal
     */
    public boolean sameAs(StoredDocument other) {
        return describe(true).equals(other.describe(true));
    }

    private String describe(boolean withContent) {
        return key + "#" + sequenceNumber + "/" + eventId + " revision=" + revision + " listed=" + listed + " gone="
                + gone
                + " parking=" + parking + " recent=" + new TreeMap<>(recent)
                + (withContent ? " " + new TreeMap<>(indexValues) + content : "");
    }

    /**
     * {@return a description with the key, the position and the state, but without the content, which must not be
     * logged}
     */
    @Override
    public String toString() {
        return describe(false);
    }

    /** A builder of a document. Not thread-safe. */
    public static final class Builder {

        private final DocumentKey key;
        private String etag = "";
        private long sequenceNumber;
        private String eventId = "";
        private long revision = 1;
        private String content = "";
        private boolean listed;
        private Map<String, List<String>> indexValues = Map.of();
        private boolean gone;
        private @Nullable Parking parking;
        private Map<String, Long> recent = Map.of();

        private Builder(DocumentKey key) {
            this.key = key;
        }

        /**
         * Sets the etag of the document to replace.
         *
         * @param etag the etag; empty to create the document
         * @return this builder
         */
        public Builder etag(String etag) {
            this.etag = etag;
            return this;
        }

        /**
         * Sets the position.
         *
         * @param sequenceNumber the sequence number of the last event that the document shows; 0 if there is none
         * @param eventId the id of that event; empty if there is none
         * @return this builder
         */
        public Builder position(long sequenceNumber, String eventId) {
            this.sequenceNumber = sequenceNumber;
            this.eventId = eventId;
            return this;
        }

        /**
         * Sets the revision.
         *
         * @param revision the revision, from 1
         * @return this builder
         */
        public Builder revision(long revision) {
            this.revision = revision;
            return this;
        }

        /**
         * Sets the content.
         *
         * @param content the content as a JSON object; empty if there is none
         * @return this builder
         */
        public Builder content(String content) {
            this.content = content;
            return this;
        }

        /**
         * Sets whether queries can find the document.
         *
         * @param listed whether queries can find the document
         * @return this builder
         */
        public Builder listed(boolean listed) {
            this.listed = listed;
            return this;
        }

        /**
         * Sets the values by which queries find the document.
         *
         * @param indexValues the values, keyed by index name; copied
         * @return this builder
         */
        public Builder indexValues(Map<String, List<String>> indexValues) {
            Map<String, List<String>> copy = new HashMap<>();
            indexValues.forEach((index, values) -> copy.put(index, List.copyOf(values)));
            this.indexValues = Map.copyOf(copy);
            return this;
        }

        /**
         * Sets whether the stream was deleted.
         *
         * @param gone whether the stream was deleted
         * @return this builder
         */
        public Builder gone(boolean gone) {
            this.gone = gone;
            return this;
        }

        /**
         * Sets the reason why the document is parked.
         *
         * @param parking the reason, or null if the document is not parked
         * @return this builder
         */
        public Builder parking(@Nullable Parking parking) {
            this.parking = parking;
            return this;
        }

        /**
         * Sets the most recently changed streams of a summary, or the groups that a stream may be in.
         *
         * @param recent the sequence numbers, keyed by stream or by group; copied
         * @return this builder
         */
        public Builder recent(Map<String, Long> recent) {
            this.recent = Map.copyOf(recent);
            return this;
        }

        /**
         * {@return the document}
         */
        public StoredDocument build() {
            return new StoredDocument(this);
        }
    }
}
