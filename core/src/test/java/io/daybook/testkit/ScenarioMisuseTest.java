package io.daybook.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import io.daybook.aggregate.DomainException;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a scenario notices in the decision, and in the test that forgot a phase. */
class ScenarioMisuseTest {

    sealed interface CounterEvent extends DomainEvent {
        @EventType("Counted")
        record Counted(int by) implements CounterEvent {}
    }

    record Total(int value) {}

    private static final class Counter extends AggregateRoot<CounterEvent> {
        private int total;

        void count(int by) {
            require(by != 0, "nothing to count");
            raise(new CounterEvent.Counted(by));
        }

        private void counted(CounterEvent.Counted event) {
            total = event.by() < 0 ? Math.toIntExact(Long.MIN_VALUE) : Math.addExact(total, event.by());
        }
    }

    private static final AggregateType<Counter, CounterEvent> TYPE = AggregateType.named(
                    "Counter", CounterEvent.class, Counter::new)
            .on(CounterEvent.Counted.class, Counter::counted)
            .snapshot(
                    Total.class, counter -> new Total(counter.total), (counter, total) -> counter.total = total.value())
            .build();

    private static AggregateScenario.Then<Counter, CounterEvent> when(Consumer<Counter> decision) {
        return AggregateScenario.of(TYPE).given().when(decision);
    }

    private static void swallow(Runnable raise) {
        try {
            raise.run();
        } catch (RuntimeException e) {
            assertThat(e).isInstanceOf(ArithmeticException.class);
        }
    }

    private static void assertNoticesSwallowed(Consumer<Counter> decision) {
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> when(decision))
                .withMessageContaining("continued after raise had failed")
                .withStackTraceContaining("an event could not be applied");
    }

    @Test
    void notices_that_a_decision_swallows_a_failure_of_raise() {
        assertNoticesSwallowed(counter -> swallow(() -> counter.count(-1)));
    }

    @Test
    void notices_a_swallowed_failure_after_another_event() {
        assertNoticesSwallowed(counter -> {
            counter.count(Integer.MAX_VALUE);
            swallow(() -> counter.count(1));
        });
    }

    @Test
    void notices_a_swallowed_failure_of_one_of_many() {
        assertNoticesSwallowed(counter -> List.of(1, -1).forEach(by -> swallow(() -> counter.count(by))));
    }

    @Test
    void leaves_a_failure_that_is_not_swallowed_to_the_last_phase() {
        when(counter -> counter.count(-1)).thenRejected(ArithmeticException.class, "overflow");
    }

    @Test
    void type_reports_whether_an_aggregate_is_intact() {
        Counter counter = TYPE.newInstance("1");
        TYPE.requireIntact(counter);
        swallow(() -> counter.count(-1));

        assertThatIllegalStateException().isThrownBy(() -> TYPE.requireIntact(counter));
    }

    @Test
    void type_restores_only_its_snapshots() {
        AggregateType<Counter, CounterEvent> without = AggregateType.named("Counter", CounterEvent.class, Counter::new)
                .on(CounterEvent.Counted.class, Counter::counted)
                .build();
        var snapshot = TYPE.snapshotOf(TYPE.replay(TYPE.newInstance("1"), List.of(new CounterEvent.Counted(7))))
                .orElseThrow();

        assertThat(TYPE.readBack(snapshot).state()).isEqualTo(new Total(7));
        assertThatIllegalArgumentException().isThrownBy(() -> without.readBack(snapshot));
    }

    /** A test that forgets the last phase. */
    private static void forget(Consumer<Counter> decision) {
        when(decision);
    }

    private static void assertNoticesForgotten() {
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> when(counter -> counter.count(1)))
                .withMessageContaining("ended without then")
                .withStackTraceContaining("ScenarioMisuseTest.forget");
    }

    @Test
    void reports_a_scenario_without_then_once() {
        forget(counter -> counter.count(1));

        assertNoticesForgotten();
        when(counter -> counter.count(1)).then(new CounterEvent.Counted(1));
    }

    @Test
    void reports_a_rejection_that_no_phase_checked() {
        forget(counter -> counter.count(0));

        assertNoticesForgotten();
    }

    @Test
    void reports_the_forgotten_one_after_a_finished_one() {
        when(counter -> counter.count(0)).thenRejected(DomainException.class, "nothing to count");
        forget(counter -> {});

        assertNoticesForgotten();
    }

    @Test
    void reports_no_scenario_that_is_finished_later_or_by_another_thread() {
        var first = when(counter -> counter.count(1));
        var second = when(counter -> counter.count(2));
        CompletableFuture.runAsync(() -> second.then(new CounterEvent.Counted(2)))
                .join();
        when(counter -> counter.count(3))
                .thenState(counter -> assertThat(counter.total).isEqualTo(3));

        first.then(new CounterEvent.Counted(1));
    }

    @Test
    void reports_no_scenario_whose_when_or_then_failed() {
        assertNoticesSwallowed(counter -> swallow(() -> counter.count(-1)));
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> when(counter -> counter.count(1)).then());
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> when(counter -> counter.count(1)).thenRejected(DomainException.class, ""));

        when(counter -> {}).then();
    }

    @Test
    void phases_before_the_last_are_marked_for_static_checks() throws Exception {
        Method when = AggregateScenario.Given.class.getMethod("when", Consumer.class);

        assertThat(when.getReturnType()).isEqualTo(AggregateScenario.Then.class);
        try (var code = AggregateScenario.Given.class.getResourceAsStream("AggregateScenario$Given.class")) {
            assertThat(new String(code.readAllBytes(), StandardCharsets.ISO_8859_1))
                    .contains("/CheckReturnValue;");
        }
    }
}
