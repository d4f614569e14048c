package io.daybook.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.daybook.eventstore.EventFilter;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.process.ProcessEvent.InstanceParked;
import io.daybook.process.ProcessEvent.StepTaken;
import io.daybook.process.Trips.Booking;
import io.daybook.process.Trips.HoldSeat;
import io.daybook.process.Trips.TripPaid;
import io.daybook.process.Trips.TripRequested;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** An operator's retry of what an instance is parked for. */
class ProcessRetryTest {

    private final ProcessFixture world = new ProcessFixture();

    /** A process that holds seats on a number of flights, which are all sold out. */
    private static ProcessManager<Booking> process(int flights, UnaryOperator<ProcessManager.Builder<Booking>> more) {
        return more.apply(ProcessManager.named("Seats", 1, Booking.class)
                        .startsWith(TripRequested.class, TripRequested::tripId, (step, event) -> {
                            step.become(new Booking(event.tripId(), ""));
                            for (int i = 0; i < flights; i++) {
                                step.send(name(i), new HoldSeat("f", "1"));
                            }
                        })
                        .onTimer("later", Step::end))
                .build();
    }

    private static String name(int command) {
        return "c" + command;
    }

    private static ProcessManager<Booking> handling(int flights, BiConsumer<Step<Booking>, Rejection> onRejected) {
        return process(flights, builder -> {
            for (int i = 0; i < flights; i++) {
                builder.onRejected(name(i), onRejected);
            }
            return builder;
        });
    }

    private void parkWithRejections(int flights) {
        world.planFlight("f", 0);
        world.requestTrip("1", "f");
        world.worker(process(flights, builder -> builder)).handle(world.newEvents());
    }

    private ProcessInstance instance(ProcessManager<?> process) {
        return world.worker(process).find("1").orElseThrow();
    }

    private boolean retry(ProcessManager<?> process) {
        return world.worker(process).retry(process.stream("1"));
    }

    private List<StepTaken> compensations(ProcessManager<?> process) {
        return instance(process).history().stream()
                .map(event -> event.event())
                .filter(StepTaken.class::isInstance)
                .map(StepTaken.class::cast)
                .skip(1)
                .toList();
    }

    @Test
    void handles_all_rejections_each_on_the_state_after_the_one_before() {
        parkWithRejections(3);
        ProcessManager<Booking> fixed = handling(
                3,
                (step, rejection) ->
                        step.become(new Booking("1", step.state().flightId() + rejection.command() + " ")));

        assertThat(retry(fixed)).isTrue();
        assertThat(instance(fixed).content()).contains("\"c0 c1 c2 \"");
        assertThat(compensations(fixed)).hasSize(3);
        assertThat(instance(fixed).state()).isEqualTo(InstanceState.RUNNING);
        assertThat(retry(fixed)).isFalse();
    }

    @Test
    void handles_remaining_rejections_after_one_of_them_has_ended_the_instance() {
        parkWithRejections(3);
        ProcessManager<Booking> fixed = handling(3, (step, rejection) -> {
            if (rejection.command().equals("c1")) {
                step.timer("later", Duration.ofHours(1)); // not allowed after the end
            }
            step.send("ask" + rejection.command(), new HoldSeat("none", "1")).end();
        });

        retry(fixed);
        assertThat(compensations(fixed)).extracting(StepTaken::ended).containsExactly(true, false);
        assertThat(instance(fixed).parked())
                .extracting(InstanceParked::name)
                .contains("c1")
                .doesNotContain("c0", "c2");
        assertThat(instance(fixed).timers()).isEmpty();
    }

    @Test
    void rejection_whose_handler_fails_stays_parked_and_the_others_are_handled() {
        parkWithRejections(3);
        ProcessManager<Booking> half = handling(3, (step, rejection) -> {
            if (rejection.command().equals("c1")) {
                throw new IllegalStateException("not yet");
            }
        });
        retry(half);
        assertThat(compensations(half)).extracting(each -> each.cause().name()).containsExactly("c0", "c2");
        assertThat(instance(half).parked())
                .extracting(InstanceParked::name, InstanceParked::error)
                .containsExactly(tuple("c1", IllegalStateException.class.getName()));

        ProcessManager<Booking> fixed = handling(3, (step, rejection) -> {});
        assertThat(retry(fixed)).isTrue();
        assertThat(compensations(fixed)).hasSize(3);
        assertThat(instance(fixed).state()).isEqualTo(InstanceState.RUNNING);
    }

    @Test
    void more_rejections_than_one_append_can_hold_stay_parked_until_they_are_handled() {
        parkWithRejections(120);
        ProcessManager<Booking> plain = process(120, builder -> builder);
        retry(plain);
        assertThat(instance(plain).parked()).hasSize(120);

        ProcessManager<Booking> fixed = handling(120, (step, rejection) -> {});
        int retries = 0;
        while (retry(fixed)) {
            retries++;
            assertThat(instance(fixed).parked())
                    .hasSize(120 - compensations(fixed).size());
        }
        assertThat(retries).isEqualTo(15);
        assertThat(compensations(fixed)).hasSize(120);
    }

    /** The timer store is slow: a worker has parked the instance and removes the timer when an operator has already retried it. */
    @Test
    void retried_timer_fires_though_its_parked_one_is_removed_late() {
        AtomicBoolean broken = new AtomicBoolean(true);
        ProcessManager<Booking> process = process(
                0,
                builder -> builder.on(
                                TripPaid.class,
                                TripPaid::tripId,
                                (step, event) -> step.timer("poison", Duration.ofMinutes(1)))
                        .onTimer("poison", step -> {
                            if (broken.get()) {
                                throw new IllegalStateException("poison");
                            }
                            step.end();
                        }));
        world.requestTrip("1", "f");
        world.pay("1");
        world.worker(process).handle(world.newEvents());
        world.clock.advance(Duration.ofMinutes(1));
        ProcessTimer timer = world.timers.due(world.clock.instant(), 1).get(0);
        Runnable retry = () -> {
            broken.set(false);
            assertThat(retry(process)).isTrue();
            world.clock.advance(Duration.ofHours(1));
            world.worker(process)
                    .recover(world.processStore.find(EventFilter.all()).toList());
        };

        workerRemovingTimersAfter(retry, process).park(timer, new IllegalStateException("poison"));

        assertThat(world.timers.due(Instant.MAX, 10))
                .singleElement()
                .satisfies(each -> assertThat(each.key()).isNotEqualTo(timer.key()));
        world.worker(process).ring(timer);
        assertThat(instance(process).state()).isEqualTo(InstanceState.RUNNING);
        world.fireTimers(world.worker(process));
        assertThat(instance(process).state()).isEqualTo(InstanceState.COMPLETED);
        assertThat(world.timers.due(Instant.MAX, 10)).isEmpty();
    }

    private ProcessWorker<Booking> workerRemovingTimersAfter(Runnable first, ProcessManager<Booking> process) {
        TimerStore slow = new TimerStore() {
            @Override
            public void set(ProcessTimer timer) {
                world.timers.set(timer);
            }

            @Override
            public void remove(ProcessTimer timer) {
                first.run();
                world.timers.remove(timer);
            }

            @Override
            public void postpone(ProcessTimer timer, Instant until) {
                world.timers.postpone(timer, until);
            }

            @Override
            public List<ProcessTimer> due(Instant now, int max) {
                return world.timers.due(now, max);
            }
        };
        return world.worker(process, slow, pause -> true);
    }

    /** The target may have taken the command, lost the reply, and forgotten the key since. */
    @Test
    void command_that_is_older_than_the_retention_of_keys_is_not_sent_again() {
        ProcessManager<Booking> process = process(1, builder -> builder);
        world.planFlight("f", 5);
        world.afterSend = command -> {
            throw new IllegalStateException("the reply is lost");
        };
        world.requestTrip("1", "f");
        world.worker(process).handle(world.newEvents());
        world.clock.advance(Duration.ofDays(2));
        world.fireTimers(world.worker(process));
        assertThat(instance(process).state()).isEqualTo(InstanceState.PARKED);
        world.clock.advance(Duration.ofDays(29));
        world.afterSend = command -> {};
        int sent = world.sent.size();

        for (int i = 0; i < 2; i++) {
            ProcessWorker<Booking> retrying = world.worker(process);
            assertThat(retrying.retry(process.stream("1"))).isTrue();
            assertThat(retrying.counters().counts().parked()).isOne();
            world.worker(process)
                    .recover(world.processStore.find(EventFilter.all()).toList());
            assertThat(world.sent).hasSize(sent);
            assertThat(instance(process).parked())
                    .singleElement()
                    .satisfies(parked -> assertThat(parked.error()).contains("older than"));
        }
        assertThat(world.eventTypes("Flight", "f")).containsExactly("FlightPlanned", "SeatHeld");
        assertThat(world.worker(process).cancel(process.stream("1"))).isTrue();
    }

    @Test
    void refuses_to_wait_for_an_answer_longer_than_keys_are_retained() {
        ProcessRunner.Builder builder = ProcessRunner.builder(
                        new InMemoryEventFeed(world.store), world.store, world.sender)
                .parkUnansweredAfter(Duration.ofDays(30));

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("parkUnansweredAfter is PT720H");
        builder.idempotencyKeyRetention(Duration.ofDays(31)).build();
    }
}
