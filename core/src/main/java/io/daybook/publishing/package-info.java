/**
 * Publishing of stored events. An {@link io.daybook.publishing.EventRelay} delivers them from a feed to an
 * {@link io.daybook.publishing.EventPublisher}. Code that stores an event publishes nothing itself: every stored event is published, and a
 * crash only delays it. Start at {@link io.daybook.publishing.EventRelay}.
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
