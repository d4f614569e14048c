package io.daybook.benchmarks;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.axonframework.config.Configuration;
import org.axonframework.config.DefaultConfigurer;
import org.axonframework.eventhandling.EventHandler;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.axonframework.eventhandling.TrackingEventProcessorConfiguration;
import org.axonframework.serialization.json.JacksonSerializer;

/** Axon Framework 4: a tracking event processor with one thread and batches of 100 events, and annotated handlers. */
final class Axon4Documents extends KeptInJson {

    private static final int BATCH = 100;

    /** The projection. */
    static final class Summaries {

        private final JsonDocuments documents;

        Summaries(JsonDocuments documents) {
            this.documents = documents;
        }

        @EventHandler
        void on(OrderEvent.OrderCreated event) {
            documents.handle(event);
        }

        @EventHandler
        void on(OrderEvent.ItemAdded event) {
            documents.handle(event);
        }
    }

    private final JacksonSerializer serializer = JacksonSerializer.builder()
            .objectMapper(Contender.jacksonWithFastInstant())
            .build();
    private final JsonEngine engine = new JsonEngine(serializer);
    private Configuration configuration;
    private int events;

    @Override
    public void store(List<OrderEvent> stored) {
        Map<String, Long> versions = new HashMap<>();
        for (OrderEvent event : stored) {
            long version = versions.merge(event.orderId(), 1L, Long::sum);
            engine.appendEvents(List.of(new GenericDomainEventMessage<>("Order", event.orderId(), version - 1, event)));
        }
        events += stored.size();
    }

    @Override
    public void clear() {
        close();
        documents.clear(events);
        configuration = DefaultConfigurer.defaultConfiguration()
                .configureSerializer(config -> serializer)
                .configureEmbeddedEventStore(config -> engine)
                .eventProcessing(processing -> processing
                        .usingTrackingEventProcessors()
                        .registerTrackingEventProcessorConfiguration(
                                config -> TrackingEventProcessorConfiguration.forSingleThreadedProcessing()
                                        .andBatchSize(BATCH))
                        .registerEventHandler(config -> new Summaries(documents)))
                .buildConfiguration();
    }

    @Override
    public void follow() {
        configuration.start();
        documents.await();
    }

    @Override
    public void close() {
        if (configuration != null) {
            configuration.shutdown();
        }
    }
}
