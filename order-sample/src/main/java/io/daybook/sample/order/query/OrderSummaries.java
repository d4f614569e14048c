package io.daybook.sample.order.query;

import io.daybook.projection.Projection;
import io.daybook.sample.order.domain.Order;
import io.daybook.sample.order.domain.OrderCancelled;
import io.daybook.sample.order.domain.OrderCreated;
import io.daybook.sample.order.domain.OrderItemAdded;
import io.daybook.sample.order.domain.OrderShipped;
import io.daybook.sample.order.domain.OrderSnapshot;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The projection of each order into one document, its {@link OrderSummary}. */
public final class OrderSummaries {

    /** The projection. */
    public static final Projection<OrderSummary> PROJECTION = Projection.named(
                    "order-summaries", 1, Order.TYPE, OrderSummary.class)
            .on(OrderCreated.class, OrderSummary::apply)
            .on(OrderItemAdded.class, OrderSummary::apply)
            .on(OrderShipped.class, OrderSummary::apply)
            .on(OrderCancelled.class, OrderSummary::apply)
            .index("customer", summary -> summary.order().customerId())
            .index("status", summary -> summary.order().status())
            .index("created", OrderSummary::createdAt)
            .index("changed", OrderSummary::changedAt)
            .index("total", summary -> summary.order().totalAmount())
            .indexEach("words", OrderSummaries::words)
            .listedBy("created", "customer", "status")
            .listedBy("changed", "customer", "status", "created", "words")
            .listedBy("total", "customer", "status", "created")
            .build();

    private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\p{N}]+");

    private OrderSummaries() {}

    /** Returns the words by which a search finds an order: each id as a whole, and its parts. */
    private static Set<String> words(OrderSummary summary) {
        OrderSnapshot order = summary.order();
        Stream<String> ids = Stream.concat(
                order.items().stream().map(item -> item.productId()),
                Stream.concat(
                        Stream.of(order.customerId()),
                        Stream.ofNullable(order.shipment()).map(shipment -> shipment.trackingNumber())));
        Set<String> words = new TreeSet<>();
        ids.map(id -> id.toLowerCase(Locale.ROOT)).forEach(id -> {
            words.add(id);
            words.addAll(List.of(BETWEEN_WORDS.split(id)));
        });
        words.remove("");
        return words;
    }
}
