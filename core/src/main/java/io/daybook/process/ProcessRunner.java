package io.daybook.process;

import io.daybook.command.CommandBus;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.CommandTimeout;
import io.daybook.eventstore.EventStore;
import io.daybook.projection.ReadModel;
import io.daybook.readmodel.ReadModelStore;
import io.daybook.subscription.EventFeed;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.EventInterceptor;
import io.daybook.subscription.ParkedStream;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A service that runs process managers and reactions. It follows a feed, takes steps, sends their commands and fires timers. Several
 * instances of an application can run the same processes. Thread-safe.
 *
 * <pre>{@code
 * InMemoryEventStore processStore = new InMemoryEventStore(ProcessEvent.serializer());
 * ProcessRunner processes = ProcessRunner.builder(feed, eventStore, bus)
 *         .processStore(processStore, new InMemoryEventFeed(processStore), new InMemoryTimerStore())
 *         .run(ORDER_EXPIRY)
 *         .react(GIFT)
 *         .start();
 * processes.close(); // when the application stops
 * }</pre>
 *
 * <p>Process streams are kept in a separate event store. If a handler fails 5 times for the same event, the source stream of the event is
 * parked. Methods throw {@link IllegalArgumentException} for a process or a name that this runner does not run.
 */
public final class ProcessRunner implements AutoCloseable {

    private final RunningProcesses running;

    private ProcessRunner(RunningProcesses running) {
        this.running = running;
    }

    /**
     * Returns a builder of a runner that sends commands through a bus.
     *
     * @param feed the feed that delivers the events
     * @param eventStore the store that the feed follows
     * @param bus the bus that handles the commands
     * @return a builder
     */
    public static Builder builder(EventFeed feed, EventStore eventStore, CommandBus bus) {
        return builder(feed, eventStore, CommandSender.of(bus));
    }

    /**
     * Returns a builder of a runner that sends commands through a custom sender, for example to another service.
     *
     * @param feed the feed that delivers the events
     * @param eventStore the store that the feed follows
     * @param sender the sender of the commands
     * @return a builder
     */
    public static Builder builder(EventFeed feed, EventStore eventStore, CommandSender sender) {
        return new Builder(new ProcessSetup(feed, eventStore, sender));
    }

    /**
     * Finds an instance by its id.
     *
     * @param process a process of this runner
     * @param id the id of the instance
     * @return the instance with its history; empty if there is none
     * @throws io.daybook.eventstore.EventStoreUnavailableException if the process store cannot be reached
     * @throws IllegalArgumentException if this runner does not run the process
     */
    public Optional<ProcessInstance> find(ProcessManager<?> process, String id) {
        return running.of(process).find(id);
    }

    /**
     * Returns the read model of a process's instances, for queries by state and age. The read model is eventually consistent with the
     * process streams.
     *
     * <pre>{@code
     * Instant yesterday = Instant.now().minus(Duration.ofDays(1));
     * Filter stuck = Filter.where("state").is(InstanceState.PARKED).and("changed").until(yesterday).orderBy("changed");
     * runner.instances(ORDER_EXPIRY).find(stuck).items().forEach(each -> System.out.println(each.content().id()));
     * }</pre>
     *
     * @param process a process of this runner
     * @return the read model, with the indexes {@code state}, {@code changed} and {@code since}
     * @throws IllegalStateException if the runner was not started, or was built without {@link Builder#summaries summaries}
     */
    public ReadModel<InstanceSummary> instances(ProcessManager<?> process) {
        return running.summaries(process);
    }

    /**
     * Retries the work for which an instance is parked: its timers, its unanswered commands, and up to 8 rejections that now have a
     * handler. The instance remains parked if some of this work cannot be done, such as sending a command that is too old: see
     * {@link Builder#idempotencyKeyRetention}.
     *
     * @param process a process of this runner
     * @param id the id of the instance
     * @return whether the instance was parked
     * @throws io.daybook.eventstore.EventStoreUnavailableException if the process store cannot be reached
     */
    public boolean retry(ProcessManager<?> process, String id) {
        return running.of(process).retry(process.stream(id));
    }

    /**
     * Ends an instance, cancels its timers, and stops sending its commands. A command that was already sent may still take effect.
     *
     * @param process a process of this runner
     * @param id the id of the instance
     * @return whether there was anything to cancel
     * @throws io.daybook.eventstore.EventStoreUnavailableException if the process store cannot be reached
     */
    public boolean cancel(ProcessManager<?> process, String id) {
        return running.of(process).cancel(process.stream(id));
    }

    /**
     * Restores the timers of all instances from the process streams, after the timer store was lost or replaced. This method is safe to
     * call while the process runs. It reads all events of the process store, and then each instance. Instances that cannot be read are
     * logged and skipped.
     *
     * @param process a process of this runner
     * @return the number of timers that were set
     * @throws io.daybook.eventstore.EventStoreUnavailableException if a store cannot be reached; call this method again
     */
    public long restoreTimers(ProcessManager<?> process) {
        return running.of(process).restoreTimers();
    }

    /**
     * Handles events in the caller's thread, for tests with a runner that was {@linkplain Builder#build() not started}.
     *
     * @param process a process of this runner
     * @param events the events, in the order of their streams; each takes effect once
     */
    public void handle(ProcessManager<?> process, List<EventEnvelope> events) {
        running.of(process).handle(events);
    }

    /** Fires due timers in the caller's thread, for tests with a runner that was {@linkplain Builder#build() not started}. */
    public void fireTimers() {
        running.fireTimers();
    }

    /** {@return the status of each process and reaction; empty if the runner follows no feed} */
    public List<ProcessStatus> status() {
        return running.threads().status();
    }

    /** {@return the names of the processes and reactions} */
    public List<String> names() {
        return running.names();
    }

    /**
     * Returns the counts of the work that this runner has done for a process or reaction.
     *
     * @param name the name of the process or reaction
     * @return the counts
     * @throws IllegalArgumentException if this runner has no process or reaction of that name
     */
    public ProcessCounts counts(String name) {
        return running.counts(name);
    }

    /**
     * Returns the source streams that are parked because the handler of one of their events failed, and the process streams of instances
     * that cannot be recovered, for example because an event cannot be read.
     *
     * @param name the name of a process or reaction
     * @return the streams
     * @throws IllegalArgumentException if this runner has no process or reaction of that name, or was not started
     */
    public List<ParkedStream> parkedStreams(String name) {
        return running.threads().parked(name);
    }

    /**
     * Handles the events of parked source streams and recovers the instances of parked process streams, in the caller's thread.
     *
     * @param name the name of a process or reaction
     * @return the number of streams that are no longer parked
     * @throws IllegalArgumentException if this runner has no process or reaction of that name, or was not started
     */
    public int retryParkedStreams(String name) {
        return running.threads().retryParked(name);
    }

    /**
     * Waits until every event stored before this call is handled or parked. For tests.
     *
     * @param timeout the maximum time to wait
     * @throws IllegalStateException if the timeout expires; the message contains the status
     */
    public void drain(Duration timeout) {
        running.threads().drain(timeout);
    }

    /** Stops following the feeds and firing timers, and waits for the steps in progress. Must not be called by a handler of this runner. */
    @Override
    public void close() {
        running.close(CommandTimeout.none());
    }

    /**
     * Stops like {@link #close()}, but waits no longer than a timeout. Steps that are then still in progress continue. If the program ends
     * before they finish, the next start sends their remaining commands and sets their remaining timers.
     *
     * @param timeout the maximum time to wait
     * @return whether the runner has stopped
     * @throws IllegalStateException if a handler of this runner calls this method
     */
    public boolean close(Duration timeout) {
        return running.close(CommandTimeout.after(timeout));
    }

    /** A builder of {@link ProcessRunner}. Not thread-safe. */
    public static final class Builder {

        private final ProcessSetup setup;

        private Builder(ProcessSetup setup) {
            this.setup = setup;
        }

        /**
         * Sets the stores for processes. Reactions need no store.
         *
         * @param store a separate event store for processes, with the serializer {@link ProcessEvent#serializer()}
         * @param feed a feed that follows that store
         * @param timers the timer store
         * @return this builder
         */
        public Builder processStore(EventStore store, EventFeed feed, TimerStore timers) {
            setup.placeProcesses(new ProcessSetup.Places(store, feed, timers));
            return this;
        }

        /**
         * Adds a process.
         *
         * @param process the process
         * @return this builder
         * @throws IllegalArgumentException if another process or reaction has the same name
         */
        public Builder run(ProcessManager<?> process) {
            setup.add(process);
            return this;
        }

        /**
         * Adds a reaction.
         *
         * @param reaction the reaction
         * @return this builder
         * @throws IllegalArgumentException if another process or reaction has the same name
         */
        public Builder react(Reaction reaction) {
            setup.add(reaction);
            return this;
        }

        /**
         * Keeps a summary of each instance for {@link ProcessRunner#instances}.
         *
         * @param store the store for the summaries
         * @return this builder
         */
        public Builder summaries(ReadModelStore store) {
            setup.summaries = store;
            return this;
        }

        /**
         * Sets the start position of processes and reactions that have never run.
         *
         * @param start the start position; by default, the first event that is stored after the runner starts
         * @return this builder
         */
        public Builder from(StartPosition start) {
            setup.from = start;
            return this;
        }

        /**
         * Sets whether the runner handles events and fires timers. A runner that does not follow the feeds can only find, retry and cancel
         * instances, while other programs run the processes. Its {@link ProcessRunner#status} is empty.
         *
         * @param following whether the runner follows the feeds; true by default
         * @return this builder
         */
        public Builder following(boolean following) {
            setup.following = following;
            return this;
        }

        /**
         * Sets how long the recovery, a background task, waits before it resends an unanswered command or sets a timer lost in a crash.
         *
         * @param time the time, more than zero; 30 seconds by default
         * @return this builder
         * @throws IllegalArgumentException if the time is zero or negative
         */
        public Builder resendAfter(Duration time) {
            setup.settings = setup.settings.withResendAfter(time);
            return this;
        }

        /**
         * Sets the time after which an instance is parked if one of its commands has no answer.
         *
         * @param time the time, more than zero and less than {@link #idempotencyKeyRetention}; 24 hours by default
         * @return this builder
         * @throws IllegalArgumentException if the time is zero or negative
         */
        public Builder parkUnansweredAfter(Duration time) {
            setup.settings = setup.settings.withParkUnansweredAfter(time);
            return this;
        }

        /**
         * Declares how long the event stores retain idempotency keys. Use the shortest retention of all stores that the commands reach. A
         * reaction does not handle an event that is older than this time minus one day. A command of an older step is not sent again; its
         * instance is parked.
         *
         * @param time the retention, more than one day; 30 days by default
         * @return this builder
         * @throws IllegalArgumentException if the retention is one day or less
         */
        public Builder idempotencyKeyRetention(Duration time) {
            setup.settings = setup.settings.withIdempotencyKeyRetention(time);
            return this;
        }

        /**
         * Sets the interval at which the runner checks for due timers.
         *
         * @param interval the interval, more than zero; 1 second by default
         * @return this builder
         * @throws IllegalArgumentException if the interval is zero or negative
         */
        public Builder pollEvery(Duration interval) {
            setup.pollEvery = ProcessSettings.requirePositive("pollEvery", interval);
            return this;
        }

        /**
         * Adds an interceptor around each step and reaction, such as {@code EventTracing.ofProcesses(registry)}. The interceptor that was
         * added first is outermost.
         *
         * @param interceptor the interceptor
         * @return this builder
         */
        public Builder intercept(EventInterceptor interceptor) {
            setup.settings = setup.settings.withInterceptor(interceptor);
            return this;
        }

        /**
         * Sets the clock that determines when timers are due.
         *
         * @param clock the clock; the default is the system clock
         * @return this builder
         */
        public Builder clock(Clock clock) {
            setup.settings = setup.settings.withClock(clock);
            return this;
        }

        /**
         * Builds a runner without threads, for tests that call {@link ProcessRunner#handle} and {@link ProcessRunner#fireTimers}.
         *
         * @return the runner
         * @throws IllegalStateException if the runner has a process but {@link #processStore} was not called
         * @throws IllegalArgumentException if an event type is not registered with the store's serializer, or the settings contradict each
         *     other
         */
        public ProcessRunner build() {
            return new ProcessRunner(new RunningProcesses(setup));
        }

        /**
         * Builds a runner, with the same checks as {@link #build}, and starts following the feeds.
         *
         * @return the runner
         */
        public ProcessRunner start() {
            ProcessRunner runner = build();
            runner.running.start(setup);
            return runner;
        }
    }
}
