package io.daybook.readmodel;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A filter that selects and sorts the documents of a read model. Immutable and thread-safe.
 *
 * <pre>{@code
 * Filter filter = Filter.where("customer").is("alice").and("status").isAnyOf("CREATED", "SHIPPED").orderBy("changed").descending().limit(20);
 * }</pre>
 *
 * <p>A document must meet all conditions. If it has several values for an index, one matching value is enough. Lists
 * use keyset pagination: a document that does not change is neither skipped nor repeated, even if other documents
 * change between pages. There is no offset and no total count.
 */
public final class Filter {

    /** A comparison of an index value with the values of a condition. */
    public enum Operator {
        /** The index value is one of the given values. */
        ANY_OF,
        /** The index value is at least the given value. */
        FROM,
        /** The index value is less than the given value. */
        UNTIL,
        /** The index value starts with the given value. */
        STARTS_WITH
    }

    /**
     * A condition on an index.
     *
     * @param index the name of the index
     * @param operator the comparison
     * @param values the texts to compare with, as returned by {@link IndexValue#textOf}; exactly one unless the
     *     operator is {@code ANY_OF}
     */
    public record Condition(String index, Operator operator, List<String> values) {

        /**
         * Copies the list of values.
         *
         * @param index the name of the index
         * @param operator the comparison
         * @param values the texts to compare with
         */
        public Condition {
            values = List.copyOf(values);
        }

        /**
         * Returns whether a document meets this condition. For stores that filter in memory.
         *
         * @param document the document
         * @return whether at least one of its values for the index meets the condition
         */
        public boolean matches(StoredDocument document) {
            return document.indexValues().getOrDefault(index, List.of()).stream()
                    .anyMatch(this::matches);
        }

        private boolean matches(String value) {
            return switch (operator) {
                case ANY_OF -> values.contains(value);
                case FROM -> IndexValue.ORDER.compare(value, values.get(0)) >= 0;
                case UNTIL -> IndexValue.ORDER.compare(value, values.get(0)) < 0;
                case STARTS_WITH -> value.startsWith(values.get(0));
            };
        }
    }

    /** A condition that names an index but has no comparison yet. */
    public static final class Where {

        private final Filter filter;
        private final String index;

        private Where(Filter filter, String index) {
            this.filter = filter;
            this.index = index;
        }

        /**
         * Requires the index to have a given value.
         *
         * @param value a value of a type that {@link IndexValue} supports
         * @return the filter with the condition
         * @throws IllegalArgumentException if the value cannot be an index value, or the filter has more than 10
         *     conditions
         */
        public Filter is(Object value) {
            return with(Operator.ANY_OF, List.of(value));
        }

        /**
         * Requires the index to have one of several values.
         *
         * @param values 1 to 100 values of types that {@link IndexValue} supports
         * @return the filter with the condition
         * @throws IllegalArgumentException if there are no values or too many, one of them cannot be an index value, or
         *     the filter has more than 10 conditions
         */
        public Filter isAnyOf(Object... values) {
            return isAnyOf(List.of(values));
        }

        /**
         * Requires the index to have one of several values.
         *
         * @param values 1 to 100 values of types that {@link IndexValue} supports
         * @return the filter with the condition
         * @throws IllegalArgumentException if there are no values or too many, one of them cannot be an index value, or
         *     the filter has more than 10 conditions
         */
        public Filter isAnyOf(Collection<?> values) {
            if (values.isEmpty() || values.size() > MAX_VALUES) {
                throw new IllegalArgumentException(
                        "the condition on " + index + " has " + values.size() + " values: use 1 to " + MAX_VALUES);
            }
            return with(Operator.ANY_OF, values);
        }

        /**
         * Requires a value that is greater than or equal to a minimum.
         *
         * @param least the minimum, inclusive
         * @return the filter with the condition
         * @throws IllegalArgumentException if the value cannot be an index value, or the filter has more than 10
         *     conditions
         */
        public Filter from(Object least) {
            return with(Operator.FROM, List.of(least));
        }

        /**
         * Requires a value that is less than an upper bound.
         *
         * @param end the upper bound, exclusive
         * @return the filter with the condition
         * @throws IllegalArgumentException if the value cannot be an index value, or the filter has more than 10
         *     conditions
         */
        public Filter until(Object end) {
            return with(Operator.UNTIL, List.of(end));
        }

        /**
         * Requires text that starts with a prefix. The comparison is case-sensitive.
         *
         * @param prefix the prefix, 1 or more characters
         * @return the filter with the condition
         * @throws IllegalArgumentException if the prefix is empty or cannot be an index value, or the filter has more
         *     than 10 conditions
         */
        public Filter startsWith(String prefix) {
            if (prefix.isEmpty()) {
                throw new IllegalArgumentException("the prefix for " + index + " is empty: omit the condition");
            }
            return with(Operator.STARTS_WITH, List.of(prefix));
        }

        private Filter with(Operator operator, Collection<?> values) {
            List<String> texts = values.stream().map(IndexValue::textOf).toList();
            List<Condition> conditions = Stream.concat(
                            filter.conditions.stream(), Stream.of(new Condition(index, operator, texts)))
                    .toList();
            if (conditions.size() > MAX_CONDITIONS) {
                throw new IllegalArgumentException(
                        "the filter has " + conditions.size() + " conditions: use at most " + MAX_CONDITIONS);
            }
            return new Filter(conditions, filter.sort, filter.descending, filter.limit, filter.next);
        }
    }

    private static final int MAX_VALUES = 100;
    private static final int MAX_CONDITIONS = 10;
    private static final int MAX_LIMIT = 1_000;
    private static final Filter ALL = new Filter(List.of(), "", false, 50, "");

    private final List<Condition> conditions;
    private final String sort;
    private final boolean descending;
    private final int limit;
    private final String next;

    private Filter(List<Condition> conditions, String sort, boolean descending, int limit, String next) {
        this.conditions = conditions;
        this.sort = sort;
        this.descending = descending;
        this.limit = limit;
        this.next = next;
    }

    /**
     * Returns a filter that lists all documents, ordered by their keys, with 50 per page.
     *
     * @return the filter
     */
    public static Filter all() {
        return ALL;
    }

    /**
     * Starts a filter with a condition.
     *
     * @param index the name of the index
     * @return the condition, which still needs a comparison
     */
    public static Where where(String index) {
        return new Where(ALL, index);
    }

    /**
     * Adds a condition.
     *
     * @param index the name of the index
     * @return the condition, which still needs a comparison
     */
    public Where and(String index) {
        return new Where(this, index);
    }

    /**
     * Sorts by an index. Documents with the same value are ordered by their keys; documents without a value are not listed.
     *
     * @param index the name of an index that has at most one value
     * @return the filter
     */
    public Filter orderBy(String index) {
        return new Filter(conditions, index, descending, limit, next);
    }

    /**
     * Sorts in descending order.
     *
     * @return the filter, which lists the greatest value first
     */
    public Filter descending() {
        return new Filter(conditions, sort, true, limit, next);
    }

    /**
     * Sets the maximum number of documents on a page.
     *
     * @param limit the maximum number, 1 to 1,000; 50 by default
     * @return the filter
     * @throws IllegalArgumentException if the limit is out of range
     */
    public Filter limit(int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("the limit is " + limit + ": use 1 to " + MAX_LIMIT);
        }
        return new Filter(conditions, sort, descending, limit, next);
    }

    /**
     * Sets the position from which to continue a list.
     *
     * @param next the {@link Page#next} of a page with the same conditions and order; empty for the first page
     * @return the filter
     */
    public Filter after(String next) {
        return new Filter(conditions, sort, descending, limit, next);
    }

    /**
     * {@return the conditions; unmodifiable}
     */
    public List<Condition> conditions() {
        return conditions;
    }

    /**
     * {@return the index to sort by; empty if documents are ordered by their keys}
     */
    public Optional<String> sort() {
        return sort.isEmpty() ? Optional.empty() : Optional.of(sort);
    }

    /**
     * {@return whether the greatest value comes first}
     */
    public boolean isDescending() {
        return descending;
    }

    /**
     * {@return the maximum number of documents on a page}
     */
    public int limit() {
        return limit;
    }

    /**
     * {@return the position after which the page begins, from {@link Page#next}; empty for the first page}
     */
    public String next() {
        return next;
    }

    /**
     * Returns whether this filter lists a document. For stores that filter in memory.
     *
     * @param document the document
     * @return whether the document is {@linkplain StoredDocument#isFound found by queries}, meets every condition, and
     *     has a value to sort by
     */
    public boolean matches(StoredDocument document) {
        return document.isFound()
                && (sort.isEmpty()
                        || !document.indexValues().getOrDefault(sort, List.of()).isEmpty())
                && conditions.stream().allMatch(condition -> condition.matches(document));
    }

    /** Returns text that is equal for filters that list the same documents in the same order. */
    String identity() {
        List<String> parts = new ArrayList<>(List.of(sort, Boolean.toString(descending)));
        for (Condition condition : conditions) {
            parts.add(condition.index());
            parts.add(condition.operator().name());
            parts.add(Integer.toString(condition.values().size()));
            parts.addAll(condition.values());
        }
        StringBuilder text = new StringBuilder();
        parts.forEach(part -> text.append(part.length()).append(':').append(part));
        return text.toString();
    }
}
