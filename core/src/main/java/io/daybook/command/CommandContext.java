package io.daybook.command;

import io.daybook.aggregate.UpdateContext;
import io.daybook.eventstore.CommandTimeout;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The context in which a command is handled. The bus passes it to every {@link CommandInterceptor} and to the handler
 * of the command. Thread-safe.
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
     * {@return the metadata of the command}
     */
    public CommandMetadata metadata() {
        return metadata;
    }

    /**
     * {@return the time at which the bus received the command, according to the clock of the bus. The time is the same
     * for every retry after a conflict, so that a decision can be repeated with the same result}
     */
    public Instant now() {
        return now;
    }

    /**
     * {@return the timeout of the command, measured from when the bus receives the command; after it expires, no
     * decision runs and nothing is committed}
     */
    public CommandTimeout timeout() {
        return timeout;
    }

    /**
     * Returns the number of retries of this command after conflicts with other writers, even if the command failed in
     * the end.
     *
     * @return the number of retries so far
     */
    public synchronized int retries() {
        return updateContext == null ? 0 : updateContext.retries();
    }

    /**
     * Returns the context to pass to repositories. If the sender specified an expected version, it applies only to the
     * aggregate whose id is the command's {@link Command#aggregateId() aggregateId}. For an aggregate of another type
     * with the same id, use {@link UpdateContext#forOtherAggregate()}.
     *
     * @return the same object each time
     */
    public synchronized UpdateContext updateContext() {
        if (updateContext == null) {
            UpdateContext.Builder builder = UpdateContext.builder()
                    .messageContext(metadata.context().toBuilder()
                            .causationId(metadata.commandId())
                            .build())
                    .timeout(timeout);
            metadata.expectedVersion()
                    .ifPresent(version -> builder.expectedVersion(version).aggregateId(command.aggregateId()));
            if (metadata.recordsRejections()) {
                builder.recordRejections();
            }
            if (metadata.hasIdempotencyKey()) {
                metadata.derivedKey()
                        .ifPresentOrElse(
                                key -> builder.idempotencyKey(key, fingerprint.get()),
                                () -> builder.idempotencyKey(metadata.commandId(), fingerprint.get()));
            } else {
                builder.commandId(metadata.commandId());
            }
            updateContext = builder.build();
        }
        return updateContext;
    }
}
