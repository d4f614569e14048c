package io.daybook.metrics;

import io.daybook.aggregate.UpdateResult;
import io.daybook.command.Command;
import io.daybook.command.CommandContext;
import io.daybook.command.CommandInterceptor;
import io.daybook.command.CommandOutcome;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * An interceptor that measures commands. Its meters are the timer {@code daybook.commands} with the tags
 * {@code command} and {@code outcome} (see {@link CommandOutcome}), and the counters {@code daybook.commands.retries}
 * and {@code daybook.commands.events} with the tag {@code command}. Thread-safe.
 *
 * <pre>{@code
 * CommandBus.Builder builder = CommandBus.builder().interceptBeforeChecks(new CommandMetrics(registry));
 * }</pre>
 */
public final class CommandMetrics implements CommandInterceptor {

    private final MeterRegistry registry;

    /**
     * Creates the interceptor.
     *
     * @param registry the registry for the meters
     */
    public CommandMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public UpdateResult<?> intercept(Command command, CommandContext context, Next next) {
        long start = System.nanoTime();
        CommandOutcome outcome = CommandOutcome.FAILED;
        try {
            UpdateResult<?> result = next.proceed(command, context);
            outcome = CommandOutcome.of(result);
            count("daybook.commands.events", context, outcome == CommandOutcome.STORED ? result.eventCount() : 0);
            return result;
        } catch (RuntimeException e) {
            outcome = CommandOutcome.of(e);
            throw e;
        } finally {
            count("daybook.commands.retries", context, context.retries());
            registry.timer(
                            "daybook.commands",
                            "command",
                            context.commandType(),
                            "outcome",
                            outcome.name().toLowerCase(Locale.ROOT))
                    .record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        }
    }

    private void count(String name, CommandContext context, int amount) {
        registry.counter(name, "command", context.commandType()).increment(amount);
    }
}
