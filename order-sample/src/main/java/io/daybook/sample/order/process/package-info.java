/** The process managers: {@link io.daybook.sample.order.process.OrderExpiry} and {@link io.daybook.sample.order.process.Refunding}. */
@NullMarked
package io.daybook.sample.order.process;

import org.jspecify.annotations.NullMarked;
