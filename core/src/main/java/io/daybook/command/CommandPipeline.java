package io.daybook.command;

import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.UpdateResult;
import io.daybook.event.TextRules;
import io.daybook.eventstore.StreamId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The steps of the bus as interceptors, and the chain that runs them in order. */
final class CommandPipeline {

    private CommandPipeline() {}

    /** Links the interceptors into a chain. The last one handles the command and does not call another. */
    static CommandInterceptor.Next of(List<CommandInterceptor> interceptors) {
        CommandInterceptor.Next last = (command, context) -> {
            throw new IllegalStateException("the pipeline has no handler for " + context.commandType());
        };
        for (int i = interceptors.size() - 1; i >= 0; i--) {
            last = link(interceptors.get(i), last);
        }
        return last;
    }

    private static CommandInterceptor.Next link(CommandInterceptor interceptor, CommandInterceptor.Next next) {
        return (command, context) -> {
            @Nullable UpdateResult<?> result = interceptor.intercept(command, context, next);
            if (result == null) {
                throw new IllegalStateException(
                        "the interceptor " + interceptor.getClass().getName() + " returned null for "
                                + context.commandType() + ": return the result of next.proceed");
            }
            return result;
        };
    }

    /** Returns the step that throws the failure of a command whose JSON could not be read. */
    static CommandInterceptor readability() {
        return (command, context, next) -> {
            if (command instanceof UnreadCommand unread) {
                throw unread.failure();
            }
            return next.proceed(command, context);
        };
    }

    /**
     * Returns the step that records the rejection of a command that fails a check and therefore does not reach its
     * aggregate.
     */
    static CommandInterceptor recording(Map<Class<?>, AggregateRepository<?>> repositories) {
        return (command, context, next) -> {
            try {
                return next.proceed(command, context);
            } catch (CommandValidationException | CommandNotAuthorizedException rejection) {
                AggregateRepository<?> repository = repositories.get(command.getClass());
                if (repository == null || !context.metadata().recordsRejections()) {
                    throw rejection;
                }
                return repository.reject(id(repository, command, rejection), context.updateContext(), rejection);
            }
        };
    }

    /** Throws the rejection if the id names no aggregate: such a command can never take effect. */
    private static String id(AggregateRepository<?> repository, Command command, RuntimeException rejection) {
        try {
            return StreamId.of(repository.type().name(), command.aggregateId()).aggregateId();
        } catch (IllegalArgumentException e) { // of StreamId.of
            throw rejection;
        }
    }

    /** Returns the step that rejects a command whose timeout has expired. */
    static CommandInterceptor timeout() {
        return (command, context, next) -> {
            context.timeout().check("the command " + context.commandType());
            return next.proceed(command, context);
        };
    }

    /** Returns the step that rejects a command that its sender is not authorized to send. */
    static CommandInterceptor authorization(CommandAuthorizer authorizer) {
        return (command, context, next) -> {
            requirePermitted(authorizer, context.commandType(), context.metadata());
            if (!authorizer.permits(command, context.metadata())) {
                throw notPermitted(context.commandType(), context.metadata());
            }
            return next.proceed(command, context);
        };
    }

    static void requirePermitted(CommandAuthorizer authorizer, String commandType, CommandMetadata metadata) {
        if (!authorizer.permitsType(commandType, metadata)) {
            throw notPermitted(commandType, metadata);
        }
    }

    private static CommandNotAuthorizedException notPermitted(String commandType, CommandMetadata metadata) {
        return new CommandNotAuthorizedException(commandType, metadata.userId().orElse(null));
    }

    /** Returns the step that rejects an invalid command. */
    static CommandInterceptor validation() {
        return (command, context, next) -> {
            Violations violations = new Violations();
            @Nullable String id = command.aggregateId();
            violations.require(id != null && !TextRules.isBlank(id), "aggregateId", "must not be blank");
            command.validate(violations);
            if (!violations.found().isEmpty()) {
                throw new CommandValidationException(context.commandType(), violations.found());
            }
            return next.proceed(command, context);
        };
    }

    /** Returns the step that calls the handler of the command. */
    static CommandInterceptor handler(Map<Class<?>, CommandHandler<Command>> handlers) {
        return (command, context, next) -> {
            CommandHandler<Command> handler = handlers.get(command.getClass());
            if (handler == null) {
                throw new NoHandlerException(
                        context.commandType(), CommandSerializer.versionOf(command.getClass()), false);
            }
            @Nullable UpdateResult<?> result = handler.handle(command, context);
            if (result == null) {
                throw new IllegalStateException("the handler of " + context.commandType()
                        + " returned null: return the result of the repository");
            }
            return result;
        };
    }
}
