package io.daybook.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.UpdateResult;
import io.daybook.eventstore.CommandTimeout;
import io.daybook.json.VersionedJson;
import io.daybook.serialization.JacksonDefaults;
import io.daybook.serialization.Upcaster;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bus that passes commands to their handlers on the sender's thread. Immutable and thread-safe.
 *
 * <pre>{@code
 * CommandBus bus = CommandBus.builder()
 *         .creating(CreateOrder.class, orders, (order, command, context) -> order.create(command.customerId()))
 *         .updating(ShipOrder.class, orders, (order, command, context) -> order.ship(command.trackingNumber(), context.now()))
 *         .build();
 * bus.send(new ShipOrder("42", "1Z999"), CommandMetadata.builder().userId("alice").build());
 * }</pre>
 *
 * <p>A command passes through these steps, in order:
 * <ol>
 *   <li>logging;
 *   <li>the interceptors added with {@link CommandBus.Builder#interceptBeforeChecks}, such as metrics, which see every command and every
 *       outcome;
 *   <li>a check that fails if the command arrived as JSON that could not be read;
 *   <li>the recording of rejections, if {@link CommandMetadata.Builder#recordRejections CommandMetadata} requests it;
 *   <li>the timeout check;
 *   <li>the {@link CommandAuthorizer};
 *   <li>{@link Command#validate Command.validate};
 *   <li>the interceptors added with {@link CommandBus.Builder#intercept Builder.intercept}, which see only the commands that passed these
 *       checks;
 *   <li>the handler.
 * </ol>
 */
public final class CommandBus {

    private final CommandSerializer serializer;
    private final CommandAuthorizer authorizer;
    private final CommandInterceptor.Next chain;
    private final Clock clock;
    private final @Nullable Duration defaultTimeout;

    private CommandBus(Builder builder) {
        serializer = new CommandSerializer(builder.handlers.mappers(builder.mapper), builder.upcasters);
        clock = builder.clock;
        defaultTimeout = builder.defaultTimeout;
        authorizer = builder.authorizer == null ? (command, metadata) -> true : builder.authorizer;
        chain = CommandPipeline.of(interceptors(builder, authorizer));
    }

    /** Returns the steps of every command, in order. */
    private static List<CommandInterceptor> interceptors(Builder builder, CommandAuthorizer authorizer) {
        List<CommandInterceptor> interceptors = new ArrayList<>(builder.interceptBeforeChecks);
        interceptors.add(CommandPipeline.readability());
        interceptors.add(CommandPipeline.recording(builder.handlers.repositories()));
        interceptors.add(CommandPipeline.timeout());
        interceptors.add(CommandPipeline.authorization(authorizer));
        interceptors.add(CommandPipeline.validation());
        interceptors.addAll(builder.intercept);
        interceptors.add(CommandPipeline.handler(builder.handlers.handlers()));
        return interceptors;
    }

    /**
     * {@return a builder without handlers}
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Sends a command and waits for its result.
     *
     * @param command the command
     * @param metadata the metadata of the command
     * @return the result. If the same command was handled before, it is that of the first execution, marked as a
     *     duplicate
     * @throws NoHandlerException if no handler is registered for the class of the command
     * @throws CommandNotAuthorizedException if the sender is not authorized to send the command
     * @throws CommandValidationException if the command is invalid
     * @throws io.daybook.eventstore.CommandTimeoutException if the timeout expired before the command was committed
     * @throws io.daybook.DaybookException if the handler throws it: see {@link AggregateRepository#update
     *     AggregateRepository.update}
     */
    public UpdateResult<?> send(Command command, CommandMetadata metadata) {
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
            CommandLog.handled(context, result, System.nanoTime() - start);
            return result;
        } catch (RuntimeException e) { // of any class: every failure is logged
            CommandLog.failed(context, e);
            throw e;
        }
    }

    /**
     * Sends a command that arrived as JSON. JSON of an older version is upcast first.
     *
     * @param commandType the name of the command type
     * @param version the version of the JSON, from 1
     * @param json a JSON object in UTF-8; not modified
     * @param metadata the metadata of the command
     * @return the result
     * @throws CommandNotAuthorizedException if the sender is not authorized to send the command;
     *     {@link CommandAuthorizer#permitsType CommandAuthorizer.permitsType} is checked before any of the JSON is read, unless
     *     {@code metadata} records rejections
     * @throws NoHandlerException if no handler is registered for that name and version
     * @throws CommandValidationException if the JSON does not match the command type, or the command is invalid
     * @throws CommandSerializationException instead of {@code CommandValidationException}, if the JSON does not match
     *     the command type and {@code metadata} records rejections
     * @throws io.daybook.DaybookException as for {@link #send(Command, CommandMetadata) send}
     */
    public UpdateResult<?> send(String commandType, int version, byte[] json, CommandMetadata metadata) {
        Command command;
        try {
            if (!metadata.recordsRejections()) { // it is checked later, and recorded in the stream that the JSON names
                CommandPipeline.requirePermitted(authorizer, commandType, metadata);
            }
            command = serializer.read(commandType, version, json);
        } catch (RuntimeException e) {
            // Of any class: interceptors see every failure, even of the user's authorizer and classes.
            RuntimeException failure = e instanceof CommandValidationException mismatch && metadata.recordsRejections()
                    ? new CommandSerializationException(commandType, version, mismatch)
                    : e;
            command = new UnreadCommand(
                    serializer.knows(commandType) ? commandType : UnreadCommand.UNKNOWN_TYPE, failure);
        }
        return send(command, metadata);
    }

    /**
     * Sends a command that was {@linkplain #encode encoded} before, perhaps by an older version of the program.
     *
     * @param command the command
     * @param metadata the metadata of the command
     * @return the result
     * @throws io.daybook.DaybookException as for {@link #send(String, int, byte[], CommandMetadata) send}
     */
    public UpdateResult<?> send(EncodedCommand command, CommandMetadata metadata) {
        return send(command.type(), command.version(), command.json().getBytes(StandardCharsets.UTF_8), metadata);
    }

    /**
     * Encodes a command as JSON, to be stored and sent later. The JSON is read back and compared with the command, to
     * ensure that nothing is lost.
     *
     * @param command the command
     * @return the encoded command, for {@link #send(EncodedCommand, CommandMetadata)}
     * @throws NoHandlerException if no handler is registered for the class of the command
     * @throws IllegalArgumentException if the command cannot be encoded, or if its JSON is read back as a different
     *     command
     */
    public EncodedCommand encode(Command command) {
        return serializer.encode(command);
    }

    /** A builder of {@link CommandBus}. Not thread-safe. */
    public static final class Builder {

        private final CommandHandlers handlers = new CommandHandlers();
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
         * @param repository the repository of the aggregate
         * @param handler handles the command on the new aggregate
         * @return this builder
         * @throws IllegalArgumentException if the command already has a handler, or its class is abstract
         */
        public <C extends Command, A extends AggregateRoot<?>> Builder creating(
                Class<C> type, AggregateRepository<A> repository, AggregateCommandHandler<A, C> handler) {
            handlers.add(type, repository, repository::create, handler);
            return this;
        }

        /**
         * Registers a command that updates an existing aggregate.
         *
         * @param <C> the command's class
         * @param <A> the aggregate's class
         * @param type the command's class
         * @param repository the repository of the aggregate
         * @param handler handles the command on the aggregate
         * @return this builder
         * @throws IllegalArgumentException if the command already has a handler, or its class is abstract
         */
        public <C extends Command, A extends AggregateRoot<?>> Builder updating(
                Class<C> type, AggregateRepository<A> repository, AggregateCommandHandler<A, C> handler) {
            handlers.add(type, repository, repository::update, handler);
            return this;
        }

        /**
         * Registers a command that creates an aggregate or updates an existing one.
         *
         * @param <C> the command's class
         * @param <A> the aggregate's class
         * @param type the command's class
         * @param repository the repository of the aggregate
         * @param handler handles the command on the aggregate, which is at version 0 if it is new
         * @return this builder
         * @throws IllegalArgumentException if the command already has a handler, or its class is abstract
         */
        public <C extends Command, A extends AggregateRoot<?>> Builder creatingOrUpdating(
                Class<C> type, AggregateRepository<A> repository, AggregateCommandHandler<A, C> handler) {
            handlers.add(type, repository, repository::createOrUpdate, handler);
            return this;
        }

        /**
         * Registers a command with a custom handler.
         *
         * @param <C> the command's class
         * @param type the command's class
         * @param handler handles the command
         * @return this builder
         * @throws IllegalArgumentException if the command already has a handler, or its class is abstract
         */
        public <C extends Command> Builder handling(Class<C> type, CommandHandler<C> handler) {
            handlers.add(type, handler);
            return this;
        }

        /**
         * Sets the authorizer. Without one, every sender may send every command.
         *
         * @param authorizer the authorizer
         * @return this builder
         * @throws IllegalArgumentException if an authorizer is already set
         */
        public Builder authorize(CommandAuthorizer authorizer) {
            if (this.authorizer != null) {
                throw new IllegalArgumentException("the bus has two authorizers: combine them into one");
            }
            this.authorizer = authorizer;
            return this;
        }

        /**
         * Adds an interceptor before all checks. The interceptor sees every command and every outcome. The interceptor
         * that was added first is the outermost. If the JSON of a command could not be read, or was not read because
         * the sender is not authorized, the interceptor receives a placeholder without content and with an empty
         * aggregate id. Its {@linkplain CommandContext#commandType() command type} is {@code unknown} unless the type
         * has a handler.
         *
         * @param interceptor the interceptor, such as {@code CommandMetrics}
         * @return this builder
         */
        public Builder interceptBeforeChecks(CommandInterceptor interceptor) {
            interceptBeforeChecks.add(interceptor);
            return this;
        }

        /**
         * Adds an interceptor between the checks and the handler. The interceptor sees only commands that are
         * authorized, valid and within their timeout. The interceptor that was added first is the outermost.
         *
         * @param interceptor the interceptor
         * @return this builder
         */
        public Builder intercept(CommandInterceptor interceptor) {
            intercept.add(interceptor);
            return this;
        }

        /**
         * Adds upcasters, which convert the JSON of an older command version to the next version.
         *
         * @param upcasters the upcasters, in any order
         * @return this builder
         */
        public Builder upcasters(Upcaster... upcasters) {
            this.upcasters.addAll(List.of(upcasters));
            return this;
        }

        /**
         * Sets the Jackson mapper for the JSON of commands registered with {@link #handling handling}. The default has the settings of
         * {@link JacksonDefaults}. Other commands use the mapper of their repository's aggregate type.
         *
         * @param mapper the mapper, preferably created with {@link JacksonDefaults#mapper()}; copied
         * @return this builder
         * @throws IllegalArgumentException if the mapper has default typing enabled, writes names without quotes, or
         *     writes {@code NaN} as a number
         */
        public Builder mapper(ObjectMapper mapper) {
            this.mapper = VersionedJson.requireSafe(mapper).copy();
            return this;
        }

        /**
         * Sets the timeout for commands that do not specify one. The timeout starts when the bus receives the command. Without a default,
         * these commands have no timeout.
         *
         * @param timeout more than zero
         * @return this builder
         * @throws IllegalArgumentException if it is zero or negative
         */
        public Builder defaultTimeout(Duration timeout) {
            if (timeout.isZero() || timeout.isNegative()) {
                throw new IllegalArgumentException("the default timeout is " + timeout + ": use more than zero");
            }
            this.defaultTimeout = timeout;
            return this;
        }

        /**
         * Sets the clock for {@link CommandContext#now()}.
         *
         * @param clock the clock; the default is the system clock
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
         * @throws IllegalArgumentException if two commands have the same name, an upcaster is missing or does not lead
         *     to a command, or JSON cannot represent every member of a command class; the message names the member
         */
        public CommandBus build() {
            return new CommandBus(this);
        }
    }
}
