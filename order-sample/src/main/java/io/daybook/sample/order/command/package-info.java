/**
 * The commands to an order, and {@link io.daybook.sample.order.command.OrderCommands}, which defines what the order does
 * with it.
 */
@NullMarked
package io.daybook.sample.order.command;

import org.jspecify.annotations.NullMarked;
