package io.daybook.sample.order.http;

import io.daybook.projection.ReadDocument;
import io.daybook.readmodel.Page;
import io.daybook.sample.order.query.OrderSummary;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A page of a list of orders. */
record OrderList(List<OrderView> orders, @Nullable String next) {

    static OrderList of(Page<ReadDocument<OrderSummary>> page) {
        return new OrderList(
                page.items().stream()
                        .map(each -> OrderView.listed(each.key(), each.content()))
                        .toList(),
                page.next().orElse(null));
    }
}
