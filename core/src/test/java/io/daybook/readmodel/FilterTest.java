package io.daybook.readmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FilterTest {

    private static final Map<String, Set<String>> LISTINGS = Map.of("changed", Set.of("customer"));
    private static final ReadModelSchema ORDERS =
            new ReadModelSchema("orders", 1, Set.of("customer", "status", "changed"), Set.of(), LISTINGS);
    private static final Filter FILTER = Filter.where("customer").is("alice").orderBy("changed");

    private static String end(ReadModelSchema schema, Filter filter) {
        return new PagePosition("2026", "42").text(schema, filter);
    }

    @Test
    void page_continues_at_its_end_whatever_the_limit() {
        assertThat(PagePosition.of(ORDERS, FILTER.after(end(ORDERS, FILTER)).limit(7)))
                .hasValue(new PagePosition("2026", "42"));
        assertThat(PagePosition.of(ORDERS, FILTER)).isEmpty();
    }

    @Test
    void refuses_end_of_another_list() {
        String end = end(ORDERS, FILTER);
        for (Filter other : List.of(
                FILTER.descending(),
                Filter.where("customer").is("bob").orderBy("changed"),
                Filter.where("customer").isAnyOf("alice", "bob").orderBy("changed"),
                Filter.where("customer").startsWith("alice").orderBy("changed"),
                Filter.where("customer").is("alice"))) {
            assertThatThrownBy(() -> PagePosition.of(ORDERS, other.after(end)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("first page");
        }
        ReadModelSchema second = new ReadModelSchema("orders", 2, ORDERS.indexes(), Set.of(), LISTINGS);
        assertThatThrownBy(() -> PagePosition.of(second, FILTER.after(end))).hasMessageContaining("orders-2");
    }

    @Test
    void refuses_malformed_end() {
        String end = end(ORDERS, FILTER);
        for (String malformed :
                List.of("x", "%", end.substring(4), end + "AAAA", "A".repeat(100), "A".repeat(100_000))) {
            assertThatThrownBy(() -> PagePosition.of(ORDERS, FILTER.after(malformed)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("first page");
        }
    }

    @Test
    void refuses_sorts_and_filters_that_are_not_declared() {
        ORDERS.require(FILTER);
        ORDERS.require(FILTER.and("changed").from("2026"));
        ORDERS.require(Filter.where("status").is("CREATED"));
        assertThatThrownBy(() -> ORDERS.require(Filter.all().orderBy("status")))
                .hasMessageContaining("no listing sorted by status")
                .hasMessageContaining("[changed]");
        assertThatThrownBy(() -> ORDERS.require(FILTER.and("status").is("CREATED")))
                .hasMessageContaining("cannot be filtered by status")
                .hasMessageContaining("[customer]");
        assertThatThrownBy(() -> ORDERS.require(Filter.where("total").is(1))).hasMessageContaining("no index total");
    }

    @Test
    void refuses_limits_and_values_out_of_range() {
        assertThatThrownBy(() -> FILTER.limit(0)).hasMessageContaining("1 to 1000");
        assertThatThrownBy(() -> FILTER.limit(1_001)).hasMessageContaining("1001");
        assertThatThrownBy(() -> Filter.where("customer").isAnyOf()).hasMessageContaining("0 values");
        assertThatThrownBy(() -> Filter.where("customer").isAnyOf(Collections.nCopies(101, "a")))
                .hasMessageContaining("101 values");
        assertThatThrownBy(() -> Filter.where("customer").startsWith(""))
                .hasMessageContaining("prefix for customer is empty");
    }

    @Test
    void document_keeps_its_index_values_when_the_list_changes() {
        List<String> values = new ArrayList<>(List.of("a"));
        StoredDocument document = StoredDocument.builder(DocumentKey.of("1"))
                .indexValues(Map.of("x", values))
                .build();
        values.add("b");

        assertThat(document.indexValues()).isEqualTo(Map.of("x", List.of("a")));
    }

    @Test
    void refuses_invalid_schema() {
        for (String name : List.of("Orders", "o", "orders_1", "1orders", "orders-", "o".repeat(51), "")) {
            assertThatThrownBy(() -> ReadModelSchema.of(name, 1)).hasMessageContaining("3 to 50");
        }
        assertThatThrownBy(() -> ReadModelSchema.of("orders", 0)).hasMessageContaining("version 0");
        assertThatThrownBy(() -> new ReadModelSchema("orders", 1, Set.of(), Set.of(), LISTINGS))
                .hasMessageContaining("changed");
        assertThatThrownBy(() -> new ReadModelSchema("orders", 1, Set.of("changed"), Set.of("words"), Map.of()))
                .hasMessageContaining("words");
        assertThatThrownBy(() -> new ReadModelSchema("orders", 1, ORDERS.indexes(), Set.of("changed"), LISTINGS))
                .hasMessageContaining("several values");
        assertThatThrownBy(() -> new ReadModelSchema("orders", 1, Set.of("a.b"), Set.of(), Map.of()))
                .hasMessageContaining("a.b");
    }
}
