package io.daybook.process;

import io.daybook.command.Command;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventTypes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A stateless handler that sends a command when an event occurs. Immutable and thread-safe; keep it in a constant. A
 * {@link ProcessRunner} runs it.
 *
 * <pre>{@code
 * Reaction gift = Reaction.named("gift")
 *         .on(OrderCreated.class, event -> new ShipOrder(event.orderId() + "-gift", "1Z999"))
 *         .build();
 * }</pre>
 *
 * <p>The command is sent under an idempotency key that is derived from the name of the reaction and the id of the
 * event. No matter how often the event is redelivered, the command therefore takes effect on an aggregate only once, as
 * long as the event store retains the key (30 days by default). If an event is older than this period minus one day,
 * its stream is parked with an {@link EventTooOldException}. A rejected command is logged and counted. If a rejection
 * needs compensation, use a {@link ProcessManager}.
 *
 * <p>If the target does not answer, the command is sent up to 12 times, over 30 seconds or more, while later events of
 * the partition wait. After that, the source stream of the event is parked: see
 * {@link ProcessRunner#retryParkedStreams}. Failures that do not depend on the event, such as an
 * {@link io.daybook.eventstore.EventStoreUnavailableException}, are retried without a limit and park nothing. For a target that may be down for longer, use a {@code ProcessManager},
 * which stores its unanswered commands.
 */
public final class Reaction {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9-]{1,40}");

    private final String name;
    private final Map<Class<?>, Function<DomainEvent, @Nullable Command>> handlers;
    private final EventTypes eventTypes;

    private Reaction(Builder builder) {
        if (builder.eventTypes == null) {
            throw new IllegalArgumentException("the reaction " + builder.name + " handles no event: add on(…)");
        }
        name = builder.name;
        handlers = Map.copyOf(builder.handlers);
        eventTypes = builder.eventTypes;
    }

    /**
     * Returns a builder of a reaction.
     *
     * @param name the name, 1 to 40 letters, digits or {@code -}; it is part of the idempotency keys, and the reaction
     *     subscribes to events as {@code reaction-} followed by the name. A reaction that is renamed is therefore a new
     *     reaction
     * @return a builder
     * @throws IllegalArgumentException if the name is invalid
     */
    public static Builder named(String name) {
        return new Builder(name);
    }

    /**
     * {@return the name}
     */
    public String name() {
        return name;
    }

    /**
     * {@return the event types that the reaction handles}
     */
    public EventTypes eventTypes() {
        return eventTypes;
    }

    /** Returns the command for an event, or null if there is none. */
    @Nullable
    Command command(DomainEvent event) {
        Function<DomainEvent, @Nullable Command> handler = handlers.get(event.getClass());
        return handler == null ? null : handler.apply(event);
    }

    @Override
    public String toString() {
        return "Reaction[" + name + "]";
    }

    /** A builder of {@link Reaction}. Not thread-safe. */
    public static final class Builder {

        private final String name;
        private final Map<Class<?>, Function<DomainEvent, @Nullable Command>> handlers = new LinkedHashMap<>();
        private @Nullable EventTypes eventTypes;

        private Builder(String name) {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "the reaction name \"" + name + "\" is invalid: use 1 to 40 letters, digits or -");
            }
            this.name = name;
        }

        /**
         * Registers the command to send for an event.
         *
         * @param <E> the class of the event
         * @param event the class of the event
         * @param command a function that returns the command, or null to send none. The command must depend only on the
         *     event, so that each redelivery sends the same command
         * @return this builder
         * @throws IllegalArgumentException if the class already has a handler, or is a sealed interface with several
         *     events
         */
        public <E extends DomainEvent> Builder on(Class<E> event, Function<E, @Nullable Command> command) {
            if (handlers.putIfAbsent(event, raised -> command.apply(event.cast(raised))) != null) {
                throw new IllegalArgumentException(
                        "the reaction " + name + " handles " + event.getName() + " twice: keep one handler");
            }
            EventTypes type = Inputs.typeOf("the reaction " + name, event);
            eventTypes = eventTypes == null ? type : eventTypes.and(type);
            return this;
        }

        /**
         * {@return the reaction}
         *
         * @throws IllegalArgumentException if the reaction handles no event
         */
        public Reaction build() {
            return new Reaction(this);
        }
    }
}
