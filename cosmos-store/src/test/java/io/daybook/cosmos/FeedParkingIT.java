package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.cosmos.testserver.CosmosFault;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.ParkedStream;
import io.daybook.subscription.SubscriptionStatus.State;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Parked streams while instances are killed and take over from each other. */
class FeedParkingIT extends FeedFixture {

    private final StreamId bad = streams.get(0);
    private final AtomicBoolean broken = new AtomicBoolean(true);
    private final List<Long> attempted = new CopyOnWriteArrayList<>();

    /** Fails on the second append of the bad stream, and records which of its events it was given. */
    private EventHandler handler(String instance) {
        return log.handler(instance, events -> {
            List<Long> numbers = events.stream()
                    .filter(event -> event.metadata().aggregateId().equals(bad.aggregateId()))
                    .map(event -> event.metadata().sequenceNumber())
                    .toList();
            attempted.addAll(numbers);
            if (broken.get() && numbers.stream().anyMatch(number -> number > 2)) {
                throw new IllegalArgumentException("poison");
            }
        });
    }

    private void awaitOthers() {
        awaitThat(
                "the events of all other streams",
                () -> streams.stream()
                        .filter(stream -> !stream.equals(bad))
                        .allMatch(stream -> log.numbers(stream).size() == stored.get(stream)));
    }

    private static void awaitParked(FeedInstance instance, long number) {
        awaitThat(
                "the parked stream",
                () -> instance.subscription().parked().stream().anyMatch(parked -> parked.sequenceNumber() == number));
    }

    @Test
    void instance_that_takes_over_from_a_killed_one_delivers_no_event_of_a_parked_stream() {
        FeedInstance killed = FeedInstance.parking(database, NAME, handler("killed"));
        try {
            appendToAll();
            awaitAll();
            appendToAll();
            awaitOthers();
            awaitParked(killed, 3);
            killed.kill();
            attempted.clear();
            append(bad, 3, AppendOptions.none());
            appendToAll();
            try (FeedInstance heir = FeedInstance.parking(database, NAME, handler("heir"))) {
                awaitOthers();
                appendToAll();
                awaitOthers();
                awaitCaughtUp(heir);
                assertThat(attempted).isEmpty();
                assertThat(heir.subscription().status().state()).isEqualTo(State.RUNNING);
                assertThat(heir.subscription().parked())
                        .singleElement()
                        .returns(bad, ParkedStream::stream)
                        .returns(stored.get(bad), ParkedStream::lastSequenceNumber);

                assertThat(heir.subscription().retryParked()).isZero();
                broken.set(false);
                assertThat(heir.subscription().retryParked()).isEqualTo(1);
                assertThat(server.strategies(database))
                        .containsKeys("leases/read/LatestCommitted", "events/query/LatestCommitted");

                appendToAll();
                awaitAll();
                assertThat(heir.subscription().parked()).isEmpty();
            }
        } finally {
            killed.close();
        }
    }

    @Test
    void poison_event_stops_none_of_100_other_streams() {
        try (FeedInstance instance = FeedInstance.parking(database, NAME, handler("one"))) {
            append(bad, 2, AppendOptions.none());
            append(bad, 1, AppendOptions.none());
            awaitParked(instance, 3);
            List<StreamId> others = IntStream.range(0, 100)
                    .mapToObj(i -> StreamId.of("Contract", "other-" + i))
                    .toList();
            others.forEach(stream -> append(stream, 2, AppendOptions.none()));
            append(bad, 1, AppendOptions.none());

            awaitThat(
                    "the events of the others",
                    () -> others.stream().allMatch(stream -> log.numbers(stream).size() == 2));
            awaitCaughtUp(instance);
            assertThat(log.numbers(bad)).containsExactly(1L, 2L);
            assertThat(log.violations()).isEmpty();
        }
    }

    @Test
    void repeats_parking_whose_answer_was_lost_before_it_calls_the_handler() {
        AtomicInteger calls = new AtomicInteger();
        EventHandler failsTwice = log.handler("one", events -> {
            if (calls.incrementAndGet() <= 2) {
                throw new IllegalArgumentException("poison");
            }
        });
        try (FeedInstance instance = FeedInstance.parking(database, NAME, failsTwice)) {
            awaitCaughtUp(instance);
            server.inject(CosmosFault.on(database, "leases", "create")
                    .statusAfter(408)
                    .times(1));
            append(bad, 1, AppendOptions.none());
            awaitParked(instance, 1);
            awaitCaughtUp(instance);
            assertThat(calls).hasValue(2);

            assertThat(instance.subscription().retryParked()).isEqualTo(1);
            assertThat(log.numbers(bad)).containsExactly(1L);
        }
    }
}
