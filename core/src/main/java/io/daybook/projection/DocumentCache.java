package io.daybook.projection;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.daybook.readmodel.CachedDocument;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.StoredDocument;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The documents of one read model in a cache. Thread-safe. */
final class DocumentCache {

    private static final Logger log = LoggerFactory.getLogger(DocumentCache.class);

    private final GuardedCache cache;
    private final Duration timeToLive;

    DocumentCache(GuardedCache cache, Duration timeToLive) {
        this.cache = cache;
        this.timeToLive = timeToLive;
    }

    Optional<StoredDocument> get(DocumentKey key) {
        return cache.get(text(key)).flatMap(cached -> decode(key, cached));
    }

    void put(StoredDocument document) {
        if (document.revision() >= 1) { // otherwise nothing is stored
            cache.put(
                    text(document.key()),
                    new CachedDocument(document.revision(), CachedJson.text(document)),
                    timeToLive);
        }
    }

    private static String text(DocumentKey key) {
        return key.partition().length() + ":" + key.partition() + key.id();
    }

    /** Returns nothing for text that another version of this library wrote in a different format. */
    private static Optional<StoredDocument> decode(DocumentKey key, CachedDocument cached) {
        try {
            return Optional.of(CachedJson.read(key, cached));
        } catch (JsonProcessingException | IllegalArgumentException | DateTimeException e) {
            log.warn("cached document ignored because it cannot be read key={}", key);
            return Optional.empty();
        }
    }
}
