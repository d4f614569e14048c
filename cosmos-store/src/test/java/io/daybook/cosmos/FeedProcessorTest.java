package io.daybook.cosmos;

import static io.daybook.contract.Patience.LIMIT;
import static io.daybook.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import com.azure.cosmos.ChangeFeedProcessor;
import io.daybook.eventstore.CommandTimeout;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

class FeedProcessorTest {

    private final ChangeFeedProcessor first = mock(ChangeFeedProcessor.class);
    private final ChangeFeedProcessor second = mock(ChangeFeedProcessor.class);
    private final Queue<ChangeFeedProcessor> created = new ArrayDeque<>(List.of(first, second));
    private final LeaseRelease leases = mock(LeaseRelease.class);
    private final Scheduler scheduler = Schedulers.newBoundedElastic(2, 10, "feed-processor-test");
    private final FeedProcessor processor = new FeedProcessor("test", created::remove, leases, scheduler);

    @BeforeEach
    void start() {
        for (ChangeFeedProcessor each : List.of(first, second)) {
            when(each.start()).thenReturn(Mono.empty());
            when(each.stop()).thenReturn(Mono.empty());
            when(each.isStarted()).thenReturn(true);
        }
        when(leases.await(any(), any())).thenReturn(true);
        processor.start();
    }

    @Test
    void restart_releases_the_leases_before_the_next_processor_starts() {
        processor.restart();

        InOrder order = inOrder(first, leases, second);
        order.verify(first).stop();
        order.verify(leases).await(any(), any());
        order.verify(second).start();
        verify(second, never()).stop();
        assertThat(scheduler.isDisposed()).isFalse();
    }

    @Test
    void stop_stops_the_last_processor_once() {
        processor.restart();
        processor.stop(CommandTimeout.after(LIMIT));
        processor.stop(CommandTimeout.after(LIMIT));

        verify(second).stop();
        await().until(scheduler::isDisposed);
    }

    @Test
    void nothing_is_started_after_a_stop() {
        processor.stop(CommandTimeout.after(LIMIT));
        processor.restart();

        verify(first).stop();
        verify(second, never()).start();
    }

    @Test
    void processor_that_starts_during_a_stop_is_stopped() throws InterruptedException {
        Sinks.Empty<Void> started = Sinks.empty();
        when(second.start()).thenReturn(started.asMono());
        Thread restart = new Thread(processor::restart);
        restart.start();
        await().untilAsserted(() -> verify(second).start());

        processor.stop(CommandTimeout.after(Duration.ofMillis(1))); // does not wait for the start
        verify(second, never()).stop();
        started.tryEmitEmpty();
        restart.join();

        verify(second).stop();
        await().until(scheduler::isDisposed);
    }

    @Test
    void restart_that_failed_can_be_repeated() {
        when(second.start()).thenReturn(Mono.error(new IllegalStateException("simulated")));
        ChangeFeedProcessor third = mock(ChangeFeedProcessor.class);
        when(third.start()).thenReturn(Mono.empty());
        created.add(third);
        processor.restart();
        processor.restart();

        verify(second).stop();
        verify(third).start();
    }
}
