package io.daybook.servicebus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

class NonBlockingThreadTest {

    @Test
    void refuses_to_publish_on_a_thread_that_must_not_block() {
        AtomicInteger clients = new AtomicInteger();
        try (ServiceBusEventPublisher publisher = ServiceBusEventPublisher.toTopic("topic", () -> {
                    clients.incrementAndGet();
                    throw new IllegalStateException("no client is to be built");
                })
                .build()) {
            for (Scheduler scheduler : new Scheduler[] {Schedulers.parallel(), Schedulers.single()}) {
                assertThatIllegalStateException()
                        .isThrownBy(() -> Mono.fromRunnable(() -> publisher.publish(StoredEvents.counted("a", 1, 2)))
                                .subscribeOn(scheduler)
                                .block())
                        .withMessageContaining("Schedulers.boundedElastic()");
            }
        }
        assertThat(clients).hasValue(0);
    }
}
