package io.daybook.servicebus;

import static io.daybook.contract.Patience.await;

import io.daybook.contract.TimerStoreContract;
import io.daybook.process.ProcessTimer;
import io.daybook.process.TimerStore;
import io.daybook.servicebus.broker.TestBroker;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract, except that a timer is due only when its message has arrived. */
class ServiceBusTimersContractIT extends TimerStoreContract {

    @RegisterExtension
    static final TestBroker BROKER = TestBroker.create();

    private static final Instant LATER = Instant.parse("2030-01-01T00:00:00Z");

    private final ServiceBusTimers timers = ServiceBusTimers.onQueue(BROKER.newQueue(), BROKER::client)
            .clock(() -> LATER)
            .build();

    @AfterEach
    void close() {
        timers.close();
    }

    @Override
    protected TimerStore store() {
        return new TimerStore() {
            @Override
            public void set(ProcessTimer timer) {
                timers.set(timer);
                awaitDue(timer);
            }

            @Override
            public void restore(ProcessTimer timer) {
                timers.restore(timer);
                awaitDue(timer);
            }

            private void awaitDue(ProcessTimer timer) {
                await().pollInterval(Duration.ofMillis(2))
                        .until(() -> timers.due(LATER, 1_000).contains(timer));
            }

            @Override
            public void remove(ProcessTimer timer) {
                timers.remove(timer);
            }

            @Override
            public void postpone(ProcessTimer timer, Instant until) {
                boolean stored = timers.due(LATER, 1_000).contains(timer);
                timers.postpone(timer, until);
                if (stored) {
                    awaitDue(timer);
                }
            }

            @Override
            public List<ProcessTimer> due(Instant now, int max) {
                return timers.due(now, max);
            }
        };
    }
}
