package io.daybook.benchmarks;

import java.util.List;
import org.axonframework.common.configuration.AxonConfiguration;
import org.axonframework.conversion.Converter;
import org.axonframework.conversion.json.JacksonConverter;
import org.axonframework.eventsourcing.configuration.EventSourcingConfigurer;
import org.axonframework.messaging.eventhandling.annotation.EventHandler;
import org.axonframework.messaging.eventhandling.configuration.EventProcessorModule;
import org.axonframework.messaging.eventhandling.conversion.DelegatingEventConverter;

/** Axon Framework 5: a pooled streaming event processor with one segment and batches of 100 events, and annotated handlers. */
final class Axon5Documents extends KeptInJson {

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

    private final Converter converter = new JacksonConverter(Contender.jacksonWithFastInstant());
    private final JsonEngine engine = new JsonEngine(new DelegatingEventConverter(converter));
    private AxonConfiguration configuration;
    private int events;

    @Override
    public void store(List<OrderEvent> stored) {
        stored.forEach(engine::store);
        events += stored.size();
    }

    @Override
    public void clear() {
        close();
        documents.clear(events);
        configuration = EventSourcingConfigurer.create()
                .componentRegistry(registry -> registry.registerComponent(Converter.class, config -> converter))
                .registerEventStorageEngine(config -> engine)
                .messaging(messaging -> messaging.eventProcessing(processing -> processing.pooledStreaming(streaming ->
                        streaming.processor(EventProcessorModule.pooledStreaming("summaries")
                                .eventHandlingComponents(
                                        components -> components.autodetected(config -> new Summaries(documents)))
                                .customized((config, processor) ->
                                        processor.initialSegmentCount(1).batchSize(BATCH))))))
                .build();
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
