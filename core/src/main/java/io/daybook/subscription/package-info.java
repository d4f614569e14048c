/**
 * Subscriptions to stored events. An {@link io.daybook.subscription.EventFeed} delivers events, in stream order and at
 * least once, to an {@link io.daybook.subscription.EventHandler} until the {@link io.daybook.subscription.Subscription}
 * is closed. Start with {@link io.daybook.subscription.EventFeed}. An
 * {@link io.daybook.subscription.IdempotentEventHandler} applies each event once, even if the feed delivers it more
 * than once.
 *
 * <pre>{@code
 * Subscription billing = feed.subscribe("billing", StartPosition.BEGINNING, events -> {
 *     for (EventEnvelope event : events) {
 *         System.out.println(event.metadata());
 *     }
 * });
 * billing.close(); // when the application stops
 * }</pre>
 */
@NullMarked
package io.daybook.subscription;

import org.jspecify.annotations.NullMarked;
