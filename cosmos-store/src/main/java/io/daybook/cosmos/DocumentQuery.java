package io.daybook.cosmos;

import com.azure.cosmos.models.SqlParameter;
import com.azure.cosmos.models.SqlQuerySpec;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.Filter.Condition;
import io.daybook.readmodel.Filter.Operator;
import io.daybook.readmodel.PagePosition;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.readmodel.Scan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The queries on the documents of a read model, and the composite indexes that answer them. */
final class DocumentQuery {

    private static final String KEY = member(ReadDocuments.KEY);

    private final StringBuilder sql = new StringBuilder();
    private final List<SqlParameter> parameters = new ArrayList<>();

    private DocumentQuery() {}

    /** Returns the path of the member that contains an index value. */
    private static String member(String index) {
        return ReadDocuments.INDEXED + "." + index;
    }

    /**
     * Returns the composite indexes: one for each order, and one for each filter that begins an order. If the filter
     * has one value, its documents are in the rest of the order, so a page reads only the documents that it returns.
     */
    static List<List<String>> composites(ReadModelSchema schema) {
        Set<String> single = new TreeSet<>(schema.indexes());
        single.removeAll(schema.multiValued());
        List<List<String>> composites = new ArrayList<>();
        single.forEach(index -> composites.add(path(index, ReadDocuments.KEY)));
        new TreeMap<>(schema.listings())
                .forEach((sort, filters) -> filters.stream()
                        .filter(filter -> single.contains(filter) && !filter.equals(sort))
                        .forEach(filter -> composites.add(path(filter, sort, ReadDocuments.KEY))));
        return composites;
    }

    private static List<String> path(String... indexes) {
        return List.of(indexes).stream()
                .map(index -> ReadDocuments.INDEXED + "/" + index)
                .toList();
    }

    /**
     * Returns the query of a page that follows a position. Its order is one of {@link #composites}, or that of the
     * keys. It limits the number of documents, because otherwise the SDK would prefetch the next page of each
     * partition.
     */
    static SqlQuerySpec find(ReadModelSchema schema, Filter filter, Optional<PagePosition> after) {
        DocumentQuery query = new DocumentQuery();
        query.sql
                .append("SELECT TOP ")
                .append(filter.limit())
                .append(" * FROM c WHERE IS_DEFINED(c.")
                .append(KEY)
                .append(')');
        for (Condition condition : filter.conditions()) {
            query.sql.append(" AND ");
            query.condition(condition, schema.multiValued().contains(condition.index()));
        }
        filter.sort()
                .ifPresent(sort -> query.sql
                        .append(" AND IS_DEFINED(c.")
                        .append(member(sort))
                        .append(')'));
        after.ifPresent(position -> query.after(filter, position));
        String direction = filter.isDescending() ? " DESC" : " ASC";
        query.sql.append(order(schema, filter).stream()
                .map(member -> "c." + member + direction)
                .collect(Collectors.joining(", ", " ORDER BY ", "")));
        return new SqlQuerySpec(query.sql.toString(), query.parameters);
    }

    private static List<String> order(ReadModelSchema schema, Filter filter) {
        List<String> order = new ArrayList<>();
        leading(schema, filter).ifPresent(index -> order.add(member(index)));
        filter.sort().filter(sort -> !order.contains(member(sort))).ifPresent(sort -> order.add(member(sort)));
        order.add(KEY);
        return order;
    }

    /** Returns the filter that begins the order: the first declared filter that selects a single value. */
    private static Optional<String> leading(ReadModelSchema schema, Filter filter) {
        List<String> equal = filter.conditions().stream()
                .filter(condition -> condition.operator() == Operator.ANY_OF
                        && condition.values().size() == 1
                        && !schema.multiValued().contains(condition.index()))
                .map(Condition::index)
                .toList();
        return filter.sort()
                .map(sort -> schema.listings().getOrDefault(sort, Set.of()).stream()
                        .filter(equal::contains)
                        .findFirst())
                .orElseGet(() -> equal.stream().findFirst());
    }

    private void condition(Condition condition, boolean multiValued) {
        String member = "c." + member(condition.index());
        if (!multiValued) {
            comparison(member, condition);
        } else if (condition.operator() == Operator.ANY_OF) {
            sql.append(condition.values().stream()
                    .map(value -> "ARRAY_CONTAINS(" + member + ", " + parameter(value) + ")")
                    .collect(Collectors.joining(" OR ", "(", ")")));
        } else {
            sql.append("EXISTS(SELECT VALUE v FROM v IN ").append(member).append(" WHERE ");
            comparison("v", condition);
            sql.append(')');
        }
    }

    private void comparison(String value, Condition condition) {
        List<String> asked = condition.values().stream().map(this::parameter).toList();
        switch (condition.operator()) {
            case ANY_OF ->
                sql.append(
                        asked.size() == 1
                                ? value + " = " + asked.get(0)
                                : value + " IN (" + String.join(", ", asked) + ")");
            case FROM -> sql.append(value).append(" >= ").append(asked.get(0));
            case UNTIL -> sql.append(value).append(" < ").append(asked.get(0));
            case STARTS_WITH ->
                sql.append("STARTSWITH(")
                        .append(value)
                        .append(", ")
                        .append(asked.get(0))
                        .append(')');
        }
    }

    private void after(Filter filter, PagePosition position) {
        String operator = filter.isDescending() ? " < " : " > ";
        String id = parameter(position.id());
        if (filter.sort().isEmpty()) {
            sql.append(" AND c.").append(KEY).append(operator).append(id);
            return;
        }
        String sort = "c." + member(filter.sort().get());
        String value = parameter(position.sortValue());
        sql.append(" AND ")
                .append(sort)
                .append(operator.stripTrailing())
                .append("= ")
                .append(value);
        sql.append(" AND (").append(sort).append(operator).append(value);
        sql.append(" OR c.").append(KEY).append(operator).append(id).append(')');
    }

    private String parameter(String text) {
        String name = "@p" + parameters.size();
        parameters.add(new SqlParameter(name, OrderedText.encode(text)));
        return name;
    }

    static SqlQuerySpec scan(Scan scan) {
        return switch (scan.kind()) {
            case ALL -> new SqlQuerySpec("SELECT * FROM c");
            case PARKED ->
                new SqlQuerySpec(
                        "SELECT * FROM c WHERE c." + ReadDocuments.PARKED + "." + ReadDocuments.PARKED_AT + " > 0");
            case PARTITION ->
                new SqlQuerySpec(
                        "SELECT * FROM c WHERE c." + ReadDocuments.PARTITION + " = @partition ORDER BY c.id ASC",
                        new SqlParameter("@partition", scan.value()));
            case ID ->
                new SqlQuerySpec(
                        "SELECT * FROM c WHERE c.id = @id", new SqlParameter("@id", EventDocuments.idOf(scan.value())));
        };
    }
}
