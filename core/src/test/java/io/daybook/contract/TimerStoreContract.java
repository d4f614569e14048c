package io.daybook.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.daybook.eventstore.StreamId;
import io.daybook.process.ProcessTimer;
import io.daybook.process.TimerStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link TimerStore} promises. A store joins with a subclass:
 *
 * <pre>{@code
 * class InMemoryTimerStoreTest extends TimerStoreContract { // yours
 *     protected TimerStore store() {
 *         return new InMemoryTimerStore();
 *     }
 * }
 * }</pre>
 */
public abstract class TimerStoreContract {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final StreamId stream = StreamId.of("Booking", UUID.randomUUID().toString());
    private TimerStore timers = new NoTimers();

    /** A placeholder until the store under test is made. */
    private static final class NoTimers implements TimerStore {
        @Override
        public void set(ProcessTimer timer) {}

        @Override
        public void remove(ProcessTimer timer) {}

        @Override
        public void postpone(ProcessTimer timer, Instant until) {}

        @Override
        public List<ProcessTimer> due(Instant now, int max) {
            return List.of();
        }
    }

    /** Creates the suite. */
    protected TimerStoreContract() {}

    /**
     * Makes the store under test; called before each test. It contains no timers.
     *
     * @return the store
     */
    protected abstract TimerStore store();

    @BeforeEach
    final void makeStore() {
        timers = store();
    }

    private ProcessTimer timer(String key, Duration afterNoon) {
        return new ProcessTimer(stream, key, NOON.plus(afterNoon));
    }

    @Test
    void timer_is_due_from_its_time_on_and_not_before() {
        ProcessTimer timer = timer("k", Duration.ofNanos(1));
        timers.set(timer);

        assertThat(timers.due(NOON, 10)).isEmpty();
        assertThat(timers.due(NOON.plusNanos(1), 10)).containsExactly(timer);
        assertThat(timers.due(NOON.plus(Duration.ofDays(1000)), 10)).containsExactly(timer);
    }

    @Test
    void timer_stays_due_until_it_is_removed() {
        ProcessTimer timer = timer("k", Duration.ZERO);
        timers.set(timer);
        assertThat(timers.due(NOON, 10)).containsExactly(timer);
        assertThat(timers.due(NOON, 10)).containsExactly(timer);
        timers.remove(timer);
        timers.remove(timer);

        assertThat(timers.due(NOON, 10)).isEmpty();
    }

    @Test
    void timer_that_is_set_twice_is_stored_once() {
        ProcessTimer timer = timer("k", Duration.ZERO);
        timers.set(timer);
        timers.set(timer);
        assertThat(timers.due(NOON, 10)).containsExactly(timer);
        timers.remove(timer);
        assertThat(timers.due(NOON, 10)).isEmpty();
        timers.set(timer);
        assertThat(timers.due(NOON, 10)).containsExactly(timer);
    }

    @Test
    void timer_that_the_store_has_lost_is_restored() {
        ProcessTimer timer = timer("k", Duration.ZERO);
        timers.restore(timer);
        assertThat(timers.due(NOON, 10)).containsExactly(timer);
        timers.remove(timer); // stands for the loss
        timers.restore(timer);

        assertThat(timers.due(NOON, 10)).containsExactly(timer);
    }

    @Test
    void postponed_timer_is_due_later_and_keeps_its_time() {
        ProcessTimer timer = timer("k", Duration.ZERO);
        ProcessTimer other = timer("other", Duration.ofMinutes(1));
        timers.set(timer);
        timers.set(other);
        Instant until = NOON.plus(Duration.ofHours(1));
        timers.postpone(timer, until);

        assertThat(timers.due(until.minusNanos(1), 10)).containsExactly(other);
        assertThat(timers.due(until, 10)).containsExactly(other, timer);
        timers.postpone(timer, until.plusSeconds(60));
        assertThat(timers.due(until, 10)).containsExactly(other);
        assertThat(timers.due(until.plusSeconds(60), 10)).containsExactly(other, timer);
        timers.remove(timer);
        timers.postpone(timer, until);
        assertThat(timers.due(until.plusSeconds(120), 10)).containsExactly(other);
    }

    @Test
    void keys_that_are_alike_name_different_timers() {
        timers.set(timer("daybook:a-B_9", Duration.ZERO));
        timers.set(timer("daybook:A-b_9", Duration.ZERO));
        timers.remove(timer("daybook:A-b_9", Duration.ZERO));

        assertThat(timers.due(NOON, 10)).containsExactly(timer("daybook:a-B_9", Duration.ZERO));
    }

    @Test
    void timers_of_one_stream_and_time_are_all_stored() {
        ProcessTimer other = new ProcessTimer(StreamId.of("Booking", "ä/#?\\ " + "x".repeat(60)), "c", NOON);
        timers.set(timer("a", Duration.ZERO));
        timers.set(timer("b", Duration.ZERO));
        timers.set(other);

        assertThat(timers.due(NOON, 10))
                .containsExactlyInAnyOrder(timer("a", Duration.ZERO), timer("b", Duration.ZERO), other);
    }

    @Test
    void those_due_first_come_first_and_no_page_loses_one() {
        List<ProcessTimer> set = IntStream.range(0, 250)
                .mapToObj(i -> timer("k" + i, Duration.ofMinutes(-(i * 7L) % 250)))
                .toList();
        set.forEach(timers::set);
        List<ProcessTimer> fired = new ArrayList<>();
        for (List<ProcessTimer> page = timers.due(NOON, 20); !page.isEmpty(); page = timers.due(NOON, 20)) {
            assertThat(page).hasSizeLessThanOrEqualTo(20);
            fired.addAll(page);
            page.forEach(timers::remove);
        }

        assertThat(fired).containsExactlyInAnyOrderElementsOf(set);
        assertThat(fired).extracting(ProcessTimer::due).isSorted();
    }

    @Test
    void refuses_page_without_timers() {
        assertThatThrownBy(() -> timers.due(NOON, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
