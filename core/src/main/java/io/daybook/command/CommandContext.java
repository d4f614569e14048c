package io.daybook.command;

import io.daybook.aggregate.UpdateContext;
import io.daybook.eventstore.CommandTimeout;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is known about one command while it is handled: what the lambdas of {@link CommandBus} and every {@link CommandHandler} get. Safe
 * for use by many threads.
 */
public final class CommandContext {

    private final String commandType;
    private final Command command;
    private final CommandMetadata metadata;
    private final Instant now;
    private final CommandTimeout timeout;
    private final Supplier<String> fingerprint;
    private @Nullable UpdateContext updateContext;

    CommandContext(
            String commandType,
            Command command,
            CommandMetadata metadata,
            Instant now,
            CommandTimeout timeout,
            Supplier<String> fingerprint) {
        this.commandType = commandType;
        this.command = command;
        this.metadata = metadata;
        this.now = now;
        this.timeout = timeout;
        this.fingerprint = fingerprint;
    }

    /**
     * {@return the name of the command's type}
     */
    public String commandType() {
        return commandType;
    }

    /**
     * {@return who sent the command and how}
     */
    public CommandMetadata metadata() {
        return metadata;
    }

    /**
     * {@return when the bus received the command, by the bus's clock; the same each time it is decided, so that a decision
     * can be repeated}
     */
    public Instant now() {
        return now;
    }

    /**
     * {@return until when the command may be decided and committed, counted from its receipt}
     */
    public CommandTimeout timeout() {
        return timeout;
    }

    /**
     * Returns how often decisions of this command were made again because another writer came first, also if the command
     * failed in the end.
     *
     * @return the number so far
     */
    public synchronized int retries() {
        return updateContext == null ? 0 : updateContext.retries();
    }

    /**
     * Returns the context for repositories. An expected version that the sender stated applies to the aggregate whose id is
     * the command's {@link Command#aggregateId() aggregateId}, and to no other; for another one under the same id use
     * {@link UpdateContext#forOtherAggregate()}.
     *
     * @return the same object each time
     */
    public synchronized UpdateContext updateContext() {
        if (updateContext == null) {
            UpdateContext.Builder builder = UpdateContext.builder()
                    .correlationId(metadata.correlationId())
                    .causationId(metadata.commandId())
                    .attributes(metadata.attributes())
                    .timeout(timeout);
            metadata.userId().ifPresent(builder::userId);
            metadata.expectedVersion()
                    .ifPresent(version -> builder.expectedVersion(version).aggregateId(command.aggregateId()));
            if (metadata.hasIdempotencyKey()) {
                builder.idempotencyKey(metadata.commandId(), fingerprint.get());
            } else {
                builder.commandId(metadata.commandId());
            }
            updateContext = builder.build();
        }
        return updateContext;
    }
}
