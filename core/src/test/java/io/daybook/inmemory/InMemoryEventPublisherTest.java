package io.daybook.inmemory;

import io.daybook.contract.EventPublisherContract;
import io.daybook.publishing.EventPublisher;
import java.util.List;
import java.util.stream.Stream;

class InMemoryEventPublisherTest extends EventPublisherContract {

    private final InMemoryEventPublisher publisher = new InMemoryEventPublisher();

    @Override
    protected EventPublisher publisher() {
        return publisher;
    }

    @Override
    protected List<Arrived> arrived() {
        return Stream.concat(
                        publisher.published().stream().map(Arrived::of),
                        publisher.deletions().stream().map(Arrived::of))
                .toList();
    }
}
