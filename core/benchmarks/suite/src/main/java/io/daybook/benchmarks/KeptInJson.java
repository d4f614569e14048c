package io.daybook.benchmarks;

/** A contender that keeps its documents in {@link JsonDocuments}. */
public abstract class KeptInJson implements OrderDocuments {

    protected final JsonDocuments documents = new JsonDocuments();

    @Override
    public OrderSummary get(String orderId, long version) {
        return documents.get(orderId);
    }

    @Override
    public final long writes() {
        return documents.writes();
    }

    @Override
    public final long reads() {
        return documents.reads();
    }
}
