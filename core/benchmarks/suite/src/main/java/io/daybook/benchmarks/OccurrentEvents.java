package io.daybook.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.daybook.benchmarks.OrderEvent.ItemAdded;
import io.daybook.benchmarks.OrderEvent.OrderCreated;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;

/** The CloudEvents of Occurrent, whose data is JSON. */
record OccurrentEvents(ObjectMapper mapper) {

    private static final URI SOURCE = URI.create("urn:daybook:benchmarks");
    private static final Map<String, Class<? extends OrderEvent>> TYPES =
            Map.of("OrderCreated", OrderCreated.class, "ItemAdded", ItemAdded.class);

    CloudEvent cloudEvent(OrderEvent event) {
        try {
            return CloudEventBuilder.v1()
                    .withId(UUID.randomUUID().toString())
                    .withSource(SOURCE)
                    .withType(event.getClass().getSimpleName())
                    .withTime(OffsetDateTime.now(ZoneOffset.UTC))
                    .withData("application/json", mapper.writeValueAsBytes(event))
                    .build();
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    OrderEvent domainEvent(CloudEvent event) {
        try {
            return mapper.readValue(event.getData().toBytes(), TYPES.get(event.getType()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
