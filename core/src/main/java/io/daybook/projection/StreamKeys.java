package io.daybook.projection;

import io.daybook.eventstore.StreamId;
import io.daybook.readmodel.DocumentKey;

/** The keys of the documents that hold the states of streams. */
interface StreamKeys {

    /** Returns the stream whose document has this key. */
    StreamId streamOf(DocumentKey key);

    /** Returns the key of a stream's document. */
    DocumentKey keyOf(StreamId stream);

    /** Returns whether a document is that of a stream. */
    boolean isOfStream(DocumentKey key);
}
