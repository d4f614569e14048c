/**
 * Following the stored events: an {@link io.daybook.subscription.EventFeed} hands them, in order per stream and at least
 * once, to an {@link io.daybook.subscription.EventHandler} until the
 * {@link io.daybook.subscription.Subscription} is closed.
 */
@NullMarked
package io.daybook.subscription;

import org.jspecify.annotations.NullMarked;
