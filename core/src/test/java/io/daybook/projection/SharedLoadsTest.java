package io.daybook.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class SharedLoadsTest {

    private final SharedLoads<String, Integer> loads = new SharedLoads<>();
    private final AtomicInteger started = new AtomicInteger();
    private final CountDownLatch end = new CountDownLatch(1);

    private int load(String key, long version, Supplier<Integer> load) {
        return loads.load(key, version, value -> value >= version, load);
    }

    /** A load that ends when the test says so. */
    private int slow(int value) {
        started.incrementAndGet();
        Waiting.on(end);
        if (value < 0) {
            throw new IllegalStateException("load failed");
        }
        return value;
    }

    @Test
    void readers_of_one_key_share_a_load() throws Exception {
        try (Waiting readers = new Waiting()) {
            Future<Integer> first = readers.start(() -> load("a", 1, () -> slow(7)));
            readers.awaitIn(SharedLoads.class, 1);
            Future<Integer> second = readers.start(() -> load("a", 5, () -> slow(8)));
            Future<Integer> other = readers.start(() -> load("b", 1, () -> slow(9)));
            readers.awaitIn(SharedLoads.class, 3);
            end.countDown();

            assertThat(first.get()).isEqualTo(7);
            assertThat(second.get()).isEqualTo(7);
            assertThat(other.get()).isEqualTo(9);
        }
        assertThat(started).hasValue(2);
    }

    @Test
    void reader_that_the_shared_load_does_not_cover_loads_alone() throws Exception {
        try (Waiting readers = new Waiting()) {
            Future<Integer> older = readers.start(() -> load("a", 1, () -> slow(1)));
            readers.awaitIn(SharedLoads.class, 1);
            Future<Integer> newer = readers.start(() -> load("a", 2, () -> slow(2)));
            readers.awaitIn(SharedLoads.class, 2);
            end.countDown();

            assertThat(older.get()).isEqualTo(1);
            assertThat(newer.get()).isEqualTo(2);
        }
    }

    @Test
    void failing_load_fails_its_readers_of_that_moment() throws Exception {
        try (Waiting readers = new Waiting()) {
            Future<Integer> first = readers.start(() -> load("a", 1, () -> slow(-1)));
            readers.awaitIn(SharedLoads.class, 1);
            Future<Integer> second = readers.start(() -> load("a", 1, () -> slow(-1)));
            readers.awaitIn(SharedLoads.class, 2);
            end.countDown();

            assertThatThrownBy(first::get).hasMessageContaining("load failed");
            assertThatThrownBy(second::get).hasMessageContaining("load failed");
        }
        assertThat(started).hasValue(1);
        assertThat(load("a", 1, () -> slow(3))).isEqualTo(3);
    }

    @Test
    void failure_of_a_load_that_asks_for_more_is_not_shared() throws Exception {
        try (Waiting readers = new Waiting()) {
            Future<Integer> newer = readers.start(() -> load("a", 9, () -> slow(-1)));
            readers.awaitIn(SharedLoads.class, 1);
            Future<Integer> older = readers.start(() -> load("a", 1, () -> slow(4)));
            readers.awaitIn(SharedLoads.class, 2);
            end.countDown();

            assertThatThrownBy(newer::get).hasMessageContaining("load failed");
            assertThat(older.get()).isEqualTo(4);
        }
    }

    @Test
    void error_of_a_load_is_not_shared() throws Exception {
        try (Waiting readers = new Waiting()) {
            Future<Integer> first = readers.start(() -> load("a", 1, () -> {
                slow(1);
                throw new StackOverflowError("deep");
            }));
            readers.awaitIn(SharedLoads.class, 1);
            Future<Integer> second = readers.start(() -> load("a", 1, () -> slow(2)));
            readers.awaitIn(SharedLoads.class, 2);
            end.countDown();

            assertThatThrownBy(first::get).hasCauseInstanceOf(StackOverflowError.class);
            assertThat(second.get()).isEqualTo(2);
        }
    }
}
