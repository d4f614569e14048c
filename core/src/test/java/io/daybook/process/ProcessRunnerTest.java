package io.daybook.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.daybook.contract.Patience;
import io.daybook.eventstore.EventFilter;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryReadModelStore;
import io.daybook.process.Trips.Booking;
import io.daybook.process.Trips.CancelTrip;
import io.daybook.process.Trips.ConfirmTrip;
import io.daybook.process.Trips.TripPaid;
import io.daybook.process.Trips.TripRequested;
import io.daybook.readmodel.Filter;
import io.daybook.subscription.EventFeed;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A runner with its threads, on the feeds in memory. */
class ProcessRunnerTest {

    private final ProcessFixture world = new ProcessFixture();
    private @Nullable ProcessRunner runner;

    private ProcessRunner.Builder builder() {
        return ProcessRunner.builder(new InMemoryEventFeed(world.store), world.store, world.sender)
                .processStore(world.processStore, world.processFeed(), world.timers)
                .clock(world.clock)
                .from(StartPosition.BEGINNING)
                .pollEvery(Duration.ofMillis(1));
    }

    @AfterEach
    void close() {
        if (runner != null) {
            runner.close();
        }
    }

    @Test
    void booking_runs_from_the_request_to_its_end() {
        runner = builder()
                .run(Trips.BOOKING)
                .summaries(new InMemoryReadModelStore())
                .start();
        world.planFlight("f", 2);
        world.requestTrip("1", "f");
        world.requestTrip("2", "f");
        world.requestTrip("3", "f");
        world.pay("1");
        runner.drain(Patience.LIMIT);
        ProcessInstance second = runner.find(Trips.BOOKING, "2").orElseThrow();
        assertThat(second.state()).isEqualTo(InstanceState.RUNNING);
        assertThat(second.timers()).hasSize(1);
        assertThat(second.content()).isEqualTo("{\"tripId\":\"2\",\"flightId\":\"f\"}");
        assertThat(second.toString()).doesNotContain("tripId");
        world.clock.advance(Trips.TIME_TO_PAY);
        Patience.await().until(() -> world.eventTypes("Flight", "f").contains("SeatReleased"));
        Patience.await().until(() -> world.eventTypes("Trip", "2").contains("TripCanceled"));

        assertThat(world.eventTypes("Trip", "1")).endsWith("TripConfirmed");
        assertThat(world.eventTypes("Trip", "3")).endsWith("TripCanceled");
        Patience.await()
                .until(() -> runner.instances(Trips.BOOKING)
                                .find(Filter.where("state")
                                        .is(InstanceState.COMPLETED)
                                        .orderBy("changed"))
                                .items()
                                .size()
                        == 3);
        assertThat(runner.find(Trips.BOOKING, "9")).isEmpty();
        assertThat(runner.status().get(0).counts().completed()).isEqualTo(3);
    }

    @Test
    void recovery_sends_what_has_no_answer() {
        AtomicBoolean down = new AtomicBoolean(true);
        world.down = command -> {
            if (down.get()) {
                throw new OutOfMemoryError("simulated");
            }
            return false;
        };
        runner = builder().run(Trips.BOOKING).start();
        world.planFlight("f", 1);
        world.requestTrip("1", "f");
        runner.drain(Patience.LIMIT);
        assertThat(world.eventTypes("Flight", "f")).containsExactly("FlightPlanned");
        down.set(false);
        world.clock.advance(Duration.ofSeconds(30));

        Patience.await().until(() -> world.eventTypes("Flight", "f").contains("SeatHeld"));
    }

    @Test
    void close_with_a_timeout_reports_whether_the_runner_has_stopped() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        world.down = command -> {
            entered.countDown();
            Patience.await().until(() -> released.getCount() == 0);
            return false;
        };
        runner = builder().run(Trips.BOOKING).start();
        world.planFlight("f", 1);
        world.requestTrip("1", "f");
        assertThat(entered.await(Patience.LIMIT.toMillis(), TimeUnit.MILLISECONDS))
                .isTrue();

        assertThat(runner.close(Duration.ofMillis(1))).isFalse();
        released.countDown();
        assertThat(runner.close(Patience.LIMIT)).isTrue();
    }

    @Test
    void refuses_to_be_closed_by_its_own_handlers() {
        Map<String, Throwable> refusals = new ConcurrentHashMap<>();
        ProcessManager<Booking> closing = ProcessManager.named("Closing", 1, Booking.class)
                .startsWith(TripRequested.class, TripRequested::tripId, (step, event) -> {
                    refusals.put("event", catchThrowable(() -> runner.close()));
                    step.timer("now", Duration.ZERO);
                })
                .onTimer("now", step -> {
                    refusals.put("timer", catchThrowable(() -> runner.close(Duration.ofDays(1))));
                    step.end();
                })
                .build();
        runner = builder().run(closing).start();
        world.requestTrip("1", "f");

        Patience.await().until(() -> refusals.size() == 2);
        assertThat(refusals.values())
                .allSatisfy(refusal -> assertThat(refusal)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("from another thread"));
        assertThat(runner.close(Patience.LIMIT)).isTrue();
    }

    @Test
    void reaction_takes_effect_once_and_refuses_old_events() {
        Reaction confirm = Reaction.named("confirm-paid")
                .on(TripPaid.class, event -> new ConfirmTrip(event.tripId()))
                .build();
        runner = builder().react(confirm).start();
        world.requestTrip("1", "f");
        world.pay("1");
        runner.drain(Patience.LIMIT);
        ReactionWorker again = new ReactionWorker(
                confirm,
                world.store,
                world.sender,
                ProcessSettings.defaults().withClock(world.clock),
                new ProcessCounters());
        again.handle(world.events("Trip", "1"));
        assertThat(world.eventTypes("Trip", "1")).containsExactly("TripRequested", "TripPaid", "TripConfirmed");

        world.clock.advance(Duration.ofDays(30));
        assertThatThrownBy(() -> again.handle(world.events("Trip", "1"))).isInstanceOf(EventTooOldException.class);
        assertThat(world.sent).containsExactly("ConfirmTrip", "ConfirmTrip");
    }

    @Test
    @Tag("faults") // which waits for all attempts of the reaction
    void reaction_parks_the_stream_of_an_old_event() {
        Reaction again = Reaction.named("again")
                .on(TripPaid.class, event -> new CancelTrip(event.tripId(), "again"))
                .build();
        world.requestTrip("1", "f");
        world.pay("1");
        world.clock.advance(Duration.ofDays(30));

        runner = builder().react(again).start();
        runner.drain(Patience.LIMIT);

        assertThat(runner.parkedStreams("again"))
                .singleElement()
                .satisfies(parked -> assertThat(parked.error()).isEqualTo(EventTooOldException.class.getName()));
        assertThat(world.sent).isEmpty();
    }

    @Test
    void event_that_a_handler_rejects_parks_its_stream_alone() {
        AtomicBoolean poisonous = new AtomicBoolean(true);
        ProcessManager<Trips.Booking> process = ProcessManager.named("Fragile", 1, Trips.Booking.class)
                .startsWith(TripRequested.class, TripRequested::tripId, (step, event) -> {
                    if (poisonous.get() && event.tripId().equals("1")) {
                        throw new IllegalStateException("poison");
                    }
                    step.timer("later", Duration.ofMinutes(1));
                })
                .onTimer("later", step -> {
                    if (poisonous.get()) {
                        throw new IllegalStateException("poison");
                    }
                    step.end();
                })
                .build();
        runner = builder().run(process).start();
        world.requestTrip("1", "f");
        world.requestTrip("2", "f");
        runner.drain(Patience.LIMIT);
        assertThat(runner.parkedStreams("Fragile")).hasSize(1);
        world.clock.advance(Duration.ofMinutes(1));
        Patience.await().until(() -> runner.find(process, "2").orElseThrow().state() == InstanceState.PARKED);
        poisonous.set(false);
        assertThat(runner.retryParkedStreams("Fragile")).isOne();
        assertThat(runner.retry(process, "2")).isTrue();

        Patience.await().until(() -> runner.find(process, "2").orElseThrow().state() == InstanceState.COMPLETED);
        Patience.await().until(() -> runner.find(process, "1").orElseThrow().state() == InstanceState.COMPLETED);
    }

    @Test
    void parks_instance_when_its_attempts_are_used_up() {
        ProcessManager<Trips.Booking> process = ProcessManager.named("Limited", 1, Trips.Booking.class)
                .startsWith(
                        TripRequested.class,
                        TripRequested::tripId,
                        (step, event) -> step.send("confirm", new ConfirmTrip(event.tripId())))
                .on(Trips.TripConfirmed.class, Trips.TripConfirmed::tripId, (step, event) -> step.end())
                .maxAttempts("confirm", 5)
                .build();
        ProcessWorker<Trips.Booking> worker = world.worker(process);
        world.down = command -> true;
        world.requestTrip("1", "f");
        world.settle(worker);
        assertThat(world.sent).hasSize(3);
        assertThat(worker.find("1").orElseThrow().state()).isEqualTo(InstanceState.RUNNING);
        world.clock.advance(Duration.ofHours(1));
        world.fireTimers(worker);
        assertThat(world.sent).hasSize(5);
        assertThat(worker.find("1").orElseThrow().state()).isEqualTo(InstanceState.PARKED);
        worker.recover(world.processStore.find(EventFilter.all()).toList());
        world.fireTimers(worker);
        assertThat(world.sent).as("a recovery does not send it again").hasSize(5);

        world.down = command -> false;
        assertThat(worker.retry(process.stream("1"))).isTrue();
        world.settle(worker);

        assertThat(world.sent).hasSize(6);
        assertThat(worker.find("1").orElseThrow().state()).isEqualTo(InstanceState.COMPLETED);
    }

    @Test
    void runner_that_follows_no_feed_shows_and_cancels_instances() {
        InMemoryReadModelStore summaries = new InMemoryReadModelStore();
        runner = builder().run(Trips.BOOKING).summaries(summaries).start();
        try (ProcessRunner operator = builder()
                .run(Trips.BOOKING)
                .summaries(summaries)
                .following(false)
                .start()) {
            world.planFlight("f", 1);
            world.requestTrip("1", "f");
            runner.drain(Patience.LIMIT);
            assertThat(operator.status()).isEmpty();
            assertThat(operator.find(Trips.BOOKING, "1").orElseThrow().state()).isEqualTo(InstanceState.RUNNING);

            assertThat(operator.cancel(Trips.BOOKING, "1")).isTrue();

            Filter canceled = Filter.where("state").is(InstanceState.CANCELED).orderBy("changed");
            Patience.await()
                    .until(() -> operator.instances(Trips.BOOKING)
                                    .find(canceled)
                                    .items()
                                    .size()
                            == 1);
        }
        assertThat(world.sent).containsExactly("HoldSeat");
    }

    @Test
    void refuses_runner_that_lacks_something() {
        assertThatThrownBy(() -> ProcessRunner.builder(new InMemoryEventFeed(world.store), world.store, world.sender)
                        .run(Trips.BOOKING)
                        .build())
                .hasMessageContaining("processStore");
        assertThatThrownBy(() -> builder().run(Trips.BOOKING).run(Trips.BOOKING))
                .hasMessageContaining("two processes");
        assertThatThrownBy(() -> builder().parkUnansweredAfter(Duration.ZERO)).hasMessageContaining("more than zero");
        assertThatThrownBy(() ->
                        ProcessManager.named("None", 1, Trips.Booking.class).maxAttempts("confirm", 0))
                .hasMessage("maxAttempts of the command confirm is 0: use 1 or more");
        ProcessRunner other = builder().build();
        assertThatThrownBy(() -> other.find(Trips.BOOKING, "1")).hasMessageContaining("run(…)");
        assertThatThrownBy(() -> other.parkedStreams("Booking")).hasMessageContaining("following(true)");
        assertThat(other.status()).isEqualTo(List.of());
    }

    @Test
    void start_that_fails_leaves_nothing_running() {
        InMemoryEventFeed processFeed = world.processFeed();
        EventFeed failing = new EventFeed() {
            @Override
            public Subscription subscribe(String name, SubscriptionOptions options, EventHandler handler) {
                throw new IllegalStateException("simulated");
            }

            @Override
            public void forget(String name) {
                processFeed.forget(name);
            }
        };
        InMemoryEventFeed feed = new InMemoryEventFeed(world.store);
        ProcessRunner.Builder broken = ProcessRunner.builder(feed, world.store, world.sender)
                .processStore(world.processStore, failing, world.timers)
                .clock(world.clock)
                .from(StartPosition.BEGINNING)
                .run(Trips.BOOKING);
        assertThatThrownBy(broken::start).hasMessage("simulated");
        feed.forget("process-Booking"); // fails while it is active
        world.planFlight("f", 1);
        world.requestTrip("1", "f");
        runner = builder().run(Trips.BOOKING).start();
        runner.drain(Patience.LIMIT);

        assertThat(world.eventTypes("Flight", "f")).containsExactly("FlightPlanned", "SeatHeld");
    }

    @Test
    void names_do_not_clash_with_other_subscriptions() {
        InMemoryEventFeed feed = new InMemoryEventFeed(world.store);
        AtomicInteger events = new AtomicInteger();
        try (Subscription other =
                        feed.subscribe("Booking", StartPosition.BEGINNING, page -> events.addAndGet(page.size()));
                Subscription reaction =
                        feed.subscribe("confirm", StartPosition.BEGINNING, page -> events.addAndGet(page.size()))) {
            runner = ProcessRunner.builder(feed, world.store, world.sender)
                    .processStore(world.processStore, world.processFeed(), world.timers)
                    .clock(world.clock)
                    .from(StartPosition.BEGINNING)
                    .run(Trips.BOOKING)
                    .react(Reaction.named("confirm")
                            .on(TripPaid.class, event -> new ConfirmTrip(event.tripId()))
                            .build())
                    .start();
            world.planFlight("f", 1);
            world.requestTrip("1", "f");
            runner.drain(Patience.LIMIT);

            assertThat(world.eventTypes("Flight", "f")).containsExactly("FlightPlanned", "SeatHeld");
            Patience.await().until(() -> other.hasCaughtUp() && reaction.hasCaughtUp());
            assertThat(events).hasValue(6);
        }
    }
}
