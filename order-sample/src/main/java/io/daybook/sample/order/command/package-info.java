/**
 * The commands of orders and refunds, and {@link io.daybook.sample.order.command.OrderCommands}, which registers their
 * handlers.
 */
@NullMarked
package io.daybook.sample.order.command;

import org.jspecify.annotations.NullMarked;
