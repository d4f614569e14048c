/**
 * Publishing of stored events. An {@link io.daybook.publishing.EventRelay} delivers events from a feed to an
 * {@link io.daybook.publishing.EventPublisher}. Code that stores events does not publish them: the relay publishes
 * every stored event, and a crash only delays publication. Start with {@link io.daybook.publishing.EventRelay}.
 *
 * <pre>{@code
 * EventRelay relay = EventRelay.builder(feed, publisher).name("orders").start();
 * SubscriptionStatus status = relay.status(); // for a health check
 * relay.close(); // when the application stops
 * }</pre>
 *
 * @serial exclude
 */
@NullMarked
package io.daybook.publishing;

import org.jspecify.annotations.NullMarked;
