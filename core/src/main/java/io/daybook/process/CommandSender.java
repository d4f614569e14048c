package io.daybook.process;

import io.daybook.command.Command;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandMetadata;
import io.daybook.command.EncodedCommand;

/**
 * A sender for the commands of processes and reactions. {@link #of} returns a sender that uses a command bus. Implement
 * this interface to send commands to another service. Implementations must be thread-safe.
 *
 * <pre>{@code
 * CommandSender sender = CommandSender.of(bus);
 * }</pre>
 *
 * <p>A command may be sent several times, always with the same command id. If the target records the id, the command
 * takes effect once. An answer is final once it is recorded in the process stream. If the sender forwards
 * {@link CommandMetadata#recordsRejections}, the target also records rejections. A target that does not record
 * rejections may reject one attempt and accept another.
 */
public interface CommandSender {

    /**
     * Returns a sender that sends through a bus.
     *
     * @param bus the bus that handles the commands
     * @return the sender
     */
    static CommandSender of(CommandBus bus) {
        return new CommandSender() {
            @Override
            public EncodedCommand encode(Command command) {
                return bus.encode(command);
            }

            @Override
            public boolean send(EncodedCommand command, CommandMetadata metadata) {
                return bus.send(command, metadata).duplicate();
            }
        };
    }

    /**
     * Encodes a command as JSON. The JSON is stored with the step that sends the command.
     *
     * @param command the command
     * @return the encoded command
     * @throws RuntimeException if the command cannot be encoded; the step then fails
     */
    EncodedCommand encode(Command command);

    /**
     * Sends a command and waits for the answer, but no longer than the timeout in the metadata. A slow target delays
     * other commands: a runner sends one command at a time for each partition of events, and one at a time for all
     * timers.
     *
     * @param command the command
     * @param metadata the metadata, which contains the command id (an idempotency key), the correlation and causation
     *     ids, and the timeout
     * @return whether the target recognized the command as a duplicate
     * @throws RuntimeException if the command was not accepted. The following exceptions are rejections:
     *     {@code DomainException}, {@code CommandRejectedException}, {@code CommandValidationException},
     *     {@code CommandNotAuthorizedException}, {@code AggregateNotFoundException},
     *     {@code AggregateAlreadyExistsException}, {@code StreamDeletedException} and {@code AppendTooLargeException}.
     *     {@code CommandIdReusedException} counts as an acceptance, because no other sender uses the keys of the
     *     process. After any other exception, the command is unanswered and is sent again. This includes
     *     {@code NoHandlerException} and {@code CommandSerializationException}, since a newer version of the program
     *     may already have accepted the command
     */
    boolean send(EncodedCommand command, CommandMetadata metadata);
}
