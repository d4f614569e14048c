/**
 * The order sample: an example of a service that uses Daybook. Start at {@link
 * io.daybook.sample.order.OrderApplication}, which connects the {@linkplain io.daybook.sample.order.domain domain}, its
 * {@linkplain io.daybook.sample.order.command commands} and the {@linkplain io.daybook.sample.order.http HTTP API}.
 */
@NullMarked
package io.daybook.sample.order;

import org.jspecify.annotations.NullMarked;
