package io.daybook.tracing;

import io.daybook.aggregate.UpdateResult;
import io.daybook.command.Command;
import io.daybook.command.CommandContext;
import io.daybook.command.CommandInterceptor;
import io.daybook.command.CommandOutcome;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * An interceptor that observes commands as {@code daybook.command} with the tags {@code command} and {@code outcome}
 * (see {@link CommandOutcome}). The observation is a child of the thread's current observation, such as that of an HTTP
 * request or a process step. If there is none, the observation continues the trace in the command's attribute
 * {@code traceparent}. Thread-safe.
 *
 * <pre>{@code
 * CommandBus.Builder builder = CommandBus.builder().interceptBeforeChecks(new CommandTracing(observations));
 * }</pre>
 *
 * <p>Only the outcomes {@code timeout}, {@code unavailable} and {@code failed} are marked as errors. The exceptions of
 * other outcomes are not recorded, because their messages may contain user input.
 */
public final class CommandTracing implements CommandInterceptor {

    private static final Set<CommandOutcome> ERRORS =
            Set.of(CommandOutcome.TIMEOUT, CommandOutcome.UNAVAILABLE, CommandOutcome.FAILED);

    private final ObservationRegistry registry;

    /**
     * Creates the interceptor.
     *
     * @param registry the registry of the observations
     */
    public CommandTracing(ObservationRegistry registry) {
        this.registry = registry;
    }

    @Override
    public UpdateResult<?> intercept(Command command, CommandContext context, Next next) {
        Observation observation = Observation.createNotStarted(
                        "daybook.command", () -> parent(context.metadata().attributes()), registry)
                .contextualName("command " + context.commandType())
                .lowCardinalityKeyValue("command", context.commandType())
                .start();
        CommandOutcome outcome = CommandOutcome.FAILED;
        try (Observation.Scope scope = observation.openScope()) {
            UpdateResult<?> result = next.proceed(command, context);
            outcome = CommandOutcome.of(result);
            return result;
        } catch (RuntimeException e) {
            outcome = CommandOutcome.of(e);
            if (ERRORS.contains(outcome)) {
                observation.error(e);
            }
            throw e;
        } finally {
            observation.lowCardinalityKeyValue("outcome", outcome.name().toLowerCase(Locale.ROOT));
            observation.stop();
        }
    }

    private Observation.Context parent(Map<String, String> attributes) {
        return registry.getCurrentObservation() == null && TraceContext.isIn(attributes)
                ? TraceContext.continuing(Kind.SERVER, attributes)
                : new Observation.Context();
    }
}
