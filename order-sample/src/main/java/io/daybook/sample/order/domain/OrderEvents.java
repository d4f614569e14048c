package io.daybook.sample.order.domain;

import io.daybook.serialization.EventSerializer;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.serialization.Upcaster;

/** The stored forms of the events of orders and refunds, including older versions. */
public final class OrderEvents {

    /** The carrier of orders that were shipped before carriers were recorded. */
    public static final String UNKNOWN_CARRIER = "unknown";

    private OrderEvents() {}

    /**
     * {@return a serializer for the events of orders and refunds in every version that was ever stored}
     */
    public static EventSerializer serializer() {
        return JacksonEventSerializer.of(
                Order.TYPE.eventTypes().and(Refund.TYPE.eventTypes()),
                Upcaster.of("OrderShipped", 1, json -> json.put("carrier", UNKNOWN_CARRIER)));
    }
}
