package io.daybook.sample.order;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import io.daybook.publishing.EventPublisher;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A publisher for use without a broker: logs the type and stream of each event, without its content. */
final class LoggingEventPublisher implements EventPublisher {

    private static final Logger log = LoggerFactory.getLogger(LoggingEventPublisher.class);

    @Override
    public void publish(List<EventEnvelope> events) {
        events.forEach(event -> log.info("event published {}", event.metadata()));
    }

    @Override
    public void publishDeletion(StreamId stream, long version) {
        log.info("deletion published stream={} version={}", stream, version);
    }
}
