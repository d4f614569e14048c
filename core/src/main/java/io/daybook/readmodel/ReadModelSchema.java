package io.daybook.readmodel;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The schema that a store needs for one version of a read model: its name, its indexes and its listings. Immutable.
 *
 * <pre>{@code
 * ReadModelSchema orders = new ReadModelSchema(
 *         "order-summaries", 1, Set.of("customer", "changed"), Set.of(), Map.of("changed", Set.of("customer")));
 * }</pre>
 *
 * @param name the name of the read model, 3 to 50 lowercase letters, digits or {@code -}
 * @param version the version, from 1
 * @param indexes the names of the indexes
 * @param multiValued the indexes that can have several values, any of which may match; lists cannot be sorted by them
 * @param listings for each index to sort by, the indexes to filter by, the most selective first. If a query uses
 *     several of these filters, a store uses the first one for the lookup
 */
public record ReadModelSchema(
        String name, int version, Set<String> indexes, Set<String> multiValued, Map<String, Set<String>> listings) {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{1,48}[a-z0-9]");
    private static final Pattern INDEX = Pattern.compile("[a-zA-Z][a-zA-Z0-9_]{0,49}");

    /**
     * Checks the values and copies the collections.
     *
     * @param name the name of the read model
     * @param version the version, from 1
     * @param indexes the names of the indexes
     * @param multiValued the indexes that can have several values
     * @param listings for each index to sort by, the indexes to filter by
     * @throws IllegalArgumentException if the name, the version or the name of an index is invalid, a listing or
     *     {@code multiValued} names an unknown index, or a listing is sorted by a multi-valued index
     */
    public ReadModelSchema {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "the read model name \"" + name
                            + "\" is invalid: use 3 to 50 lowercase letters, digits or -, beginning with a letter and not ending with -");
        }
        if (version < 1) {
            throw new IllegalArgumentException(
                    "the read model " + name + " has version " + version + ": use 1 or more");
        }
        indexes = Set.copyOf(indexes);
        for (String index : indexes) {
            if (!INDEX.matcher(index).matches()) {
                throw new IllegalArgumentException("the index name \"" + index
                        + "\" is invalid: use 1 to 50 letters, digits or _, beginning with a letter");
            }
        }
        Map<String, Set<String>> copies = new TreeMap<>();
        listings.forEach(
                (sort, filters) -> copies.put(sort, Collections.unmodifiableSet(new LinkedHashSet<>(filters))));
        listings = Map.copyOf(copies);
        multiValued = Set.copyOf(multiValued);
        Set<String> unknown = new TreeSet<>(listings.keySet());
        listings.values().forEach(unknown::addAll);
        unknown.addAll(multiValued);
        unknown.removeAll(indexes);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("the read model " + name + " refers to unknown indexes " + unknown
                    + " in its listings or multi-valued indexes: declare them");
        }
        Set<String> unsortable = new TreeSet<>(listings.keySet());
        unsortable.retainAll(multiValued);
        if (!unsortable.isEmpty()) {
            throw new IllegalArgumentException("the read model " + name + " is sorted by " + unsortable
                    + ", which can have several values: sort by an index with one value");
        }
    }

    /**
     * Returns a schema without indexes.
     *
     * @param name the name of the read model
     * @param version the version, from 1
     * @return the schema
     * @throws IllegalArgumentException if the name or the version is invalid
     */
    public static ReadModelSchema of(String name, int version) {
        return new ReadModelSchema(name, version, Set.of(), Set.of(), Map.of());
    }

    /**
     * {@return the name and the version, such as {@code order-summaries-1}; stores use it as the name of a container}
     */
    public String id() {
        return name + "-" + version;
    }

    /**
     * Checks that a filter uses only declared indexes and listings.
     *
     * @param filter the filter
     * @throws IllegalArgumentException if the filter uses an undeclared index or listing; the message names the
     *     declared ones
     */
    public void require(Filter filter) {
        String sort = filter.sort().orElse("");
        List<String> used =
                filter.conditions().stream().map(Filter.Condition::index).toList();
        if (sort.isEmpty()) {
            for (String index : used) {
                if (!indexes.contains(index)) {
                    throw new IllegalArgumentException(
                            "the read model " + name + " has no index " + index + ": " + oneOf("use", indexes));
                }
            }
            return;
        }
        Set<String> filters = listings.get(sort);
        if (filters == null) {
            throw new IllegalArgumentException("the read model " + name + " has no listing sorted by " + sort + ": "
                    + oneOf("sort by", listings.keySet()));
        }
        for (String index : used) {
            if (!index.equals(sort) && !filters.contains(index)) {
                throw new IllegalArgumentException("the read model " + name + " sorted by " + sort
                        + " cannot be filtered by " + index + ": " + oneOf("filter by", filters));
            }
        }
    }

    private static String oneOf(String use, Set<String> names) {
        return names.isEmpty() ? "declare it in the projection" : use + " one of " + new TreeSet<>(names);
    }
}
