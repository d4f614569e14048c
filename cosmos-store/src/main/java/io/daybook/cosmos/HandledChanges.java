package io.daybook.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The changes that this instance handled last. Thread-safe.
 *
 * <p>A lease may be behind the changes that were handled: the SDK renews a lease with the token that it read earlier, even when a
 * checkpoint was stored in the meantime. Nothing corrects that until the next change.
 */
final class HandledChanges {

    /** More than the pages of many partitions that are handled while a lease is being renewed. */
    private static final int MOST = 20_000;

    private static final String ETAG = "_etag";

    private final Set<String> latest = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST;
        }
    });

    void add(Iterable<JsonNode> documents) {
        synchronized (latest) {
            documents.forEach(document -> latest.add(nameOf(document)));
        }
    }

    boolean contains(JsonNode document) {
        synchronized (latest) {
            return document.hasNonNull(ETAG) && latest.contains(nameOf(document));
        }
    }

    /** Names a version of a document, of which two are never the same. */
    private static String nameOf(JsonNode document) {
        return String.join(
                "/",
                document.path("streamId").asText(),
                document.path("id").asText(),
                document.path(ETAG).asText());
    }
}
