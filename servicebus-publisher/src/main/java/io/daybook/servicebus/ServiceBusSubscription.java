package io.daybook.servicebus;

import com.azure.messaging.servicebus.ServiceBusReceiverAsyncClient;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionStatus;
import io.daybook.subscription.SubscriptionStatus.State;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The lanes of one subscription, and what is known of how they do. */
final class ServiceBusSubscription implements Subscription {

    private final String name;
    private final MessageSource source;
    private final List<ReceivingLane> lanes;
    private final List<Thread> threads;
    private final BrokerProbe<ServiceBusReceiverAsyncClient> probe;
    private volatile boolean stopped;

    ServiceBusSubscription(
            String name,
            MessageSource source,
            Supplier<ReceivingLane> lanes,
            int count,
            Supplier<ServiceBusReceiverAsyncClient> probes) {
        this.name = name;
        this.source = source;
        this.probe = new BrokerProbe<>(source.entity(), probes, ServiceBusReceiverAsyncClient::peekMessage);
        this.lanes = Stream.generate(lanes).limit(count).toList();
        this.threads = IntStream.range(0, count)
                .mapToObj(i -> new Thread(this.lanes.get(i), "daybook-" + name + "-" + i))
                .toList();
        threads.forEach(Thread::start);
    }

    @Override
    public SubscriptionStatus status() {
        String error = lanes.stream()
                .map(ReceivingLane::error)
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElseGet(this::brokerError);
        State state = stopped ? State.STOPPED : error.isEmpty() ? State.RUNNING : State.RETRYING;
        return new SubscriptionStatus(
                state, lanes.stream().mapToLong(ReceivingLane::handled).sum(), -1, error);
    }

    /** The SDK waits for a session alike whether there is none or the broker is away, so it is asked for a message to look at. */
    private String brokerError() {
        return stopped ? "" : probe.obstacle();
    }

    @Override
    public void close() {
        if (threads.contains(Thread.currentThread())) {
            throw new IllegalStateException(
                    "the subscription " + name + " cannot be closed by its own handler: close it in another thread");
        }
        lanes.forEach(ReceivingLane::stop);
        boolean interrupted = false;
        for (Thread thread : threads) {
            interrupted |= join(thread);
        }
        stopped = true;
        probe.close();
        source.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether this thread was interrupted meanwhile; a handler must not be left running unseen. */
    private static boolean join(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }
}
