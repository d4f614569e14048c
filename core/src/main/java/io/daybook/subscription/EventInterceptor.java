package io.daybook.subscription;

import io.daybook.event.EventMetadata;
import java.util.List;

/**
 * An interceptor around the work that events cause: the steps of a process, a reaction, or the update of a read model. Add it with
 * {@code intercept} on the builder of a {@link io.daybook.process.ProcessRunner ProcessRunner} or a
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
 * <p>An implementation must follow these rules:
 * <ul>
 *   <li>it runs {@code next} once and lets its exceptions pass, since these cause the redelivery;
 *   <li>it is prepared for repeats: events are redelivered after a failure or a crash;
 *   <li>it is thread-safe and fast.
 * </ul>
 */
@FunctionalInterface
public interface EventInterceptor {

    /**
     * Returns an interceptor that does nothing.
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
     * @param events the metadata of the events, 1 or more; without those that the process or projection ignores. For a timer, the last event
     *     of the instance
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
