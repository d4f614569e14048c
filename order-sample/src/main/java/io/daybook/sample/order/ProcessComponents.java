package io.daybook.sample.order;

import io.daybook.eventstore.EventStore;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemoryTimerStore;
import io.daybook.process.ProcessEvent;
import io.daybook.process.TimerStore;
import io.daybook.sample.order.command.InMemoryPaymentGateway;
import io.daybook.sample.order.command.PaymentGateway;
import io.daybook.subscription.EventFeed;
import java.time.Clock;

/**
 * The components of process managers.
 *
 * @param store the store for process streams, separate from the events of orders
 * @param feed follows that store
 * @param timers the store of the timers
 * @param paymentGateway pays refunds
 * @param clock determines which timers are due
 */
public record ProcessComponents(
        EventStore store, EventFeed feed, TimerStore timers, PaymentGateway paymentGateway, Clock clock) {

    /**
     * {@return components that keep everything in memory, with a simulated payment gateway}
     */
    public static ProcessComponents inMemory() {
        return inMemory(new InMemoryPaymentGateway(), Clock.systemUTC());
    }

    /**
     * Creates components that keep everything in memory.
     *
     * @param paymentGateway pays refunds
     * @param clock determines which timers are due
     * @return the components
     */
    public static ProcessComponents inMemory(PaymentGateway paymentGateway, Clock clock) {
        InMemoryEventStore store = new InMemoryEventStore(ProcessEvent.serializer());
        return new ProcessComponents(
                store, new InMemoryEventFeed(store), new InMemoryTimerStore(), paymentGateway, clock);
    }
}
