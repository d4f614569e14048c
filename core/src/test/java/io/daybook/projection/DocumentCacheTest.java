package io.daybook.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.inmemory.InMemoryReadCache;
import io.daybook.readmodel.CachedDocument;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.Parking;
import io.daybook.readmodel.ReadCache;
import io.daybook.readmodel.StoredDocument;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DocumentCacheTest {

    private static final DocumentKey KEY = DocumentKey.of("42");

    private final List<String> calls = new ArrayList<>();
    private final List<Duration> lives = new ArrayList<>();
    private boolean down;
    private long nanos;

    private final ReadCache cache = new ReadCache() {
        private final ReadCache right = new InMemoryReadCache(100);

        @Override
        public Optional<CachedDocument> get(String key) {
            call("get " + key);
            return right.get(key);
        }

        @Override
        public void put(String key, CachedDocument document, Duration timeToLive) {
            call("put " + key);
            lives.add(timeToLive);
            right.put(key, document, timeToLive);
        }

        private void call(String text) {
            calls.add(text);
            if (down) {
                throw new IllegalStateException("connection refused");
            }
        }
    };

    private final DocumentCache documents =
            new DocumentCache(new GuardedCache(cache, () -> "orders-1/a/", () -> nanos), Duration.ofMinutes(5));

    private static StoredDocument document(long revision) {
        return StoredDocument.builder(KEY)
                .position(revision + 1, "event-" + revision)
                .revision(revision)
                .content("{\"n\":" + revision + "}")
                .build();
    }

    @Test
    void returns_each_member_that_an_answer_needs() {
        StoredDocument parked = document(3)
                .next()
                .parking(new Parking(5, "e5", "BoomException", Instant.EPOCH, 2))
                .build();

        documents.put(parked);

        assertThat(documents.get(KEY))
                .hasValueSatisfying(found -> assertThat(found.sameAs(parked)).isTrue());
        StoredDocument gone = parked.next().parking(null).content("").gone(true).build();
        documents.put(gone);
        assertThat(documents.get(KEY))
                .hasValueSatisfying(found -> assertThat(found.sameAs(gone)).isTrue());
    }

    @Test
    void keeps_read_models_incarnations_and_keys_apart() {
        documents.put(document(3));

        GuardedCache other = new GuardedCache(cache, () -> "orders-1/b/", () -> nanos);
        assertThat(new DocumentCache(other, Duration.ofMinutes(5)).get(KEY)).isEmpty();
        assertThat(documents.get(new DocumentKey("4", "2"))).isEmpty();
        documents.put(StoredDocument.builder(new DocumentKey("1:", "1")).build());
        assertThat(documents.get(new DocumentKey("1", ":1"))).isEmpty();
    }

    @Test
    void older_write_replaces_no_newer_document() {
        documents.put(document(4));
        documents.put(document(3));

        assertThat(documents.get(KEY))
                .hasValueSatisfying(found -> assertThat(found.revision()).isEqualTo(4));
    }

    @Test
    void ignores_text_that_it_did_not_write() {
        for (String text :
                List.of("", "no JSON", "[]", "{\"seq\":1}", "{\"data\":\"{}\",\"parked\":{\"since\":\"x\"}}")) {
            cache.put("orders-1/a/2:4242", new CachedDocument(1, text), Duration.ofHours(1));
            assertThat(documents.get(KEY)).as(text).isEmpty();
        }
    }

    @Test
    void documents_expire_at_different_times() {
        for (int i = 1; i <= 100; i++) {
            documents.put(document(i));
        }

        assertThat(lives).allMatch(life -> life.toSeconds() >= 270 && life.toSeconds() <= 300);
        assertThat(lives.stream().distinct()).hasSizeGreaterThan(1);
    }

    @Test
    void failing_cache_is_left_alone_for_a_growing_time() {
        down = true;
        for (int i = 0; i < 10; i++) {
            assertThat(documents.get(KEY)).isEmpty();
        }
        assertThat(calls).hasSize(3);

        nanos += Duration.ofMinutes(1).toNanos();
        documents.put(document(1));
        documents.put(document(2));
        assertThat(calls).as("one call finds out").hasSize(4);

        down = false;
        nanos += Duration.ofMinutes(1).toNanos();
        documents.put(document(3));
        assertThat(documents.get(KEY)).isPresent();
        assertThat(calls).hasSize(6);
    }

    @Test
    void single_failure_does_not_pause_the_cache() {
        down = true;
        documents.get(KEY);
        documents.get(KEY);
        down = false;
        documents.put(document(1));

        assertThat(documents.get(KEY)).isPresent();
    }
}
