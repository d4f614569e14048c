/**
 * Commands and the bus that handles them. Implement {@link io.daybook.command.Command}, send it through a
 * {@link io.daybook.command.CommandBus}, and specify its sender and options with
 * {@link io.daybook.command.CommandMetadata}. Start with {@link io.daybook.command.CommandBus}.
 *
 * <pre>{@code
 * CommandMetadata metadata = CommandMetadata.builder()
 *         .idempotencyKey(idempotencyKey) // sent again with the same key, it takes effect only once
 *         .userId("alice")
 *         .build();
 * UpdateResult<?> result = bus.send(new ShipOrder("42", "1Z999"), metadata);
 * }</pre>
 *
 * @serial exclude
 */
@NullMarked
package io.daybook.command;

import org.jspecify.annotations.NullMarked;
