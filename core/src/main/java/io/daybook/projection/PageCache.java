package io.daybook.projection;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.readmodel.CachedDocument;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.Page;
import io.daybook.readmodel.PagePosition;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.readmodel.StoredDocument;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pages of one read model in a cache, for reads without a token. The revision of a page is the time before it was read,
 * so that a slow reader does not replace a later page. Thread-safe.
 */
final class PageCache {

    private static final Logger log = LoggerFactory.getLogger(PageCache.class);
    private static final int MAX_NEXT = 1_000;
    private static final int MAX_TEXT = 1_000_000;

    private final GuardedCache cache;
    private final Duration timeToLive;
    private final ReadModelSchema schema;
    private final Clock clock;
    private final SharedLoads<String, Page<StoredDocument>> loads = new SharedLoads<>();

    PageCache(GuardedCache cache, Duration timeToLive, ReadModelSchema schema, Clock clock) {
        this.cache = cache;
        this.timeToLive = timeToLive;
        this.schema = schema;
        this.clock = clock;
    }

    /** Returns the cached page, or loads it. Pages with a long {@code next} or a lot of text are not cached. */
    Page<StoredDocument> get(Filter filter, Supplier<Page<StoredDocument>> load) {
        if (filter.next().length() > MAX_NEXT) {
            return load.get();
        }
        String list = new PagePosition("", "").text(schema, filter);
        String key = "page:" + filter.limit() + ":" + list + ":" + filter.next();
        return cache.get(key)
                .flatMap(PageCache::decode)
                .orElseGet(() -> loads.load(key, 0, any -> true, () -> {
                    long before = Math.max(1, clock.millis());
                    Page<StoredDocument> page = load.get();
                    String text = encode(page);
                    if (text.length() <= MAX_TEXT) {
                        cache.put(key, new CachedDocument(before, text), timeToLive);
                    }
                    return page;
                }));
    }

    private static String encode(Page<StoredDocument> page) {
        ObjectNode json = CachedJson.JSON.createObjectNode();
        page.next().ifPresent(next -> json.put("next", next));
        ArrayNode documents = json.putArray("documents");
        for (StoredDocument document : page.items()) {
            documents.add(CachedJson.write(document)
                    .put("partition", document.key().partition())
                    .put("id", document.key().id())
                    .put("rev", document.revision()));
        }
        return json.toString();
    }

    /** Returns nothing for text that another version of this library wrote in a different format. */
    private static Optional<Page<StoredDocument>> decode(CachedDocument cached) {
        try {
            JsonNode json = CachedJson.JSON.readTree(cached.text());
            if (!json.path("documents").isArray()) {
                throw new IllegalArgumentException("the cached page has no documents");
            }
            List<StoredDocument> documents = new ArrayList<>();
            for (JsonNode each : json.path("documents")) {
                DocumentKey key = new DocumentKey(
                        each.path("partition").asText(), each.path("id").asText());
                documents.add(CachedJson.read(key, each.path("rev").asLong(), each));
            }
            return Optional.of(
                    new Page<>(documents, Optional.ofNullable(json.path("next").textValue())));
        } catch (JsonProcessingException | IllegalArgumentException | DateTimeException e) {
            log.warn("cached page ignored because it cannot be read");
            return Optional.empty();
        }
    }
}
