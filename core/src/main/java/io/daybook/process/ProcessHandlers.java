package io.daybook.process;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventTypes;
import io.daybook.event.TextRules;
import io.daybook.eventstore.DerivedKey;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The handlers of a process for events, timers and rejected commands. Filled by a builder; a {@link #copy} is immutable. */
final class ProcessHandlers<S> {

    /** A handler of one class of events. */
    record Input<S>(
            boolean starts,
            Function<DomainEvent, @Nullable String> instance,
            BiConsumer<Step<S>, DomainEvent> handler) {}

    private static final int MAX_NAME = 64;

    private final String owner;
    private final Map<Class<? extends DomainEvent>, Input<S>> inputs;
    private final Map<String, Consumer<Step<S>>> timers;
    private final Map<String, BiConsumer<Step<S>, Rejection>> rejections;

    ProcessHandlers(String owner) {
        this(owner, new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
    }

    private ProcessHandlers(
            String owner,
            Map<Class<? extends DomainEvent>, Input<S>> inputs,
            Map<String, Consumer<Step<S>>> timers,
            Map<String, BiConsumer<Step<S>, Rejection>> rejections) {
        this.owner = owner;
        this.inputs = inputs;
        this.timers = timers;
        this.rejections = rejections;
    }

    /** Returns a copy for a process, which needs an event that starts an instance. */
    ProcessHandlers<S> copy() {
        if (inputs.values().stream().noneMatch(Input::starts)) {
            throw new IllegalArgumentException(owner + " has no event that starts an instance: add startsWith(…)");
        }
        return new ProcessHandlers<>(owner, Map.copyOf(inputs), Map.copyOf(timers), Map.copyOf(rejections));
    }

    <E extends DomainEvent> void on(
            boolean starts, Class<E> event, Function<E, @Nullable String> instance, BiConsumer<Step<S>, E> handler) {
        Input<S> input = new Input<>(
                starts,
                raised -> instance.apply(event.cast(raised)),
                (step, raised) -> handler.accept(step, event.cast(raised)));
        Inputs.typeOf(owner, event);
        put(inputs, event, input, event.getName());
    }

    void onTimer(String timer, Consumer<Step<S>> handler) {
        requireName("the name of a timer", timer);
        put(timers, timer, handler, "the timer " + timer);
    }

    void onRejected(String command, BiConsumer<Step<S>, Rejection> handler) {
        requireName("the name of a command", command);
        put(rejections, command, handler, "rejections of " + command);
    }

    private <K, V> void put(Map<K, V> handlers, K key, V handler, String what) {
        if (handlers.putIfAbsent(key, handler) != null) {
            throw new IllegalArgumentException(owner + " handles " + what + " twice: keep one handler");
        }
    }

    static void requireName(String what, String name) {
        TextRules.requireId(what, name);
        if (name.length() > MAX_NAME) {
            throw new IllegalArgumentException(what + " has " + name.length() + " characters: use at most " + MAX_NAME);
        }
        if (DerivedKey.isDerived(name)) {
            throw new IllegalArgumentException(
                    what + " begins with " + DerivedKey.PREFIX + ", which is reserved: use another name");
        }
    }

    EventTypes eventTypes() {
        return inputs.keySet().stream()
                .map(event -> Inputs.typeOf(owner, event))
                .reduce(EventTypes::and)
                .orElseThrow();
    }

    @Nullable
    Input<S> input(Class<?> event) {
        return inputs.get(event);
    }

    @Nullable
    Consumer<Step<S>> timer(String timer) {
        return timers.get(timer);
    }

    Set<String> timers() {
        return timers.keySet();
    }

    @Nullable
    BiConsumer<Step<S>, Rejection> rejection(String command) {
        return rejections.get(command);
    }
}
