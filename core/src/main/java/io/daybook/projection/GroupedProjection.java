package io.daybook.projection;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.daybook.aggregate.AggregateType;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventTypes;
import io.daybook.eventstore.EventStore;
import io.daybook.json.VersionedJson;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.serialization.JacksonDefaults;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A projection that combines many streams into one document for each group, for example a summary of each customer's orders. Each stream is
 * folded into a contribution, which determines the group of the stream. The summary of a group is computed from its contributions.
 * Immutable and thread-safe; keep it in a constant.
 *
 * <pre>{@code
 * record OrderShare(String customerId) {}
 * record CustomerOrders(int open) {}
 *
 * GroupedProjection<OrderShare, CustomerOrders> customers = GroupedProjection.named(
 *                 "customer-orders", 1, OrderShare.class, CustomerOrders.class)
 *         .contribution(Order.TYPE, share -> share
 *                 .on(OrderCreated.class, (none, event, metadata) -> new OrderShare(event.customerId()))
 *                 .on(OrderShipped.class, (order, event, metadata) -> null))
 *         .groupedBy(OrderShare::customerId)
 *         .startingWith(customer -> new CustomerOrders(0))
 *         .adding((summary, order) -> new CustomerOrders(summary.open() + 1))
 *         .removing((summary, order) -> new CustomerOrders(summary.open() - 1))
 *         .build();
 * }</pre>
 *
 * <p>At every moment, a summary equals the sum of the stored contributions to its group. Contributions of different streams may reflect
 * different points in time. A stream can move from one group to another. A group without contributions has no document.
 *
 * <p>Use {@link java.math.BigDecimal} or whole numbers for amounts: adding and subtracting a {@code double} leaves rounding errors.
 *
 * @param <S> the class of a stream's contribution, an immutable value that is stored as JSON, ideally a record
 * @param <D> the class of the summary, with the same requirements
 */
public final class GroupedProjection<S, D> extends ProjectionDefinition {

    private final ReadModelSchema schema;
    private final Map<String, EventFold<S>> folds;
    private final Function<S, @Nullable String> groupOf;
    private final DocumentJson<S> shareJson;
    private final DocumentJson<D> summaryJson;
    private final Summarizing<S, D> summarizing;
    private final DocumentIndexes<D> indexes;
    private final GroupKeys keys;

    private GroupedProjection(Builder<S, D> builder, Function<S, @Nullable String> group) {
        builder.folds.values().forEach(EventFold::requireComplete);
        summarizing = new Summarizing<>(
                builder.startingWith, builder.adding, builder.removing, builder.recomputing, builder.merging);
        summarizing.require(builder.owner, !builder.indexes.isEmpty());
        schema = builder.indexes.schema(builder.name, builder.version);
        folds = new LinkedHashMap<>(builder.folds);
        groupOf = GroupKeys.checked(group);
        shareJson = new DocumentJson<>(builder.shareType, builder.mapper);
        summaryJson = new DocumentJson<>(builder.summaryType, builder.mapper);
        indexes = builder.indexes;
        keys = new GroupKeys(builder.shards);
    }

    /**
     * Returns a builder of a grouped projection.
     *
     * @param <S> the class of a contribution
     * @param <D> the class of the summary
     * @param name the name of the read model, 3 to 50 lowercase letters, digits or {@code -}
     * @param version the version, from 1; increase it if the same events should now result in different documents. The documents of each
     *     version are stored separately
     * @param shareType the class of a stream's contribution
     * @param summaryType the class of a group's summary
     * @return a builder
     */
    public static <S, D> Builder<S, D> named(String name, int version, Class<S> shareType, Class<D> summaryType) {
        return new Builder<>(name, version, shareType, summaryType);
    }

    @Override
    public ReadModelSchema schema() {
        return schema;
    }

    /** {@return the event types that the projection knows, keyed by the name of the aggregate type; unmodifiable} */
    public Map<String, EventTypes> eventTypes() {
        Map<String, EventTypes> types = new LinkedHashMap<>();
        folds.forEach((type, fold) -> types.put(type, fold.types()));
        return Collections.unmodifiableMap(types);
    }

    @Override
    Fingerprint fingerprint() {
        String shape = shareJson.shape() + " " + summaryJson.shape() + " " + keys.shards();
        return Fingerprint.of(folds, shape, schema);
    }

    @Override
    boolean isCacheable() {
        return false;
    }

    @Override
    GroupRunner<S, D> runner(
            ReadModelCollection documents, EventStore eventStore, ProjectionCounters counters, Parks parks) {
        StreamFolder<S> folder = new StreamFolder<>(folds, groupOf, eventStore, counters);
        GroupWriter<S, D> writer =
                new GroupWriter<>(documents, folder, shareJson, summaryJson, summarizing, indexes, counters);
        return new GroupRunner<>(keys, documents, folder, shareJson, groupOf, writer, counters, parks);
    }

    GroupKeys keys() {
        return keys;
    }

    DocumentJson<D> summaryJson() {
        return summaryJson;
    }

    Summarizing<S, D> summarizing() {
        return summarizing;
    }

    /**
     * The handlers that fold the streams of one aggregate type into contributions. Not thread-safe.
     *
     * @param <S> the class of a contribution
     */
    public static final class Handlers<S> {

        private final EventFold<S> fold;

        private Handlers(EventFold<S> fold) {
            this.fold = fold;
        }

        /**
         * Registers the handler for one type of event.
         *
         * @param <E> the event's class
         * @param event the event's class
         * @param handler the handler, a pure function that returns null if the stream contributes nothing
         * @return these handlers
         * @throws IllegalArgumentException if the class is not an event of the aggregate type, or is already handled or ignored
         */
        public <E extends DomainEvent> Handlers<S> on(Class<E> event, ProjectionHandler<S, E> handler) {
            fold.on(event, handler);
            return this;
        }

        /**
         * Registers one type of event to ignore. Such an event does not change the contribution.
         *
         * @param event the event's class
         * @return these handlers
         * @throws IllegalArgumentException if the class is not an event of the aggregate type, or is already handled or ignored
         */
        public Handlers<S> ignoring(Class<? extends DomainEvent> event) {
            fold.ignore(event);
            return this;
        }

        /**
         * Registers all events that are not handled as ignored, including those of types that this service does not know.
         *
         * @return these handlers
         */
        public Handlers<S> ignoringOthers() {
            fold.ignoreOthers();
            return this;
        }
    }

    /**
     * A builder of a grouped projection. Not thread-safe.
     *
     * @param <S> the class of a contribution
     * @param <D> the class of the summary
     */
    public static final class Builder<S, D> {

        private final String name;
        private final int version;
        private final String owner;
        private final Class<S> shareType;
        private final Class<D> summaryType;
        private final Map<String, EventFold<S>> folds = new LinkedHashMap<>();
        private final DocumentIndexes<D> indexes;
        private @Nullable Function<S, @Nullable String> groupOf;
        private @Nullable Function<String, D> startingWith;
        private @Nullable BiFunction<D, S, D> adding;
        private @Nullable BiFunction<D, S, D> removing;
        private @Nullable Function<List<S>, D> recomputing;
        private int shards = 1;
        private ObjectMapper mapper = JacksonDefaults.mapper().build();
        private @Nullable BinaryOperator<D> merging;

        private Builder(String name, int version, Class<S> shareType, Class<D> summaryType) {
            this.name = name;
            this.version = version;
            this.owner = "the projection " + name;
            this.shareType = shareType;
            this.summaryType = summaryType;
            this.indexes = new DocumentIndexes<>(owner);
        }

        /**
         * Adds an aggregate type whose streams contribute to the groups.
         *
         * @param type the aggregate type
         * @param handlers a function that registers the handlers for its events
         * @return this builder
         * @throws IllegalArgumentException if the type was already added, or an event is registered twice or is not of that type
         */
        public Builder<S, D> contribution(AggregateType<?, ?> type, Consumer<Handlers<S>> handlers) {
            return contribution(type.name(), type.eventTypes(), handlers);
        }

        /**
         * Adds an aggregate type in a service that does not have the class of the aggregate.
         *
         * @param aggregateType the name of the aggregate type
         * @param events the sealed interface of the events that this service knows
         * @param handlers a function that registers the handlers for its events
         * @return this builder
         * @throws IllegalArgumentException if the type was already added, or an event is registered twice or is not of that type
         */
        public Builder<S, D> contribution(
                String aggregateType, Class<? extends DomainEvent> events, Consumer<Handlers<S>> handlers) {
            return contribution(aggregateType, EventTypes.of(events), handlers);
        }

        private Builder<S, D> contribution(String type, EventTypes events, Consumer<Handlers<S>> handlers) {
            EventFold<S> fold = new EventFold<>(owner, events);
            if (folds.putIfAbsent(type, fold) != null) {
                throw new IllegalArgumentException(
                        owner + " has two contributions of " + type + ": register all handlers in one");
            }
            handlers.accept(new Handlers<>(fold));
            return this;
        }

        /**
         * Sets the function that determines the group of a contribution.
         *
         * @param groupOf a pure function that returns the group's key, 1 to 512 bytes in UTF-8, or null if the contribution is in no group
         * @return this builder
         */
        public Builder<S, D> groupedBy(Function<S, @Nullable String> groupOf) {
            this.groupOf = groupOf;
            return this;
        }

        /**
         * Sets the initial summary of a group, before the first contribution is added.
         *
         * @param startingWith a pure function of the group's key
         * @return this builder
         */
        public Builder<S, D> startingWith(Function<String, D> startingWith) {
            this.startingWith = startingWith;
            return this;
        }

        /**
         * Sets the function that adds a contribution to a summary.
         *
         * @param adding a pure function that returns the new summary
         * @return this builder
         */
        public Builder<S, D> adding(BiFunction<D, S, D> adding) {
            this.adding = adding;
            return this;
        }

        /**
         * Sets the function that removes a contribution from a summary. The result must be the same as if the contribution had never been
         * added.
         *
         * @param removing a pure function that returns the new summary
         * @return this builder
         */
        public Builder<S, D> removing(BiFunction<D, S, D> removing) {
            this.removing = removing;
            return this;
        }

        /**
         * Sets the function that recomputes the summary from all contributions to the group whenever one changes. Use this method for
         * summaries from which a contribution cannot be removed, such as a maximum, distinct values or a top ten, instead of
         * {@link #startingWith}, {@link #adding} and {@link #removing}. If a group has 1,000 contributions, the next stream to join is
         * parked.
         *
         * @param recomputing a pure function of 1 to 1,000 contributions, ordered by their streams
         * @return this builder
         */
        public Builder<S, D> recomputing(Function<List<S>, D> recomputing) {
            this.recomputing = recomputing;
            return this;
        }

        /**
         * Divides the summary of each group into shards, which are merged when the summary is read. Use shards if many streams of a group
         * change at the same time, so that writes to a single summary would often conflict. A sharded projection has no indexes.
         *
         * @param shards the number of shards, 2 to 100
         * @param merging a pure function that merges the summaries of two shards
         * @return this builder
         * @throws IllegalArgumentException if the number of shards is out of range
         */
        public Builder<S, D> sharded(int shards, BinaryOperator<D> merging) {
            this.shards = GroupKeys.requireShards(owner, shards);
            this.merging = merging;
            return this;
        }

        /**
         * Declares a value by which summaries can be found and sorted.
         *
         * @param index the name of the index, 1 to 50 letters, digits or {@code _}
         * @param value a function that returns a value of a type that {@link io.daybook.readmodel.IndexValue} supports, or null
         * @return this builder
         * @throws IllegalArgumentException if the index is already declared
         */
        public Builder<S, D> index(String index, Function<D, @Nullable Object> value) {
            indexes.index(index, value);
            return this;
        }

        /**
         * Declares values by which summaries can be found. A filter only needs to match one of them.
         *
         * @param index the name of the index, 1 to 50 letters, digits or {@code _}
         * @param values a function that returns values of types that {@link io.daybook.readmodel.IndexValue} supports
         * @return this builder
         * @throws IllegalArgumentException if the index is already declared
         */
        public Builder<S, D> indexEach(String index, Function<D, ? extends Collection<?>> values) {
            indexes.indexEach(index, values);
            return this;
        }

        /**
         * Declares a sort order and the filters that can be combined with it.
         *
         * @param sort the index to sort by, which has at most one value
         * @param filters the indexes that lists in this order can be filtered by, the most selective first
         * @return this builder
         * @throws IllegalArgumentException if this sort order is already declared
         */
        public Builder<S, D> listedBy(String sort, String... filters) {
            indexes.listedBy(sort, filters);
            return this;
        }

        /**
         * Sets the Jackson mapper that writes and reads the contributions and summaries of this projection. The default has the settings of
         * {@link JacksonDefaults}, which shows how to add a custom module.
         *
         * @param mapper the mapper, preferably created with {@link JacksonDefaults#mapper()}; copied
         * @return this builder
         * @throws IllegalArgumentException if the mapper has default typing enabled, writes names without quotes, or writes {@code NaN} as
         *     a number
         */
        public Builder<S, D> mapper(ObjectMapper mapper) {
            this.mapper = VersionedJson.requireSafe(mapper).copy();
            return this;
        }

        /**
         * Validates and builds the projection.
         *
         * @return the projection
         * @throws IllegalArgumentException if the name or the version is invalid, {@link #contribution} or {@link #groupedBy} was not
         *     called, an event type is neither handled nor ignored, the functions for the summary are incomplete, a listing or an index is
         *     invalid, or the contribution or the summary changes when it is written as JSON and read back
         */
        public GroupedProjection<S, D> build() {
            Function<S, @Nullable String> group = groupOf;
            if (folds.isEmpty() || group == null) {
                throw new IllegalArgumentException(
                        owner + " has no contribution or no group: call contribution and groupedBy");
            }
            return new GroupedProjection<>(this, group);
        }
    }
}
