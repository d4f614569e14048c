package io.daybook.benchmarks;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A way to keep a JSON document for each order in memory, which is derived from the events. Not thread-safe. */
public interface OrderDocuments extends AutoCloseable {

    /** Stores events in the order of their commits. They are not projected yet. */
    void store(List<OrderEvent> events);

    /** Deletes all documents, so that all stored events can be projected again. */
    void clear();

    /** Prepares to follow without a rebuild. */
    default void prepareToFollow() {}

    /** Projects all stored events one after another, and returns when the documents show them. */
    void follow();

    /** Builds the documents from all stored events, and writes each document once if possible. */
    default void rebuild() {
        throw new UnsupportedOperationException("this contender has no rebuild");
    }

    /** Returns a document that shows at least a number of events of its order. */
    OrderSummary get(String orderId, long version);

    /** Returns the number of documents that were written since {@link #clear}. */
    long writes();

    /** Returns the number of documents that were read since {@link #clear}. */
    long reads();

    /** Stops projecting. Documents can still be read. */
    @Override
    default void close() {}

    /** Starts a contender, after checking with another instance that it does the same work as the others. */
    static OrderDocuments named(String name, Consumer<OrderDocuments> work) {
        for (Contender.Family family : ServiceLoader.load(Contender.Family.class)) {
            Supplier<OrderDocuments> found = family.documents().get(name);
            if (found != null) {
                try (OrderDocuments documents = found.get()) {
                    requireSameWork(name, documents, work);
                }
                return found.get();
            }
        }
        throw new IllegalArgumentException("no contender with documents is named " + name);
    }

    private static void requireSameWork(String name, OrderDocuments documents, Consumer<OrderDocuments> work) {
        List<OrderEvent> events = InterleavedOrders.of(300);
        Map<String, OrderSummary> expected = new HashMap<>();
        events.forEach(event -> expected.put(event.orderId(), OrderSummary.fold(expected.get(event.orderId()), event)));
        documents.store(events);
        for (int i = 0; i < 2; i++) { // the second time after deleting the documents, as in a measurement
            documents.clear();
            work.accept(documents);
            expected.forEach((orderId, summary) -> {
                if (!documents
                        .get(orderId, InterleavedOrders.EVENTS_OF_AN_ORDER)
                        .equals(summary)) {
                    throw new IllegalStateException(name + " does not do the same work as the others");
                }
            });
        }
    }
}
