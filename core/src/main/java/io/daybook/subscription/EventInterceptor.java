package io.daybook.subscription;

import io.daybook.event.EventMetadata;
import java.util.List;

/**
 * An interceptor for the work that events trigger: a step of a process, a reaction, or the update of a read model. Add
 * it with {@code intercept} on the builder of a {@link io.daybook.process.ProcessRunner ProcessRunner} or a
 * {@link io.daybook.projection.Projector Projector}.
 *
 * <pre>{@code
 * EventInterceptor slow = (name, events, next) -> {
 *     long start = System.nanoTime();
 *     next.run();
 *     if (System.nanoTime() - start > 1_000_000_000) {
 *         System.err.println("slow: " + name + " " + events.get(0).eventId());
 *     }
 * };
 * }</pre>
 *
 * <p>An implementation must:
 * <ul>
 *   <li>run {@code next} once and not catch its exceptions, because they cause the redelivery;
 *   <li>tolerate repeated calls, because events are redelivered after a failure or a crash;
 *   <li>be thread-safe and fast.
 * </ul>
 */
@FunctionalInterface
public interface EventInterceptor {

    /**
     * Returns an interceptor that only runs the work.
     *
     * @return the interceptor
     */
    static EventInterceptor none() {
        return (name, events, next) -> next.run();
    }

    /**
     * Intercepts the work.
     *
     * @param name the name of the process or reaction, or the name and version of the projection, such as {@code order-summaries-1}
     * @param events the metadata of the events, 1 or more, without events that the process or projection ignores. For a
     *     timer, the metadata of the instance's last event
     * @param next the work
     */
    void intercept(String name, List<EventMetadata> events, Runnable next);

    /**
     * Returns an interceptor that runs another one inside this one.
     *
     * @param inner the other interceptor
     * @return the combination
     */
    default EventInterceptor around(EventInterceptor inner) {
        return (name, events, next) -> intercept(name, events, () -> inner.intercept(name, events, next));
    }
}
