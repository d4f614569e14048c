package io.daybook.sample.order.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.daybook.projection.ReadDocument;
import io.daybook.sample.order.domain.OrderSnapshot;
import io.daybook.sample.order.query.OrderSummary;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An order in an answer. Its version is also its ETag. The times are present only in lists, which are sorted by them.
 */
record OrderView(
        String orderId,
        long version,
        @JsonUnwrapped OrderSnapshot order,
        @Nullable Instant createdAt,
        @Nullable Instant changedAt) {

    static OrderView of(String orderId, long version, OrderSnapshot order) {
        return new OrderView(orderId, version, order, null, null);
    }

    static OrderView listed(ReadDocument<OrderSummary> found) {
        OrderSummary order = found.content();
        return new OrderView(found.key(), order.version(), order.order(), order.createdAt(), order.changedAt());
    }
}
