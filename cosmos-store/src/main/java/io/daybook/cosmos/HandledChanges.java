package io.daybook.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The latest changes that this instance has handled. Thread-safe.
 *
 * <p>A lease may lag behind the handled changes: the SDK renews a lease with the token that it read earlier, even if a
 * checkpoint was stored in the meantime. Nothing corrects this until the next change.
 */
final class HandledChanges {

    /** More than the number of changes that many partitions handle while a lease is being renewed. */
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

    /** Returns a name that is unique to one version of a document. */
    private static String nameOf(JsonNode document) {
        return String.join(
                "/",
                document.path("streamId").asText(),
                document.path("id").asText(),
                document.path(ETAG).asText());
    }
}
