package io.daybook.projection;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventTypes;
import io.daybook.serialization.UnknownEventTypeException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The handlers for the events of one aggregate type. Filled by builders, not altered afterward. */
final class EventFold<S> {

    private final String owner;
    private final EventTypes types;
    private final Map<Class<?>, ProjectionHandler<S, DomainEvent>> handlers = new HashMap<>();
    private final Set<Class<?>> ignored = new HashSet<>();
    private boolean ignoresOthers;

    EventFold(String owner, EventTypes types) {
        this.owner = owner;
        this.types = types;
    }

    EventTypes types() {
        return types;
    }

    <E extends DomainEvent> void on(Class<E> event, ProjectionHandler<S, E> handler) {
        requireFirst(event);
        handlers.put(event, (state, raised, metadata) -> handler.apply(state, event.cast(raised), metadata));
    }

    void ignore(Class<? extends DomainEvent> event) {
        requireFirst(event);
        ignored.add(event);
    }

    private void requireFirst(Class<?> event) {
        if (types.all().stream().noneMatch(type -> type.eventClass() == event)) {
            throw new IllegalArgumentException(
                    owner + " has a handler for " + event.getName() + ", which is not an event of that aggregate type");
        }
        if (handlers.containsKey(event) || ignored.contains(event)) {
            throw new IllegalArgumentException(owner + " handles or ignores " + event.getName() + " twice: keep one");
        }
    }

    void ignoreOthers() {
        ignoresOthers = true;
    }

    boolean ignoresOthers() {
        return ignoresOthers;
    }

    Set<String> handledTypes() {
        return names(handlers.keySet());
    }

    Set<String> ignoredTypes() {
        return names(ignored);
    }

    private Set<String> names(Set<Class<?>> events) {
        return types.all().stream()
                .filter(type -> events.contains(type.eventClass()))
                .map(EventTypes.Registration::name)
                .collect(Collectors.toSet());
    }

    void requireComplete() {
        List<String> missing = types.all().stream()
                .map(EventTypes.Registration::eventClass)
                .filter(event -> !ignoresOthers && !handlers.containsKey(event) && !ignored.contains(event))
                .map(Class::getName)
                .toList();
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException(
                    owner + " has no handler for " + missing + ": add .on(…) or .ignoring(…) for each");
        }
    }

    @SuppressWarnings("NullAway") // the handler accepts that there may be no document
    @Nullable
    S apply(@Nullable S state, EventEnvelope envelope) {
        DomainEvent event;
        try {
            event = envelope.event();
        } catch (UnknownEventTypeException e) {
            if (ignoresOthers) {
                return state;
            }
            throw e;
        }
        ProjectionHandler<S, DomainEvent> handler = handlers.get(event.getClass());
        if (handler != null) {
            return handler.apply(state, event, envelope.metadata());
        }
        if (ignoresOthers || ignored.contains(event.getClass())) {
            return state;
        }
        throw new UnknownEventTypeException(
                envelope.metadata().eventType(), envelope.metadata().eventVersion(), owner + " has no handler for it");
    }
}
