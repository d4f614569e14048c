package io.daybook.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import io.daybook.aggregate.UpdateContext;
import io.daybook.aggregate.UpdateResult;
import io.daybook.eventstore.StreamId;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The handlers of a bus, and the repositories that they use, by the class of the command. Filled by a builder. */
final class CommandHandlers {

    /** A method of a repository: creates an aggregate, updates one, or does either. */
    interface Operation<A> {
        UpdateResult<Void> apply(String id, UpdateContext context, Consumer<A> decision);
    }

    private final Map<Class<? extends Command>, CommandHandler<Command>> handlers = new LinkedHashMap<>();
    private final Map<Class<?>, AggregateRepository<?>> repositories = new HashMap<>();

    <C extends Command, A extends AggregateRoot<?>> void add(
            Class<C> type,
            AggregateRepository<A> repository,
            Operation<A> operation,
            AggregateCommandHandler<A, C> handler) {
        add(
                type,
                (command, context) -> operation.apply(
                        validId(repository, command, context),
                        context.updateContext(),
                        aggregate -> handler.handle(aggregate, command, context)));
        repositories.put(type, repository);
    }

    private static String validId(AggregateRepository<?> repository, Command command, CommandContext context) {
        try {
            return StreamId.of(repository.type().name(), command.aggregateId()).aggregateId();
        } catch (IllegalArgumentException e) { // of StreamId.of
            throw new CommandValidationException(
                    context.commandType(), List.of(new Violation("aggregateId", String.valueOf(e.getMessage()))));
        }
    }

    <C extends Command> void add(Class<C> type, CommandHandler<C> handler) {
        if (Modifier.isAbstract(type.getModifiers())) {
            throw new IllegalArgumentException("the command type " + type.getName()
                    + " is abstract, so no command has that class: register each concrete subclass");
        }
        if (handlers.putIfAbsent(type, (command, context) -> handler.handle(type.cast(command), context)) != null) {
            throw new IllegalArgumentException("the command " + type.getName() + " has two handlers: register one");
        }
    }

    Map<Class<?>, CommandHandler<Command>> handlers() {
        return Map.copyOf(handlers);
    }

    Map<Class<?>, AggregateRepository<?>> repositories() {
        return Map.copyOf(repositories);
    }

    /**
     * Returns the mapper of each command, in the order of registration.
     *
     * @param custom the mapper of commands that are not handled by an aggregate
     */
    Map<Class<? extends Command>, ObjectMapper> mappers(ObjectMapper custom) {
        Map<AggregateType<?, ?>, ObjectMapper> ofTypes = new HashMap<>();
        Map<Class<? extends Command>, ObjectMapper> mappers = new LinkedHashMap<>();
        handlers.keySet().forEach(command -> {
            @Nullable AggregateRepository<?> repository = repositories.get(command);
            mappers.put(
                    command,
                    repository == null ? custom : ofTypes.computeIfAbsent(repository.type(), AggregateType::mapper));
        });
        return mappers;
    }
}
