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
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The lanes of one subscription, and what is known of how they do. */
final class ServiceBusSubscription implements Subscription {

    private static final Duration FOREVER = Duration.ofDays(36_500);

    private final MessageSource source;
    private final DeliveryLoop loop;
    private final List<ReceivingLane> lanes;
    private final List<Thread> threads;
    private final BrokerProbe<ServiceBusReceiverAsyncClient> probe;

    ServiceBusSubscription(
            String name,
            MessageSource source,
            DeliveryLoop loop,
            Supplier<ReceivingLane> lanes,
            int count,
            Supplier<ServiceBusReceiverAsyncClient> probes) {
        this.source = source;
        this.loop = loop;
        this.probe = new BrokerProbe<>(source.entity(), probes, ServiceBusReceiverAsyncClient::peekMessage);
        this.lanes = Stream.generate(lanes).limit(count).toList();
        this.threads = IntStream.range(0, count)
                .mapToObj(i -> new Thread(this.lanes.get(i), "daybook-" + name + "-" + i))
                .toList();
        threads.forEach(Thread::start);
    }

    @Override
    public SubscriptionStatus status() {
        SubscriptionStatus status = loop.status(State.RUNNING, -1, false);
        if (status.state() != State.RUNNING) {
            return status;
        }
        if (threads.stream().anyMatch(thread -> !thread.isAlive())) {
            loop.died();
            return loop.status(State.RUNNING, -1, false);
        }
        String obstacle = probe.obstacle();
        return obstacle.isEmpty()
                ? status
                : new SubscriptionStatus(State.RETRYING, status.handled(), status.failures(), -1, false, obstacle);
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
        lanes.forEach(ReceivingLane::stop);
        long end = System.nanoTime() + timeout.toNanos();
        boolean interrupted = false;
        for (Thread thread : threads) {
            interrupted |= join(thread, end);
        }
        probe.close();
        source.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return threads.stream().noneMatch(Thread::isAlive);
    }

    /** Whether this thread was interrupted meanwhile; a handler must not be left running unseen. */
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
