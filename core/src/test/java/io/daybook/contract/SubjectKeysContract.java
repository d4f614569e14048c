package io.daybook.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.daybook.inmemory.InMemorySubjectKeys;
import io.daybook.shredding.SubjectKey;
import io.daybook.shredding.SubjectKeys;
import io.daybook.shredding.SubjectShreddedException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link SubjectKeys} promise. A store of keys joins with a subclass, as for {@link EventStoreContract}. What the
 * suite cannot bring about is a store that cannot be reached; test with yours that it throws then, as the SPI says.
 */
public abstract class SubjectKeysContract {

    private static final int WRITERS = 8;

    private SubjectKeys keys = new InMemorySubjectKeys();
    private SubjectKeys elsewhere = keys;
    private String subject = "";

    /** Creates the suite. */
    protected SubjectKeysContract() {}

    /**
     * Opens the store under test; called twice before each test. Both work on the same keys, as two processes would; keys
     * of earlier tests may be in it.
     *
     * @return the store
     */
    protected abstract SubjectKeys keys();

    @BeforeEach
    final void openStore() {
        keys = keys();
        elsewhere = keys();
        subject = "subject-" + UUID.randomUUID();
    }

    @Test
    void a_subject_has_no_key_before_one_is_created() {
        assertThat(keys.find(subject)).isEmpty();
        assertThat(keys.find(subject)).as("a look creates none").isEmpty();
    }

    @Test
    void a_key_stays_what_it_is_and_is_found_everywhere() {
        SubjectKey created = keys.findOrCreate(subject);

        assertThat(created.isDestroyed()).isFalse();
        assertThat(keys.findOrCreate(subject)).isEqualTo(created);
        assertThat(keys.find(subject)).hasValue(created);
        assertThat(elsewhere.find(subject)).hasValue(created);
        assertThat(elsewhere.findOrCreate(subject)).isEqualTo(created);
    }

    @Test
    void each_subject_has_a_separate_key() {
        List<SubjectKey> created = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            created.add(keys.findOrCreate(subject + "-" + i));
        }

        assertThat(created).doesNotHaveDuplicates();
    }

    @Test
    void subjects_whose_names_are_alike_have_keys_of_their_own() {
        List<String> alike = List.of(
                subject,
                subject + "a",
                subject + "A",
                subject + " a",
                subject + "a ",
                subject + "/a",
                subject + "ä",
                subject + "a\u0308",
                subject + "😀",
                subject + "x".repeat(128 - subject.length()));
        List<SubjectKey> created = alike.stream().map(keys::findOrCreate).toList();

        assertThat(created).doesNotHaveDuplicates();
        for (int i = 0; i < alike.size(); i++) {
            assertThat(elsewhere.find(alike.get(i))).as(alike.get(i)).hasValue(created.get(i));
        }
    }

    @Test
    void a_destroyed_key_is_gone_for_good() {
        keys.findOrCreate(subject);
        keys.destroy(subject);

        for (SubjectKeys anywhere : List.of(keys, elsewhere)) {
            assertThatExceptionOfType(SubjectShreddedException.class)
                    .isThrownBy(() -> anywhere.findOrCreate(subject))
                    .satisfies(e -> assertThat(e.subject()).isEqualTo(subject));
            assertThat(anywhere.find(subject)).hasValue(SubjectKey.destroyed());
        }
    }

    @Test
    void a_key_that_is_destroyed_elsewhere_is_gone_here() {
        keys.findOrCreate(subject);
        elsewhere.destroy(subject);

        assertThat(keys.find(subject)).hasValue(SubjectKey.destroyed());
    }

    @Test
    void to_destroy_again_does_no_harm() {
        keys.findOrCreate(subject);
        keys.destroy(subject);
        keys.destroy(subject);
        elsewhere.destroy(subject);

        assertThat(keys.find(subject)).hasValue(SubjectKey.destroyed());
    }

    @Test
    void a_subject_that_is_destroyed_before_it_has_a_key_gets_none() {
        keys.destroy(subject);

        assertThatExceptionOfType(SubjectShreddedException.class).isThrownBy(() -> keys.findOrCreate(subject));
        assertThat(keys.find(subject)).hasValue(SubjectKey.destroyed());
    }

    @Test
    void other_subjects_keep_their_keys() {
        SubjectKey other = keys.findOrCreate(subject + "-other");
        keys.findOrCreate(subject);
        keys.destroy(subject);

        assertThat(keys.find(subject + "-other")).hasValue(other);
    }

    @Test
    void concurrent_callers_get_the_same_key() throws InterruptedException {
        for (int round = 0; round < 20; round++) {
            String name = subject + "-" + round;
            List<Object> created =
                    SideBySide.run(WRITERS, thread -> () -> (thread % 2 == 0 ? keys : elsewhere).findOrCreate(name));

            assertThat(created).hasSize(WRITERS).containsOnly(keys.findOrCreate(name));
        }
    }

    @Test
    void no_key_comes_back_whatever_is_done_while_it_is_destroyed() throws InterruptedException {
        for (int round = 0; round < 20; round++) {
            String name = subject + "-" + round;
            SideBySide.run(WRITERS, thread -> () -> {
                if (thread == 0) {
                    elsewhere.destroy(name);
                    return name;
                }
                return keys.findOrCreate(name);
            });

            assertThat(keys.find(name)).hasValue(SubjectKey.destroyed());
            assertThat(elsewhere.find(name)).hasValue(SubjectKey.destroyed());
        }
    }
}
