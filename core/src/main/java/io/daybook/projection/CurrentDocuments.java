package io.daybook.projection;

import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.Page;
import io.daybook.readmodel.PagePosition;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.readmodel.ReadModelStore;
import io.daybook.readmodel.Scan;
import io.daybook.readmodel.StoredDocument;
import io.daybook.readmodel.WriteResult;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The documents of one version, which are opened again after a drop. One document holds the incarnation; lists and reads omit it. */
final class CurrentDocuments implements ReadModelCollection {

    static final DocumentKey INCARNATION = new DocumentKey("daybook", "incarnation");

    private final ReadModelStore store;
    private final ReadModelSchema schema;
    private volatile @Nullable ReadModelCollection collection;
    private volatile String named = "";
    private volatile boolean isDropped;

    CurrentDocuments(ReadModelStore store, ReadModelSchema schema) {
        this.store = store;
        this.schema = schema;
    }

    /** Opens the documents on first use, because those of a dropped version must not be created again. */
    private ReadModelCollection collection() {
        if (isDropped) {
            throw new ReadModelNotReadyException(schema.id(), ReadModelState.DROPPED);
        }
        ReadModelCollection open = collection;
        if (open == null) {
            open = store.open(schema);
            collection = open;
        }
        return open;
    }

    /** Deletes all documents. */
    void drop() {
        store.drop(schema);
        collection = null;
    }

    /** Rejects reads and writes while the version is dropped, because they would create its container again. */
    void dropped(boolean now) {
        if (now) {
            collection = null;
        }
        isDropped = now;
    }

    /** Returns the incarnation of the documents; empty if none is stored. */
    String incarnation() {
        StoredDocument document = collection().read(List.of(INCARNATION)).get(INCARNATION);
        named = document == null ? "" : document.eventId();
        return named;
    }

    /** Clears the known incarnation, because another one is being built. */
    void forgetIncarnation() {
        named = "";
    }

    /** Returns the prefix of the keys of cached documents. It differs for each incarnation, because revisions restart at 1. */
    String cachePrefix() {
        String incarnation = named;
        return schema.id() + ":" + (incarnation.isEmpty() ? incarnation() : incarnation) + ":";
    }

    /** Stores the incarnation, unless one is stored. */
    void name(String incarnation) {
        collection()
                .write(List.of(StoredDocument.builder(INCARNATION)
                        .position(0, incarnation)
                        .build()));
    }

    @Override
    public Map<DocumentKey, StoredDocument> read(Collection<DocumentKey> keys) {
        return collection().read(keys);
    }

    @Override
    public WriteResult write(List<StoredDocument> documents) {
        return collection().write(documents);
    }

    @Override
    public List<WriteResult> writeEach(List<List<StoredDocument>> writes) {
        return collection().writeEach(writes);
    }

    @Override
    public List<StoredDocument> find(Filter filter, Optional<PagePosition> after) {
        return collection().find(filter, after);
    }

    @Override
    public Page<StoredDocument> scan(Scan scan, String next) {
        Page<StoredDocument> page = collection().scan(scan, next);
        return new Page<>(
                page.items().stream()
                        .filter(document -> !document.key().equals(INCARNATION))
                        .toList(),
                page.next());
    }
}
