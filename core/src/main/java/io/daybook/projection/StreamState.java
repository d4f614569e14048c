package io.daybook.projection;

import io.daybook.readmodel.StoredDocument;
import org.jspecify.annotations.Nullable;

/** The state of a stream: its stored document and the value in it. */
record StreamState<S>(StoredDocument document, @Nullable S value) {

    long number() {
        return document.sequenceNumber();
    }

    String eventId() {
        return document.eventId();
    }

    boolean isParked() {
        return document.parking().isPresent();
    }
}
