package io.daybook.projection;

import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.Page;
import io.daybook.readmodel.PagePosition;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.Scan;
import io.daybook.readmodel.StoredDocument;
import io.daybook.readmodel.WriteResult;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The documents of a read model, each of which is also put into a cache once it is stored. Thread-safe. */
final class WriteThroughDocuments implements ReadModelCollection {

    private final ReadModelCollection documents;
    private final DocumentCache cache;

    WriteThroughDocuments(ReadModelCollection documents, DocumentCache cache) {
        this.documents = documents;
        this.cache = cache;
    }

    @Override
    public WriteResult write(List<StoredDocument> written) {
        WriteResult result = documents.write(written);
        if (result.isWritten()) {
            written.forEach(cache::put);
        }
        return result;
    }

    @Override
    public List<WriteResult> writeEach(List<List<StoredDocument>> writes) {
        List<WriteResult> results = documents.writeEach(writes);
        for (int i = 0; i < writes.size(); i++) {
            if (results.get(i).isWritten()) {
                writes.get(i).forEach(cache::put);
            }
        }
        return results;
    }

    @Override
    public Map<DocumentKey, StoredDocument> read(Collection<DocumentKey> keys) {
        return documents.read(keys);
    }

    @Override
    public List<StoredDocument> find(Filter filter, Optional<PagePosition> after) {
        return documents.find(filter, after);
    }

    @Override
    public Page<StoredDocument> scan(Scan scan, String next) {
        return documents.scan(scan, next);
    }
}
