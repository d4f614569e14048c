package io.daybook.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import io.daybook.aggregate.UpdateResult;
import io.daybook.eventstore.CommandTimeout;
import io.daybook.eventstore.StreamId;
import io.daybook.json.VersionedJson;
import io.daybook.serialization.JacksonDefaults;
import io.daybook.serialization.Upcaster;
import java.lang.reflect.Modifier;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes commands to their handlers, in the sender's thread. Immutable and safe for use by many threads.
 *
 * <pre>{@code
 * CommandBus bus = CommandBus.builder()
 *         .creating(CreateOrder.class, orders, (order, command, context) -> order.create(command.customerId()))
 *         .updating(ShipOrder.class, orders, (order, command, context) -> order.ship(command.trackingNumber(), context.now()))
 *         .build();
 * bus.send(new ShipOrder("42", "1Z999"), CommandMetadata.builder().userId("alice").build());
 * }</pre>
 *
 * <p>A command passes, in this order: the log; the interceptors added with {@link CommandBus.Builder#interceptBeforeChecks}, which see every
 * command and every outcome, such as metrics; its deadline; the {@link CommandAuthorizer}; {@link Command#validate Command.validate}; the
 * interceptors added with {@link CommandBus.Builder#intercept Builder.intercept}, which see only what passed those checks; its handler.
 */
public final class CommandBus {

    private static final Logger log = LoggerFactory.getLogger(CommandBus.class);

    private final CommandSerializer serializer;
    private final CommandAuthorizer authorizer;
    private final CommandInterceptor.Next chain;
    private final Clock clock;
    private final @Nullable Duration defaultTimeout;

    private CommandBus(Builder builder) {
        serializer = new CommandSerializer(builder.mappers(), builder.upcasters);
        clock = builder.clock;
        defaultTimeout = builder.defaultTimeout;
        authorizer = builder.authorizer == null ? (command, metadata) -> true : builder.authorizer;
        chain = CommandPipeline.of(interceptors(builder, authorizer));
    }

    /** The steps of every command, in order. */
    private static List<CommandInterceptor> interceptors(Builder builder, CommandAuthorizer authorizer) {
        List<CommandInterceptor> interceptors = new ArrayList<>(builder.interceptBeforeChecks);
        interceptors.add(CommandPipeline.readability());
        interceptors.add(CommandPipeline.timeout());
        interceptors.add(CommandPipeline.authorization(authorizer));
        interceptors.add(CommandPipeline.validation());
        interceptors.addAll(builder.intercept);
        interceptors.add(CommandPipeline.handler(Map.copyOf(builder.handlers)));
        return interceptors;
    }

    /**
     * {@return a builder without any handler}
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Sends a command and waits until it is carried out.
     *
     * @param command the command
     * @param metadata who sends it and how
     * @return what became of it; the first result if the same command was handled before
     * @throws NoHandlerException if no handler is registered for its class
     * @throws CommandNotAuthorizedException if the sender may not send it
     * @throws CommandValidationException if it is invalid
     * @throws io.daybook.eventstore.CommandTimeoutException if its deadline passed before it was committed
     * @throws io.daybook.DaybookException what its handler throws, see {@link AggregateRepository#update AggregateRepository.update}
     */
    public CommandResult send(Command command, CommandMetadata metadata) {
        Duration timeout = metadata.timeout().orElse(defaultTimeout);
        CommandContext context = new CommandContext(
                command instanceof UnreadCommand unread ? unread.type() : serializer.typeName(command.getClass()),
                command,
                metadata,
                clock.instant(),
                timeout == null ? CommandTimeout.none() : CommandTimeout.after(timeout),
                () -> serializer.fingerprint(command));
        long start = System.nanoTime();
        try {
            UpdateResult<?> result = chain.proceed(command, context);
            if (log.isDebugEnabled()) {
                log.debug(
                        "command handled type={} {} stream={} outcome={} version={} events={} retries={} micros={}",
                        context.commandType(),
                        metadata,
                        result.stream(),
                        CommandOutcome.of(result),
                        result.version(),
                        result.events(),
                        result.retries(),
                        (System.nanoTime() - start) / 1_000);
            }
            return new CommandResult(metadata.commandId(), metadata.correlationId(), result);
        } catch (RuntimeException e) {
            logFailure(context, e);
            throw e;
        }
    }

    /**
     * Sends a command that arrived as JSON, perhaps of an older version, which is upcast first.
     *
     * @param commandType the name of its type
     * @param version the version of its JSON, from 1
     * @param json UTF-8 JSON, an object; not altered
     * @param metadata who sends it and how
     * @return what became of it
     * @throws CommandNotAuthorizedException if the sender may not send it; by {@link CommandAuthorizer#permitsType
     *     CommandAuthorizer.permitsType} before anything of the JSON is read
     * @throws NoHandlerException if no handler is registered for that name and version
     * @throws CommandValidationException if the JSON does not fit, or the command is invalid
     * @throws io.daybook.DaybookException as {@link #send(Command, CommandMetadata) send}
     */
    public CommandResult send(String commandType, int version, byte[] json, CommandMetadata metadata) {
        Command command;
        try {
            CommandPipeline.requirePermitted(authorizer, commandType, metadata);
            command = serializer.read(commandType, version, json);
        } catch (RuntimeException e) {
            command = new UnreadCommand(serializer.knows(commandType) ? commandType : UnreadCommand.UNKNOWN_TYPE, e);
        }
        return send(command, metadata);
    }

    private static void logFailure(CommandContext context, RuntimeException e) {
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
                        "command refused type={} {} outcome={} reason={}",
                        context.commandType(),
                        context.metadata(),
                        outcome,
                        e.getClass().getSimpleName());
        }
    }

    private static String validId(AggregateRepository<?> repository, Command command, CommandContext context) {
        try {
            return StreamId.of(repository.type().name(), command.aggregateId()).aggregateId();
        } catch (IllegalArgumentException e) {
            throw new CommandValidationException(
                    context.commandType(), List.of(new Violation("aggregateId", String.valueOf(e.getMessage()))));
        }
    }

    /** Collects handlers and interceptors. Not safe for use by several threads. */
    public static final class Builder {

        private final Map<Class<?>, CommandHandler<Command>> handlers = new LinkedHashMap<>();
        private final Map<Class<? extends Command>, Optional<AggregateType<?, ?>>> commands = new LinkedHashMap<>();
        private final List<CommandInterceptor> interceptBeforeChecks = new ArrayList<>();
        private final List<CommandInterceptor> intercept = new ArrayList<>();
        private final List<Upcaster> upcasters = new ArrayList<>();
        private ObjectMapper mapper = JacksonDefaults.mapper().build();
        private @Nullable CommandAuthorizer authorizer;
        private Clock clock = Clock.systemUTC();
        private @Nullable Duration defaultTimeout;

        private Builder() {}

        /**
         * Registers a command that creates an aggregate.
         *
         * @param <C> the command's class
         * @param <A> the aggregate's class
         * @param type the command's class
         * @param repository where the aggregate is stored
         * @param handler what the new aggregate does
         * @return this builder
         * @throws IllegalArgumentException if the command has a handler already, or its class is abstract
         */
        public <C extends Command, A extends AggregateRoot<?>> Builder creating(
                Class<C> type, AggregateRepository<A> repository, AggregateCommandHandler<A, C> handler) {
            return handling(
                    type,
                    Optional.of(repository.type()),
                    (command, context) -> repository.create(
                            validId(repository, command, context),
                            context.updateContext(),
                            aggregate -> handler.handle(aggregate, command, context)));
        }

        /**
         * Registers a command that changes an existing aggregate.
         *
         * @param <C> the command's class
         * @param <A> the aggregate's class
         * @param type the command's class
         * @param repository where the aggregate is stored
         * @param handler what the aggregate does
         * @return this builder
         * @throws IllegalArgumentException if the command has a handler already, or its class is abstract
         */
        public <C extends Command, A extends AggregateRoot<?>> Builder updating(
                Class<C> type, AggregateRepository<A> repository, AggregateCommandHandler<A, C> handler) {
            return handling(
                    type,
                    Optional.of(repository.type()),
                    (command, context) -> repository.update(
                            validId(repository, command, context),
                            context.updateContext(),
                            aggregate -> handler.handle(aggregate, command, context)));
        }

        /**
         * Registers a command that creates an aggregate or changes the one that exists.
         *
         * @param <C> the command's class
         * @param <A> the aggregate's class
         * @param type the command's class
         * @param repository where the aggregate is stored
         * @param handler what the aggregate does; at version 0 it is new
         * @return this builder
         * @throws IllegalArgumentException if the command has a handler already
         */
        public <C extends Command, A extends AggregateRoot<?>> Builder creatingOrUpdating(
                Class<C> type, AggregateRepository<A> repository, AggregateCommandHandler<A, C> handler) {
            return handling(
                    type,
                    Optional.of(repository.type()),
                    (command, context) -> repository.createOrUpdate(
                            validId(repository, command, context),
                            context.updateContext(),
                            aggregate -> handler.handle(aggregate, command, context)));
        }

        /**
         * Registers a command with a handler of one's own.
         *
         * @param <C> the command's class
         * @param type the command's class
         * @param handler carries it out
         * @return this builder
         * @throws IllegalArgumentException if the command has a handler already, or its class is abstract
         */
        public <C extends Command> Builder handling(Class<C> type, CommandHandler<C> handler) {
            return handling(type, Optional.empty(), handler);
        }

        private <C extends Command> Builder handling(
                Class<C> type, Optional<AggregateType<?, ?>> aggregateType, CommandHandler<C> handler) {
            if (Modifier.isAbstract(type.getModifiers())) {
                throw new IllegalArgumentException("the command type " + type.getName()
                        + " is abstract, so no command has that class: register each concrete class below it");
            }
            if (handlers.putIfAbsent(type, (command, context) -> handler.handle(type.cast(command), context)) != null) {
                throw new IllegalArgumentException("the command " + type.getName() + " has two handlers: register one");
            }
            commands.put(type, aggregateType);
            return this;
        }

        private Map<Class<? extends Command>, ObjectMapper> mappers() {
            Map<AggregateType<?, ?>, ObjectMapper> ofTypes = new HashMap<>();
            Map<Class<? extends Command>, ObjectMapper> mappers = new LinkedHashMap<>();
            commands.forEach((command, type) -> mappers.put(
                    command,
                    type.map(known -> ofTypes.computeIfAbsent(known, AggregateType::mapper))
                            .orElse(mapper)));
            return mappers;
        }

        /**
         * Decides who may send which command; without this, everybody may send all of them.
         *
         * @param authorizer decides it
         * @return this builder
         * @throws IllegalArgumentException if there is one already, which this one would silently replace
         */
        public Builder authorize(CommandAuthorizer authorizer) {
            if (this.authorizer != null) {
                throw new IllegalArgumentException("the bus has two authorizers: let one of them ask the other");
            }
            this.authorizer = authorizer;
            return this;
        }

        /**
         * Adds an interceptor around all checks: it sees every command and every outcome. The one that was added first is
         * outermost. For JSON that could not be read it gets a command without content, whose aggregate id is empty; the
         * type is then {@code unknown} unless it has a handler.
         *
         * @param interceptor such as {@code CommandMetrics}
         * @return this builder
         */
        public Builder interceptBeforeChecks(CommandInterceptor interceptor) {
            interceptBeforeChecks.add(interceptor);
            return this;
        }

        /**
         * Adds an interceptor between the checks and the handler: it sees commands that are in time, authorized and valid.
         * The one that was added first is outermost.
         *
         * @param interceptor the interceptor
         * @return this builder
         */
        public Builder intercept(CommandInterceptor interceptor) {
            intercept.add(interceptor);
            return this;
        }

        /**
         * States how JSON of older command versions becomes the next version.
         *
         * @param upcasters in any order
         * @return this builder
         */
        public Builder upcasters(Upcaster... upcasters) {
            this.upcasters.addAll(List.of(upcasters));
            return this;
        }

        /**
         * Sets the Jackson mapper for the JSON of commands registered with {@link #handling handling}; the default has the settings of
         * {@link JacksonDefaults}. Other commands use the mapper of the aggregate type of their repository.
         *
         * @param mapper best made from {@link JacksonDefaults#mapper()}; copied
         * @return this builder
         * @throws IllegalArgumentException if the mapper has default typing on
         */
        public Builder mapper(ObjectMapper mapper) {
            this.mapper = VersionedJson.requireSafe(mapper).copy();
            return this;
        }

        /**
         * Sets how long after their receipt commands may be decided and committed that state no timeout; without this
         * there is no limit.
         *
         * @param timeout more than zero
         * @return this builder
         * @throws IllegalArgumentException if it is zero or negative
         */
        public Builder defaultTimeout(Duration timeout) {
            if (timeout.isZero() || timeout.isNegative()) {
                throw new IllegalArgumentException("a default timeout of " + timeout + ": it must be more than zero");
            }
            this.defaultTimeout = timeout;
            return this;
        }

        /**
         * Sets the clock that {@link CommandContext#now()} is read from.
         *
         * @param clock the clock; the default is the system's
         * @return this builder
         */
        public Builder clock(Clock clock) {
            this.clock = clock;
            return this;
        }

        /**
         * Builds the bus.
         *
         * @return the bus
         * @throws IllegalArgumentException if two commands have the same name, an upcaster leads to no command or is missing, or JSON does
         *     not hold all of a command's class; the message tells which member
         */
        public CommandBus build() {
            return new CommandBus(this);
        }
    }
}
