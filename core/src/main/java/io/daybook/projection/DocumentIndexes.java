package io.daybook.projection;

import io.daybook.readmodel.IndexValue;
import io.daybook.readmodel.ReadModelSchema;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The index values of a document and the orders in which documents are listed. Filled by builders, not altered afterward. */
final class DocumentIndexes<D> {

    private final String owner;
    private final Map<String, Function<D, @Nullable Object>> indexes = new LinkedHashMap<>();
    private final Set<String> multiValued = new HashSet<>();
    private final Map<String, Set<String>> listings = new LinkedHashMap<>();

    DocumentIndexes(String owner) {
        this.owner = owner;
    }

    void index(String index, Function<D, @Nullable Object> value) {
        if (indexes.putIfAbsent(index, value) != null) {
            throw new IllegalArgumentException(owner + " has two indexes named " + index + ": keep one");
        }
    }

    void indexEach(String index, Function<D, ? extends Collection<?>> values) {
        multiValued.add(index);
        index(index, values::apply);
    }

    void listedBy(String sort, String... filters) {
        if (listings.putIfAbsent(sort, new LinkedHashSet<>(List.of(filters))) != null) {
            throw new IllegalArgumentException(
                    owner + " is listed by " + sort + " twice: name all filters in one call");
        }
    }

    boolean isEmpty() {
        return indexes.isEmpty();
    }

    ReadModelSchema schema(String name, int version) {
        return new ReadModelSchema(name, version, indexes.keySet(), multiValued, listings);
    }

    Map<String, List<String>> valuesOf(D document) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        indexes.forEach((index, value) -> {
            Object indexed = value.apply(document);
            if (indexed instanceof Collection && !multiValued.contains(index)) {
                throw new IllegalArgumentException("the index " + index + " of " + owner
                        + " has a collection as its value: declare it with indexEach");
            }
            List<String> texts = IndexValue.textsOf(indexed);
            if (!texts.isEmpty()) {
                values.put(index, texts);
            }
        });
        return values;
    }
}
