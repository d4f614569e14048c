/**
 * Commands: what users and other services ask for. Implement {@link io.daybook.command.Command}, route it with a
 * {@link io.daybook.command.CommandBus}, and say who asks and how with {@link io.daybook.command.CommandMetadata}.
 *
 * @serial exclude
 */
@NullMarked
package io.daybook.command;

import org.jspecify.annotations.NullMarked;
