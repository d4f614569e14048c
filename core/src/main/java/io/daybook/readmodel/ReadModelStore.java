package io.daybook.readmodel;

/**
 * A store for the documents of read models. SPI for databases, implemented by {@code InMemoryReadModelStore}. Thread-safe.
 *
 * <pre>{@code
 * ReadModelStore readModelStore = new InMemoryReadModelStore();
 * ReadModelCollection orders = readModelStore.open(ReadModelSchema.of("order-summaries", 1));
 * }</pre>
 *
 * <p>The class {@code ReadModelStoreContract} in the package {@code io.daybook.contract} of this module's test jar
 * tests implementations.
 */
public interface ReadModelStore {

    /**
     * Opens the documents of one version of a read model, and creates their container if it does not exist.
     *
     * @param schema the schema of the read model
     * @return the documents
     * @throws IllegalStateException if the existing container is misconfigured; the message names the setting that
     *     differs
     * @throws ReadModelUnavailableException if the store cannot be reached
     */
    ReadModelCollection open(ReadModelSchema schema);

    /**
     * Deletes all documents of one version of a read model. Does nothing if there are none.
     *
     * @param schema the schema of the read model
     * @throws ReadModelUnavailableException if the outcome is unknown
     */
    void drop(ReadModelSchema schema);
}
