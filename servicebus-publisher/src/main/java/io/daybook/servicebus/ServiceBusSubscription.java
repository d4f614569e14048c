package io.daybook.servicebus;

import com.azure.messaging.servicebus.ServiceBusReceiverAsyncClient;
import io.daybook.subscription.DeliveryLoop;
import io.daybook.subscription.ParkedStream;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionStatus;
import io.daybook.subscription.SubscriptionStatus.State;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import reactor.core.scheduler.Scheduler;

/** A running subscription: its receive loops, the threads they run in, and its status. */
final class ServiceBusSubscription implements Subscription {

    private static final Duration FOREVER = Duration.ofDays(36_500);

    private final MessageSource source;
    private final Scheduler scheduler;
    private final DeliveryLoop loop;
    private final List<ReceiveLoop> loops;
    private final List<Thread> threads;
    private final AtomicInteger running;
    private final BrokerProbe<ServiceBusReceiverAsyncClient> probe;

    ServiceBusSubscription(
            String name,
            MessageSource source,
            DeliveryLoop loop,
            Supplier<ReceiveLoop> loops,
            int count,
            Supplier<ServiceBusReceiverAsyncClient> probes,
            Scheduler scheduler) {
        this.source = source;
        this.scheduler = scheduler;
        this.loop = loop;
        this.running = new AtomicInteger(count);
        this.probe = new BrokerProbe<>(source.entity(), probes, ServiceBusReceiverAsyncClient::peekMessage);
        this.loops = Stream.generate(loops).limit(count).toList();
        this.threads = IntStream.range(0, count)
                .mapToObj(i -> new Thread(() -> run(this.loops.get(i)), "daybook-" + name + "-" + i))
                .toList();
        threads.forEach(Thread::start);
    }

    /** A handler may return after a close that did not wait for it; its events are completed then. */
    private void run(ReceiveLoop receiveLoop) {
        try {
            receiveLoop.run();
        } finally {
            if (running.decrementAndGet() == 0) {
                source.close();
                scheduler.dispose();
            }
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
        return unavailableReason.isEmpty()
                ? status
                : new SubscriptionStatus(
                        State.RETRYING, status.handled(), status.failures(), -1, false, unavailableReason);
    }

    @Override
    public List<ParkedStream> parked() {
        return loop.parked();
    }

    @Override
    public int retryParked() {
        return loop.retryParked();
    }

    @Override
    public void close() {
        close(FOREVER);
    }

    @Override
    public boolean close(Duration timeout) {
        loop.close(Duration.ZERO);
        loops.forEach(ReceiveLoop::stop);
        long end = System.nanoTime() + saturatedNanos(timeout);
        boolean interrupted = false;
        for (Thread thread : threads) {
            interrupted |= join(thread, end);
        }
        probe.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return threads.stream().noneMatch(Thread::isAlive);
    }

    private static long saturatedNanos(Duration timeout) {
        return timeout.isNegative() ? 0 : timeout.compareTo(FOREVER) > 0 ? FOREVER.toNanos() : timeout.toNanos();
    }

    /** Waits for a thread. An interrupt does not end the wait; returns whether there was one. */
    private static boolean join(Thread thread, long end) {
        boolean interrupted = false;
        for (long left = end - System.nanoTime(); thread.isAlive() && left > 0; left = end - System.nanoTime()) {
            try {
                thread.join(TimeUnit.NANOSECONDS.toMillis(left) + 1);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return interrupted;
    }
}
