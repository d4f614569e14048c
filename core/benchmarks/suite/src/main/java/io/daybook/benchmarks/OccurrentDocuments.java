package io.daybook.benchmarks;

import io.cloudevents.CloudEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.occurrent.eventstore.api.WriteCondition;
import org.occurrent.eventstore.inmemory.InMemoryEventStore;

/**
 * Occurrent: the events that its in-memory store passes to its listener go through a queue to one thread. Its in-memory
 * subscription does the same, but its artifact does not resolve.
 */
final class OccurrentDocuments extends KeptInJson {

    private final OccurrentEvents converter = new OccurrentEvents(Contender.jacksonWithFastInstant());
    private final List<CloudEvent> published = new ArrayList<>();
    private final InMemoryEventStore store = new InMemoryEventStore(events -> events.forEach(published::add));
    private final BlockingQueue<CloudEvent> queue = new LinkedBlockingQueue<>();

    @Override
    public void store(List<OrderEvent> events) {
        Map<String, Long> versions = new HashMap<>();
        for (OrderEvent event : events) {
            long version = versions.merge(event.orderId(), 1L, Long::sum);
            store.write(
                    event.orderId(),
                    WriteCondition.streamVersionEq(version - 1),
                    Stream.of(converter.cloudEvent(event)));
        }
    }

    @Override
    public void clear() {
        documents.clear(published.size());
        queue.addAll(published);
    }

    @Override
    public void follow() {
        Thread subscription = new Thread(this::run, "subscription");
        subscription.start();
        documents.await();
    }

    private void run() {
        try {
            for (int i = 0; i < published.size(); i++) {
                documents.handle(converter.domainEvent(queue.poll(500, TimeUnit.MILLISECONDS)));
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
