package io.daybook.command;

import io.daybook.aggregate.UpdateResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log of handled and rejected commands, without their content. */
final class CommandLog {

    private static final Logger log = LoggerFactory.getLogger(CommandBus.class);

    private CommandLog() {}

    static void handled(CommandContext context, UpdateResult<?> result, long nanos) {
        if (log.isDebugEnabled()) {
            log.debug(
                    "command handled type={} {} stream={} outcome={} version={} events={} retries={} micros={}",
                    context.commandType(),
                    context.metadata(),
                    result.stream(),
                    CommandOutcome.of(result),
                    result.version(),
                    result.eventCount(),
                    result.retries(),
                    nanos / 1_000);
        }
    }

    static void failed(CommandContext context, RuntimeException e) {
        CommandOutcome outcome = CommandOutcome.of(e);
        switch (outcome) {
            case FAILED ->
                log.error(
                        "command failed type={} {} outcome={}", context.commandType(), context.metadata(), outcome, e);
            case UNAVAILABLE, TIMEOUT ->
                log.warn(
                        "command failed type={} {} outcome={} reason=\"{}\"",
                        context.commandType(),
                        context.metadata(),
                        outcome,
                        e.getMessage());
            default ->
                log.info(
                        "command rejected type={} {} outcome={} reason={}",
                        context.commandType(),
                        context.metadata(),
                        outcome,
                        e.getClass().getSimpleName());
        }
    }
}
