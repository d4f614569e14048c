package io.daybook.projection;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.eventstore.Backoff;
import io.daybook.readmodel.CachedDocument;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.Parking;
import io.daybook.readmodel.ReadCache;
import io.daybook.readmodel.StoredDocument;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The documents of one read model in a {@link ReadCache}. A cache that fails is left alone for a while, with exponential backoff, and reads
 * continue from the store. Thread-safe.
 */
final class DocumentCache {

    private static final Logger log = LoggerFactory.getLogger(DocumentCache.class);
    private static final int FAILURES_BEFORE_PAUSE = 3;
    private static final Backoff PAUSES = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ReadCache cache;
    private final Duration timeToLive;
    private final Supplier<String> prefix;
    private final LongSupplier nanoClock;
    private int failures;
    private long pausedUntil;

    /**
     * Creates the documents of one incarnation of a read model: one that is built again begins with revision 1.
     *
     * @param prefix returns what begins every key
     */
    DocumentCache(ReadCache cache, Duration timeToLive, Supplier<String> prefix, LongSupplier nanoClock) {
        this.cache = cache;
        this.timeToLive = timeToLive;
        this.prefix = prefix;
        this.nanoClock = nanoClock;
    }

    Optional<StoredDocument> get(DocumentKey key) {
        return guarded(() -> cache.get(text(key))).flatMap(cached -> decode(key, cached));
    }

    void put(StoredDocument document) {
        if (document.revision() < 1) {
            return; // nothing is stored
        }
        CachedDocument cached = new CachedDocument(document.revision(), encode(document));
        double share = ThreadLocalRandom.current()
                .nextDouble(0.9, 1); // so that documents read together do not expire together
        Duration life = Duration.ofMillis(Math.max(1, (long) (timeToLive.toMillis() * share)));
        guarded(() -> {
            cache.put(text(document.key()), cached, life);
            return Optional.empty();
        });
    }

    private String text(DocumentKey key) {
        return prefix.get() + key.partition().length() + ":" + key.partition() + key.id();
    }

    private Optional<CachedDocument> guarded(Supplier<Optional<CachedDocument>> call) {
        if (isPaused()) {
            return Optional.empty();
        }
        Optional<CachedDocument> answer;
        try {
            answer = call.get();
        } catch (RuntimeException e) { // a cache may throw anything; the store answers
            failed(e);
            return Optional.empty();
        }
        succeeded();
        return answer;
    }

    private synchronized boolean isPaused() {
        return failures >= FAILURES_BEFORE_PAUSE && pausedUntil - nanoClock.getAsLong() > 0;
    }

    private synchronized void failed(RuntimeException e) {
        failures++;
        if (failures == FAILURES_BEFORE_PAUSE) {
            log.warn("cache failed, reading from the store instead", e);
        }
        pausedUntil = nanoClock.getAsLong()
                + PAUSES.after(Math.max(1, failures - FAILURES_BEFORE_PAUSE + 1))
                        .toNanos();
    }

    private synchronized void succeeded() {
        if (failures >= FAILURES_BEFORE_PAUSE) {
            log.info("cache answers again");
        }
        failures = 0;
    }

    private static String encode(StoredDocument document) {
        ObjectNode json = JSON.createObjectNode()
                .put("seq", document.sequenceNumber())
                .put("eventId", document.eventId())
                .put("gone", document.gone())
                .put("data", document.content());
        document.parking()
                .ifPresent(parking -> json.putObject("parked")
                        .put("at", parking.at())
                        .put("eventId", parking.eventId())
                        .put("error", parking.error())
                        .put("since", parking.since().toString())
                        .put("attempts", parking.attempts()));
        return json.toString();
    }

    /** Returns nothing for text that another version of this library wrote otherwise. */
    private static Optional<StoredDocument> decode(DocumentKey key, CachedDocument cached) {
        try {
            if (JSON.readTree(cached.text()) instanceof ObjectNode json
                    && json.path("data").isTextual()) {
                return Optional.of(StoredDocument.builder(key)
                        .position(
                                json.path("seq").asLong(), json.path("eventId").asText())
                        .revision(cached.revision())
                        .gone(json.path("gone").asBoolean())
                        .content(json.path("data").asText())
                        .parking(parking(json.path("parked")))
                        .build());
            }
        } catch (JsonProcessingException | DateTimeException e) {
            log.warn("cached document ignored, it cannot be read key={}", key);
        }
        return Optional.empty();
    }

    private static @Nullable Parking parking(JsonNode parked) {
        return parked.isObject()
                ? new Parking(
                        parked.path("at").asLong(),
                        parked.path("eventId").asText(),
                        parked.path("error").asText(),
                        Instant.parse(parked.path("since").asText()),
                        parked.path("attempts").asInt())
                : null;
    }
}
