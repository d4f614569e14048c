package io.daybook.shredding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.inmemory.InMemorySubjectKeys;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CachedSubjectKeysTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final AtomicLong now = new AtomicLong();
    private final SubjectKeys elsewhere = new InMemorySubjectKeys();
    private final DisturbedKeys behind = new DisturbedKeys(elsewhere);
    private final SubjectKeys keys = new CachedSubjectKeys(behind, 2, MINUTE, now::get);

    @Test
    void a_key_is_asked_for_once() {
        SubjectKey key = keys.findOrCreate("a");

        assertThat(keys.find("a")).hasValue(key);
        assertThat(keys.findOrCreate("a")).isEqualTo(key);
        assertThat(behind.calls()).isEqualTo(1);
    }

    @Test
    void the_one_not_used_for_longest_goes_first() {
        keys.findOrCreate("a");
        keys.findOrCreate("b");
        keys.find("a");
        keys.findOrCreate("c");
        assertThat(behind.calls()).isEqualTo(3);

        keys.find("a");
        assertThat(behind.calls()).isEqualTo(3);
        keys.find("b");
        assertThat(behind.calls()).isEqualTo(4);
    }

    @Test
    void what_another_process_destroys_is_noticed_when_the_time_is_over_and_no_sooner() {
        keys.findOrCreate("a");
        elsewhere.destroy("a");

        now.addAndGet(MINUTE.toNanos() - 1);
        assertThat(keys.find("a").orElseThrow().isDestroyed()).isFalse();
        now.addAndGet(1);
        assertThat(keys.find("a")).hasValue(SubjectKey.destroyed());
        assertThatExceptionOfType(SubjectShreddedException.class).isThrownBy(() -> keys.findOrCreate("a"));
    }

    @Test
    void use_does_not_make_a_key_last_longer() {
        keys.findOrCreate("a");
        elsewhere.destroy("a");
        for (int i = 0; i < 60; i++) {
            keys.find("a");
            now.addAndGet(Duration.ofSeconds(1).toNanos());
        }

        assertThat(keys.find("a")).hasValue(SubjectKey.destroyed());
    }

    @Test
    void what_is_destroyed_here_is_destroyed_at_once() {
        keys.findOrCreate("a");
        keys.destroy("a");

        assertThat(keys.find("a")).hasValue(SubjectKey.destroyed());
        assertThat(elsewhere.find("a")).hasValue(SubjectKey.destroyed());
    }

    @Test
    void a_key_that_was_fetched_before_it_was_destroyed_does_not_come_back() {
        elsewhere.findOrCreate("a");
        behind.beforeNextAnswer(() -> keys.destroy("a"));

        assertThat(keys.find("a")).hasValue(SubjectKey.destroyed());
        assertThat(keys.find("a")).hasValue(SubjectKey.destroyed());
    }

    @Test
    void nor_does_it_when_what_says_so_was_pushed_out_by_other_keys() {
        elsewhere.findOrCreate("a");
        behind.beforeNextAnswer(() -> {
            keys.destroy("a");
            keys.findOrCreate("b");
            keys.findOrCreate("c");
        });
        keys.find("a");

        assertThat(keys.find("a")).hasValue(SubjectKey.destroyed());
    }

    @Test
    void nor_does_it_when_its_destruction_is_not_known() {
        elsewhere.findOrCreate("a");
        behind.beforeNextAnswer(() -> {
            elsewhere.destroy("a"); // its answer is lost
            behind.unavailable(true);
            assertThatExceptionOfType(EventStoreUnavailableException.class).isThrownBy(() -> keys.destroy("a"));
            behind.unavailable(false);
        });
        keys.findOrCreate("a");

        assertThat(keys.find("a")).hasValue(SubjectKey.destroyed());
    }

    @Test
    void that_there_is_none_is_not_kept() {
        assertThat(keys.find("a")).isEmpty();
        SubjectKey key = elsewhere.findOrCreate("a");

        assertThat(keys.find("a")).hasValue(key);
    }

    @Test
    void a_key_whose_destruction_is_not_known_is_asked_for_again() {
        keys.findOrCreate("a");
        elsewhere.destroy("a"); // its answer is lost
        behind.unavailable(true);
        assertThatExceptionOfType(EventStoreUnavailableException.class).isThrownBy(() -> keys.destroy("a"));
        assertThatExceptionOfType(EventStoreUnavailableException.class).isThrownBy(() -> keys.find("a"));

        behind.unavailable(false);
        assertThat(keys.find("a")).hasValue(SubjectKey.destroyed());
    }

    @ParameterizedTest
    @CsvSource({"0, PT1M", "1, PT0S", "1, PT-1S", "1, PT24H0.000000001S"})
    void bounds_out_of_range_are_refused(int maxEntries, Duration maxAge) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SubjectKeys.cached(elsewhere, maxEntries, maxAge))
                .withMessageContaining(maxEntries < 1 ? "maxEntries is " + maxEntries : "maxAge is " + maxAge);
    }
}
