package io.daybook.servicebus;

import com.azure.core.amqp.AmqpRetryOptions;
import com.azure.messaging.servicebus.ServiceBusClientBuilder;
import com.azure.messaging.servicebus.ServiceBusReceiverAsyncClient;
import com.azure.messaging.servicebus.ServiceBusSenderAsyncClient;
import io.daybook.process.ProcessTimer;
import io.daybook.process.TimerStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A timer store on Azure Service Bus. Each timer is a scheduled message in a queue. The broker delivers the message
 * when the timer is due. Instances that share the queue share the timers. The queue must exist, and must not have
 * sessions.
 *
 * <pre>{@code
 * ServiceBusTimers timers = ServiceBusTimers.onQueue("timers",
 *         () -> new ServiceBusClientBuilder().connectionString(connectionString)).build();
 * }</pre>
 *
 * <p>Setting a timer takes one request, and polling takes none. An instance keeps up to 256 messages that have arrived,
 * until their timers are removed. If a timer is not removed within 10 seconds after it was first returned, it is
 * scheduled again with a delay of 30 seconds. A message that is not a timer is moved to the dead-letter queue with the
 * reason {@code TimerNotReadable}.
 *
 * <p>Only the instance that set a timer can cancel its message, and only for its last 100,000 timers. Other messages of canceled timers
 * are delivered and have no effect. A timer that is due in more than a year is scheduled again once a year.
 *
 * <p>Close the store after the runner. Until the store is closed, it keeps the messages that have arrived. Thread-safe.
 */
public final class ServiceBusTimers implements TimerStore, AutoCloseable {

    /** Service Bus documents no maximum, so messages are scheduled at most one year ahead. */
    static final Duration MAX_AHEAD = Duration.ofDays(365);

    private static final int MAX_CANCELABLE = 100_000;

    private final InstantSource clock;
    private final Scheduler scheduler;
    private final TimerSchedule schedule;
    private final ArrivedTimers arrived;
    private final Map<String, Long> cancelable = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MAX_CANCELABLE;
        }
    };

    private ServiceBusTimers(Builder builder) {
        String queue = builder.queue;
        Supplier<ServiceBusClientBuilder> clients = builder.clients; // later changes of the builder have no effect
        clock = builder.clock;
        scheduler = Schedulers.newBoundedElastic(4, Integer.MAX_VALUE, "daybook-timers-broker", 60, true);
        AmqpRetryOptions retries =
                new AmqpRetryOptions().setMaxRetries(0).setTryTimeout(TimerSchedule.attemptTimeout(builder.timeout));
        schedule = new TimerSchedule(queue, scheduler, builder.timeout, () -> sender(clients.get(), queue, retries));
        arrived = new ArrivedTimers(
                new EntitySource(queue, ArrivedTimers.WINDOW, scheduler, () -> receiver(clients.get(), queue)),
                schedule,
                clock);
    }

    private static ServiceBusSenderAsyncClient sender(
            ServiceBusClientBuilder client, String queue, AmqpRetryOptions retries) {
        return client.retryOptions(retries).sender().queueName(queue).buildAsyncClient();
    }

    private static ServiceBusReceiverAsyncClient receiver(ServiceBusClientBuilder client, String queue) {
        return client.receiver()
                .disableAutoComplete()
                .maxAutoLockRenewDuration(Duration.ZERO)
                .queueName(queue)
                .buildAsyncClient();
    }

    /**
     * Returns a builder of a store.
     *
     * @param queue the name of a queue without sessions, shared only by instances that run the same processes
     * @param clients creates a new builder with the connection string or the credential; called for each connection. The store sets its
     *     own retry options
     * @return a builder
     */
    public static Builder onQueue(String queue, Supplier<ServiceBusClientBuilder> clients) {
        return new Builder(queue, clients);
    }

    /** Returns the time for which a message is scheduled. */
    static Instant scheduledTime(Instant now, Duration ahead) {
        return now.plus(ahead.compareTo(MAX_AHEAD) < 0 ? ahead : MAX_AHEAD);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Another instance may set the same timer again. The timer then fires twice, and only the first firing has an
     * effect.
     */
    @Override
    public void set(ProcessTimer timer) {
        boolean future = timer.due().isAfter(clock.instant()); // otherwise another instance may have removed it already
        if (!arrived.contains(timer) && !(future && isCancelable(timer))) {
            restore(timer);
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>Schedules a message even if this instance has set the timer before. If the first message still exists, the
     * timer fires twice, and only the first firing has an effect.
     */
    @Override
    public void restore(ProcessTimer timer) {
        Instant now = clock.instant();
        long number =
                schedule.add(TimerMessages.message(timer), scheduledTime(now, Duration.between(now, timer.due())));
        if (timer.due().isAfter(now)) {
            synchronized (cancelable) {
                cancelable.put(timer.key(), number);
            }
        }
    }

    private boolean isCancelable(ProcessTimer timer) {
        synchronized (cancelable) {
            return cancelable.containsKey(timer.key());
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>Never fails: a message that is not removed is delivered later and has no effect.
     */
    @Override
    public void remove(ProcessTimer timer) {
        Long number;
        synchronized (cancelable) {
            number = cancelable.remove(timer.key());
        }
        if (number != null && timer.due().isAfter(clock.instant())) {
            schedule.cancel(number);
        }
        arrived.remove(timer);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Postpones a timer only if its message has arrived at this instance. This takes two requests.
     */
    @Override
    public void postpone(ProcessTimer timer, Instant until) {
        arrived.postpone(timer, until);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Returns only timers whose messages have arrived at this instance. Sends no request.
     */
    @Override
    public List<ProcessTimer> due(Instant now, int max) {
        if (max < 1) {
            throw new IllegalArgumentException("max is " + max + ": use 1 or more");
        }
        return arrived.due(now, max);
    }

    /** Closes the connections. Timers that have arrived at this instance are delivered to another instance. */
    @Override
    public void close() {
        schedule.close();
        arrived.close();
        scheduler.dispose();
    }

    /** A builder of {@link ServiceBusTimers}. Not thread-safe. */
    public static final class Builder {

        private static final Duration LONGEST = Duration.ofDays(1);

        private final String queue;
        private final Supplier<ServiceBusClientBuilder> clients;
        private Duration timeout = Duration.ofSeconds(30);
        private InstantSource clock = InstantSource.system();

        private Builder(String queue, Supplier<ServiceBusClientBuilder> clients) {
            this.queue = Objects.requireNonNull(queue, "queue");
            this.clients = Objects.requireNonNull(clients, "clients");
        }

        /**
         * Sets the maximum time to spend on setting a timer, including all retries. If the time is exceeded, the
         * runner's recovery sets the timer later.
         *
         * @param timeout more than zero, at most a day; 30 seconds by default. The call may take up to 11 seconds
         *     longer
         * @return this builder
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder timeout(Duration timeout) {
            if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("timeout is " + timeout + ": use more than zero and at most a day");
            }
            this.timeout = timeout;
            return this;
        }

        Builder clock(InstantSource clock) {
            this.clock = clock;
            return this;
        }

        /**
         * Creates the store. It connects when the first timer is set or when timers are first polled.
         *
         * @return the store; close it after use
         */
        public ServiceBusTimers build() {
            return new ServiceBusTimers(this);
        }
    }
}
