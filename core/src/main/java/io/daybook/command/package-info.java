/**
 * What users and other services ask for: implement {@link io.daybook.command.Command}, route it with a
 * {@link io.daybook.command.CommandBus}, and say who asks and how with {@link io.daybook.command.CommandMetadata}. Start at
 * {@link io.daybook.command.CommandBus}.
 *
 * <pre>{@code
 * CommandMetadata metadata = CommandMetadata.builder()
 *         .commandId(idempotencyKey) // sent again under the same id, the command takes effect once
 *         .userId("alice")
 *         .build();
 * CommandResult result = bus.send(new ShipOrder("42", "1Z999"), metadata);
 * }</pre>
 *
 * @serial exclude
 */
@NullMarked
package io.daybook.command;

import org.jspecify.annotations.NullMarked;
