package io.daybook.projection;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.daybook.json.StateJson;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.readmodel.ReadModelStore;
import io.daybook.readmodel.StoredDocument;
import io.daybook.serialization.JacksonDefaults;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Keeps the state of each version of each projection, in a separate collection, under the etags of its documents. */
final class VersionStates {

    /** The read model whose name no projection may have. */
    static final ReadModelSchema SCHEMA = new ReadModelSchema("read-models", 1, Set.of("name"), Set.of(), Map.of());

    private static final ObjectMapper MAPPER = JacksonDefaults.mapper().build();
    private static final StateJson JSON = new StateJson("version", MAPPER);

    /** A stored state, or one to be stored for the first time. */
    record Stored(StoredDocument document, VersionState state) {}

    private final ReadModelCollection collection;

    VersionStates(ReadModelStore store) {
        collection = store.open(SCHEMA);
    }

    /** Rejects a projection with the name of the read model that keeps the states. */
    static void requireOther(String id) {
        if (id.equals(SCHEMA.id())) {
            throw new IllegalArgumentException("the projection name " + id
                    + " is reserved for the states of all projections: rename the projection");
        }
    }

    private static DocumentKey key(ReadModelSchema schema) {
        return DocumentKey.of(schema.id());
    }

    private static VersionState state(StoredDocument document) {
        return JSON.read(document.key().id(), document.content(), VersionState.class);
    }

    Optional<Stored> read(ReadModelSchema schema) {
        return Optional.ofNullable(collection.read(List.of(key(schema))).get(key(schema)))
                .map(document -> new Stored(document, state(document)));
    }

    /** Stores the first state of a version. Returns empty if a state already exists. */
    Optional<Stored> create(ReadModelSchema schema, VersionState state) {
        return write(
                StoredDocument.builder(key(schema)).listed(true).indexValues(Map.of("name", List.of(schema.name()))),
                state);
    }

    /** Replaces a state. Returns empty if another instance was faster. */
    Optional<Stored> replace(Stored stored, VersionState next) {
        return write(stored.document().next(), next);
    }

    private Optional<Stored> write(StoredDocument.Builder builder, VersionState state) {
        StoredDocument document = builder.content(JSON.write("version", state)).build();
        List<String> etags = collection.write(List.of(document)).etags();
        return etags.isEmpty() ? Optional.empty() : Optional.of(new Stored(document.stored(etags.get(0)), state));
    }

    /** Returns the states of the other versions of the same read model, by their names and versions. */
    List<Stored> others(ReadModelSchema schema) {
        return collection.find(Filter.where("name").is(schema.name()), Optional.empty()).stream()
                .filter(document -> !document.key().equals(key(schema)))
                .map(document -> new Stored(document, state(document)))
                .toList();
    }
}
