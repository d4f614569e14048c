package io.daybook.query;

import io.daybook.event.MessageContext;
import io.daybook.event.TextRules;
import io.daybook.readmodel.ConsistencyToken;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The metadata of a query: its caller, roles, correlation id, timeout and consistency token. Immutable and thread-safe.
 *
 * <pre>{@code
 * UpdateResult<?> result = bus.send(new ShipOrder("42", "1Z999"), CommandMetadata.empty());
 * QueryMetadata alice = QueryMetadata.builder()
 *         .userId("alice")
 *         .consistencyToken(result.consistencyToken()) // the answer shows the effects of that command
 *         .timeout(Duration.ofSeconds(2))
 *         .build();
 * }</pre>
 */
public final class QueryMetadata {

    private final String correlationId;
    private final MessageContext context;
    private final Set<String> roles;
    private final @Nullable Duration timeout;
    private final ConsistencyToken consistencyToken;

    private QueryMetadata(Builder builder) {
        context = builder.context.build();
        correlationId =
                context.correlationId().orElseGet(() -> UUID.randomUUID().toString());
        roles = builder.roles;
        timeout = builder.timeout;
        consistencyToken = builder.consistencyToken;
    }

    /**
     * {@return an empty builder}
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * {@return metadata with only a generated correlation id}
     */
    public static QueryMetadata empty() {
        return builder().build();
    }

    /**
     * {@return the correlation id, which all related messages share; generated if the caller specified none}
     */
    public String correlationId() {
        return correlationId;
    }

    /**
     * {@return the id of the user who sends the query; empty if unknown}
     */
    public Optional<String> userId() {
        return context.userId();
    }

    /**
     * {@return the roles of the caller, for the {@link QueryAuthorizer}; unmodifiable}
     */
    public Set<String> roles() {
        return roles;
    }

    /**
     * {@return the timeout, measured from when the bus receives the query; empty to use the default of the bus}
     */
    public Optional<Duration> timeout() {
        return Optional.ofNullable(timeout);
    }

    /**
     * {@return the minimum stream versions that the answer must show; {@link ConsistencyToken#none()} if the caller
     * specified none}
     */
    public ConsistencyToken consistencyToken() {
        return consistencyToken;
    }

    @Override
    public String toString() {
        return "correlation=" + correlationId;
    }

    /** A builder of {@link QueryMetadata}. Not thread-safe. */
    public static final class Builder {

        private final MessageContext.Builder context = MessageContext.builder();
        private Set<String> roles = Set.of();
        private @Nullable Duration timeout;
        private ConsistencyToken consistencyToken = ConsistencyToken.none();

        private Builder() {}

        /**
         * Sets the correlation id, which all related messages share.
         *
         * @param correlationId the correlation id, 1 to 128 characters
         * @return this builder
         * @throws IllegalArgumentException if the id is blank or too long, or contains a control character or an
         *     unpaired surrogate
         */
        public Builder correlationId(String correlationId) {
            context.correlationId(correlationId);
            return this;
        }

        /**
         * Sets the id of the user who sends the query.
         *
         * @param userId the id of the user, 1 to 128 characters
         * @return this builder
         * @throws IllegalArgumentException if the id is blank or too long, or contains a control character or an
         *     unpaired surrogate
         */
        public Builder userId(String userId) {
            context.userId(userId);
            return this;
        }

        /**
         * Sets the roles of the caller.
         *
         * @param roles the names of the roles, 1 to 128 characters each; copied
         * @return this builder
         * @throws IllegalArgumentException if a role is blank or too long, or contains a control character or an
         *     unpaired surrogate
         */
        public Builder roles(Set<String> roles) {
            roles.forEach(role -> TextRules.requireId("a role", role));
            this.roles = Set.copyOf(roles);
            return this;
        }

        /**
         * Sets the timeout, measured from when the bus receives the query.
         *
         * @param timeout the timeout, more than zero
         * @return this builder
         * @throws IllegalArgumentException if the timeout is zero or negative
         */
        public Builder timeout(Duration timeout) {
            if (timeout.isZero() || timeout.isNegative()) {
                throw new IllegalArgumentException("the timeout is " + timeout + ": use more than zero");
            }
            this.timeout = timeout;
            return this;
        }

        /**
         * Sets the minimum stream versions that the answer must show, so that callers read their own writes.
         *
         * @param consistencyToken the token from a command's result or from an earlier answer
         * @return this builder
         */
        public Builder consistencyToken(ConsistencyToken consistencyToken) {
            this.consistencyToken = consistencyToken;
            return this;
        }

        /**
         * {@return the metadata}
         */
        public QueryMetadata build() {
            return new QueryMetadata(this);
        }
    }
}
