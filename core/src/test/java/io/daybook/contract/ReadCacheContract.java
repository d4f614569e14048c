package io.daybook.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.readmodel.CachedDocument;
import io.daybook.readmodel.ReadCache;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link ReadCache} promises. A cache joins with a subclass:
 *
 * <pre>{@code
 * class InMemoryReadCacheTest extends ReadCacheContract { // yours
 *     protected ReadCache cache() {
 *         return new InMemoryReadCache(10_000);
 *     }
 * }
 * }</pre>
 */
public abstract class ReadCacheContract {

    private static final Duration LONG = Duration.ofHours(1);

    private final String prefix = UUID.randomUUID() + ":";
    private ReadCache cache = unset();

    /** Creates the suite. */
    protected ReadCacheContract() {}

    /**
     * Makes the cache under test, with room for 1,000 documents; called before each test. It may be the same one each time.
     *
     * @return the cache
     */
    protected abstract ReadCache cache();

    private static ReadCache unset() {
        return null;
    }

    @BeforeEach
    final void openCache() {
        cache = cache();
    }

    private static CachedDocument document(long revision) {
        return new CachedDocument(revision, "revision " + revision);
    }

    private void put(String key, long revision) {
        cache.put(prefix + key, document(revision), LONG);
    }

    private boolean isForgotten(String key) {
        for (int look = 0; look < 2_000; look++) {
            if (cache.get(prefix + key).isEmpty()) {
                return true;
            }
            LockSupport.parkNanos(1_000_000);
        }
        return false;
    }

    @Test
    final void returns_what_was_put() {
        put("42", 7);

        assertThat(cache.get(prefix + "42")).hasValue(document(7));
        assertThat(cache.get(prefix + "43")).isEmpty();
    }

    @Test
    final void replaces_an_older_revision() {
        put("42", 7);
        put("42", 9);
        put("42", 10);

        assertThat(cache.get(prefix + "42")).hasValue(document(10));
    }

    @Test
    final void keeps_a_newer_revision() {
        put("42", 10);
        put("42", 9);
        put("42", 1);

        assertThat(cache.get(prefix + "42")).hasValue(document(10));
    }

    @Test
    final void compares_large_revisions_as_numbers() {
        put("42", 999_999_999_999L);
        put("42", 9_007_199_254_740_991L);
        put("42", 9_007_199_254_740_990L);

        assertThat(cache.get(prefix + "42")).hasValue(document(9_007_199_254_740_991L));
    }

    @Test
    final void forgets_a_document_when_its_time_ends() {
        cache.put(prefix + "42", document(7), Duration.ofMillis(1));

        assertThat(isForgotten("42")).isTrue();
    }

    @Test
    final void takes_an_older_revision_again_when_the_newer_one_is_forgotten() {
        cache.put(prefix + "42", document(9), Duration.ofMillis(1));
        assertThat(isForgotten("42")).isTrue();

        put("42", 3);

        assertThat(cache.get(prefix + "42")).hasValue(document(3));
    }

    @Test
    final void distinguishes_keys_by_each_character() {
        List<String> keys =
                List.of("a", "A", "a ", " a", "ä", "a:1", "a/1", "a*", "[a]", "a\nb", "", "x".repeat(1_900));
        keys.forEach(key -> cache.put(prefix + key, new CachedDocument(1, key), LONG));

        assertThat(keys).allSatisfy(key -> assertThat(cache.get(prefix + key)).hasValue(new CachedDocument(1, key)));
    }

    @Test
    final void keeps_any_text() {
        List<String> texts = List.of("", "{}", "\u0000\r\n\t", "\uD83D\uDE00 é \u2028", "12", "x".repeat(2_000_000));
        for (int i = 0; i < texts.size(); i++) {
            cache.put(prefix + i, new CachedDocument(1, texts.get(i)), LONG);
        }

        assertThat(IntStream.range(0, texts.size())
                        .mapToObj(i -> cache.get(prefix + i).orElseThrow().text()))
                .isEqualTo(texts);
    }

    @Test
    final void highest_revision_wins_among_concurrent_puts() {
        // Each writer ends with a low revision, so a cache that keeps the last put never ends with the highest.
        IntStream.range(0, 4).parallel().forEach(writer -> {
            for (long revision = 100 - writer; revision > 0; revision -= 4) {
                put("42", revision);
            }
        });

        assertThat(cache.get(prefix + "42")).hasValue(document(100));
    }
}
