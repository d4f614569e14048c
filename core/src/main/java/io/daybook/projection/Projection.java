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
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A projection that folds each stream of an aggregate type into one document. Immutable and thread-safe; keep it in a
 * constant.
 *
 * <pre>{@code
 * record OrderLine(String customerId, boolean shipped) {}
 *
 * Projection<OrderLine> lines = Projection.named("order-lines", 1, Order.TYPE, OrderLine.class)
 *         .on(OrderCreated.class, (none, event, metadata) -> new OrderLine(event.customerId(), false))
 *         .on(OrderShipped.class, (line, event, metadata) -> new OrderLine(line.customerId(), true))
 *         .index("customer", OrderLine::customerId)
 *         .build();
 * }</pre>
 *
 * <p>A document contains the sequence number and the id of the last event that it shows. They are written together with
 * the content in one conditional write. The document therefore always equals the fold of the events up to that number,
 * even if a feed redelivers or omits events.
 *
 * @param <D> the class of the document, an immutable value that is stored as JSON, ideally a record
 */
public final class Projection<D> extends ProjectionDefinition {

    private final ReadModelSchema schema;
    private final String aggregateType;
    private final EventFold<D> fold;
    private final DocumentJson<D> json;
    private final DocumentIndexes<D> indexes;

    private Projection(Builder<D> builder) {
        builder.fold.requireComplete();
        schema = builder.indexes.schema(builder.name, builder.version);
        aggregateType = builder.aggregateType;
        fold = builder.fold;
        json = new DocumentJson<>(builder.documentType, builder.mapper);
        indexes = builder.indexes;
    }

    /**
     * Returns a builder of a projection of an aggregate type.
     *
     * @param <D> the class of the document
     * @param name the name of the read model, 3 to 50 lowercase letters, digits or {@code -}
     * @param version the version, from 1; increase it if the same events should now result in different documents. The
     *     documents of each version are stored separately
     * @param type the aggregate type
     * @param documentType the class of the document
     * @return a builder
     */
    public static <D> Builder<D> named(String name, int version, AggregateType<?, ?> type, Class<D> documentType) {
        return new Builder<>(name, version, type.name(), type.eventTypes(), documentType);
    }

    /**
     * Returns a builder of a projection in a service that does not have the class of the aggregate.
     *
     * @param <D> the class of the document
     * @param name the name of the read model, 3 to 50 lowercase letters, digits or {@code -}
     * @param version the version, from 1; increase it if the same events should now result in different documents
     * @param aggregateType the name of the aggregate type
     * @param events the sealed interface of the events that this service knows
     * @param documentType the class of the document
     * @return a builder
     */
    public static <D> Builder<D> named(
            String name,
            int version,
            String aggregateType,
            Class<? extends DomainEvent> events,
            Class<D> documentType) {
        return new Builder<>(name, version, aggregateType, EventTypes.of(events), documentType);
    }

    @Override
    public ReadModelSchema schema() {
        return schema;
    }

    /**
     * {@return the name of the aggregate type}
     */
    public String aggregateType() {
        return aggregateType;
    }

    /**
     * {@return the event types that the projection knows}
     */
    public EventTypes eventTypes() {
        return fold.types();
    }

    @Override
    Fingerprint fingerprint() {
        return Fingerprint.of(Map.of(aggregateType, fold), json.shape(), schema);
    }

    @Override
    boolean isCacheable() {
        return true;
    }

    @Override
    DocumentRunner<D> runner(
            ReadModelCollection documents, EventStore eventStore, ProjectionCounters counters, Parks parks) {
        return new DocumentRunner<>(
                aggregateType,
                documents,
                new StreamFolder<>(Map.of(aggregateType, fold), document -> null, eventStore, counters),
                json,
                indexes,
                counters,
                parks);
    }

    /**
     * A builder of a projection. Not thread-safe.
     *
     * @param <D> the class of the document
     */
    public static final class Builder<D> {

        private final String name;
        private final int version;
        private final String aggregateType;
        private final Class<D> documentType;
        private final EventFold<D> fold;
        private final DocumentIndexes<D> indexes;
        private ObjectMapper mapper = JacksonDefaults.mapper().build();

        private Builder(String name, int version, String aggregateType, EventTypes types, Class<D> documentType) {
            this.name = name;
            this.version = version;
            this.aggregateType = aggregateType;
            this.documentType = documentType;
            this.fold = new EventFold<>("the projection " + name, types);
            this.indexes = new DocumentIndexes<>("the projection " + name);
        }

        /**
         * Registers the handler for one type of event.
         *
         * @param <E> the event's class
         * @param event the event's class
         * @param handler the handler, a pure function
         * @return this builder
         * @throws IllegalArgumentException if the class is not an event of the aggregate type, or is already handled or
         *     ignored
         */
        public <E extends DomainEvent> Builder<D> on(Class<E> event, ProjectionHandler<D, E> handler) {
            fold.on(event, handler);
            return this;
        }

        /**
         * Registers one type of event to ignore. Such an event advances the position of the document, but does not
         * change its content.
         *
         * @param event the event's class
         * @return this builder
         * @throws IllegalArgumentException if the class is not an event of the aggregate type, or is already handled or
         *     ignored
         */
        public Builder<D> ignoring(Class<? extends DomainEvent> event) {
            fold.ignore(event);
            return this;
        }

        /**
         * Registers all events that are not handled as ignored, including those of types that this service does not
         * know.
         *
         * @return this builder
         */
        public Builder<D> ignoringOthers() {
            fold.ignoreOthers();
            return this;
        }

        /**
         * Declares a value by which documents can be found and sorted.
         *
         * @param index the name of the index, 1 to 50 letters, digits or {@code _}
         * @param value a function that returns a value of a type that {@link io.daybook.readmodel.IndexValue} supports,
         *     or null
         * @return this builder
         * @throws IllegalArgumentException if the index is already declared
         */
        public Builder<D> index(String index, Function<D, @Nullable Object> value) {
            indexes.index(index, value);
            return this;
        }

        /**
         * Declares values by which documents can be found, such as the words of a text. A filter only needs to match
         * one of them.
         *
         * @param index the name of the index, 1 to 50 letters, digits or {@code _}
         * @param values a function that returns values of types that {@link io.daybook.readmodel.IndexValue} supports
         * @return this builder
         * @throws IllegalArgumentException if the index is already declared
         */
        public Builder<D> indexEach(String index, Function<D, ? extends Collection<?>> values) {
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
        public Builder<D> listedBy(String sort, String... filters) {
            indexes.listedBy(sort, filters);
            return this;
        }

        /**
         * Sets the Jackson mapper that writes and reads the documents of this projection. The default has the settings of
         * {@link JacksonDefaults}, which shows how to add a custom module.
         *
         * @param mapper the mapper, preferably created with {@link JacksonDefaults#mapper()}; copied
         * @return this builder
         * @throws IllegalArgumentException if the mapper has default typing enabled, writes names without quotes, or
         *     writes {@code NaN} as a number
         */
        public Builder<D> mapper(ObjectMapper mapper) {
            this.mapper = VersionedJson.requireSafe(mapper).copy();
            return this;
        }

        /**
         * Validates and builds the projection.
         *
         * @return the projection
         * @throws IllegalArgumentException if the name or the version is invalid, an event type is neither handled nor
         *     ignored, a listing names an unknown index or is sorted by one with several values, or JSON does not
         *     preserve every member of the document's class
         */
        public Projection<D> build() {
            return new Projection<>(this);
        }
    }
}
