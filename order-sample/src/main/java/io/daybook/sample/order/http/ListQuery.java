package io.daybook.sample.order.http;

import io.daybook.command.Violations;
import io.daybook.readmodel.Filter;
import io.daybook.sample.order.domain.OrderRules;
import io.daybook.sample.order.domain.OrderStatus;
import io.daybook.sample.order.query.OrderQueries;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The query parameters of a list of orders. */
sealed interface ListQuery {

    /** The maximum number of orders on a page. */
    int MAX_ORDERS = 100;

    @Nullable
    Long limit();

    @Nullable
    String after();

    /** Checks the conditions. */
    void validateConditions(Violations violations);

    /** The conditions and the order of a valid query. */
    Filter conditions();

    default Filter filter() {
        int size = limit() == null ? 20 : limit().intValue();
        return conditions().limit(size).after(Objects.requireNonNullElse(after(), ""));
    }

    default void validate(Violations violations, OrderQueries queries) {
        validateConditions(violations);
        violations.require(
                limit() == null || (limit() >= 1 && limit() <= MAX_ORDERS), "limit", "must be from 1 to " + MAX_ORDERS);
        if (after() != null && violations.found().isEmpty()) {
            violations.require(
                    !filter().next().isEmpty() && queries.continues(filter()),
                    "after",
                    "must be the next of an answer to the same request: begin with the first page");
        }
    }

    /** The parameters of {@code GET /orders}. */
    record Orders(
            @Nullable String customerId,
            @Nullable String status,
            @Nullable LocalDate fromDate,
            @Nullable LocalDate toDate,
            @Nullable String sort,
            @Nullable Long limit,
            @Nullable String after)
            implements ListQuery {

        private static final Map<String, OrderStatus> STATUSES = Map.of(
                "created", OrderStatus.CREATED, "shipped", OrderStatus.SHIPPED, "cancelled", OrderStatus.CANCELLED);
        private static final Map<String, String> SORTS =
                Map.of("created_at", "created", "changed_at", "changed", "total_amount", "total");

        private List<String> statuses() {
            return status == null ? List.of() : List.of(status.split(",", -1));
        }

        private @Nullable String index() {
            return sort == null ? "created" : SORTS.get(sort.startsWith("-") ? sort.substring(1) : sort);
        }

        @Override
        public void validateConditions(Violations violations) {
            if (customerId != null) {
                OrderRules.checkText(violations, "customerId", customerId, OrderRules.MAX_ID);
            }
            violations.require(
                    STATUSES.keySet().containsAll(statuses())
                            && Set.copyOf(statuses()).size() == statuses().size(),
                    "status",
                    "must be one or more of " + String.join(", ", new TreeSet<>(STATUSES.keySet())));
            violations.require(
                    index() != null,
                    "sort",
                    "must be created_at, changed_at or total_amount, with - before it to reverse");
            violations.require(
                    fromDate == null || toDate == null || !toDate.isBefore(fromDate),
                    "toDate",
                    "must not be before from_date");
        }

        @Override
        public Filter conditions() {
            Filter filter = Filter.all().orderBy(Objects.requireNonNull(index()));
            if (sort == null || sort.startsWith("-")) {
                filter = filter.descending();
            }
            if (customerId != null) {
                filter = filter.and("customer").is(customerId);
            }
            if (status != null) {
                filter = filter.and("status")
                        .isAnyOf(statuses().stream().map(STATUSES::get).toList());
            }
            if (fromDate != null) {
                filter = filter.and("created").from(fromDate.atStartOfDay().toInstant(ZoneOffset.UTC));
            }
            if (toDate != null) {
                filter = filter.and("created")
                        .until(toDate.plusDays(1).atStartOfDay().toInstant(ZoneOffset.UTC));
            }
            return filter;
        }
    }

    /** The parameters of {@code GET /orders/search}. */
    record Search(
            @Nullable String q,
            @Nullable Long limit,
            @Nullable String after) implements ListQuery {

        private static final int MIN_WORD = 3;
        private static final int MAX_WORDS = 5;

        private List<String> words() {
            return List.of(Objects.requireNonNullElse(q, "")
                    .strip()
                    .toLowerCase(Locale.ROOT)
                    .split("\\s+"));
        }

        @Override
        public void validateConditions(Violations violations) {
            OrderRules.checkText(violations, "q", q, OrderRules.MAX_TEXT);
            violations.require(
                    q == null
                            || (words().size() <= MAX_WORDS
                                    && words().stream().allMatch(word -> word.length() >= MIN_WORD)),
                    "q",
                    "must have 1 to " + MAX_WORDS + " words of at least " + MIN_WORD + " characters");
        }

        @Override
        public Filter conditions() {
            Filter filter = Filter.all().orderBy("changed").descending();
            for (String word : words()) {
                filter = filter.and("words").startsWith(word);
            }
            return filter;
        }
    }
}
