package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.azure.cosmos.models.CosmosContainerProperties;
import io.daybook.contract.ManualClock;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.server.TestDatabase;
import io.daybook.cosmos.testserver.CosmosFault;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.StreamId;
import io.daybook.process.ProcessTimer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Timers under lost, refused and throttled requests, shared by several instances. */
class TimerStoreIT {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static CosmosTestServer server;

    private final ManualClock clock = new ManualClock(NOON);
    private final String container = "timers-" + UUID.randomUUID();

    @BeforeAll
    static void find() {
        server = CosmosAccount.server();
    }

    private CosmosTimerStore store() {
        return store(clock);
    }

    private CosmosTimerStore store(Clock time) {
        return CosmosTimerStore.builder(DATABASE.containers())
                .container(container)
                .clock(time)
                .build();
    }

    private static ProcessTimer timer(int number) {
        return new ProcessTimer(StreamId.of("OrderExpiry", "order-" + number), "daybook:timer-" + number, NOON);
    }

    private static List<ProcessTimer> timers(int count) {
        return IntStream.range(0, count).mapToObj(TimerStoreIT::timer).toList();
    }

    static Stream<CosmosFault> faultsThatPass() {
        CosmosFault any = CosmosFault.on(DATABASE.name(), "any", "create|delete|replace|read|query");
        return Stream.of(
                any.dropAfter(),
                any.dropBefore(),
                any.statusAfter(408),
                any.statusAfter(503),
                any.status(503),
                any.status(449),
                any.status(404).substatus(1002),
                any.status(429).retryAfter(Duration.ofMillis(20)));
    }

    @ParameterizedTest
    @MethodSource("faultsThatPass")
    void timer_is_set_and_removed_once_after_failed_attempts(CosmosFault fault) {
        CosmosTimerStore timers = store();
        CosmosFault twice = fault.in(container).times(2);
        server.inject(twice);
        timers.set(timer(1));
        timers.set(timer(1));
        server.inject(twice);
        assertThat(timers.due(NOON, 10)).containsExactly(timer(1));
        server.inject(twice);
        timers.remove(timer(1));
        timers.remove(timer(1));

        assertThat(timers.due(NOON, 10)).isEmpty();
    }

    @Test
    void store_that_stays_unavailable_is_reported() {
        store();
        CosmosTimerStore hasty = CosmosTimerStore.builder(DATABASE.containers())
                .container(container)
                .timeout(Duration.ofMillis(300))
                .build();
        server.inject(CosmosFault.on(DATABASE.name(), container, "create|delete|replace|read|query")
                .status(503));

        for (Runnable request :
                List.<Runnable>of(() -> hasty.set(timer(1)), () -> hasty.remove(timer(1)), () -> hasty.due(NOON, 10))) {
            assertThatExceptionOfType(EventStoreUnavailableException.class).isThrownBy(request::run);
        }
    }

    @Test
    void instances_share_the_timers_and_take_over_those_of_one_that_ended() {
        CosmosTimerStore first = store();
        CosmosTimerStore second = store();
        CosmosTimerStore third = store();
        List<ProcessTimer> all = timers(96);
        all.forEach(first::set);
        assertThat(first.due(NOON, 100)).containsExactlyInAnyOrderElementsOf(all); // alone so far
        List<CosmosTimerStore> instances = List.of(first, second, third);
        for (int round = 0; round < 2; round++) { // each renews once after all are listed
            clock.advance(Duration.ofSeconds(10));
            instances.forEach(instance -> instance.due(NOON, 1));
        }

        List<ProcessTimer> shared = new ArrayList<>();
        for (CosmosTimerStore instance : instances) {
            List<ProcessTimer> share = instance.due(NOON, 100);
            assertThat(share).hasSizeBetween(1, 95);
            shared.addAll(share);
        }
        assertThat(shared).containsExactlyInAnyOrderElementsOf(all);
        outlast(first, second); // the third one has ended without notice
        shared.clear();
        shared.addAll(first.due(NOON, 100));
        shared.addAll(second.due(NOON, 100));
        assertThat(shared).containsExactlyInAnyOrderElementsOf(all);
    }

    /** Lets instances renew until one that has ended is no longer listed. */
    private void outlast(CosmosTimerStore... instances) {
        for (int renewal = 0; renewal < 4; renewal++) {
            clock.advance(Duration.ofSeconds(10));
            for (CosmosTimerStore instance : instances) {
                instance.due(NOON, 1);
            }
        }
    }

    @Test
    void takes_over_timers_of_an_instance_whose_clock_was_a_year_ahead() {
        CosmosTimerStore ahead = store(Clock.offset(clock, Duration.ofDays(365)));
        List<ProcessTimer> all = timers(96);
        all.forEach(ahead::set);
        ahead.due(NOON, 1); // and crashes
        CosmosTimerStore other = store();
        outlast(other);

        assertThat(other.due(NOON, 100)).containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void shares_timers_with_an_instance_whose_clock_is_half_a_minute_ahead() {
        CosmosTimerStore ahead = store(Clock.offset(clock, Duration.ofSeconds(30)));
        CosmosTimerStore other = store();
        timers(96).forEach(other::set);
        outlast(ahead, other);

        assertThat(other.due(NOON, 100)).hasSizeBetween(1, 95);
    }

    @Test
    void renews_its_share_after_its_clock_was_set_back() {
        clock.set(NOON.plus(Duration.ofDays(365)));
        CosmosTimerStore first = store();
        CosmosTimerStore second = store();
        List<ProcessTimer> all = timers(96);
        all.forEach(first::set);
        outlast(first, second);
        clock.set(NOON); // and the second one has ended
        outlast(first);

        assertThat(first.due(NOON, 100)).containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void more_instances_than_slots_do_no_harm() {
        List<CosmosTimerStore> instances =
                IntStream.range(0, 18).mapToObj(i -> store()).toList();
        List<ProcessTimer> all = timers(32);
        all.forEach(instances.get(0)::set);
        for (int round = 0; round < 2; round++) {
            clock.advance(Duration.ofSeconds(10));
            instances.forEach(instance -> instance.due(NOON, 1));
        }

        assertThat(instances.stream().flatMap(instance -> instance.due(NOON, 100).stream()))
                .containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void setting_and_removing_take_one_request_each() {
        CosmosTimerStore timers = store();
        timers.remove(timer(2)); // the client now knows the container
        server.clear(DATABASE.name());
        timers.set(timer(1));
        timers.remove(timer(1));

        assertThat(server.requests(DATABASE.name()))
                .isEqualTo(Map.of(container + "/create", 1, container + "/delete", 1));
    }

    @Test
    void time_after_the_year_9999_is_never_due() {
        CosmosTimerStore timers = store();
        timers.set(new ProcessTimer(timer(1).stream(), "far", Instant.MAX));

        assertThat(timers.due(NOON, 10)).isEmpty();
        assertThat(timers.due(Instant.MAX, 10)).hasSize(1);
    }

    @Test
    void misconfigured_container_is_refused() {
        CosmosAccount.client()
                .getDatabase(DATABASE.name())
                .createContainer(new CosmosContainerProperties(container, CosmosContainers.partitionKey("/pk"))
                        .setDefaultTimeToLiveInSeconds(60))
                .block();

        assertThatIllegalStateException()
                .isThrownBy(this::store)
                .withMessageContaining("its partition key is /pk, but must be /slot")
                .withMessageContaining("time to live is 60");
    }
}
