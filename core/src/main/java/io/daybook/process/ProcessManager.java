package io.daybook.process;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventTypes;
import io.daybook.event.TextRules;
import io.daybook.eventstore.DerivedKey;
import io.daybook.eventstore.StreamId;
import io.daybook.json.VersionedJson;
import io.daybook.serialization.JacksonDefaults;
import io.daybook.serialization.Upcaster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A process manager (saga) that waits for events, sends commands, sets timers and compensates for rejected commands. Immutable and
 * thread-safe; keep it in a constant. A {@link ProcessRunner} runs it.
 *
 * <pre>{@code
 * record Expiry(String orderId) {}
 *
 * ProcessManager<Expiry> expiry = ProcessManager.named("OrderExpiry", 1, Expiry.class)
 *         .startsWith(OrderCreated.class, OrderCreated::orderId, (step, event) ->
 *                 step.become(new Expiry(event.orderId())).timer("unshipped", Duration.ofDays(30)))
 *         .on(OrderShipped.class, OrderShipped::orderId, (step, event) -> step.end())
 *         .onTimer("unshipped", step -> step.send("ship", new ShipOrder(step.state().orderId(), "1Z999")).end())
 *         .build();
 * }</pre>
 *
 * <p>Each instance is a stream. Each event and each timer takes effect on an instance exactly once. A step's state, commands and timers are
 * stored in one append. Each command is sent with its own idempotency key until it is answered, so it takes effect on the target aggregate
 * only once, as long as the key is retained (30 days by default). A rejection is passed to the handler registered with
 * {@link Builder#onRejected onRejected}. If there is no such handler, the instance is parked and needs an operator's attention.
 *
 * @param <S> the class of the state, an immutable value that is stored as JSON, ideally a record
 */
public final class ProcessManager<S> {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]{1,40}");
    private static final int MAX_STREAM = 128;
    private static final int HASH = 43; // characters

    private final String name;
    private final ObjectMapper mapper;
    private final StateCodec<S> codec;
    private final ProcessHandlers<S> handlers;
    private final EventTypes eventTypes;
    private final Map<String, Integer> attempts;
    private final boolean restartable;
    private final Duration earlyInputs;
    private final @Nullable Function<? super S, ? extends Collection<String>> subjects;

    private ProcessManager(Builder<S> builder) {
        name = builder.name;
        mapper = builder.mapper;
        codec = new StateCodec<>(builder.name, builder.version, builder.stateType, mapper, builder.upcasters);
        handlers = builder.handlers.copy();
        eventTypes = builder.handlers.eventTypes();
        attempts = Map.copyOf(builder.attempts);
        restartable = builder.restartable;
        earlyInputs = builder.earlyInputs;
        subjects = builder.subjects;
    }

    /**
     * Returns a builder of a process manager.
     *
     * @param <S> the class of the state
     * @param name the name, 1 to 40 letters or digits. It is the aggregate type of the process streams, and the process subscribes to
     *     events as {@code process-} followed by the name. A process that is renamed is therefore a new process
     * @param version the version of the state's JSON, from 1; increase it and add an {@link Builder#upcaster upcaster} when the JSON
     *     changes
     * @param stateType the class of the state
     * @return a builder
     * @throws IllegalArgumentException if the name or the version is invalid
     */
    public static <S> Builder<S> named(String name, int version, Class<S> stateType) {
        return new Builder<>(name, version, stateType);
    }

    /**
     * {@return the name}
     */
    public String name() {
        return name;
    }

    /**
     * {@return the event types that the process handles}
     */
    public EventTypes eventTypes() {
        return eventTypes;
    }

    /**
     * Returns the Jackson mapper for the states of this process.
     *
     * @return a copy of the mapper set with {@link Builder#mapper mapper}; by default, a mapper with the settings of
     *     {@link JacksonDefaults}
     */
    public ObjectMapper mapper() {
        return mapper.copy();
    }

    /**
     * Returns the stream of an instance. An id that is too long is shortened and ends with a hash. So is an id that looks like a shortened
     * one. Otherwise, a caller could choose an id that maps to the stream of another instance.
     */
    StreamId stream(String id) {
        int most = MAX_STREAM - name.length() - 1;
        boolean looksShortened = id.length() >= most - 1 && id.charAt(id.length() - HASH - 1) == '~';
        if (id.length() <= most && !looksShortened) {
            return StreamId.of(name, id);
        }
        TextRules.requireId("the id of an instance of " + name, id);
        String hash = DerivedKey.of("instance", id).text().substring(DerivedKey.PREFIX.length());
        int end = most - HASH - 1;
        return StreamId.of(
                name, id.substring(0, Character.isHighSurrogate(id.charAt(end - 1)) ? end - 1 : end) + "~" + hash);
    }

    StateCodec<S> codec() {
        return codec;
    }

    ProcessHandlers<S> handlers() {
        return handlers;
    }

    /** Returns how many times a command is sent before its instance is parked. */
    int attempts(String command) {
        return attempts.getOrDefault(command, Integer.MAX_VALUE);
    }

    boolean restartable() {
        return restartable;
    }

    Duration earlyInputs() {
        return earlyInputs;
    }

    boolean namesSubjects() {
        return subjects != null;
    }

    /** Returns the subjects of a state, in a fixed order. */
    List<String> subjects(@Nullable S state) {
        if (state == null || subjects == null) {
            return List.of();
        }
        try {
            return List.copyOf(new TreeSet<>(subjects.apply(state)));
        } catch (RuntimeException e) { // its message may quote the state
            throw new IllegalStateException("the function that names the subjects of " + name + " failed with "
                    + e.getClass().getName());
        }
    }

    @Override
    public String toString() {
        return "ProcessManager[" + name + " v" + codec.version() + "]";
    }

    /**
     * A builder of {@link ProcessManager}. Not thread-safe.
     *
     * @param <S> the class of the state
     */
    public static final class Builder<S> {

        private final String name;
        private final int version;
        private final Class<S> stateType;
        private final ProcessHandlers<S> handlers;
        private final Map<String, Integer> attempts = new HashMap<>();
        private final List<Upcaster> upcasters = new ArrayList<>();
        private ObjectMapper mapper = JacksonDefaults.mapper().build();
        private boolean restartable;
        private Duration earlyInputs = Duration.ofDays(7);
        private @Nullable Function<? super S, ? extends Collection<String>> subjects;

        private Builder(String name, int version, Class<S> stateType) {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "the process name \"" + name + "\" is invalid: use 1 to 40 letters or digits");
            }
            if (version < 1) {
                throw new IllegalArgumentException("the version of " + name + " is " + version + ": use 1 or more");
            }
            this.name = name;
            this.version = version;
            this.stateType = stateType;
            this.handlers = new ProcessHandlers<>("the process " + name);
        }

        /**
         * Starts an instance when an event arrives. An instance that has already started ignores the event, even if it has ended: see
         * {@link #restartable}.
         *
         * @param <E> the class of the event
         * @param event the class of the event
         * @param instance a function that returns the id of the instance, 1 to 128 characters, or null if the event starts no instance
         * @param handler the handler that takes the first step
         * @return this builder
         * @throws IllegalArgumentException if the class already has a handler, or is a sealed interface with several events
         */
        public <E extends DomainEvent> Builder<S> startsWith(
                Class<E> event, Function<E, @Nullable String> instance, BiConsumer<Step<S>, E> handler) {
            handlers.on(true, event, instance, handler);
            return this;
        }

        /**
         * Takes a step when an event arrives for an instance that has started. An event that arrives before the start is kept: see
         * {@link #earlyInputs}. An instance that has ended ignores the event.
         *
         * @param <E> the class of the event
         * @param event the class of the event
         * @param instance a function that returns the id of the instance, 1 to 128 characters, or null if the event is not for any instance
         * @param handler the handler that takes the step
         * @return this builder
         * @throws IllegalArgumentException if the class already has a handler, or is a sealed interface with several events
         */
        public <E extends DomainEvent> Builder<S> on(
                Class<E> event, Function<E, @Nullable String> instance, BiConsumer<Step<S>, E> handler) {
            handlers.on(false, event, instance, handler);
            return this;
        }

        /**
         * Takes a step when a timer is due.
         *
         * @param timer the name that is passed to {@link Step#timer(String, Duration) Step.timer}, 1 to 64 characters
         * @param handler the handler that takes the step
         * @return this builder
         * @throws IllegalArgumentException if the timer already has a handler, or the name is invalid
         */
        public Builder<S> onTimer(String timer, Consumer<Step<S>> handler) {
            handlers.onTimer(timer, handler);
            return this;
        }

        /**
         * Takes a step when a command is rejected, for example to compensate for earlier commands or to end the instance. If the instance
         * has already ended, the step can send commands, but cannot set timers. Without a handler, a rejection parks the instance.
         *
         * @param command the name that is passed to {@link Step#send}, 1 to 64 characters
         * @param handler the handler that takes the step
         * @return this builder
         * @throws IllegalArgumentException if the command already has a handler, or the name is invalid
         */
        public Builder<S> onRejected(String command, BiConsumer<Step<S>, Rejection> handler) {
            handlers.onRejected(command, handler);
            return this;
        }

        /**
         * Limits the attempts to send a command that gets no answer. After the last attempt, the instance is parked, and an operator can
         * retry the command under the same key. Without a limit, only {@link ProcessRunner.Builder#parkUnansweredAfter} applies. Attempts
         * are made in groups of up to three, with a delay between the groups. A group has only one attempt if that attempt takes 10 seconds
         * or more. Attempts that were interrupted by a crash do not count.
         *
         * @param command the name that is passed to {@link Step#send}, 1 to 64 characters
         * @param attempts the number of attempts, 1 or more
         * @return this builder
         * @throws IllegalArgumentException if the number is less than 1, or the name is invalid
         */
        public Builder<S> maxAttempts(String command, int attempts) {
            ProcessHandlers.requireName("the name of a command", command);
            if (attempts < 1) {
                throw new IllegalArgumentException(
                        "maxAttempts of the command " + command + " is " + attempts + ": use 1 or more");
            }
            this.attempts.put(command, attempts);
            return this;
        }

        /**
         * Allows an event of {@link #startsWith} to start an instance again after it has ended. A starting event for a running instance,
         * and any other event for an ended one, is still ignored. The instance records each ignored event with one request, so that a
         * redelivery is also ignored. The process store retains this record as long as its idempotency keys (30 days by default). A
         * redelivery after that time may start the instance again.
         *
         * @return this builder
         */
        public Builder<S> restartable() {
            restartable = true;
            return this;
        }

        /**
         * Sets how long to keep events that arrive before the event that starts the instance. Events can arrive early because the order of
         * events is defined only within a stream. After that time, the instance ends as {@link InstanceState#NEVER_STARTED}, and a starting
         * event that arrives later is ignored unless the process is {@link #restartable}.
         *
         * @param kept the time, 7 days by default; zero to ignore early events
         * @return this builder
         * @throws IllegalArgumentException if the time is negative
         */
        public Builder<S> earlyInputs(Duration kept) {
            if (kept.isNegative()) {
                throw new IllegalArgumentException("earlyInputs is " + kept + ": use zero or more");
            }
            earlyInputs = kept;
            return this;
        }

        /**
         * Encrypts the state and the commands of each step under the keys of the subjects whose personal data they contain. The process
         * store needs {@link ProcessEvent#serializer(io.daybook.shredding.SubjectKeys)}. Once one of the keys is destroyed, the instance
         * ends as {@link InstanceState#SHREDDED} when it next receives an event, a timer or an operator's request, and its unanswered
         * commands are not sent again. A step whose new state names a subject with a destroyed key also ends the instance.
         *
         * <p>The names of the subjects, the id of the instance and the names of timers are not encrypted.
         *
         * @param subjects a function that returns the subjects of the state after a step, or an empty collection if there are none
         * @return this builder
         */
        public Builder<S> subjects(Function<? super S, ? extends Collection<String>> subjects) {
            this.subjects = subjects;
            return this;
        }

        /**
         * Adds an upcaster, which converts the JSON of the state from one version to the next.
         *
         * @param upcaster an upcaster whose type is the name of the process
         * @return this builder
         */
        public Builder<S> upcaster(Upcaster upcaster) {
            upcasters.add(upcaster);
            return this;
        }

        /**
         * Sets the Jackson mapper that writes and reads the states of this process. The default has the settings of
         * {@link JacksonDefaults}, which shows how to add a custom module. Commands are written with the mapper of the bus that handles
         * them.
         *
         * @param mapper the mapper, preferably created with {@link JacksonDefaults#mapper()}; copied
         * @return this builder
         * @throws IllegalArgumentException if the mapper has default typing enabled, writes names without quotes, or
         *     writes {@code NaN} as a number
         */
        public Builder<S> mapper(ObjectMapper mapper) {
            this.mapper = VersionedJson.requireSafe(mapper).copy();
            return this;
        }

        /**
         * {@return the process manager}
         *
         * @throws IllegalArgumentException if no event starts an instance, JSON does not preserve every member of the state's class, or an
         *     upcaster is missing
         */
        public ProcessManager<S> build() {
            return new ProcessManager<>(this);
        }
    }
}
