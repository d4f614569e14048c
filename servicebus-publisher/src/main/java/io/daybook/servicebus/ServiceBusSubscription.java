package io.daybook.servicebus;

import com.azure.messaging.servicebus.ServiceBusReceiverAsyncClient;
import io.daybook.subscription.DeliveryLoop;
import io.daybook.subscription.ParkedStream;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionStatus;
import io.daybook.subscription.SubscriptionStatus.State;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import reactor.core.scheduler.Scheduler;

/** A running subscription: its receive loops, the threads they run in, and its status. */
final class ServiceBusSubscription implements Subscription {

    private static final Duration FOREVER = Duration.ofDays(36_500);

    private final String name;
    private final MessageSource source;
    private final Scheduler scheduler;
    private final DeliveryLoop loop;
    private final List<ReceiveLoop> loops;
    private final List<Thread> threads;
    /** The number of receive threads and retries that use the connections; the last one closes them. */
    private final AtomicInteger using;

    private final BrokerProbe<ServiceBusReceiverAsyncClient> probe;

    ServiceBusSubscription(
            String name,
            MessageSource source,
            DeliveryLoop loop,
            Supplier<ReceiveLoop> loops,
            int count,
            Supplier<ServiceBusReceiverAsyncClient> probes,
            Scheduler scheduler) {
        this.name = name;
        this.source = source;
        this.scheduler = scheduler;
        this.loop = loop;
        this.using = new AtomicInteger();
        this.probe = new BrokerProbe<>(source.entity(), probes, ServiceBusReceiverAsyncClient::peekMessage);
        this.loops = Stream.generate(loops).limit(count).toList();
        this.threads = IntStream.range(0, count)
                .mapToObj(i -> new Thread(() -> run(this.loops.get(i)), "daybook-" + name + "-" + i))
                .toList();
        for (int i = 0; i < count; i++) {
            enter();
        }
        threads.forEach(Thread::start);
    }

    /** A handler may return after a close that did not wait for it; its events are then completed. */
    private void run(ReceiveLoop receiveLoop) {
        try {
            receiveLoop.run();
        } finally {
            leave();
        }
    }

    /**
     * Returns whether the connections are still open. If so, they stay open until {@link #leave}, and a close waits for
     * that call.
     */
    private boolean enter() {
        boolean open = loop.enter();
        if (open) {
            using.incrementAndGet();
        }
        return open;
    }

    private void leave() {
        try {
            if (using.decrementAndGet() == 0) {
                closeConnections();
            }
        } finally {
            loop.leave();
        }
    }

    private void closeConnections() {
        try {
            source.close();
        } finally {
            scheduler.dispose();
        }
    }

    @Override
    public SubscriptionStatus status() {
        boolean threadEnded = threads.stream().anyMatch(thread -> !thread.isAlive());
        if (threadEnded && !loop.isClosing()) {
            loop.died();
        }
        SubscriptionStatus status = loop.status(State.RUNNING, -1, false);
        if (status.state() != State.RUNNING) {
            return status;
        }
        String unavailableReason = probe.unavailableReason();
        return unavailableReason.isEmpty() ? status : status.retrying(-1, unavailableReason);
    }

    @Override
    public List<ParkedStream> parked() {
        return loop.parked();
    }

    @Override
    public int retryParked() {
        if (!enter()) {
            throw new IllegalStateException("the subscription " + name + " is closed: subscribe again");
        }
        try {
            return loop.retryParked();
        } finally {
            leave();
        }
    }

    @Override
    public void close() {
        close(FOREVER);
    }

    @Override
    public boolean close(Duration timeout) {
        loop.close(Duration.ZERO);
        loops.forEach(ReceiveLoop::stop);
        boolean finished = loop.close(timeout);
        probe.close();
        return finished;
    }
}
